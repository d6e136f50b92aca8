//! The sign-in and the client by the options, of Graph or of an emulator.

use crate::arguments::{Options, Team};
use crate::report;
use msgraph_presence::sign_in::{SignIn, Store};
use msgraph_presence::{BoxError, Client, FailureKind, HoldFile};
use msgraph_presence_emulator::{Emulator, User};
use std::path::PathBuf;

/// The name of the folder of the tokens and of a hold.
const NAME: &str = "msgraph-presence-cli";

const NO_ID: &str = "no client id: register an application in Entra, as `presence --help` says, \
    and name it by --client-id or PRESENCE_CLIENT_ID; or try --emulator";

const SCOPES: &str = "Presence.Read Presence.Read.All Presence.ReadWrite openid profile";

impl Options {
    /// Starts the emulator within the command, if it is asked for, with its own users and those of
    /// the arguments. The first of its own is signed in.
    pub async fn start_emulator(&mut self, team: Team) -> Result<Option<Emulator>, BoxError> {
        if self.emulator.as_deref() != Some("") {
            return Ok(None);
        }
        let graph = Emulator::start().await?;
        tokio::spawn(graph.demo(User::demo().into_iter().chain(team).collect()));
        self.emulator = Some(graph.origin());
        self.demo = Some(Store::memory());
        self.sign_in()?.device_code().await?.await?;
        Ok(Some(graph))
    }

    pub fn sign_in(&self) -> Result<SignIn, BoxError> {
        let no_id = || FailureKind::Usage.error(NO_ID);
        let id = self.client_id.as_ref().ok_or_else(no_id)?;
        let store = match (&self.demo, &self.home) {
            (Some(store), _) => store.clone(),
            (_, Some(folder)) => Store::folder(folder),
            _ => Store::for_app(NAME),
        };
        let authority = self.emulator.as_deref().unwrap_or(self.cloud.authority());
        let sign_in = SignIn::new(id).tenant(&self.tenant).cloud(self.cloud);
        let sign_in = sign_in.authority(authority).store(store);
        Ok(sign_in.scopes(SCOPES.split(' ')))
    }

    /// A client with the tokens of the sign-in. A hold that was killed is released.
    pub async fn connect(&self) -> Result<Client, BoxError> {
        let account = self.sign_in()?.silent().await?;
        let root = self.emulator.as_deref().unwrap_or(self.cloud.root());
        let builder = Client::builder().cloud(self.cloud).token(account);
        let base_url = format!("{}/v1.0", root.trim_end_matches('/'));
        let client = builder.base_url(base_url).build()?;
        match HoldFile::release_left(self.hold_path()?, &client).await {
            Ok(None) => {}
            Ok(Some(released)) if self.json => self.tell(released, "")?,
            Ok(Some(released)) => eprintln!("An earlier hold was killed. Released: {released}."),
            Err(error) => _ = report(&error, self.json),
        }
        Ok(client)
    }

    /// The file of a hold, one for each service.
    pub fn hold_path(&self) -> Result<PathBuf, BoxError> {
        let home = self.home.clone().map(Ok);
        let folder = home.unwrap_or_else(|| Store::app_folder(NAME))?;
        let service = self.emulator.as_deref().unwrap_or(self.cloud.as_str());
        let service = if self.demo.is_some() { "demo" } else { service };
        let service = service.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        Ok(folder.join(format!("hold-{service}.json")))
    }
}

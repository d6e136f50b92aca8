//! A client by the stored sign-in or an emulator, and the names of users.

use crate::arguments::Options;
use crate::demo;
use crate::failure::{Failure, Kind, of_file, report};
use crate::hold::Place;
use crate::output::{Output, plain};
use crate::values::Member;
use etcetera::BaseStrategy;
use msgraph_presence::sign_in::{SignIn, Store};
use msgraph_presence::{BoxError, Client, UserId};
use std::env;
use std::path::PathBuf;

/// The name of the program's folder and of its tokens.
const NAME: &str = "msgraph-presence-cli";

const SCOPES: [&str; 3] = ["Presence.Read", "Presence.Read.All", "Presence.ReadWrite"];

/// Any application may sign in to an emulator.
const EMULATED: &str = "00000000-0000-4000-8000-000000000000";

/// A client, and what the command knows beside it.
pub struct Connection {
    pub client: Client,
    /// The users of the command; those of an emulator within it, the signed-in one first.
    pub team: Vec<Member>,
}

impl Connection {
    /// The name of a user, else the id.
    pub fn name(&self, id: UserId) -> String {
        let member = self.team.iter().find(|member| member.id == id);
        let name = member.and_then(|member| member.name.as_deref());
        name.map_or_else(|| id.to_string(), plain)
    }
}

impl Options {
    /// True for the emulator within the command.
    pub fn is_demo(&self) -> bool {
        self.emulator.as_deref() == Some("")
    }

    pub fn sign_in(&self) -> Result<SignIn, Failure> {
        let emulated = self.emulator.as_ref().map(|_| EMULATED);
        let id = self.client_id.as_deref().or(emulated).ok_or_else(|| {
            let text = "no client id: register an application in Entra, as `presence --help` says, \
                and name it by --client-id or PRESENCE_CLIENT_ID; or try --emulator";
            Failure(Kind::Usage, text.to_owned())
        })?;
        let store = match env::var_os("PRESENCE_HOME") {
            Some(folder) => Store::folder(folder),
            None => Store::for_app(NAME),
        };
        let sign_in = SignIn::new(id).tenant(&self.tenant).cloud(self.cloud);
        let sign_in = sign_in.scopes(SCOPES).scopes(["openid", "profile"]);
        Ok(match &self.emulator {
            Some(origin) if !origin.is_empty() => sign_in.store(store).authority(origin),
            _ => sign_in.store(store),
        })
    }

    /// A client with the tokens of the sign-in. What a hold that was killed has left is given back.
    pub async fn connect(
        &self,
        users: Vec<Member>,
        output: Output,
    ) -> Result<Connection, BoxError> {
        if self.is_demo() {
            let (graph, team) = demo::start(users).await?;
            let token = graph.token_for(team[0].id);
            let client = Client::builder().base_url(graph.base_url()).token(token);
            tokio::spawn(demo::live(graph, team.clone()));
            let client = client.build()?;
            return Ok(Connection { client, team });
        }
        let account = self.sign_in()?.silent().await?;
        let builder = Client::builder().cloud(self.cloud).token(account);
        let builder = match &self.emulator {
            Some(origin) => builder.base_url(format!("{origin}/v1.0")),
            None => builder,
        };
        let (client, team) = (builder.build()?, users);
        let path = self.saved_hold()?;
        // Only then is it locked, so that a hold can begin while this command goes on.
        if path.exists()
            && let Err(error) = Place::lock(path)?.give_back(&client, output).await
        {
            report(&*error, output);
        }
        Ok(Connection { client, team })
    }

    /// The place of a hold; none for an emulator that ends with the command.
    pub fn place(&self) -> Result<Option<Place>, Failure> {
        match self.is_demo() {
            true => Ok(None),
            false => Place::lock(self.saved_hold()?).map(Some),
        }
    }

    /// The file in which a hold is written down, for each service.
    fn saved_hold(&self) -> Result<PathBuf, Failure> {
        let service = self.emulator.as_deref().unwrap_or(self.cloud.as_str());
        let service = service.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        Ok(folder()?.join(format!("hold-{service}.json")))
    }
}

/// The folder of a hold that is not given back.
fn folder() -> Result<PathBuf, Failure> {
    if let Some(folder) = env::var_os("PRESENCE_HOME") {
        return Ok(folder.into());
    }
    let strategy = etcetera::base_strategy::choose_native_strategy();
    let strategy = strategy.map_err(|error| of_file("the home folder".as_ref(), error))?;
    // On Windows the data folder roams from machine to machine, and the cache folder does not.
    let is_windows = cfg!(windows);
    let folder = if is_windows {
        strategy.cache_dir()
    } else {
        strategy.data_dir()
    };
    Ok(folder.join(NAME))
}

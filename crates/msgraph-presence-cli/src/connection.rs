//! A client by the stored sign-in or an emulator, and the names of users.

use crate::arguments::Options;
use crate::output::plain;
use crate::{Failure, report};
use msgraph_presence::sign_in::{SignIn, Store};
use msgraph_presence::{BoxError, Client, FailureKind, HoldFile, UserId};
use msgraph_presence_emulator::{Emulator, User};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::{env, io};

/// The name of the folder of the tokens and of a hold.
const NAME: &str = "msgraph-presence-cli";

/// Any application may sign in to an emulator.
const EMULATED: &str = "00000000-0000-4000-8000-000000000000";

/// A client, and users with names; all of those of the emulator within the command.
pub struct Connection {
    pub client: Client,
    pub team: Vec<User>,
}

impl Connection {
    pub fn name(&self, id: UserId) -> String {
        let user = self.team.iter().find(|user| user.user_id() == id);
        user.map_or_else(|| id.to_string(), |user| user.user_name().to_owned())
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
            Failure(FailureKind::Usage, text.to_owned())
        })?;
        let store = env::var_os("PRESENCE_HOME").map(Store::folder);
        let sign_in = SignIn::new(id).tenant(&self.tenant).cloud(self.cloud);
        let sign_in = sign_in.store(store.unwrap_or_else(|| Store::for_app(NAME)));
        let sign_in = sign_in.scopes(["Presence.Read", "Presence.Read.All", "Presence.ReadWrite"]);
        let sign_in = sign_in.scopes(["openid", "profile"]);
        Ok(match &self.emulator {
            Some(origin) if !self.is_demo() => sign_in.authority(origin),
            _ => sign_in,
        })
    }

    /// A client with the tokens of the sign-in. What a hold that was killed has left is given back.
    pub async fn connect(&self, team: Vec<User>) -> Result<Connection, BoxError> {
        if self.is_demo() {
            return demo(team).await;
        }
        let builder = Client::builder().cloud(self.cloud);
        let builder = builder.token(self.sign_in()?.silent().await?);
        let client = match &self.emulator {
            Some(origin) => builder.base_url(format!("{origin}/v1.0")).build()?,
            None => builder.build()?,
        };
        // It is locked only then, so that a hold can begin while this command goes on.
        let path = self.hold_path()?.filter(|path| path.exists());
        match path.map(HoldFile::lock).transpose() {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {}
            file => {
                if let Some(file) = file?
                    && let Err(error) = self.give_back(&file, &client).await
                {
                    report(&*error, self.json);
                }
            }
        }
        Ok(Connection { client, team })
    }

    /// The file of a hold, one for each service; none for the emulator within the command.
    pub fn hold_path(&self) -> Result<Option<PathBuf>, BoxError> {
        let folder = env::var_os("PRESENCE_HOME").map(|folder| Ok(folder.into()));
        let folder: PathBuf = folder.unwrap_or_else(|| Store::app_folder(NAME))?;
        let service = self.emulator.as_deref().unwrap_or(self.cloud.as_str());
        let service = service.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        Ok((!self.is_demo()).then(|| folder.join(format!("hold-{service}.json"))))
    }

    /// Gives back what an earlier start has left.
    pub async fn give_back(&self, file: &HoldFile, client: &Client) -> Result<(), BoxError> {
        let Some(saved) = file.load()? else {
            return Ok(());
        };
        let released = client.resume_hold(saved).release().await.map_err(|error| {
            let text = format!("an earlier hold is not given back: {error}");
            Failure(FailureKind::of(&error), text)
        })?;
        file.remove()?;
        if self.json {
            self.tell(json!(released), "")?
        } else {
            eprintln!("An earlier hold was killed. Now ended: {released}.")
        }
        Ok(())
    }
}

/// An emulator within the command, where Ada is signed in.
async fn demo(team: Vec<User>) -> Result<Connection, BoxError> {
    let graph = Emulator::start().await?;
    let [ada, others @ ..] = User::demo();
    let token = graph.token_for(ada.user_id());
    let mut users = vec![ada];
    users.extend(if team.is_empty() { others.into() } else { team });
    let (day, client) = (graph.demo(users.clone()), Client::builder().token(token));
    let client = client.base_url(graph.base_url()).build()?;
    tokio::spawn(async move {
        let _running = graph;
        day.await
    });
    let team = users;
    Ok(Connection { client, team })
}

/// Reads a board: a user a line, the id and a name.
pub fn read_board(path: &Path) -> Result<Vec<User>, BoxError> {
    let of = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| io::Error::new(error.kind(), of(&error)))?;
    let wrong = |error: String| Failure(FailureKind::Usage, of(&error));
    let mut team = Vec::new();
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let line = line.split('#').next().unwrap_or_default().trim();
        let (id, name) = line.split_once(char::is_whitespace).unwrap_or((line, line));
        if !id.is_empty() {
            let id = id.parse();
            let id = id.map_err(|error| wrong(format!("line {number}: {error}")))?;
            team.push(User::new(plain(name.trim())).id(id));
        }
    }
    let nobody = "it names nobody: write an object id and a name on each line";
    if team.is_empty() {
        Err(wrong(nobody.to_owned()).into())
    } else {
        Ok(team)
    }
}

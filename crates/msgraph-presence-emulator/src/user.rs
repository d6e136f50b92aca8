//! A user to be added to the emulator, from code or from JSON and YAML.

use crate::clock::SplitMix;
use crate::service::session::Session;
use crate::token::DEFAULT_TENANT;
use msgraph_presence_models::{
    Activity, Availability, OutOfOfficeSettings, UserId, UserWorkLocation,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::time::Duration;

/// A user of the emulated directory.
///
/// A user without an explicit id has one that is derived from the name, the same at every run.
///
/// ```
/// use msgraph_presence_emulator::{Emulator, User, models::Activity};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let id = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse()?;
/// let ada = User::new("Ada").id(id).out_of_office("Back on Monday");
/// assert_eq!(emulator.add_user(ada), id);
/// assert_eq!(emulator.add_user("Bob"), User::new("Bob").user_id());
///
/// emulator.sign_in(id);
/// let presence = emulator.presence(id).unwrap_or_default();
/// assert_eq!(presence.activity, Some(Activity::OutOfOffice));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) principal_name: String,
    pub(crate) tenant: String,
    pub(crate) out_of_office: OutOfOfficeSettings,
    pub(crate) work_location: Option<UserWorkLocation>,
}

impl User {
    /// A user of the default tenant, in office, with an id derived from the name.
    ///
    /// The name is a token with all delegated permissions, unless it contains a dot. When two users
    /// have the same name, it refers to the first.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            id: id_of(&name),
            principal_name: principal_name_of(&name),
            name,
            tenant: DEFAULT_TENANT.to_owned(),
            out_of_office: office(None),
            work_location: None,
        }
    }

    /// Sets the object id, instead of the one derived from the name.
    pub fn id(mut self, id: UserId) -> Self {
        self.id = id;
        self
    }

    /// Sets the userPrincipalName (UPN), the name to sign in with, which looks like an email
    /// address.
    ///
    /// By default it is the name in lower case at `contoso.com`, such as
    /// `ada.lovelace@contoso.com`.
    pub fn principal_name(mut self, name: impl Into<String>) -> Self {
        self.principal_name = name.into();
        self
    }

    /// Sets the tenant of the user, [`DEFAULT_TENANT`] by default: a GUID, as in the service, or
    /// any other text.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = tenant.into();
        self
    }

    /// Sets the user out of office from the start, with a message.
    pub fn out_of_office(mut self, message: impl Into<String>) -> Self {
        self.out_of_office = office(Some(message.into()));
        self
    }

    /// Sets the work location of the user, unknown by default.
    ///
    /// Its source decides the layer: manual, automatic or, for any other source, scheduled.
    pub fn work_location(mut self, location: UserWorkLocation) -> Self {
        self.work_location = Some(location);
        self
    }

    /// The name of the user.
    pub fn user_name(&self) -> &str {
        &self.name
    }

    /// The object id of the user.
    pub fn user_id(&self) -> UserId {
        self.id
    }

    /// Six users for a demonstration: Ada, Grace, Edsger, Barbara, Donald and Frances.
    pub fn demo() -> [Self; 6] {
        ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances"].map(Self::new)
    }
}

impl From<&str> for User {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// Shows neither the name nor the whole id.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Out of office with a message, or in office without one.
pub(crate) fn office(message: Option<String>) -> OutOfOfficeSettings {
    let mut settings = OutOfOfficeSettings::default();
    settings.is_out_of_office = Some(message.is_some());
    settings.message = message;
    settings
}

/// A GUID derived from a name, in the form of a random one (version 4).
fn id_of(name: &str) -> UserId {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    UserId::from(SplitMix(seed).guid())
}

/// The userPrincipalName derived from a name: the name itself when it contains `@`.
fn principal_name_of(name: &str) -> String {
    if name.contains('@') {
        return name.to_owned();
    }
    let words = name.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    format!("{}@contoso.com", words.join(".").to_lowercase())
}

/// A user to be added, with the sessions to be started.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserEntry {
    #[serde(deserialize_with = "filled")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "id")]
    pub(crate) id: Option<UserId>,
    #[serde(default, deserialize_with = "filled_or_none")]
    pub(crate) user_principal_name: Option<String>,
    #[serde(default, deserialize_with = "filled_or_none")]
    pub(crate) tenant: Option<String>,
    pub(crate) out_of_office: Option<String>,
    pub(crate) work_location: Option<UserWorkLocation>,
    /// The short form of `sessions: [{}]`.
    #[serde(default)]
    pub(crate) signed_in: bool,
    #[serde(default)]
    pub(crate) sessions: Vec<SessionEntry>,
}

/// A session to be started; `{}` is Available and has no end.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionEntry {
    #[serde(deserialize_with = "filled_or_none")]
    availability: Option<String>,
    #[serde(deserialize_with = "filled_or_none")]
    activity: Option<String>,
    expires_in_seconds: Option<Seconds>,
}

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seconds(pub(crate) Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let seconds = u64::deserialize(from).map(Duration::from_secs);
        let wanted = "a time must be a whole number of seconds, 0 or more";
        seconds.map(Self).map_err(|_| D::Error::custom(wanted))
    }
}

/// Reads a text of one line that is not blank.
pub(crate) fn filled<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom(
            "the text is empty; give one, or leave the property out",
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(D::Error::custom(
            "the text has a line break or another control character; remove it",
        ));
    }
    Ok(text)
}

/// Reads such a text, or none.
pub(crate) fn filled_or_none<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Filled(#[serde(deserialize_with = "filled")] String);

    let text = Option::<Filled>::deserialize(from)?;
    Ok(text.map(|Filled(text)| text))
}

/// Reads an id, with an error that names the property.
fn id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<UserId>, D::Error> {
    Option::deserialize(from).map_err(|_| D::Error::custom("id: not a GUID"))
}

impl UserEntry {
    /// The user, without the sessions.
    pub(crate) fn user(&self) -> User {
        let user = User::new(&self.name);
        let user = set(user, self.id, User::id);
        let user = set(
            user,
            self.user_principal_name.as_ref(),
            User::principal_name,
        );
        let user = set(user, self.tenant.as_ref(), User::tenant);
        let user = set(user, self.out_of_office.as_ref(), User::out_of_office);
        set(user, self.work_location.clone(), User::work_location)
    }

    pub(crate) fn sessions(&self) -> impl Iterator<Item = Session> {
        let signed_in = self.signed_in.then(Session::default);
        let sessions = self.sessions.iter().map(SessionEntry::session);
        signed_in.into_iter().chain(sessions)
    }
}

impl SessionEntry {
    pub(crate) fn session(&self) -> Session {
        let availability = self.availability.as_deref().map(Availability::from);
        let activity = self.activity.as_deref().map(Activity::from);
        let session = Session::new(
            availability.unwrap_or(Availability::Available),
            activity.unwrap_or(Activity::Available),
        );
        let lifetime = self.expires_in_seconds.map(|Seconds(time)| time);
        set(session, lifetime, Session::expires_in)
    }
}

/// Applies an optional setting: calls `set` when there is a value.
pub(crate) fn set<T, V>(on: T, value: Option<V>, set: impl FnOnce(T, V) -> T) -> T {
    match value {
        Some(value) => set(on, value),
        None => on,
    }
}

//! Access tokens, written and read: unsigned JSON Web Tokens with Graph's claims.

use crate::clock::{later, span};
use crate::generated::routes::Route;
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE_NO_PAD, URL_SAFE_PAD_INDIFFERENT};
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::{Cloud, UserId};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// The tenant of users and tokens, by default: a made-up GUID.
pub const DEFAULT_TENANT: &str = "eeeeeeee-0000-4000-8000-000000000001";

/// The application (client) id of tokens, by default: a made-up GUID.
pub const DEFAULT_APPLICATION: &str = "aaaaaaaa-0000-4000-8000-000000000001";

/// The tenant in which all personal Microsoft accounts are.
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The application id of Graph: the audience of a token is either this id or the URL of the cloud.
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// The default lifetime of a token.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// An access token to be written: the caller and its permissions.
///
/// By default it carries every delegated (or application) permission that any operation lists, and
/// those to read users, for the default tenant and application, and is valid for one hour on the
/// emulator's clock.
///
/// ```
/// use msgraph_presence_emulator::{Emulator, Token};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let ada = emulator.add_user("Ada");
/// let url = format!("{}/users/{ada}/presence", emulator.base_url());
/// let http = reqwest::Client::new();
/// let status = async |token: Token| {
///     let call = http.get(&url).bearer_auth(emulator.token(token)).send();
///     call.await.map(|response| response.status().as_u16())
/// };
///
/// let reader = Token::delegated(ada).permissions(["Presence.Read"]);
/// assert_eq!(status(reader.clone()).await?, 200);
/// assert_eq!(status(reader.expired()).await?, 401);
/// assert_eq!(status(Token::application()).await?, 200);
/// assert_eq!(status(Token::application().tenant("another")).await?, 404);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Token {
    pub(crate) user: Option<UserId>,
    pub(crate) permissions: Vec<String>,
    tenant: Option<String>,
    application: String,
    cloud: Cloud,
    lifetime: SignedDuration,
    revocable: Option<u64>,
    /// The claim `uti`, which makes two tokens of one second differ.
    id: Option<String>,
}

impl Token {
    /// A token of a signed-in user.
    pub fn delegated(user: UserId) -> Self {
        Self::with(Some(user), all_permissions(Route::delegated))
    }

    /// A token of an application itself, without a user.
    pub fn application() -> Self {
        Self::with(None, all_permissions(Route::application))
    }

    fn with(user: Option<UserId>, permissions: Vec<String>) -> Self {
        Self {
            user,
            permissions,
            tenant: None,
            application: DEFAULT_APPLICATION.to_owned(),
            cloud: Cloud::Global,
            lifetime: LIFETIME,
            revocable: None,
            id: None,
        }
    }

    /// Sets the permissions, by their names in Microsoft's permissions reference, such
    /// as `Presence.Read.All`. An unknown name grants nothing.
    pub fn permissions<P: Into<String>>(
        mut self,
        permissions: impl IntoIterator<Item = P>,
    ) -> Self {
        self.permissions = permissions.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the tenant that issued the token: a GUID, as in the service, or any other text.
    ///
    /// By default a delegated token has its user's tenant, and an application's has
    /// [`DEFAULT_TENANT`]. Users of another tenant are not found.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Sets the application (client) id of the caller, [`DEFAULT_APPLICATION`] by default: any
    /// text.
    ///
    /// Requests are limited per application and tenant.
    pub fn client(mut self, application: impl Into<String>) -> Self {
        self.application = application.into();
        self
    }

    /// Sets the cloud of the token, the global one by default. Other clouds refuse it with 401.
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// Makes it the token of a personal Microsoft account, which presence refuses with 400.
    pub fn personal_account(self) -> Self {
        self.tenant(PERSONAL_TENANT)
    }

    /// Sets the lifetime of the token, on the emulator's clock and in whole seconds: one hour by
    /// default.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = span(lifetime);
        self
    }

    /// Makes the token expired, so that it is refused with 401.
    pub fn expired(mut self) -> Self {
        self.lifetime = SignedDuration::from_secs(-1);
        self
    }

    /// A token of this sign-in that is refused as soon as the sign-in is revoked, with a claims
    /// challenge.
    pub(crate) fn revocable(mut self, sign_in: Option<u64>) -> Self {
        self.revocable = sign_in;
        self
    }

    /// A token with an id, as those that the service issues have.
    pub(crate) fn id(mut self, id: String) -> Self {
        self.id = Some(id);
        self
    }

    /// The text of the token. `home` is the tenant when none was given.
    pub(crate) fn write(&self, home: &str, now: Timestamp) -> String {
        let mut claims = json!({
            "aud": self.cloud.root(),
            "iss": "https://msgraph-presence-emulator.invalid/",
            "iat": now.as_second(),
            "exp": later(now, self.lifetime).as_second(),
            "tid": self.tenant.as_deref().unwrap_or(home),
            "appid": self.application,
            "ver": "1.0",
        });
        match self.user {
            Some(user) => {
                claims["idtyp"] = "user".into();
                claims["oid"] = user.to_string().into();
                claims["scp"] = self.permissions.join(" ").into();
            }
            None => {
                claims["idtyp"] = "app".into();
                claims["roles"] = self.permissions.clone().into();
            }
        }
        if let Some(sign_in) = self.revocable {
            claims["xms_cc"] = json!(["cp1"]);
            claims["sid"] = sign_in.to_string().into();
        }
        if let Some(id) = &self.id {
            claims["uti"] = id.as_str().into();
        }
        unsigned(&claims)
    }
}

/// A JSON Web Token without a signature.
pub(crate) fn unsigned(claims: &Value) -> String {
    let head = URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"none"}"#);
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    // In the place of a signature. Clients redact the parts of their token in texts, so this is not
    // a word of the emulator's messages.
    let signature = URL_SAFE_NO_PAD.encode("emulator");
    format!("{head}.{claims}.{signature}")
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("delegated", &self.user.is_some())
            .field("permissions", &self.permissions)
            .field("cloud", &self.cloud)
            .finish_non_exhaustive()
    }
}

/// The permissions to read users, which no operation of the spec takes.
const READ_USERS: [&str; 3] = ["User.Read", "User.ReadBasic.All", "User.Read.All"];

/// The permissions of one kind that an operation takes.
type PermissionsOf = fn(Route) -> &'static [&'static str];

/// Every permission of one kind that any operation takes, and those to read users, without repeats.
pub(crate) fn all_permissions(of: PermissionsOf) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let permissions = Route::ALL.iter().flat_map(|route| of(*route));
    for permission in permissions.chain(&READ_USERS) {
        if !all.iter().any(|known| known == permission) {
            all.push((*permission).to_owned());
        }
    }
    all
}

/// The caller of a request, as its token says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    pub(crate) kind: CallerKind,
    /// The names of the permissions, with spaces between them.
    pub(crate) permissions: String,
    pub(crate) tenant: String,
    pub(crate) application: String,
    /// The sign-in whose revocation ends the token at once, for a program that handles claims
    /// challenges.
    pub(crate) revocable: Option<u64>,
}

/// The two kinds of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallerKind {
    Delegated(UserId),
    Application,
}

/// The claims that are read, for each request: a `Value` of all claims takes a quarter of the time
/// of a response.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims<'a> {
    #[serde(borrow)]
    aud: Claim<'a>,
    exp: Claim<'a>,
    scp: Claim<'a>,
    roles: Claim<'a>,
    oid: Claim<'a>,
    tid: Claim<'a>,
    appid: Claim<'a>,
    sid: Claim<'a>,
}

/// A claim of any type; one of another type than expected counts as missing.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Claim<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Number(i64),
    List(Vec<Claim<'a>>),
    Other(IgnoredAny),
    #[default]
    #[serde(skip)]
    Missing,
}

impl Claim<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Caller {
    /// A signed-in user with every delegated permission that an operation lists.
    pub(crate) fn user(user: UserId, tenant: &str) -> Self {
        Self::with(CallerKind::Delegated(user), Route::delegated, tenant)
    }

    /// An application with every application permission that an operation lists.
    pub(crate) fn application() -> Self {
        Self::with(CallerKind::Application, Route::application, DEFAULT_TENANT)
    }

    fn with(kind: CallerKind, permissions: PermissionsOf, tenant: &str) -> Self {
        Self {
            kind,
            permissions: all_permissions(permissions).join(" "),
            tenant: tenant.to_owned(),
            application: DEFAULT_APPLICATION.to_owned(),
            revocable: None,
        }
    }

    /// Reads the text of a token. `Err` is the message of the service's 401.
    pub(crate) fn read(token: &str, cloud: Cloud, now: Timestamp) -> Result<Self, &'static str> {
        const MALFORMED: &str = "IDX14100: JWT is not well formed.";
        let mut parts = token.split('.');
        let (_, Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("IDX14100: JWT is not well formed, there are no dots (.).");
        };
        let claims = URL_SAFE_PAD_INDIFFERENT.decode(claims);
        let claims = claims.map_err(|_| MALFORMED)?;
        let claims: Claims = serde_json::from_slice(&claims).map_err(|_| MALFORMED)?;

        let audience = claims.aud.text().unwrap_or_default();
        let root = audience.strip_suffix('/').unwrap_or(audience);
        if root != cloud.root() && audience != GRAPH {
            return Err(INVALID_AUDIENCE);
        }
        if !matches!(claims.exp, Claim::Number(expires) if expires > now.as_second()) {
            return Err(EXPIRED);
        }
        let (kind, permissions) = match (claims.scp.text(), &claims.roles) {
            (Some(scopes), _) => {
                let user = claims.oid.text().unwrap_or_default();
                let user = user.parse().map_err(|_| MALFORMED)?;
                (CallerKind::Delegated(user), scopes.to_owned())
            }
            (None, Claim::List(roles)) => {
                let roles: Vec<&str> = roles.iter().filter_map(Claim::text).collect();
                (CallerKind::Application, roles.join(" "))
            }
            (None, _) => (CallerKind::Application, String::new()),
        };
        Ok(Self {
            kind,
            permissions,
            tenant: claims.tid.text().unwrap_or_default().to_owned(),
            application: claims.appid.text().unwrap_or_default().to_owned(),
            revocable: claims.sid.text().and_then(|number| number.parse().ok()),
        })
    }

    /// Returns whether the caller has one of these permissions.
    pub(crate) fn has_any(&self, permissions: &[&str]) -> bool {
        let mut held = self.permissions.split_whitespace();
        held.any(|held| permissions.contains(&held))
    }

    /// Returns whether the caller is this user.
    pub(crate) fn is(&self, user: UserId) -> bool {
        self.kind == CallerKind::Delegated(user)
    }
}

/// The message for a token of another audience.
pub(crate) const INVALID_AUDIENCE: &str = "Access token validation failure. Invalid audience.";

/// The message for a token that has expired.
pub(crate) const EXPIRED: &str = "Lifetime validation failed, the token is expired.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_user() {
        let ada = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse().unwrap();
        assert!(!format!("{:?}", Token::delegated(ada)).contains("afc3"));
    }

    #[test]
    fn a_claim_of_another_type_counts_as_missing() {
        let read = |claims: &str| {
            let start = r#""aud":"https:\/\/graph.microsoft.com","exp":9999999999"#;
            let claims = URL_SAFE_NO_PAD.encode(format!("{{{start},{claims}}}"));
            Caller::read(
                &format!("e30.{claims}."),
                Cloud::Global,
                Timestamp::UNIX_EPOCH,
            )
        };
        let caller = read(r#""roles":["A\u002eB",1,null,"C"],"tid":{"a":[2]},"x":1e400"#).unwrap();
        assert_eq!(caller.permissions, "A.B C");
        assert_eq!(caller.tenant, "");
        let caller = read(r#""scp":["A"],"roles":"B","appid":false"#).unwrap();
        assert_eq!(
            (caller.kind, &*caller.permissions),
            (CallerKind::Application, "")
        );
        assert_eq!(
            read(r#""scp":"A","oid":7"#),
            Err("IDX14100: JWT is not well formed.")
        );
        let late = read(r#""exp":"9999999999""#);
        assert!(late.is_err(), "a property that comes twice: {late:?}");
        for text in ["", "ada", "a.b", "a.b.c", "a.b.c.d", "..", "e30.bnVsbA.x"] {
            let read = Caller::read(text, Cloud::Global, Timestamp::UNIX_EPOCH);
            assert!(read.is_err(), "{text}");
        }
    }
}

//! Access tokens: what a caller may do, written as an unsigned JSON Web Token with Graph's claims.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::UserId;
use serde_json::{Value, json};

use crate::base64url;
use crate::clock::later;
use crate::generated::routes::Route;

/// The tenant of users and tokens, unless said otherwise.
pub const DEFAULT_TENANT: &str = "eeeeeeee-0000-4000-8000-000000000001";

/// The application that calls, unless said otherwise.
pub const DEFAULT_APPLICATION: &str = "aaaaaaaa-0000-4000-8000-000000000001";

/// The tenant in which all personal Microsoft accounts are.
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// How long a token is good, unless said otherwise.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// A Microsoft cloud. A token of one is not taken by another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cloud {
    /// The global service, with GCC.
    #[default]
    Global,

    /// US Government L4 (GCC High).
    UsGovernmentL4,

    /// US Government L5 (DoD).
    UsGovernmentL5,

    /// China, operated by 21Vianet, where Graph has no presence.
    China,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 4] = [
        Self::Global,
        Self::UsGovernmentL4,
        Self::UsGovernmentL5,
        Self::China,
    ];

    /// The root of Graph in this cloud, and the audience of its tokens.
    pub fn root(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::UsGovernmentL4 => "https://graph.microsoft.us",
            Self::UsGovernmentL5 => "https://dod-graph.microsoft.us",
            Self::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }

    /// The name that the program and the administration API use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGovernmentL4 => "usGovernmentL4",
            Self::UsGovernmentL5 => "usGovernmentL5",
            Self::China => "china",
        }
    }

    /// The cloud of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name() == name)
    }
}

/// An access token to be made: who calls, and with what permissions.
///
/// It starts with every permission that the API's operations know of its kind, for the default
/// tenant and application, good for one hour on the emulator's clock.
///
/// ```
/// use msgraph_presence_emulator::{Emulator, Token};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start().await?;
/// let ada = emulator.add_user("Ada");
/// let reads_only = emulator.token(Token::delegated(ada).permissions(["Presence.Read"]));
/// # let _ = reads_only;
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
        }
    }

    /// These permissions and no others, by their names in Microsoft's permissions reference.
    pub fn permissions<P: Into<String>>(
        mut self,
        permissions: impl IntoIterator<Item = P>,
    ) -> Self {
        self.permissions = permissions.into_iter().map(Into::into).collect();
        self
    }

    /// The tenant that issued the token. A delegated token has its user's tenant by default.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// The application (client) id of the caller. Requests are limited per application and tenant.
    pub fn client(mut self, application: impl Into<String>) -> Self {
        self.application = application.into();
        self
    }

    /// The cloud that the token is for.
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// The token of a personal Microsoft account, which presence refuses.
    pub fn personal_account(self) -> Self {
        self.tenant(PERSONAL_TENANT)
    }

    /// How long the token is good, on the emulator's clock.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime =
            SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
        self
    }

    /// A token that is no longer good.
    pub fn expired(mut self) -> Self {
        self.lifetime = SignedDuration::from_secs(-1);
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
        let head = base64url::encode(br#"{"typ":"JWT","alg":"none"}"#);
        let claims = base64url::encode(claims.to_string().as_bytes());
        // The third part of a real token is its signature. This one says that there is none.
        format!("{head}.{claims}.emulator")
    }
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

/// Who calls, as the token says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    pub(crate) kind: CallerKind,
    pub(crate) permissions: Vec<String>,
    pub(crate) tenant: String,
    pub(crate) application: String,
}

/// The two kinds of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallerKind {
    Delegated(UserId),
    Application,
}

impl Caller {
    /// A signed-in user with every delegated permission that the operations know.
    pub(crate) fn user(user: UserId, tenant: &str) -> Self {
        Self {
            kind: CallerKind::Delegated(user),
            permissions: all_permissions(Route::delegated),
            tenant: tenant.to_owned(),
            application: DEFAULT_APPLICATION.to_owned(),
        }
    }

    /// An application with every application permission that the operations know.
    pub(crate) fn application() -> Self {
        Self {
            kind: CallerKind::Application,
            permissions: all_permissions(Route::application),
            tenant: DEFAULT_TENANT.to_owned(),
            application: DEFAULT_APPLICATION.to_owned(),
        }
    }

    /// Reads the text of a token. `Err` says what the service would say is wrong with it.
    pub(crate) fn read(
        token: &str,
        cloud: Cloud,
        now: Timestamp,
    ) -> Result<Self, &'static str> {
        const MALFORMED: &str = "IDX14100: JWT is not well formed.";
        let mut parts = token.split('.');
        let (_, Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("IDX14100: JWT is not well formed, there are no dots (.).");
        };
        let claims = base64url::decode(claims).ok_or(MALFORMED)?;
        let claims: Value = serde_json::from_slice(&claims).map_err(|_| MALFORMED)?;
        let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();

        if claims["aud"].as_str() != Some(cloud.root()) {
            return Err("Access token validation failure. Invalid audience.");
        }
        let expires = claims["exp"].as_i64().unwrap_or(i64::MIN);
        if expires <= now.as_second() {
            return Err("Lifetime validation failed, the token is expired.");
        }
        let (kind, permissions) = if claims["scp"].is_string() {
            let user = text("oid").parse().map_err(|_| MALFORMED)?;
            let scopes = text("scp").split_whitespace().map(str::to_owned).collect();
            (CallerKind::Delegated(user), scopes)
        } else {
            let roles = claims["roles"].as_array().map(Vec::as_slice);
            let roles = roles.unwrap_or_default().iter().filter_map(Value::as_str);
            (CallerKind::Application, roles.map(str::to_owned).collect())
        };
        Ok(Self {
            kind,
            permissions,
            tenant: text("tid"),
            application: text("appid"),
        })
    }

    /// Whether the caller has one of these permissions.
    pub(crate) fn has_any(&self, permissions: &[&str]) -> bool {
        let wanted = |held: &String| permissions.contains(&held.as_str());
        self.permissions.iter().any(wanted)
    }

    /// Whether the caller is that user itself.
    pub(crate) fn is(&self, user: UserId) -> bool {
        self.kind == CallerKind::Delegated(user)
    }
}

/// Every permission of a kind that some operation takes, once each.
fn all_permissions(of: fn(Route) -> &'static [&'static str]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for permission in Route::ALL.iter().flat_map(|route| of(*route)) {
        if !all.iter().any(|known| known == permission) {
            all.push((*permission).to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";

    fn now() -> Timestamp {
        "2026-11-21T09:00:00Z".parse().unwrap()
    }

    fn read(token: &Token) -> Result<Caller, &'static str> {
        Caller::read(&token.write(DEFAULT_TENANT, now()), Cloud::Global, now())
    }

    #[test]
    fn what_is_written_is_read_back() {
        let ada: UserId = ADA.parse().unwrap();
        let delegated = read(&Token::delegated(ada)).unwrap();
        assert!(delegated.is(ada));
        assert_eq!(delegated, Caller::user(ada, DEFAULT_TENANT));
        assert!(delegated.has_any(&["Presence.ReadWrite"]));
        assert!(!delegated.has_any(&["Presence.ReadWrite.All"]));

        let application = read(&Token::application()).unwrap();
        assert_eq!(application, Caller::application());
        assert!(application.has_any(&["Nothing", "Presence.ReadWrite.All"]));
    }

    #[test]
    fn a_token_that_is_not_good_is_refused_with_the_reason() {
        let ada: UserId = ADA.parse().unwrap();
        let cases = [
            (Token::delegated(ada).expired(), "expired"),
            (Token::delegated(ada).expires_in(Duration::ZERO), "expired"),
            (
                Token::application().cloud(Cloud::UsGovernmentL4),
                "audience",
            ),
        ];
        for (token, reason) in cases {
            assert!(read(&token).unwrap_err().contains(reason), "{token:?}");
        }
        for text in ["", "ada", "a.b", "a.b.c", "a.b.c.d", "..", "e30.bnVsbA.x"] {
            assert!(Caller::read(text, Cloud::Global, now()).is_err(), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_user() {
        let ada: UserId = ADA.parse().unwrap();
        assert!(!format!("{:?}", Token::delegated(ada)).contains("afc3"));
    }
}

//! Access tokens to be made: unsigned JSON Web Tokens with Graph's claims.

use crate::clock::{later, span};
use crate::generated::routes::Route;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::{Cloud, UserId};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// The tenant of users and tokens, by default: a made-up GUID.
pub const DEFAULT_TENANT: &str = "eeeeeeee-0000-4000-8000-000000000001";

/// The application (client) id of tokens, by default: a made-up GUID.
pub const DEFAULT_APPLICATION: &str = "aaaaaaaa-0000-4000-8000-000000000001";

/// The tenant in which all personal Microsoft accounts are.
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The application id of Graph, which is the audience of tokens as the URL of the cloud is.
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// The default lifetime of a token.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// An access token to be made: the caller and its permissions.
///
/// By default it carries every delegated (or application) permission that any operation lists, and
/// those to read users, for the default tenant and application, and is valid for one hour on the emulator's clock.
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
    /// The claim `uti`, by which two tokens of one second differ.
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

    /// The tenant that issued the token, a GUID as the service has it or any other text.
    ///
    /// By default a delegated token has its user's tenant, and an application's has
    /// [`DEFAULT_TENANT`]. Users of another tenant are not found.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// The application (client) id of the caller, [`DEFAULT_APPLICATION`] by default: any text.
    ///
    /// Requests are limited per application and tenant.
    pub fn client(mut self, application: impl Into<String>) -> Self {
        self.application = application.into();
        self
    }

    /// The cloud that the token is for, the global one by default. Others refuse it with 401.
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// The token of a personal Microsoft account, which presence refuses with 400.
    pub fn personal_account(self) -> Self {
        self.tenant(PERSONAL_TENANT)
    }

    /// The lifetime of the token from when it is made, on the emulator's clock and in whole
    /// seconds: one hour by default.
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

    /// The names of all delegated permissions.
    pub(crate) fn all_delegated() -> Vec<String> {
        all_permissions(Route::delegated)
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
    // The third part is where a real token has its signature. Clients hide the parts of their
    // token in texts, so it is not a word of the emulator's messages.
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

/// The permissions to read users, which no operation of the description takes.
const READ_USERS: [&str; 3] = ["User.Read", "User.ReadBasic.All", "User.Read.All"];

/// Every permission of a kind that some operation takes, and those to read users, once each.
pub(crate) fn all_permissions(of: fn(Route) -> &'static [&'static str]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let permissions = Route::ALL.iter().flat_map(|route| of(*route));
    for permission in permissions.chain(&READ_USERS) {
        if !all.iter().any(|known| known == permission) {
            all.push((*permission).to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_user() {
        let ada = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse().unwrap();
        assert!(!format!("{:?}", Token::delegated(ada)).contains("afc3"));
    }
}

//! The tokens of the identity platform, with their lifetime, scopes and person.

use crate::scopes::Scopes;
use crate::{Error, ErrorKind};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use msgraph_runtime::AccessToken;
use oauth2::basic::BasicTokenType;
use oauth2::{ExtraTokenFields, StandardTokenResponse, TokenResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use zeroize::Zeroizing;

/// The properties of a response that `oauth2` does not know.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Extra {
    #[serde(default)]
    id_token: Option<Value>,
    #[serde(default)]
    client_info: Option<Value>,
}

impl ExtraTokenFields for Extra {}

/// A response of the token endpoint, as `oauth2` reads it.
pub(crate) type Response = StandardTokenResponse<Extra, BasicTokenType>;

/// The tokens of one person.
#[derive(Clone)]
pub(crate) struct Tokens {
    /// The refresh token. A response may replace it.
    pub(crate) refresh: Zeroizing<String>,
    pub(crate) access: Option<Access>,
    /// `uid.utid`, the same for a person in every tenant; empty if it is not known.
    pub(crate) identity: String,
    pub(crate) user_name: Option<String>,
}

/// An access token.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) secret: Zeroizing<String>,
    pub(crate) token: AccessToken,
    /// The granted scopes.
    pub(crate) scopes: Vec<String>,
    /// The requested scopes. A token for other scopes is not used.
    pub(crate) asked: String,
    pub(crate) issued_at: SystemTime,
    pub(crate) expires_at: SystemTime,
    /// The expiry by the monotonic clock.
    pub(crate) lasts_until: Instant,
}

/// The time before its expiry at which a token is renewed, as in Microsoft's libraries.
pub(crate) const AHEAD: Duration = Duration::from_secs(300);

/// The lifetime of a token if the response has none.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);

/// The longest lifetime that is believed: a year.
const LONGEST_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

impl Tokens {
    /// Reads a response to a request for these scopes. `refresh` is the refresh token of the request,
    /// if it had one.
    pub(crate) fn of(
        response: &Response,
        refresh: Option<&str>,
        asked: &Scopes,
    ) -> Result<Self, Error> {
        let token = response.access_token().secret();
        let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_token || !matches!(response.token_type(), BasicTokenType::Bearer) {
            return Err(Error::response("the response has no bearer token".into()));
        }
        let rotated = response
            .refresh_token()
            .map(|token| token.secret().as_str());
        let rotated = rotated.filter(|token| !token.is_empty());
        let Some(refresh) = rotated.or(refresh) else {
            return Err(Error::new(
                ErrorKind::Response,
                "the response has no refresh token",
                "allow the scope `offline_access` for the application",
            ));
        };
        let lasts = response.expires_in().unwrap_or(DEFAULT_LIFETIME);
        let lasts = lasts.min(LONGEST_LIFETIME);
        let secret = Zeroizing::new(token.clone());
        let scopes = response.scopes().map(Vec::as_slice).unwrap_or_default();
        let scopes = scopes.iter().map(|scope| scope.to_string()).collect();
        let now = SystemTime::now();
        let access = Access::new(secret, scopes, asked.text(), now, now + lasts);
        let extra = response.extra_fields();
        Ok(Self {
            refresh: Zeroizing::new(refresh.to_owned()),
            access: Some(access),
            identity: extra
                .client_info
                .as_ref()
                .and_then(identity)
                .unwrap_or_default(),
            user_name: extra.id_token.as_ref().and_then(user_name),
        })
    }

    /// Drops an access token for other scopes.
    pub(crate) fn for_scopes(mut self, scopes: &Scopes) -> Self {
        self.access = self.access.filter(|access| access.asked == scopes.text());
        self
    }

    /// Returns `true` unless the tokens are known to be of two persons.
    pub(crate) fn is_same_person(&self, other: &Self) -> bool {
        let (one, other) = (&self.identity, &other.identity);
        one.is_empty() || other.is_empty() || one == other
    }

    /// Takes identity and user name from other tokens if these have none.
    pub(crate) fn with_identity_of(mut self, other: &Self) -> Self {
        if self.identity.is_empty() {
            self.identity.clone_from(&other.identity);
        }
        if self.user_name.is_none() {
            self.user_name.clone_from(&other.user_name);
        }
        self
    }
}

impl Access {
    pub(crate) fn new(
        secret: Zeroizing<String>,
        scopes: Vec<String>,
        asked: String,
        issued_at: SystemTime,
        expires_at: SystemTime,
    ) -> Self {
        let left = expires_at
            .duration_since(SystemTime::now())
            .unwrap_or_default();
        Self {
            token: AccessToken::new(secret.as_str()).expires_at(expires_at),
            secret,
            scopes,
            asked,
            issued_at,
            expires_at,
            lasts_until: Instant::now() + left,
        }
    }

    /// Returns `true` if both are the same token of the same response. A store keeps whole seconds.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let (one, two) = (self.expires_at, other.expires_at);
        let apart = one.duration_since(two).or_else(|_| two.duration_since(one));
        self.token == other.token && apart.is_ok_and(|apart| apart < Duration::from_secs(2))
    }

    /// Returns `true` if the token is valid for at least this time, by the system clock and by the
    /// monotonic one. A token that was issued in the future is not used: the system clock was set
    /// back.
    pub(crate) fn lasts(&self, ahead: Duration) -> bool {
        let now = SystemTime::now();
        let until = now.checked_add(ahead);
        self.issued_at <= now
            && until.is_some_and(|until| until < self.expires_at)
            && Instant::now() + ahead < self.lasts_until
    }
}

/// Reads `uid.utid` of `client_info`.
fn identity(client_info: &Value) -> Option<String> {
    let info = decoded(client_info.as_str()?)?;
    let part = |name: &str| info.get(name)?.as_str().map(str::to_owned);
    Some(format!("{}.{}", part("uid")?, part("utid")?))
}

/// Reads the user name of an ID token. Its signature is not checked, because the platform itself has
/// sent it over TLS.
fn user_name(id_token: &Value) -> Option<String> {
    let claims = decoded(id_token.as_str()?.split('.').nth(1)?)?;
    claims
        .get("preferred_username")?
        .as_str()
        .map(str::to_owned)
}

fn decoded(text: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tokens(body: Value, refresh: Option<&str>) -> Result<Tokens, Error> {
        let scopes = Scopes::read(&[], "https://graph.microsoft.com").unwrap();
        Tokens::of(&serde_json::from_value(body).unwrap(), refresh, &scopes)
    }

    #[test]
    fn a_response_without_a_refresh_token_keeps_the_old_one() {
        let body = json!({ "token_type": "Bearer", "access_token": "a", "expires_in": 3599 });
        let kept = tokens(body.clone(), Some("old")).unwrap();
        assert_eq!(kept.refresh.as_str(), "old");
        assert_eq!(tokens(body, None).unwrap_err().kind(), ErrorKind::Response);
    }

    #[test]
    fn identity_and_user_name_are_read_where_they_are() {
        let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = encoded(json!({ "preferred_username": "ada@contoso.com" }));
        let tokens = tokens(
            json!({
                "token_type": "bearer", "access_token": "a", "refresh_token": "r",
                "client_info": encoded(json!({ "uid": "u", "utid": "t" })),
                "id_token": format!("e30.{claims}."),
            }),
            None,
        );
        let tokens = tokens.unwrap();
        assert_eq!(tokens.identity, "u.t");
        assert_eq!(tokens.user_name.as_deref(), Some("ada@contoso.com"));
        assert!(!format!("{tokens:?}").contains("ada"));
    }

    #[test]
    fn what_is_no_bearer_token_is_refused() {
        for (kind, token) in [
            ("pop", "a"),
            ("Bearer", ""),
            ("Bearer", "a b"),
            ("Bearer", "a\n"),
        ] {
            let body = json!({ "token_type": kind, "access_token": token, "refresh_token": "r" });
            let error = tokens(body, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Response, "{kind} {token}");
        }
    }

    #[test]
    fn odd_extra_members_are_no_failure() {
        let tokens = tokens(
            json!({
                "token_type": "Bearer", "access_token": "a", "refresh_token": "r",
                "client_info": 7, "id_token": "x.%.y", "expires_in": u64::MAX,
            }),
            None,
        );
        let tokens = tokens.unwrap();
        assert_eq!((tokens.identity.as_str(), tokens.user_name), ("", None));
        assert!(tokens.access.unwrap().lasts(AHEAD));
    }

    #[test]
    fn a_token_of_the_future_does_not_last() {
        let now = SystemTime::now();
        let hour = Duration::from_secs(3600);
        let access = |issued, expires| {
            let asked = String::new();
            Access::new("a".to_owned().into(), vec![], asked, issued, expires)
        };
        assert!(access(now, now + hour).lasts(AHEAD));
        assert!(!access(now, now + AHEAD).lasts(AHEAD));
        assert!(!access(now + hour, now + 2 * hour).lasts(AHEAD));
    }
}

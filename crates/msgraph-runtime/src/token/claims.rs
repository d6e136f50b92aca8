//! The claims of a token, read only to explain a failure.
//!
//! An access token is opaque to clients, and its format may change. No decision depends on it: if
//! it cannot be read, an error has fewer hints.

use super::AccessToken;
use super::challenge::decode_base64;
use crate::operation::Caller;
use std::time::{Duration, SystemTime};

/// The part of a token's claims that can explain a refusal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// The kind of caller.
    pub(crate) caller: Option<Caller>,
    /// The granted permissions.
    pub(crate) permissions: Vec<String>,
    /// The time of expiry.
    pub(crate) expires_at: Option<SystemTime>,
}

impl Claims {
    /// Reads the claims of a JSON Web Token; all are empty when the token is not one.
    pub(crate) fn of(token: &AccessToken) -> Self {
        let read = || {
            let payload = token.secret()?.split('.').nth(1)?;
            let bytes = zeroize::Zeroizing::new(decode_base64(payload)?);
            Self::from_json(&serde_json::from_slice(&bytes).ok()?)
        };
        read().unwrap_or_default()
    }

    fn from_json(json: &serde_json::Value) -> Option<Self> {
        let json = json.as_object()?;
        let scopes = json.get("scp").and_then(|scopes| scopes.as_str());
        let roles = json.get("roles").and_then(|roles| roles.as_array());
        let roles = roles.into_iter().flatten().filter_map(|role| role.as_str());
        let is_application = json.get("idtyp").is_some_and(|kind| kind == "app");
        let (caller, permissions) = match scopes {
            Some(scopes) => (
                Some(Caller::Delegated),
                scopes.split_whitespace().map(permission).collect(),
            ),
            None => {
                let permissions: Vec<_> = roles.map(permission).collect();
                let is_application = is_application || !permissions.is_empty();
                (is_application.then_some(Caller::Application), permissions)
            }
        };
        let expires = json.get("exp").and_then(|seconds| seconds.as_u64());
        let expires = expires.map(Duration::from_secs);
        Some(Self {
            caller,
            permissions,
            expires_at: expires.and_then(|time| SystemTime::UNIX_EPOCH.checked_add(time)),
        })
    }
}

/// The name of a permission, reduced to valid characters because messages print it.
fn permission(name: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    name.chars().filter(is_part).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"scp":"Presence.Read User.Read","exp":4102444800}` and the like, in base64.
    fn token(payload: &str) -> AccessToken {
        AccessToken::new(format!("e30.{payload}.signature"))
    }

    #[test]
    fn delegated_tokens_have_scopes_and_application_tokens_have_roles() {
        let delegated = Claims::of(&token(
            "eyJzY3AiOiJQcmVzZW5jZS5SZWFkIFVzZXIuUmVhZCIsImV4cCI6NDEwMjQ0NDgwMH0",
        ));
        assert_eq!(delegated.caller, Some(Caller::Delegated));
        assert_eq!(delegated.permissions, ["Presence.Read", "User.Read"]);
        let expiry = SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
        assert_eq!(delegated.expires_at, Some(expiry));

        let application = Claims::of(&token("eyJyb2xlcyI6WyJQcmVzZW5jZS5SZWFkLkFsbCJdfQ"));
        assert_eq!(application.caller, Some(Caller::Application));
        assert_eq!(application.permissions, ["Presence.Read.All"]);
    }

    #[test]
    fn a_text_that_is_not_a_json_web_token_has_no_claims() {
        for text in [
            "opaque", "a.b.c", "a.e30.c", "a.W10.c", "a.eyI.c", "..", "a.!.c",
        ] {
            assert_eq!(
                Claims::of(&AccessToken::new(text)),
                Claims::default(),
                "{text}"
            );
        }
    }
}

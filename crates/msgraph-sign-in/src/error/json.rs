//! The body of a refusal. Any property may be missing or not valid.

use super::{Error, ErrorKind, Party, PlatformError};
use crate::aadsts;
use serde_json::Value;

/// A refusal of the platform.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    platform: PlatformError,
    claims: Option<String>,
}

impl Refusal {
    /// Reads a JSON body with a property `error`. `secrets` are those of the request.
    ///
    /// A text of the response is kept only if it has the characters of a code, an id or a time, and
    /// contains no secret.
    pub(crate) fn read(body: &Value, authority: &str, secrets: &[&str]) -> Option<Self> {
        let code = body.get("error")?.as_str()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let is_safe = |value: &&str| !secrets.iter().any(|secret| value.contains(secret));
        let safe_code = |value: &str| code_text(value).filter(|_| is_safe(&value));
        let description = text("error_description").unwrap_or_default();
        let line = |name: &str| {
            let (_, rest) = description.split_once(name)?;
            let rest = rest.trim_start_matches([' ', '\u{a0}']);
            let end = rest.find(|c: char| c.is_control() || c.is_whitespace());
            Some(&rest[..end.unwrap_or(rest.len())])
        };
        let id = |property: &str, name: &str| {
            let value = text(property).or_else(|| line(name))?;
            id(value).filter(|_| is_safe(&value))
        };
        let platform = PlatformError {
            code: safe_code(code).unwrap_or_else(|| "unknown".to_owned()),
            suberror: text("suberror").and_then(safe_code),
            number: number(body, description),
            trace_id: id("trace_id", "Trace ID:"),
            correlation_id: id("correlation_id", "Correlation ID:"),
            timestamp: text("timestamp")
                .and_then(timestamp)
                .filter(|t| is_safe(&t.as_str())),
            authority: authority.to_owned(),
        };
        let claims = text("claims").filter(|claims| claims.len() < 8192);
        Some(Self {
            platform,
            claims: claims.map(str::to_owned),
        })
    }

    /// Reads the refusal in the query of a callback.
    pub(crate) fn of_callback(code: &str, description: Option<&str>, authority: &str) -> Self {
        let body = serde_json::json!({ "error": code, "error_description": description });
        Self::read(&body, authority, &[]).unwrap_or(Self {
            platform: PlatformError::default(),
            claims: None,
        })
    }

    /// The OAuth error code, which decides the kind.
    pub(crate) fn code(&self) -> &str {
        &self.platform.code
    }

    pub(crate) fn error(self) -> Error {
        let kind = kind(&self.platform.code);
        let known = self.platform.number.and_then(aadsts::known);
        let error = match known {
            Some(known) => {
                let message = format!("{}: {}", message(kind), known.meaning);
                Error::new(kind, message, known.help).with_party(known.party)
            }
            None => Error::new(kind, message(kind), help(kind)),
        };
        // The code decides whether an error is temporary, not the number.
        let error = match error.party() {
            Party::None if kind != ErrorKind::Unavailable => error.with_party(kind.party()),
            _ => error,
        };
        let claims = self.claims;
        let error = error.with_platform(self.platform);
        match claims {
            Some(claims) => error.with_claims(Some(claims)),
            None => error,
        }
    }
}

fn kind(code: &str) -> ErrorKind {
    match code {
        "invalid_grant" | "interaction_required" | "consent_required" | "login_required" => {
            ErrorKind::SignInRequired
        }
        "access_denied" | "authorization_declined" => ErrorKind::Declined,
        "expired_token" | "bad_verification_code" | "code_expired" => ErrorKind::Expired,
        "temporarily_unavailable" | "server_error" => ErrorKind::Unavailable,
        _ => ErrorKind::Refused,
    }
}

fn message(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::SignInRequired => "the identity platform asks for a sign-in",
        ErrorKind::Declined => "the sign-in was declined",
        ErrorKind::Expired => "the code of the sign-in is no longer valid",
        ErrorKind::Unavailable => "the identity platform is busy or has a temporary fault",
        _ => "the identity platform refuses the request",
    }
}

fn help(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::SignInRequired => "sign in again",
        ErrorKind::Declined => "sign in again and accept",
        ErrorKind::Expired => "start the sign-in again",
        ErrorKind::Unavailable => "try again later",
        _ => "check the client id, the tenant, the cloud and the scopes against the registration",
    }
}

/// The AADSTS number: the first one of the list, or the one in the description.
fn number(body: &Value, description: &str) -> Option<u32> {
    let listed = body.get("error_codes").and_then(|codes| codes.get(0));
    let listed = listed
        .and_then(Value::as_u64)
        .and_then(|number| u32::try_from(number).ok());
    listed.or_else(|| {
        let (_, rest) = description.split_once("AADSTS")?;
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

/// A code: lower-case letters, `_` and `-`. A secret of the platform has other characters, too.
fn code_text(value: &str) -> Option<String> {
    limited(value, 48, |c| c.is_ascii_lowercase() || "_-".contains(c))
}

/// An id: hexadecimal digits and hyphens.
fn id(value: &str) -> Option<String> {
    limited(value, 40, |c| c.is_ascii_hexdigit() || c == '-')
}

/// A time: digits and the characters between them.
fn timestamp(value: &str) -> Option<String> {
    limited(value, 40, |c| c.is_ascii_digit() || "-:. TZ+".contains(c))
}

/// The value, if it has at most so many bytes and only these characters.
fn limited(value: &str, length: usize, is_allowed: impl Fn(char) -> bool) -> Option<String> {
    let is_valid = !value.is_empty() && value.len() <= length && value.chars().all(is_allowed);
    is_valid.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const AUTHORITY: &str = "https://login.microsoftonline.com";

    fn error(body: Value) -> Error {
        Refusal::read(&body, AUTHORITY, &["SECRET"])
            .unwrap()
            .error()
    }

    #[test]
    fn the_code_decides_and_the_number_explains() {
        let error = error(json!({
            "error": "invalid_grant",
            "error_description": "AADSTS50076: Due to a change for ada@contoso.com\r\nTrace ID: 1",
            "error_codes": [50076],
            "timestamp": "2026-11-28 17:00:00Z",
            "trace_id": "0f0f-1",
            "correlation_id": "abc-2",
            "suberror": "basic_action",
        }));
        assert_eq!(error.kind(), ErrorKind::SignInRequired);
        let platform = error.platform_error().unwrap();
        assert_eq!(platform.suberror(), Some("basic_action"));
        assert_eq!(
            error.to_string(),
            "the identity platform asks for a sign-in: a policy now requires multi-factor \
             authentication; sign in again and complete the second factor; invalid_grant (basic_action), AADSTS50076, trace id 0f0f-1, \
             correlation id abc-2, at 2026-11-28 17:00:00Z, \
             https://login.microsoftonline.com/error?code=50076"
        );
        assert!(!format!("{error:?}").contains("ada@contoso.com"));
    }

    #[test]
    fn ids_and_number_are_found_in_the_text_too() {
        let text = "AADSTS700082:\u{a0}expired.\r\nTrace ID:\u{a0}aa-1\r\nCorrelation ID: bb-2\r\n";
        let error = error(json!({ "error": "invalid_grant", "error_description": text }));
        let platform = error.platform_error().unwrap();
        assert_eq!(platform.number(), Some(700_082));
        assert_eq!(platform.trace_id(), Some("aa-1"));
        assert_eq!(platform.correlation_id(), Some("bb-2"));
    }

    #[test]
    fn odd_members_and_secrets_are_left_out() {
        let error = error(json!({
            "error": "SECRET is bad",
            "error_codes": "70011",
            "suberror": "ada@contoso.com",
            "trace_id": "SECRET",
            "correlation_id": 7,
            "timestamp": "yesterday, SECRET",
        }));
        assert_eq!(error.kind(), ErrorKind::Refused);
        let text = format!("{error} {error:?}");
        assert!(!text.contains("SECRET") && !text.contains("ada@"), "{text}");
        assert_eq!(error.platform_error().unwrap().code(), "unknown");
    }

    #[test]
    fn each_code_has_its_kind() {
        let cases = [
            ("invalid_grant", ErrorKind::SignInRequired),
            ("interaction_required", ErrorKind::SignInRequired),
            ("consent_required", ErrorKind::SignInRequired),
            ("login_required", ErrorKind::SignInRequired),
            ("access_denied", ErrorKind::Declined),
            ("authorization_declined", ErrorKind::Declined),
            ("expired_token", ErrorKind::Expired),
            ("bad_verification_code", ErrorKind::Expired),
            ("temporarily_unavailable", ErrorKind::Unavailable),
            ("server_error", ErrorKind::Unavailable),
            ("invalid_client", ErrorKind::Refused),
            ("unauthorized_client", ErrorKind::Refused),
            ("invalid_request", ErrorKind::Refused),
            ("invalid_scope", ErrorKind::Refused),
            ("invalid_resource", ErrorKind::Refused),
            ("unsupported_grant_type", ErrorKind::Refused),
            ("something_new", ErrorKind::Refused),
        ];
        for (code, kind) in cases {
            assert_eq!(error(json!({ "error": code })).kind(), kind, "{code}");
        }
    }

    /// The number of a temporary fault does not make a permanent code temporary.
    #[test]
    fn a_number_does_not_make_a_refusal_pass() {
        let error = error(json!({ "error": "invalid_request", "error_codes": [90033] }));
        assert_eq!(error.party(), Party::Author);
        assert!(!error.is_retryable());
    }
}

//! Responses with some bytes changed: an error or a success, never a panic.

use crate::fake::{Platform, Reply};
use crate::{sign_in, token};
use msgraph_sign_in::ErrorKind;

const BODIES: [&str; 4] = [
    r#"{"device_code":"d","user_code":"u","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":5,"message":"m"}"#,
    r#"{"token_type":"Bearer","scope":"Presence.Read","expires_in":3599,"refresh_in":1800,"access_token":"a","refresh_token":"r","id_token":"e30.e30.","client_info":"e30"}"#,
    r#"{"error":"invalid_grant","error_description":"AADSTS70008: x\r\nTrace ID: 7a-1\r\n","error_codes":[70008],"timestamp":"2026-11-28 17:00:00Z","trace_id":"7a-1","correlation_id":"7a-2","claims":"{}"}"#,
    r#"{"error":"authorization_pending","error_codes":[70016]}"#,
];

/// The text that replaces a byte, or comes beside it.
const PIECES: [&str; 16] = [
    "", "\"", "{", "}", "[", "]", ",", ":", "null", "0", "-1", "1e999", "true", "\\u0000",
    "\u{feff}", "\u{a0}",
];

#[tokio::test(start_paused = true)]
async fn mutated_responses_are_errors_or_successes() {
    let mut random = fastrand::Rng::with_seed(1);
    let mut kinds = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..3000 {
        let platform = Platform::new();
        for endpoint in ["devicecode", "token"] {
            let mut body = random.choice(BODIES).unwrap_or_default().to_owned();
            for _ in 0..random.u32(0..4) {
                let at = random.usize(..body.len());
                let end = (at + random.usize(..3)).min(body.len());
                if body.is_char_boundary(at) && body.is_char_boundary(end) {
                    body.replace_range(at..end, random.choice(PIECES).unwrap_or_default());
                }
                if body.is_empty() {
                    break;
                }
            }
            let status = random.choice([200, 200, 400, 401, 503]).unwrap_or_default();
            platform.then(endpoint, Reply::Answer(status, None, body));
        }
        let kind = match sign_in(&platform).device_code().await {
            Err(error) => error.kind(),
            Ok(pending) => match pending.await {
                Err(error) => error.kind(),
                Ok(account) => {
                    let _ = token(&account).await;
                    *kinds.entry("success".to_owned()).or_default() += 1;
                    continue;
                }
            },
        };
        assert_ne!(kind, ErrorKind::Configuration);
        *kinds.entry(format!("{kind:?}")).or_default() += 1;
    }
    // Each end was met, so the bodies were not all refused at the first byte.
    for kind in ["success", "SignInRequired", "Response", "Refused"] {
        assert!(
            kinds.get(kind).is_some_and(|count| *count > 10),
            "{kinds:?}"
        );
    }
}

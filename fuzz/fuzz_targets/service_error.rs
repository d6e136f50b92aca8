//! Any body of an error gives a message on one line, or none, and never a panic.

#![no_main]
#![expect(
    dead_code,
    reason = "the target uses a part of the modules of the crate"
)]

#[path = "../../crates/msgraph-runtime/src/error/json.rs"]
mod json;
#[path = "../../crates/msgraph-runtime/src/error/known.rs"]
mod known;
#[path = "../../crates/msgraph-runtime/src/error/plain.rs"]
mod plain;
#[path = "../../crates/msgraph-runtime/src/error/redact.rs"]
mod redact;
#[path = "../../crates/msgraph-runtime/src/error/sent.rs"]
mod sent;
#[path = "../../crates/msgraph-runtime/src/error/service.rs"]
mod service;

use http::HeaderMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The text after a zero byte was sent, and must not be shown.
    let (body, sent) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    let headers = HeaderMap::new();
    let _ = service::is_html(&headers, body);
    let mut error = service::ServiceError::read(&headers, body);
    error.redact(&redact::Redactor::new([], sent::in_body(sent)));
    let shown = [error.shown_code, error.shown_message];
    for text in shown.into_iter().flatten() {
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert!(text.chars().count() <= 301, "{text:?}");
    }
});

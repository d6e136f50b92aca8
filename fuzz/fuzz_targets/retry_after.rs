//! Any `Retry-After` is a wait longer than nothing, or none, and never a panic.

#![no_main]

#[path = "../../crates/msgraph-runtime/src/exchange/retry_after.rs"]
mod retry_after;

use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use std::time::{Duration, SystemTime};

fuzz_target!(|data: &[u8]| {
    let mut headers = HeaderMap::new();
    let mut lines = data.split(|byte| *byte == b'\n');
    let mut add = |name: header::HeaderName, line: Option<&[u8]>| {
        if let Some(Ok(value)) = line.map(HeaderValue::from_bytes) {
            headers.append(name, value);
        }
    };
    add(header::RETRY_AFTER, lines.next());
    add(header::DATE, lines.next());
    add(header::RETRY_AFTER, lines.next());
    let wait = retry_after::read(&headers, SystemTime::UNIX_EPOCH);
    assert!(wait.is_none_or(|wait| wait > Duration::ZERO));
});

//! Any value of `WWW-Authenticate` has claims or none, decoded or not, and never a panic.

#![no_main]

#[path = "../../crates/msgraph-runtime/src/token/challenge.rs"]
mod challenge;

use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::WWW_AUTHENTICATE, value);
        }
    }
    if let Some(claims) = challenge::claims(&headers) {
        assert!(!claims.is_empty() && claims.len() < data.len());
        let decoded = challenge::decode_base64(&claims);
        assert!(decoded.is_none_or(|decoded| decoded.len() < claims.len()));
    }
});

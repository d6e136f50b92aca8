//! Any bytes with any status and headers give a value or an error, and never a panic.

use crate::common::{Canned, Thing, get, jwt, set};
use bytes::Bytes;
use msgraph_runtime::{Body, Error, RetryPolicy};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A response: a status, headers by number and value, and a body.
type Parts = (u16, Vec<(usize, Vec<u8>)>, Vec<u8>);

/// The headers that the runtime reads.
const NAMES: [&str; 8] = [
    "content-type",
    "content-encoding",
    "retry-after",
    "www-authenticate",
    "location",
    "date",
    "request-id",
    "x-ms-ags-diagnostic",
];

fn answers() -> impl Strategy<Value = Parts> {
    let status = prop_oneof![100..1000_u16, Just(200), Just(401), Just(429), Just(307)];
    let text = "[ -~]{0,40}".prop_map(String::into_bytes);
    let known = prop_oneof![
        Just("text/html"),
        Just("-1"),
        Just("99999999999999999999"),
        Just("Sat, 21 Nov 2026 12:00:00 GMT"),
        Just("Bearer claims=\"e30\", Basic realm=\"\\\""),
        Just("//"),
        Just("/x"),
    ];
    let known = known.prop_map(|text: &str| text.as_bytes().to_vec());
    let value = prop_oneof![text, known, vec(any::<u8>(), 0..40)];
    let json = prop_oneof![
        Just(r#"{"error":{"code":"a","message":"b","innerError":{"date":7}}}"#),
        Just(r#"{"error":[{"innererror":{"innerError":[]}}]}"#),
        Just(r#"{"id":"42"}"#),
        Just("<html><title>é</TITLE>"),
        Just("\u{feff}{}"),
    ];
    let json = json.prop_map(|text: &str| text.as_bytes().to_vec());
    let body = prop_oneof![
        vec(any::<u8>(), 0..300),
        json,
        "\\PC{0,80}".prop_map(String::into_bytes)
    ];
    (status, vec((0..NAMES.len(), value), 0..5), body)
}

/// Calls with these responses, and reads everything that comes of it.
async fn call((status, headers, body): Parts, token: String) {
    let answer = move || {
        let mut answer = http::Response::new(Body::from(body.clone()));
        *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
        for (number, value) in &headers {
            if let Ok(value) = http::HeaderValue::from_bytes(value) {
                answer.headers_mut().append(NAMES[*number], value);
            }
        }
        Ok(answer)
    };
    let server = Canned::new(std::iter::repeat_with(answer).take(12));
    let client = server
        .builder()
        .token(token)
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    if let Err(error) = set(&client).await {
        read(&error);
    }
    match get(&client).await {
        Ok(thing) => assert_ne!(thing, Thing::default()),
        Err(error) => read(&error),
    }
}

/// Reads all that an error says.
fn read(error: &Error) {
    let line = error.to_string();
    assert!(!line.chars().any(char::is_control), "{line:?}");
    let _ = (
        format!("{error:?}"),
        error.code(),
        error.message(),
        error.request_id(),
    );
    let _ = (
        error.date(),
        error.retry_after(),
        error.diagnostics(),
        error.hints().count(),
    );
    assert!(error.excerpt().len() <= 4096);
    assert!(error.status().is_some());
}

/// The same cases at every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    }
}

/// The seeds of the fuzz targets, through the whole of a call.
#[tokio::test]
async fn the_beginnings_of_fuzzing() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    let mut count = 0;
    for (folder, name) in [
        ("retry_after", "retry-after"),
        ("challenge", "www-authenticate"),
    ] {
        for file in std::fs::read_dir(format!("{corpus}/{folder}")).unwrap() {
            let value = std::fs::read(file.unwrap().path()).unwrap();
            let number = NAMES.iter().position(|known| *known == name).unwrap();
            let lines = value.split(|byte| *byte == b'\n');
            let headers: Vec<_> = lines.map(|line| (number, line.to_vec())).collect();
            for status in [401, 429] {
                call((status, headers.clone(), Vec::new()), "token".to_owned()).await;
            }
            count += 1;
        }
    }
    for file in std::fs::read_dir(format!("{corpus}/service_error")).unwrap() {
        let body = std::fs::read(file.unwrap().path()).unwrap();
        call((400, Vec::new(), body), "token".to_owned()).await;
        count += 1;
    }
    assert!(count >= 13, "only {count}");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_answer_is_a_value_or_an_error(parts in answers(), claims in "[ -~]{0,60}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let token = jwt(&format!(r#"{{"scp":"{claims}","exp":{}}}"#, claims.len()));
        runtime.block_on(call(parts, token));
    }

    #[test]
    fn any_token_is_found_in_any_text(
        token in "[!-~]{6,60}",
        before in "[ -~é\u{200b}]{0,20}",
        after in "[ -~é\u{200b}]{0,20}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let text = serde_json::to_string(&format!("{before}{token}{after}")).unwrap();
        let body = format!(r#"{{"error":{{"code":{text},"message":{text}}}}}"#);
        let server = Canned::new([crate::common::reply(400, &[], &body)]);
        let client = server.builder().token(token.as_str()).build().unwrap();
        let error = runtime.block_on(async { get(&client).await }).unwrap_err();
        let json = serde_json::to_string(&token).unwrap();
        let excerpt = String::from_utf8_lossy(error.excerpt());
        let texts = [error.code(), error.message(), Some(&excerpt)];
        for text in texts.into_iter().flatten().chain([error.to_string().as_str()]) {
            prop_assert!(!text.contains(&token) && !text.contains(json.trim_matches('"')), "{}", text);
        }
    }

    #[test]
    fn any_parameter_is_one_segment_or_refused(parameter in "\\PC{0,20}") {
        let server = Canned::new([crate::common::thing()]);
        let client = server.client();
        let things = msgraph_runtime::Resource::root(&client).fixed("things").parameter(&parameter);
        let request = things.fixed("detail").request::<Thing>(&crate::common::GET, msgraph_runtime::decode::object);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let result = runtime.block_on(async { request.await });
        let sent = server.sent();
        match sent.first() {
            None => prop_assert!(["", ".", ".."].contains(&parameter.as_str()), "{result:?}"),
            Some(sent) => {
                let path = sent.uri().path();
                prop_assert_eq!(path.split('/').count(), 5, "{}", path);
                prop_assert!(path.starts_with("/v1.0/things/") && path.ends_with("/detail"));
            }
        }
    }

    #[test]
    fn any_bytes_in_pieces_are_read_alike(body in vec(any::<u8>(), 0..200), cut in 1..50_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let pieces = body.chunks(cut).map(Bytes::copy_from_slice).collect();
        let whole = runtime.block_on(excerpt(Body::from(body)));
        let parts = runtime.block_on(excerpt(Body::chunks(Pieces(pieces))));
        prop_assert_eq!(whole, parts);
    }
}

/// A body that comes in these pieces.
struct Pieces(std::collections::VecDeque<Bytes>);

impl msgraph_runtime::Chunks for Pieces {
    fn poll_chunk(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, msgraph_runtime::TransportError>>> {
        std::task::Poll::Ready(self.0.pop_front().map(Ok))
    }
}

/// The part of a body that an error keeps.
async fn excerpt(body: Body) -> Vec<u8> {
    let mut answer = http::Response::new(body);
    *answer.status_mut() = http::StatusCode::BAD_REQUEST;
    let server = Canned::new([Ok(answer)]);
    let client = server.client();
    let error = get(&client).await.unwrap_err();
    error.excerpt().to_vec()
}

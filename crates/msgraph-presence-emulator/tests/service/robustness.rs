//! Malformed input gets a response or a closed connection, and changes nothing.

use crate::http::{ADA, admin, bearer, get, post_text, request, with_ada};
use msgraph_presence_emulator::{Emulator, Fault, Route};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// The users, as the administration API tells them.
async fn users(emulator: &Emulator) -> Value {
    let state = admin(emulator, "GET /_emulator/state", Value::Null).await;
    state.json()["users"].clone()
}

/// Sends bytes, says that no more will come, and reads until the connection ends.
async fn dump(emulator: &Emulator, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    // The emulator may end the connection while there is still something to send.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut received = Vec::new();
    let reading = stream.read_to_end(&mut received);
    match timeout(Duration::from_secs(60), reading).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        Err(_) => panic!("no end after {:?}", String::from_utf8_lossy(bytes)),
    }
    String::from_utf8_lossy(&received).into_owned()
}

#[tokio::test]
async fn malformed_requests_are_answered_or_closed() {
    let (emulator, ..) = with_ada().await;
    let before = users(&emulator).await;
    let path = format!("/v1.0/users/{ADA}/presence/setStatusMessage");
    let long = "x".repeat(500_000);
    let cases: [(String, &str); 18] = [
        (String::new(), ""),
        ("\r\n\r\n\r\n".into(), ""),
        ("hello\r\n\r\n".into(), "HTTP/1.1 400"),
        ("GET\r\n\r\n".into(), "HTTP/1.1 400"),
        ("GET / HTTP/9.9\r\n\r\n".into(), "HTTP/1.1 400"),
        ("GET /\u{0} HTTP/1.1\r\n\r\n".into(), "HTTP/1.1 400"),
        ("GET http://[ HTTP/1.1\r\n\r\n".into(), "HTTP/1.1 400"),
        ("GET * HTTP/1.1\r\nHost: x\r\n\r\n".into(), "HTTP/1.1 401"),
        (
            "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "HTTP/1.1 401",
        ),
        (
            "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "HTTP/1.1 401",
        ),
        (
            "GET //////// HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "HTTP/1.1 401",
        ),
        // A head that is too long may be cut off before its response is read.
        (format!("GET /{long} HTTP/1.1\r\n\r\n"), ""),
        (format!("GET / HTTP/1.1\r\nX: {long}\r\n\r\n"), ""),
        (
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}".into(),
            "",
        ),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), ""),
        (
            format!("POST {path} HTTP/1.1\r\nContent-Length: 99\r\n\r\n{{\"stat"),
            "",
        ),
        (
            format!("POST {path} HTTP/1.1\r\nContent-Length: -1\r\n\r\n{{}}"),
            "HTTP/1.1 400",
        ),
        (
            format!("POST {path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            "HTTP/1.1 400",
        ),
    ];
    for (text, start) in cases {
        let response = dump(&emulator, text.as_bytes()).await;
        let shown: String = text.chars().take(80).collect();
        let begin: String = response.chars().take(80).collect();
        assert!(
            response.starts_with(start),
            "{shown:?} was answered {begin:?}"
        );
    }
    assert_eq!(users(&emulator).await, before);
}

/// `nc -N` closes its side after the request, and the end is seen while the response is made.
#[tokio::test(start_paused = true)]
async fn a_request_whose_client_sends_no_more_is_answered() {
    let (emulator, ..) = with_ada().await;
    for (delay, received) in [(0, 1), (1, 2), (30, 3)] {
        emulator.inject(Fault::delay(Duration::from_secs(delay)));
        let text = request("GET /v1.0/me/presence", &[&bearer("Ada")], "");
        let response = dump(&emulator, text.as_bytes()).await;
        assert!(response.starts_with("HTTP/1.1 200"), "{delay}: {response}");
        assert_eq!(emulator.requests_received(), received);
    }
}

/// The two look alike to a server until it writes, which it does after the delay.
#[tokio::test(start_paused = true)]
async fn a_client_that_has_left_keeps_its_connection_until_the_end_of_a_delay() {
    let hour = Duration::from_secs(3600);
    let (emulator, ..) = with_ada().await;
    let tasks = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let before = tasks();
    for is_reset in [false, true] {
        emulator.inject(Fault::delay(hour));
        let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
        let text = request("GET /v1.0/me/presence", &[&bearer("Ada")], "");
        stream.write_all(text.as_bytes()).await.unwrap();
        sleep(hour / 2).await;
        assert_eq!(tasks(), before + 1);
        if is_reset {
            stream.set_zero_linger().unwrap();
        }
        drop(stream);
        sleep(hour).await;
        assert_eq!(tasks(), before, "{is_reset}");
    }
}

/// A request that is well-formed, and sets something.
fn valid_request() -> Vec<u8> {
    let body = r#"{"availability":"Busy","activity":"Busy","expirationDuration":"PT1H"}"#;
    let line = format!("POST /v1.0/users/{ADA}/presence/setUserPreferredPresence");
    let headers = [&*bearer("Ada"), "Content-Type: application/json"];
    request(&line, &headers, body).into_bytes()
}

/// Bytes of no meaning, and a well-formed request with a few bytes changed, added or lost.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let valid = valid_request();
    let length = valid.len();
    let change = (0..length, any::<u8>(), 0..3);
    let bent = proptest::collection::vec(change, 1..6).prop_map(move |changes| {
        let mut bytes = valid.clone();
        for (place, byte, how) in changes {
            let place = place.min(bytes.len() - 1);
            match how {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                _ => bytes.truncate(place.max(1)),
            }
        }
        bytes
    });
    let noise = proptest::collection::vec(any::<u8>(), 0..2000);
    prop_oneof![1 => noise, 3 => bent]
}

/// Only requests that are still well-formed and allowed are answered with 200.
#[tokio::test]
async fn bent_requests_and_noise_change_nothing_that_is_not_answered_with_200() {
    let (emulator, ..) = with_ada().await;
    let mut before = users(&emulator).await;
    let mut runner = TestRunner::deterministic();
    let mut set = 0;
    for _ in 0..1000 {
        let bytes = anything().new_tree(&mut runner).unwrap().current();
        let response = dump(&emulator, &bytes).await;
        let after = users(&emulator).await;
        if response.starts_with("HTTP/1.1 200") {
            set += 1;
            before = after;
        } else {
            let sent = String::from_utf8_lossy(&bytes);
            assert_eq!(after, before, "{sent}\nwas answered\n{response}");
        }
    }
    assert!((1..999).contains(&set), "{set} were answered with 200");
    assert_eq!(get(&emulator, "Ada", "/me/presence").await.status, 200);
}

#[tokio::test]
async fn bodies_of_any_json_are_answered_and_change_nothing() {
    let (emulator, _, token) = with_ada().await;
    emulator.sign_out(ADA.parse().unwrap());
    let before = users(&emulator).await;
    let deep = |open: &str, close: &str| open.repeat(30_000) + &close.repeat(30_000);
    let bodies = [
        "null".to_owned(),
        "[]".to_owned(),
        "1e999".to_owned(),
        "\"\\ud800\"".to_owned(),
        deep("[", "]"),
        deep("{\"statusMessage\":", "}"),
        deep("{\"message\":", "}"),
        r#"{"statusMessage":{"message":[]}}"#.to_owned(),
        r#"{"statusMessage":{"expiryDateTime":"tomorrow"}}"#.to_owned(),
        r#"{"statusMessage":{"expiryDateTime":{"dateTime":5}}}"#.to_owned(),
        r#"{"availability":{},"activity":[]}"#.to_owned(),
        r#"{"sessionId":5}"#.to_owned(),
        r#"{"sessionId":"a","sessionId":""}"#.to_owned(),
        r#"{"ids":{}}"#.to_owned(),
        r#"{"ids":[{}]}"#.to_owned(),
        r#"{"workLocationType":["office"]}"#.to_owned(),
        r#"{"requests":[{}]}"#.to_owned(),
        deep("{\"requests\":[", "]}"),
        r#"{"availability":"Busy","availability":"Away","activity":"Busy"}"#.to_owned(),
        format!("{{\"x\":\"{}\"}}", "x".repeat(900_000)),
    ];
    // The clears without parameters ignore all properties.
    let writes = Route::ALL.iter().filter(|route| {
        let path = route.path();
        let free = path.ends_with("clearUserPreferredPresence") || path.ends_with("Location");
        route.method() == "POST" && !(free && path.contains("/clear"))
    });
    let paths = writes.map(|route| route.path().replace("{id}", ADA));
    for path in paths.chain(["/$batch".to_owned()]) {
        for body in &bodies {
            let kind = "application/json";
            let reply = post_text(&emulator, &token, &path, kind, body).await;
            let shown: String = body.chars().take(60).collect();
            assert_eq!(reply.status, 400, "{path} {shown}");
        }
        let large = "x".repeat(2_000_000);
        let headers = ["Content-Type: application/json"];
        let large = request(&format!("POST /v1.0{path}"), &headers, &large);
        let reply = dump(&emulator, large.as_bytes()).await;
        assert!(
            reply.is_empty() || reply.starts_with("HTTP/1.1 413 "),
            "{reply}"
        );
    }
    assert_eq!(users(&emulator).await, before);
}

//! What others make of an answer, or of none.

use crate::common::{Canned, GET, Thing, get, make, reply, set};
use crate::server::{Act, Server};
use msgraph_runtime::{ErrorKind, Resource, RetryPolicy, decode};
use std::error::Error as _;
use std::time::Duration;
use tokio::time::Instant;

const CUT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id";

/// JS: five minutes until a silent server is given up. Python: 100 seconds, and an empty text.
#[tokio::test(start_paused = true)]
async fn silence_is_waited_for() {
    let server = Server::start([Act::Hang(String::new())]).await;
    let started = Instant::now();
    let error = make(&server.client()).await.unwrap_err();
    assert!(error.is_timeout());
    assert!(
        started.elapsed() < Duration::from_secs(31),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(error.to_string(), "things.once: the answer took too long");
}

/// JS: a body that was cut is reported as status 200 and nothing else.
#[tokio::test(start_paused = true)]
async fn a_cut_body_looks_like_a_success() {
    let server = Server::start([Act::ReplyAndClose(CUT.to_owned())]).await;
    let once = RetryPolicy::none();
    let error = get(&server.client()).retry(once).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert_eq!(
        error.to_string(),
        "things.Get: 200 OK, the answer's body ended too early"
    );
    assert_eq!(error.excerpt(), b"{\"id");
}

/// Kiota JS: an error that is not JSON loses status and headers; JS v3: the headers, so
/// `Retry-After`; Python: the text. All: `innererror` in lower case loses the request id.
#[tokio::test(start_paused = true)]
async fn errors_lose_what_was_said() {
    let lower =
        r#"{"error":{"code":"a","message":"b","innererror":{"request-id":"r"}}}"#;
    let bodies = [
        ("", None, None),
        ("<html><title>Busy</title></html>", Some("Busy"), None),
        ("no healthy upstream", Some("no healthy upstream"), None),
        ("{\"error\":", None, None),
        (lower, Some("b"), Some("r")),
    ];
    for (body, message, id) in bodies {
        let headers = [("retry-after", "7"), ("x-ms-ags-diagnostic", "{}")];
        let server = Canned::new([reply(500, &headers, body)]);
        let error = get(&server.client()).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 500);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.diagnostics(), Some("{}"));
        assert_eq!(
            (error.message(), error.request_id()),
            (message, id),
            "{body}"
        );
        assert_eq!(error.excerpt(), body.as_bytes());
    }
}

/// Python, AWS, octocrab: an error prints nothing, "service error", or "GitHub". reqwest: it
/// prints the URL with the id of the user.
#[tokio::test]
async fn errors_print_too_little_or_too_much() {
    let body = r#"{"error":{"code":"Gone","message":"The thing is gone."}}"#;
    let server = Canned::new([reply(410, &[("request-id", "r")], body)]);
    let error = get(&server.client()).await.unwrap_err();
    let line = "things.Get: 410 Gone, Gone: The thing is gone; request-id r";
    assert_eq!(error.to_string(), line);

    let server = Server::start([Act::ReplyAndClose(String::new())]).await;
    let error = make(&server.client()).await.unwrap_err();
    let mut printed = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        printed += &format!(" {error} {error:?}");
        source = error.source();
    }
    assert!(
        !printed.contains("/things/") && !printed.contains("127.0.0.1"),
        "{printed}"
    );
}

/// SDKs: JSON `null`, an array, a text or a wrong type is an empty presence without an error;
/// so is the documented `{"value":[…]}`.
#[tokio::test]
async fn a_wrong_shape_is_an_empty_value() {
    for body in [
        "null",
        "[]",
        "\"x\"",
        "7",
        "{}",
        r#"{"id":{}}"#,
        r#"{"value":[{"id":"42"}]}"#,
    ] {
        let server = Canned::new([reply(200, &[], body)]);
        let error = get(&server.client()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{body}");
    }
    for body in [r#"{"value":[{"id":"42"}]}"#, r#"{"id":"42"}"#] {
        let server = Canned::new([reply(200, &[], body)]);
        let client = server.client();
        let thing = Resource::root(&client).fixed("things").parameter("42");
        let value = thing
            .request::<Thing>(&GET, decode::enveloped)
            .await
            .unwrap();
        assert_eq!(value.id, "42");
    }
}

/// SDKs: a captive portal's page is a success of a POST; JS v3: of a GET too.
#[tokio::test]
async fn a_page_of_somebody_else_is_a_success() {
    let page = || {
        reply(
            200,
            &[("content-type", "text/html")],
            "<html>Welcome to our Wi-Fi",
        )
    };
    let server = Canned::new([page(), page()]);
    let client = server.client();
    assert_eq!(get(&client).await.unwrap_err().kind(), ErrorKind::Body);
    assert_eq!(set(&client).await.unwrap_err().kind(), ErrorKind::Body);
}

/// SDKs: 100 MB are read into memory. JS: 200,000 levels of JSON are accepted; Python
/// overflows at 5,000.
#[tokio::test(start_paused = true)]
async fn bodies_have_no_limit() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n";
    let server =
        Server::start([Act::Endless(head.to_owned() + &" ".repeat(65_536))]).await;
    let error = get(&server.client()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("the answer is longer than 1048576 bytes"),
        "{error}"
    );
    assert!(server.written() < 20_000_000, "{}", server.written());
    let deep = format!("{{\"id\":\"42\",\"x\":{}", "[".repeat(200_000));
    let server = Canned::new([reply(200, &[], &deep)]);
    assert_eq!(
        get(&server.client()).await.unwrap_err().kind(),
        ErrorKind::Body
    );
}

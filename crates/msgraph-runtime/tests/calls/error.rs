//! The accessors of an error, and its printed form.

use crate::common::{Canned, get, make, reply, thing};
use crate::server::{Act, Server};
use msgraph_runtime::{Error, ErrorKind, RetryPolicy};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORBIDDEN: &str = r#"{"error":{"code":"Forbidden","message":"Not\nallowed.","innerError":{"code":"more","date":"2026-11-21T12:00:00","request-id":"r1","client-request-id":"c1"}}}"#;

#[tokio::test]
async fn an_error_keeps_all_that_the_service_said() {
    let headers = [
        JSON,
        ("date", "Sat, 21 Nov 2026 12:00:00 GMT"),
        ("x-ms-ags-diagnostic", r#"{"ServerInfo":{}}"#),
        ("retry-after", "7"),
    ];
    let server = Canned::new([reply(403, &headers, FORBIDDEN)]);
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.operation(), Some("things.Get"));
    assert_eq!(
        error.documentation(),
        Some("https://learn.microsoft.com/graph/thing")
    );
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(error.headers()["retry-after"], "7");
    assert_eq!(error.code(), Some("Forbidden"));
    assert_eq!(error.message(), Some("Not\nallowed."));
    assert_eq!(error.inner_codes().collect::<Vec<_>>(), ["more"]);
    assert_eq!(error.request_id(), Some("r1"));
    assert_eq!(error.client_request_id().unwrap().len(), 36);
    assert_eq!(error.date(), Some("2026-11-21T12:00:00"));
    assert_eq!(error.diagnostics(), Some(r#"{"ServerInfo":{}}"#));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.excerpt(), FORBIDDEN.as_bytes());
    assert!(error.is_forbidden());
    assert!(!error.is_timeout() && !error.is_throttled() && !error.is_retryable());
    let line = "things.Get: 403 Forbidden, Forbidden: Not allowed; request-id r1; \
        hint: the operation needs the delegated permission Thing.Read or Thing.Read.All, or the \
        application permission Thing.Read.All";
    assert_eq!(error.to_string(), line);
}

#[tokio::test(start_paused = true)]
async fn predicates() {
    let cases = [
        (401, [false, false, true, false, false]),
        (403, [false, false, false, true, false]),
        (404, [false, false, false, false, true]),
        (429, [true, true, false, false, false]),
        (503, [true, false, false, false, false]),
        (504, [true, false, false, false, false]),
        (500, [true, false, false, false, false]),
        (507, [false; 5]),
    ];
    for (status, expected) in cases {
        let server = Canned::new([reply(status, &[], "")]);
        let client = server.client();
        let error = get(&client).retry(RetryPolicy::none()).await.unwrap_err();
        let found = [
            error.is_retryable(),
            error.is_throttled(),
            error.is_unauthorized(),
            error.is_forbidden(),
            error.is_not_found(),
        ];
        assert_eq!(found, expected, "{status}");
    }
}

/// A request that may have acted is for the caller to decide on; a cause that passes is another
/// question.
#[tokio::test]
async fn whether_another_503_is_harmless() {
    for (headers, may_have_acted) in [(&[][..], true), (&[("retry-after", "5")], false)] {
        let server = Canned::new([reply(503, headers, "")]);
        let client = server.client();
        let error = make(&client).retry(RetryPolicy::none()).await.unwrap_err();
        assert_eq!(error.may_have_acted(), may_have_acted);
        assert!(error.is_retryable());
    }
}

/// The last response counts, with the number of attempts, and nothing of it is lost.
#[tokio::test(start_paused = true)]
async fn the_last_answer_is_returned_whole() {
    let throttled = r#"{"error":{"code":"TooManyRequests","message":"Slow down."}}"#;
    let headers = [JSON, ("retry-after", "2.5"), ("request-id", "last")];
    let server = Canned::new([
        reply(503, &[], "busy"),
        reply(429, &headers, throttled),
        reply(429, &headers, throttled),
        reply(429, &headers, throttled),
    ]);
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!(server.sent().len(), 4);
    assert_eq!(error.attempts(), 4);
    assert_eq!(error.retry_after(), Some(Duration::from_millis(2500)));
    assert_eq!(error.excerpt(), throttled.as_bytes());
    assert!(error.is_throttled() && error.is_retryable());
    let line = "things.Get: 429 Too Many Requests, TooManyRequests: Slow down; \
        4 attempts; request-id last";
    assert_eq!(error.to_string(), line);
}

#[tokio::test(start_paused = true)]
async fn a_longer_wait_than_the_call_has_is_said() {
    let server = Canned::new([reply(429, &[("retry-after", "3600")], "")]);
    let started = tokio::time::Instant::now();
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::ZERO);
    let line = "things.Get: 429 Too Many Requests, the service asks to wait 3600 s, and \
        the call has 100 s left";
    assert_eq!(error.to_string(), line);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
}

#[tokio::test]
async fn a_provider_that_fails_is_an_error_of_its_own() {
    let server = Canned::new([thing()]);
    let provider = |_| async { Err::<String, _>(std::io::Error::other("no keyring")) };
    let client = server.builder().token(provider).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    // The network may have failed, which is not a reason to sign in again.
    assert!(error.is_retryable() && !error.is_unauthorized());
    let line = "things.Get: the token provider failed: no keyring";
    assert_eq!(error.to_string(), line);
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "no keyring"
    );
    assert!(server.sent().is_empty());
}

/// An error with a cause, as libraries make them.
#[derive(Debug)]
struct Link(&'static str, Option<Box<Link>>);

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Link {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.1.as_deref()?)
    }
}

/// A chain of errors, the outermost first.
fn chain(texts: &[&'static str]) -> Option<Box<Link>> {
    let (first, rest) = texts.split_first()?;
    Some(Box::new(Link(first, chain(rest))))
}

/// Checks that `{:?}` is the line, and below it these causes.
#[track_caller]
fn check_debug(error: &Error, causes: &[&str]) {
    let causes = causes.iter().map(|cause| format!("\n  caused by: {cause}"));
    let expected = error.to_string() + &causes.collect::<String>();
    assert_eq!(format!("{error:?}"), expected);
}

/// The form that `main` and `unwrap` print: the line, which has the provider's own text, and below
/// it what it does not say.
#[tokio::test]
async fn debug_is_the_line_and_its_causes() {
    let cases: [(&[&str], &str, &[&str]); 7] = [
        (&["no keyring"], "no keyring", &[]),
        (
            &["signing in failed", "no network"],
            "signing in failed",
            &["no network"],
        ),
        (&["a", "b", "b", "c"], "a", &["b", "c"]),
        (
            &["signing in: no network", "no network"],
            "signing in: no network",
            &[],
        ),
        (&["a\r\n  b"], "a b", &[]),
        (&["", "a"], "", &["a"]),
        (&["ada@contoso.com is signed out"], "… is signed out", &[]),
    ];
    for (sources, words, causes) in cases {
        let server = Canned::new([]);
        let provider = move |_| async { Err::<String, _>(chain(sources).unwrap()) };
        let client = server.builder().token(provider).build().unwrap();
        let error = get(&client).await.unwrap_err();
        let line = format!("things.Get: the token provider failed: {words}");
        assert_eq!(error.to_string(), line.trim_end_matches(": "));
        check_debug(&error, causes);
        assert!(format!("{error:#?}").starts_with("Error {\n    kind: Token,\n"));
    }
}

/// A text that reqwest and the client both have is printed once.
#[tokio::test(start_paused = true)]
async fn debug_of_each_kind_of_error() {
    let once = RetryPolicy::none();
    let served = Canned::new([reply(501, &[], "no"), reply(200, &[], "[]")]).client();
    let unsent = Canned::new([]).client();
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_owned();
    let acts = [Act::ReplyAndClose(String::new()), Act::ReplyAndClose(cut)];
    let server = Server::start(acts).await;
    let broken = server.builder().retry(once).build().unwrap();
    let nobody = server.builder().retry(once).base_url("http://127.0.0.1:1");
    let refused = std::net::TcpStream::connect("127.0.0.1:1").unwrap_err();
    let wrong_agent = reqwest::Client::builder().user_agent("\n");

    check_debug(&get(&served).await.unwrap_err(), &[]);
    check_debug(&get(&served).await.unwrap_err(), &[]);
    check_debug(&get(&unsent).header("a", "\n").await.unwrap_err(), &[]);
    let error = get(&unsent).retry(once).await.unwrap_err();
    check_debug(&error, &["no response is left"]);
    let reason = "connection closed before message completed";
    check_debug(&get(&broken).await.unwrap_err(), &[reason]);
    let reason = "end of file before message length reached";
    let where_it_is = "error reading a body from connection";
    check_debug(&get(&broken).await.unwrap_err(), &[where_it_is, reason]);
    let error = get(&nobody.build().unwrap()).await.unwrap_err();
    check_debug(&error, &["tcp connect error", &refused.to_string()]);
    let error = server.builder().reqwest(wrong_agent).build().unwrap_err();
    check_debug(&error, &["failed to parse header value"]);
}

#[test]
fn errors_are_small_and_cross_threads_and_panics() {
    fn check<T: Send + Sync + UnwindSafe + RefUnwindSafe + std::error::Error + 'static>() {}
    check::<msgraph_runtime::Error>();
    assert_eq!(size_of::<msgraph_runtime::Error>(), size_of::<usize>());
}

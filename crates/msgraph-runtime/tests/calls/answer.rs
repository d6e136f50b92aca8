//! Results of a call: a value, or an error that keeps the service's words. Never a default.

use crate::common::{Canned, Reply, Thing, get, reply, set, thing};
use msgraph_runtime::{Body, Chunks, ErrorKind, RetryPolicy, TransportError};

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const HTML: (&str, &str) = ("content-type", "text/html");
const ID: (&str, &str) = ("request-id", "f00");

#[tokio::test]
async fn a_success_carries_what_came_with_it() {
    let headers = [JSON, ID, ("date", "now"), ("x-ms-ags-diagnostic", "{}")];
    let server = Canned::new([reply(203, &headers, r#"{"id":"42","more":1}"#)]);
    let client = server.client();
    let answer = get(&client).send().await.unwrap();
    assert_eq!(answer.status(), 203);
    assert_eq!(answer.request_id(), Some("f00"));
    assert_eq!(answer.date(), Some("now"));
    assert_eq!(answer.diagnostics(), Some("{}"));
    assert_eq!(answer.headers()["request-id"], "f00");
    assert_eq!(answer.body(), r#"{"id":"42","more":1}"#);
    assert_eq!(answer.attempts(), 1);
    assert_eq!(answer.id, "42");
    assert_eq!(answer.value().id, "42");
    assert_eq!(answer.into_value().additional_data.len(), 1);
}

/// Status, headers and body of a success, and what is wrong with it.
type Case<'a> = (u16, &'a [(&'a str, &'a str)], &'a str, Option<&'a str>);

/// The problems that pass by themselves.
const PASSING: [&str; 3] = [PAGE, NO_BODY, CUT];
const PAGE: &str = "the response is a web page";
const NO_BODY: &str = "the response has no body, but a body is documented";
const CUT: &str = "the JSON of the response ends too early: $";

/// SDKs: JSON `null`, an array, a text or a wrong type is an empty presence without an error.
/// JS v3: so is a captive portal's page.
#[tokio::test(start_paused = true)]
async fn where_a_body_is_expected() {
    let shape = "the response differs from its documentation: $";
    let cases: [Case<'_>; 21] = [
        (200, &[JSON], r#"{"id":"42"}"#, None),
        (201, &[], r#"{"id":"42"}"#, None),
        (
            200,
            &[("content-type", "text/plain")],
            r#"{"id":"42"}"#,
            None,
        ),
        (200, &[JSON], "", Some(NO_BODY)),
        (204, &[], "", Some(NO_BODY)),
        (200, &[HTML], "<html>Sign in</html>", Some(PAGE)),
        (200, &[HTML], r#"{"id":"42"}"#, Some(PAGE)),
        (
            200,
            &[("content-type", "TEXT/HTML; charset=utf-8")],
            "x",
            Some(PAGE),
        ),
        (200, &[JSON], "<!doctype html>", Some(PAGE)),
        (200, &[], "\u{feff} <?xml version='1.0'?>", Some(PAGE)),
        (200, &[JSON], "null", Some(shape)),
        (200, &[JSON], "[]", Some(shape)),
        (200, &[JSON], "\"text\"", Some(shape)),
        (200, &[JSON], "7", Some(shape)),
        (200, &[JSON], "{}", Some(shape)),
        (200, &[JSON], r#"{"id":null}"#, Some("$.id")),
        (200, &[JSON], r#"{"id":7}"#, Some("$.id")),
        (
            200,
            &[JSON],
            r#"{"id":"42","note":{"a":1}}"#,
            Some("$.note"),
        ),
        (200, &[JSON], r#"{"id":"42""#, Some(CUT)),
        (200, &[JSON], r#"{"id":"42"} {}"#, Some(shape)),
        (
            200,
            &[JSON, ("content-encoding", "gzip")],
            "\u{1f}\u{8b}",
            Some("the response is compressed, although the client did not ask for it"),
        ),
    ];
    for (status, headers, body, problem) in cases {
        let headers = [headers, &[ID]].concat();
        let server = Canned::new([reply(status, &headers, body)]);
        let client = server.client();
        let once = get(&client).retry(RetryPolicy::none());
        match (once.await, problem) {
            (Ok(value), None) => assert_eq!(value, Thing::new("42")),
            (Err(error), Some(problem)) => {
                let message = error.to_string();
                assert!(message.contains(problem), "{body}: {message}");
                assert!(message.contains("request-id f00"), "{message}");
                assert_eq!(error.kind(), ErrorKind::Body);
                assert_eq!(error.status().unwrap(), status);
                assert_eq!(error.request_id(), Some("f00"));
                assert_eq!(error.excerpt(), body.as_bytes());
                let passes = PASSING.contains(&problem);
                assert_eq!(error.is_retryable(), passes, "{message}");
                assert_eq!((error.code(), error.message()), (None, None), "{body}");
                is_repeated_if(passes, reply(status, &headers, body)).await;
            }
            (result, _) => panic!("{body}: {result:?}"),
        }
    }
}

/// Returns `true` if a second request is made after this response.
async fn is_repeated_if(passes: bool, first: Reply) {
    let server = Canned::new([first, thing()]);
    let client = server.client();
    assert_eq!(get(&client).await.is_ok(), passes);
    assert_eq!(server.sent().len(), 1 + usize::from(passes));
}

/// SDKs: a captive portal's page is a success of a POST.
#[tokio::test]
async fn where_no_body_is_expected() {
    let cases: [Case<'_>; 6] = [
        (200, &[], "", None),
        (204, &[], "", None),
        (202, &[JSON], "", None),
        (200, &[JSON], r#"{"anything":true}"#, None),
        // A page of somebody else is no sign that the service has done it.
        (200, &[HTML], "<html>Sign in</html>", Some(PAGE)),
        (200, &[], "<html>", Some(PAGE)),
    ];
    for (status, headers, body, problem) in cases {
        let server = Canned::new([reply(status, headers, body)]);
        let client = server.client();
        let once = set(&client).retry(RetryPolicy::none());
        match (once.await, problem) {
            (Ok(()), None) => {}
            (Err(error), Some(problem)) => {
                assert!(error.to_string().contains(problem), "{error}");
                assert!(error.is_retryable() && !error.may_have_acted());
            }
            (result, _) => panic!("{body}: {result:?}"),
        }
    }
}

/// An error that comes with a success is the error, where a body is expected and where none is.
#[tokio::test]
async fn an_error_in_a_success_is_an_error() {
    let error = r#"{"error":{"code":"Broken","message":"Not done."}}"#;
    let late = r#"{"@odata.context":"x","error":{"code":"Broken","message":"Not done."}}"#;
    let marked = format!("\u{feff}{error}");
    for body in [error, late, &marked] {
        let replies = || [reply(200, &[JSON, ID], body), thing()];
        let server = Canned::new(replies());
        let read = get(&server.client()).await.unwrap_err();
        let server = Canned::new(replies());
        let client = server.client();
        let selected = get(&client).query("$select", ["note"]);
        let selected = selected.await.unwrap_err();
        let server = Canned::new(replies());
        let written = set(&server.client()).await.unwrap_err();
        for error in [read, selected, written] {
            assert_eq!(error.kind(), ErrorKind::Service);
            assert_eq!(error.status().unwrap(), 200);
            assert_eq!(error.code(), Some("Broken"));
            assert_eq!(error.message(), Some("Not done."));
            let line = error.to_string();
            let end = ": 200 OK, Broken: Not done; request-id f00";
            assert!(line.ends_with(end), "{line}");
            assert!(!error.is_retryable() && error.attempts() == 1);
        }
    }
    // A property of that name is not an error.
    for body in [
        r#"{"id":"42","error":{"code":"x"}}"#,
        r#"{"id":"42","error":null}"#,
    ] {
        let server = Canned::new([reply(200, &[JSON], body)]);
        assert_eq!(get(&server.client()).await.unwrap().id, "42");
    }
    for body in [
        r#"{"error":null}"#,
        r#"{"error":{}}"#,
        r#"{"error":7}"#,
        "[]",
    ] {
        let server = Canned::new([reply(200, &[JSON], body)]);
        set(&server.client()).await.unwrap();
    }
}

#[tokio::test]
async fn what_select_left_out_is_no_error() {
    let body = r#"{"note":"hello"}"#;
    let server = Canned::new([reply(200, &[JSON], body), reply(200, &[JSON], body)]);
    let client = server.client();
    let thing = get(&client).query("$select", ["note"]).await.unwrap();
    assert_eq!(thing.note.as_deref(), Some("hello"));
    assert!(thing.id.is_empty());
    let error = get(&client).query("$other", ["note"]).await.unwrap_err();
    assert!(error.to_string().contains("id"), "{error}");
}

/// A body that never ends.
struct Endless(usize);

impl Chunks for Endless {
    fn poll_chunk(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<bytes::Bytes, TransportError>>> {
        self.0 += 1;
        assert!(self.0 < 40, "reading does not stop");
        std::task::Poll::Ready(Some(Ok(bytes::Bytes::from(vec![b' '; 65_536]))))
    }
}

/// Gives pieces without content: at once, or one a second.
struct Empty(Option<std::pin::Pin<Box<tokio::time::Sleep>>>);

impl Chunks for Empty {
    fn poll_chunk(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<bytes::Bytes, TransportError>>> {
        if let Some(sleep) = &mut self.0 {
            std::task::ready!(sleep.as_mut().poll(cx));
            let next = tokio::time::Instant::now() + std::time::Duration::from_secs(1);
            sleep.as_mut().reset(next);
        }
        std::task::Poll::Ready(Some(Ok(bytes::Bytes::new())))
    }
}

/// Without content there is no progress: such a body would be read without end.
#[tokio::test(start_paused = true)]
async fn a_body_of_empty_pieces_ends() {
    for is_slow in [false, true] {
        let sleep = || tokio::time::sleep(std::time::Duration::from_secs(1));
        let body = Body::chunks(Empty(is_slow.then(|| Box::pin(sleep()))));
        let server = Canned::new([Ok(http::Response::new(body))]);
        let started = tokio::time::Instant::now();
        let client = server.client();
        let call = get(&client).retry(RetryPolicy::none()).timeout(None);
        let error = call.await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_timeout()),
            (ErrorKind::Body, is_slow)
        );
        let expected = if is_slow { 30 } else { 0 };
        assert_eq!(started.elapsed().as_secs(), expected);
    }
}

/// SDKs: 100 MB are read into memory.
#[tokio::test]
async fn a_body_over_the_limit_is_refused_while_it_is_read() {
    let server = Canned::new([Ok(http::Response::new(Body::chunks(Endless(0))))]);
    let client = server.client();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    let expected = "things.Get: 200 OK, the response is longer than 1048576 bytes";
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.excerpt().len(), 4096);

    let server = Canned::new([reply(200, &[], r#"{"id":"42"}"#)]);
    let client = server.builder().body_limit(10).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert!(
        error.to_string().ends_with("longer than 10 bytes"),
        "{error}"
    );
    assert_eq!(error.excerpt(), br#"{"id":"42""#);
    let server = Canned::new([reply(200, &[], r#"{"id":"42"}"#)]);
    let client = server.builder().body_limit(11).build().unwrap();
    get(&client).await.unwrap();
}

#[tokio::test]
async fn a_long_body_does_not_hide_an_error() {
    let mut response = http::Response::new(Body::chunks(Endless(0)));
    *response.status_mut() = http::StatusCode::FORBIDDEN;
    let server = Canned::new([Ok(response)]);
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(error.excerpt().len(), 4096);

    let padding = "y".repeat(60_000);
    let body = format!(r#"{{"error":{{"code":"Forbidden","message":"{padding}"}}}}"#);
    let server = Canned::new([reply(403, &[], &body)]);
    let client = server.builder().body_limit(512).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.code(), Some("Forbidden"));
}

/// JS: 200,000 levels of JSON are accepted. Python overflows at 5,000.
#[tokio::test]
async fn deep_nesting_is_an_error_and_no_overflow() {
    let deep = format!(r#"{{"id":"42","x":{}"#, "[".repeat(200_000));
    for status in [200, 400] {
        let server = Canned::new([reply(status, &[JSON, ID], &deep)]);
        let client = server.client();
        let error = get(&client).retry(RetryPolicy::none()).await.unwrap_err();
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(error.request_id(), Some("f00"));
    }
}

/// A gateway that mixes up responses gives one user's presence to another.
#[tokio::test]
async fn the_answer_to_another_request_is_an_error_that_keeps_nothing_of_it() {
    let own = "0f5b1e3c-3f5e-4f0e-8a53-0a2a5b2b7c11";
    let other = "5f0c2b9d-52d5-4a86-9f6e-1d9f3ad2c111";
    let upper = own.to_ascii_uppercase();
    let cases = [
        (own, Some(other), false),
        (own, Some("not-an-id"), false),
        (own, Some(own), true),
        (own, Some(&upper), true),
        (own, None, true),
        // The service gives an id of its own to a call without a UUID.
        ("mine", Some(other), true),
    ];
    for (sent, echoed, is_fine) in cases {
        let headers: Vec<_> = echoed
            .map(|id| ("client-request-id", id))
            .into_iter()
            .collect();
        let body = r#"{"id":"of another user"}"#;
        let server = Canned::new([reply(200, &headers, body), thing()]);
        let client = server.client();
        let result = get(&client).header("client-request-id", sent).await;
        assert_eq!(result.is_ok(), is_fine, "{sent} {echoed:?}");
        let Err(error) = result else { continue };
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Interrupted, 1)
        );
        assert!(error.is_retryable() && error.excerpt().is_empty());
        let line = "things.Get: the response belongs to another request: a proxy or a \
            cache on the way mixed up responses";
        assert_eq!(error.to_string(), line);
    }
}

/// The code and the message are in it: an error without them would say nothing.
#[tokio::test]
async fn a_compressed_refusal_says_that_it_is_compressed() {
    let line = |text: &str| format!("things.set: 400 Bad Request, {text}");
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03nonsense".to_vec();
    let plain = br#"{"error":{"code":"a","message":"b"}}"#.to_vec();
    let cases = [
        (
            "gzip",
            gzip,
            line(
                "the response is compressed, although the client did not ask for it: its \
                 code and message cannot be read; hint: a proxy on the way compresses it: configure the proxy \
                 to obey `Accept-Encoding`",
            ),
        ),
        // A header that is not true hides nothing.
        ("gzip", plain.clone(), line("a: b")),
        ("identity", plain, line("a: b")),
    ];
    for (encoding, body, expected) in cases {
        let mut response = http::Response::new(Body::from(body));
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
        let encoding = http::HeaderValue::from_static(encoding);
        response.headers_mut().insert("content-encoding", encoding);
        let server = Canned::new([Ok(response)]);
        let error = set(&server.client()).await.unwrap_err().to_string();
        assert_eq!(error, expected);
        assert_eq!(server.sent()[0].headers()["accept-encoding"], "identity");
    }
}

/// The value of `Accept-Encoding` is a word that the service uses, too.
#[tokio::test]
async fn a_message_that_says_identity_is_shown() {
    let body = r#"{"error":{"code":"a","message":"The identity is unknown."}}"#;
    let server = Canned::new([reply(400, &[], body)]);
    let line = set(&server.client()).await.unwrap_err().to_string();
    assert_eq!(
        line,
        "things.set: 400 Bad Request, a: The identity is unknown"
    );
}

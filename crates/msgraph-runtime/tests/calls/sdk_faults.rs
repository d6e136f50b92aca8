//! What other Graph clients get wrong, each with the test that ours does not.
//!
//! "SDK" is Microsoft's: `msgraph-sdk` 1.65 (Python), `@microsoft/microsoft-graph-client` 3.0
//! (JS v3) and `@microsoft/msgraph-sdk` 1.0 preview (Kiota JS), recorded on loopback; the
//! issues are those of applications that wrote their own client. What is wrong with values and
//! models is tested where those are.

use crate::common::{
    Canned, GET, Reply, Thing, cached, counted, get, make, reply, set, thing,
};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::{
    AccessToken, BoxError, ErrorKind, Resource, TokenRequest, TransportError, decode,
};
use std::error::Error as _;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const UNSAFE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id";

/// How long a call waits after this answer, and how it ends.
async fn wait_after(answer: Reply) -> (Duration, Result<Thing, msgraph_runtime::Error>) {
    let server = Canned::new([answer, thing()]);
    let started = Instant::now();
    let result = get(&server.client()).await;
    (started.elapsed(), result)
}

/// All SDKs: no connection error is repeated, not even for a GET. JS v3 also loses the cause.
#[tokio::test(start_paused = true)]
async fn a_reset_ends_the_call() {
    let server = Server::start([Act::ReplyAndReset(String::new()), found()]).await;
    get(&server.client()).await.unwrap();

    let server = Server::start([Act::ReplyAndReset(String::new())]).await;
    let error = make(&server.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.source().is_some());
}

/// JS: `0`, a negative number, garbage or a past date repeat at once. Python: a fraction falls
/// back to the backoff. ms-teams-cli: anything but whole seconds is a minute.
#[tokio::test(start_paused = true)]
async fn retry_after_is_misread() {
    let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
    for value in ["0", "-5", "soon", "Sat, 21 Nov 2026 11:00:00 GMT"] {
        // The backoff is random: of many waits, some are long.
        let mut longest = Duration::ZERO;
        for _ in 0..50 {
            let (waited, result) =
                wait_after(reply(429, &[("retry-after", value), date], "")).await;
            result.unwrap();
            longest = longest.max(waited);
        }
        assert!(longest > Duration::from_millis(300), "{value}: {longest:?}");
    }
    for (value, seconds) in [("1.5", 1.5), ("Sat, 21 Nov 2026 12:00:07 GMT", 7.0)] {
        let (waited, result) =
            wait_after(reply(503, &[("retry-after", value), date], "")).await;
        result.unwrap();
        assert!(
            waited >= Duration::from_secs_f64(seconds),
            "{value}: {waited:?}, too early"
        );
        assert!(
            waited < Duration::from_secs_f64(seconds + 0.1),
            "{value}: {waited:?}"
        );
    }
}

/// JS: of an hour they sleep three minutes and come back 57 minutes early. All: 170 seconds are
/// slept through, with no limit for the call as a whole.
#[tokio::test(start_paused = true)]
async fn a_long_wait_is_cut_short_or_slept_through() {
    for asked in ["170", "3600"] {
        let (waited, result) =
            wait_after(reply(429, &[("retry-after", asked)], "")).await;
        assert_eq!(waited, Duration::ZERO);
        let error = result.unwrap_err();
        assert!(error.is_throttled());
        assert_eq!(error.retry_after().unwrap().as_secs().to_string(), asked);
        assert!(
            error
                .to_string()
                .contains(&format!("asks to wait {asked} s")),
            "{error}"
        );
    }
}

/// PresenceJam #154, #820: 429, and 503 with `Retry-After`, are plain failures. graph-rs-sdk:
/// they are repeated without end, and a 500 is repeated at once.
#[tokio::test(start_paused = true)]
async fn throttling_is_a_failure_or_a_loop() {
    for status in [429, 503] {
        let (waited, result) =
            wait_after(reply(status, &[("retry-after", "9")], "")).await;
        result.unwrap();
        assert!(waited >= Duration::from_secs(9));
        let again = || reply(status, &[("retry-after", "1")], "");
        let server = Canned::new(std::iter::repeat_with(again).take(50));
        get(&server.client()).await.unwrap_err();
        assert_eq!(server.sent().len(), 4);
    }
    let (_, result) = wait_after(reply(500, &[], "")).await;
    assert_eq!(result.unwrap_err().attempts(), 1);
}

/// PresenceLight: any exception is repeated, also what cannot get better or what may have
/// been done.
#[tokio::test(start_paused = true)]
async fn everything_is_repeated() {
    for status in [400, 401, 403, 404, 409, 500, 501, 502] {
        let server = Canned::new([reply(status, &[], ""), thing()]);
        let error = get(&server.client()).await.unwrap_err();
        assert_eq!((error.attempts(), server.sent().len()), (1, 1), "{status}");
    }
    let server = Canned::new([Err(TransportError::interrupted("reset")), thing()]);
    make(&server.client()).await.unwrap_err();
    assert_eq!(server.sent().len(), 1);
}

/// Kiota JS: no `client-request-id`. JS: `SdkVersion` grows with each attempt. octocrab: the
/// second attempt has an empty body. Python: each attempt opens a connection.
#[tokio::test(start_paused = true)]
async fn repeats_are_not_the_same_request() {
    let busy = || Act::Reply(http("503 a", "", ""));
    let server = Server::start([busy(), busy(), found()]).await;
    set(&server.client()).await.unwrap();
    let requests = server.requests();
    assert_eq!((requests.len(), server.connections()), (3, 1));
    for (number, request) in requests.iter().enumerate() {
        for name in [
            "client-request-id",
            "user-agent",
            "authorization",
            "content-type",
        ] {
            let value = header(request, name);
            assert!(
                value.is_some() && value == header(&requests[0], name),
                "{name}"
            );
        }
        assert!(request.ends_with("\r\n\r\n{\"id\":\"42\"}"), "{request}");
        let repeat = (number > 0).then(|| number.to_string());
        assert_eq!(header(request, "retry-attempt").map(str::to_owned), repeat);
    }
}

/// All SDKs: no fresh token after a 401; claims are missed when another scheme comes first, or
/// not known at all. docs#8457: a 401 now and then while polling.
#[tokio::test]
async fn a_401_is_the_end() {
    let challenge = "Basic realm=\"x\", Bearer realm=\"\", claims=\"e30=\"";
    for headers in [&[][..], &[("www-authenticate", challenge)]] {
        let server = Canned::new([reply(401, headers, ""), thing()]);
        let has_claims = !headers.is_empty();
        let provider = move |request: TokenRequest| async move {
            assert_eq!(
                request.claims().is_some(),
                has_claims && request.refused().is_some()
            );
            let is_first = request.refused().is_none();
            Ok::<_, BoxError>(if is_first { "stale" } else { "fresh" })
        };
        let client = cached(server.builder(), provider);
        get(&client).await.unwrap();
        assert_eq!(server.sent()[1].headers()["authorization"], "Bearer fresh");
    }
}

/// PresenceJam #153: a 403 counts as an expired token, and signs in again and again.
/// ms-teams-cli#70: a 403 without a message says nothing.
#[tokio::test]
async fn a_403_looks_like_an_expired_token() {
    let token = |number| async move { Ok::<_, BoxError>(format!("token-{number}")) };
    let (asked, provider) = counted(token);
    let body = r#"{"error":{"code":"Forbidden","message":""}}"#;
    let server = Canned::new([reply(403, &[], body)]);
    let client = server.builder().token(provider).build().unwrap();
    let error = set(&client).await.unwrap_err();
    assert_eq!(asked.count(), 1);
    assert!(error.is_forbidden() && !error.is_unauthorized());
    let line = "things.set: 403 Forbidden, Forbidden; hint: it takes the delegated permission \
        Thing.ReadWrite; an application token is not possible";
    assert_eq!(error.to_string(), line);
}

/// ms-teams-cli#16, presencelight#245: the first token is used for ever.
#[tokio::test]
async fn tokens_grow_old() {
    let server = Canned::new([thing(), thing()]);
    let (asked, provider) = counted(|_| async {
        let token = AccessToken::new("token").expires_at(SystemTime::now());
        Ok::<_, BoxError>(token)
    });
    let client = cached(server.builder(), provider);
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// All SDKs: the body of a POST goes to whatever host a 307 names, with the request's own
/// headers. JS: also from https to http.
#[tokio::test(start_paused = true)]
async fn a_redirect_carries_the_body_elsewhere() {
    let elsewhere = Server::start([found()]).await;
    let location = format!("location: {}/things\r\n", elsewhere.url);
    for status in ["307 a", "308 a"] {
        let server = Server::start([Act::Reply(http(status, &location, ""))]).await;
        let error = set(&server.client()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
    }
    assert_eq!(
        (elsewhere.requests().len(), elsewhere.connections()),
        (0, 0)
    );
    let to_http = reply(307, &[("location", "http://graph.microsoft.com/x")], "");
    let server = Canned::new([to_http, thing()]);
    set(&server.client()).await.unwrap_err();
    assert_eq!(server.sent().len(), 1);
}

/// Python, Kiota JS: after 301, 302 or 303 a POST becomes a GET that succeeds, and the write
/// never happened. JS v3: a 303 asks the first URL five times.
#[tokio::test(start_paused = true)]
async fn a_redirected_write_is_reported_as_done() {
    for status in ["301 a", "302 a", "303 a"] {
        let answer = Act::Reply(http(status, "location: /v1.0/x\r\n", ""));
        let server = Server::start([answer, found()]).await;
        let error = set(&server.client()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirect, 1));
        assert_eq!(server.requests().len(), 1);
    }
}

/// JS: a relative `Location` cannot be parsed, and too many redirects have no message.
#[tokio::test(start_paused = true)]
async fn redirects_on_the_same_host_fail() {
    let server = Canned::new([reply(308, &[("location", "detail2")], ""), thing()]);
    get(&server.client()).await.unwrap();
    assert_eq!(server.sent()[1].uri().path(), "/v1.0/things/42/detail2");
    let again = || reply(307, &[("location", "/x")], "");
    let server = Canned::new(std::iter::repeat_with(again).take(50));
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "things.Get: 307 Temporary Redirect, more than 5 redirects; 6 attempts"
    );
}

/// Python: an explicit URL sends the token to any host. Elsewhere: an id that is put into a
/// path as it is changes the path. Here no text becomes a URL.
#[tokio::test]
async fn the_token_goes_to_whatever_host_a_text_names() {
    for id in [
        "https://evil.example/x",
        "//evil.example/x",
        "@evil.example",
        "..\\..",
        "x?y#z",
    ] {
        let server = Canned::new([thing()]);
        let client = server.client();
        let request = Resource::root(&client).fixed("things").parameter(id);
        request
            .request::<Thing>(&GET, decode::object)
            .await
            .unwrap();
        let sent = &server.sent()[0];
        assert_eq!(sent.uri().authority().unwrap(), "graph.microsoft.com");
        assert_eq!(sent.uri().path().split('/').count(), 5, "{}", sent.uri());
        assert_eq!(sent.uri().query(), None);
    }
}

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
    let server = Server::start([Act::ReplyAndClose(UNSAFE.to_owned())]).await;
    let error = get(&server.client()).await.unwrap_err();
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
    let line = "things.Get: 410 Gone, Gone: The thing is gone.; request-id r";
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

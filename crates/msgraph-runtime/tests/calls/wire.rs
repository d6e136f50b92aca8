//! Over the wire, against a server that misbehaves on purpose: what was sent, what came back,
//! and how often.

use crate::common::{get, make, set};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::{Client, Error, ErrorKind};
use std::time::Duration;

/// How a call ends: a success, or the kind of its error with the status that it kept.
#[derive(Debug, PartialEq)]
enum End {
    Success,
    Failure(ErrorKind, Option<u16>),
}

use End::{Failure, Success};

fn end<T>(result: Result<T, Error>) -> End {
    match result {
        Ok(_) => Success,
        Err(error) => {
            let line = error.to_string();
            assert!(
                !line.contains("127.0.0.1") && !line.contains('\n'),
                "{line}"
            );
            let source = std::error::Error::source(&error).map(ToString::to_string);
            assert!(!source.unwrap_or_default().contains("/things/"));
            Failure(error.kind(), error.status().map(|status| status.as_u16()))
        }
    }
}

/// A fault, how a repeatable call ends after it, and how one that is not repeatable does,
/// each with the number of requests.
struct Case {
    fault: &'static str,
    act: Act,
    repeatable: (End, usize),
    once: (End, usize),
}

fn json(body: &str) -> String {
    http("200 OK", "content-type: application/json\r\n", body)
}

fn cut(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: 100\r\n\r\n{{\"id\":")
}

fn chunked(chunks: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}")
}

fn both(end: fn() -> End) -> ((End, usize), (End, usize)) {
    ((end(), 1), (end(), 1))
}

fn cases() -> Vec<Case> {
    let lost = || ((Success, 2), (Failure(ErrorKind::Interrupted, None), 1));
    let late = || ((Success, 2), (Failure(ErrorKind::Timeout, None), 1));
    let body = || both(|| Failure(ErrorKind::Body, Some(200)));
    let case = |fault, act, ends: ((End, usize), (End, usize))| Case {
        fault,
        act,
        repeatable: ends.0,
        once: ends.1,
    };
    let half = "HTTP/1.1 200 OK\r\ncontent-le".to_owned();
    let pause = Duration::from_millis(200);
    vec![
        case(
            "reset before headers",
            Act::ReplyAndReset(String::new()),
            lost(),
        ),
        case(
            "close before headers",
            Act::ReplyAndClose(String::new()),
            lost(),
        ),
        case(
            "reset within headers",
            Act::ReplyAndReset(half.clone()),
            lost(),
        ),
        case("close within headers", Act::ReplyAndClose(half), lost()),
        case("no answer at all", Act::Hang(String::new()), late()),
        case(
            "half of a head, then silence",
            Act::Hang("HTTP/1.1 200".into()),
            late(),
        ),
        case(
            "not HTTP",
            Act::ReplyAndClose("220 ready\r\n".into()),
            lost(),
        ),
        case(
            "close after headers",
            Act::ReplyAndClose(cut("200 OK")),
            body(),
        ),
        case(
            "reset in mid body",
            Act::ReplyAndReset(cut("200 OK")),
            body(),
        ),
        case("silence in mid body", Act::Hang(cut("200 OK")), body()),
        case(
            "a chunk cut short",
            Act::ReplyAndClose(chunked("9\r\n{\"id\"")),
            body(),
        ),
        case(
            "no last chunk",
            Act::ReplyAndClose(chunked("b\r\n{\"id\":\"42\"}\r\n")),
            body(),
        ),
        case(
            "a wrong chunk size",
            Act::ReplyAndClose(chunked("zz\r\n{}")),
            body(),
        ),
        case(
            "a 10 MB body",
            Act::Reply(json(&" ".repeat(10_000_000))),
            body(),
        ),
        case(
            "an endless body",
            Act::Endless(chunked(&"9\r\n         \r\n".repeat(999))),
            body(),
        ),
        case(
            "a page",
            Act::Reply(http("200 OK", "content-type: text/html\r\n", "<p>")),
            body(),
        ),
        case(
            "a dripping body",
            Act::Drip(json(&" ".repeat(600)), pause),
            body(),
        ),
        case(
            "a slow head",
            Act::Drip(json("{\"id\":\"42\"}"), Duration::from_millis(100)),
            both(|| Success),
        ),
        case(
            "503 with a body cut short",
            Act::ReplyAndClose(cut("503 Service Unavailable")),
            ((Success, 2), (Success, 2)),
        ),
        case(
            "503 with a dripping body",
            Act::Drip(http("503 a", "", &" ".repeat(600)), pause),
            ((Success, 2), (Success, 2)),
        ),
        case(
            "504 with a body cut short",
            Act::ReplyAndReset(cut("504 Gateway Timeout")),
            ((Success, 2), (Failure(ErrorKind::Service, Some(504)), 1)),
        ),
        case(
            "403 with a body cut short",
            Act::ReplyAndReset(cut("403 Forbidden")),
            both(|| Failure(ErrorKind::Service, Some(403))),
        ),
        case(
            "403 with a body that never ends",
            Act::Endless(http("403 Forbidden", "", "{}").replace(": 2", ": 999999999")),
            both(|| Failure(ErrorKind::Service, Some(403))),
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn faults_of_the_connection_and_of_the_body() {
    for case in cases() {
        let fault = case.fault;
        let server = Server::start([case.act.clone(), found()]).await;
        let found_end = end(set(&server.client()).await);
        assert_eq!(
            (found_end, server.requests().len()),
            case.repeatable,
            "{fault}"
        );
        let server = Server::start([case.act, found()]).await;
        let once_end = end(make(&server.client()).await);
        assert_eq!(
            (once_end, server.requests().len()),
            case.once,
            "{fault}, not repeatable"
        );
        assert!(server.written() < 20_000_000, "{fault}");
    }
}

/// A wrong body can only be seen by a call that expects one.
#[tokio::test(start_paused = true)]
async fn faults_of_the_content() {
    let gzip = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    let deep = format!(
        r#"{{"id":"42","x":{}1{}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let cases = [
        ("corrupt gzip", http("200 OK", gzip, "\u{1f}\u{8b}nonsense")),
        ("5,000 levels", json(&deep)),
        ("an empty body", json("")),
        ("half a body", json("{\"id\":\"4")),
        (
            "a wrong type",
            http("200 OK", "content-type: image/png\r\n", "\u{89}PNG"),
        ),
    ];
    for (fault, answer) in cases {
        let server = Server::start([Act::Reply(answer)]).await;
        let end = end(get(&server.client()).await);
        assert_eq!(end, Failure(ErrorKind::Body, Some(200)), "{fault}");
        assert_eq!(server.requests().len(), 1, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_repeated_for_it_was_never_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder()
        .token("secret")
        .base_url(url)
        .build()
        .unwrap();
    let error = make(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let line =
        "things.once: the connection was refused: nothing listens there; 4 attempts";
    assert_eq!(error.to_string(), line);
    assert!(error.is_retryable());
}

/// The server does not speak TLS: nothing of the request has left.
#[cfg(feature = "rustls")]
#[tokio::test(start_paused = true)]
async fn a_failed_handshake_is_repeated_for_it_was_never_sent() {
    use tokio::io::AsyncWriteExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.write_all(b"220 no TLS here\r\n").await;
        }
    });
    // No roots: this machine may have none, and none are needed.
    let http = reqwest::Client::builder()
        .tls_backend_rustls()
        .tls_certs_only([]);
    let client = Client::builder()
        .token("secret")
        .base_url(url)
        .reqwest(http);
    let error = make(&client.build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    let line = error.to_string();
    assert!(line.contains("TLS could not be agreed on"), "{line}");
}

/// A cut answer may be asked for again, unless that would do it twice.
#[tokio::test(start_paused = true)]
async fn whether_a_cut_answer_is_worth_another_call() {
    let acts = [cut("200 OK"), cut("200 OK")].map(Act::ReplyAndClose);
    let server = Server::start(acts).await;
    let client = server.client();
    assert!(set(&client).await.unwrap_err().is_retryable());
    assert!(!make(&client).await.unwrap_err().is_retryable());
}

/// Over http the token would pass the proxy in the clear: a loopback address needs none.
#[tokio::test(start_paused = true)]
async fn a_proxy_does_not_see_calls_to_loopback() {
    let proxy = Server::start([found()]).await;
    let server = Server::start([found()]).await;
    let http =
        reqwest::Client::builder().proxy(reqwest::Proxy::all(&proxy.url).unwrap());
    make(&server.builder().reqwest(http).build().unwrap())
        .await
        .unwrap();
    assert_eq!((server.requests().len(), proxy.connections()), (1, 0));
}

/// Every way to be sent elsewhere: nothing goes there, least of all the token or the body.
#[tokio::test(start_paused = true)]
async fn redirects_to_other_places_are_not_followed() {
    let other = Server::start([found(), found()]).await;
    let other_port = other.url.strip_prefix("http:").unwrap();
    let locations = [
        format!("location: {}/x\r\n", other.url),
        format!("location: {other_port}/x\r\n"),
        format!(
            "location: {}/x\r\n",
            other.url.replace("127.0.0.1", "localhost")
        ),
        format!("location: {}/x\r\n", other.url.replace("http", "https")),
        "location: file:///etc/passwd\r\n".to_owned(),
        "location: http://\r\n".to_owned(),
        String::new(),
    ];
    for status in ["301 a", "302 a", "303 a", "307 a", "308 a"] {
        for location in &locations {
            let server = Server::start([Act::Reply(http(status, location, ""))]).await;
            let code = status[..3].parse().ok();
            let found_end = end(set(&server.client()).await);
            assert_eq!(
                found_end,
                Failure(ErrorKind::Redirect, code),
                "{status} {location}"
            );
            assert_eq!(server.requests().len(), 1);
        }
    }
    assert!(other.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn redirects_to_the_same_place() {
    for status in ["301 a", "302 a", "303 a"] {
        let answer = http(status, "location: /x\r\n", "");
        let server = Server::start([Act::Reply(answer), found()]).await;
        let code = status[..3].parse().ok();
        let found_end = end(set(&server.client()).await);
        assert_eq!(
            found_end,
            Failure(ErrorKind::Redirect, code),
            "no POST becomes a GET"
        );
        assert_eq!(server.requests().len(), 1);
    }
    for status in ["307 a", "308 a"] {
        let answer = http(status, "location: x?y\r\n", "");
        let server = Server::start([Act::Reply(answer), found()]).await;
        assert_eq!(end(make(&server.client()).await), Success);
        let requests = server.requests();
        assert!(requests[1].starts_with("POST /v1.0/things/42/x?y HTTP/1.1\r\n"));
        assert!(requests[1].ends_with("\r\n\r\n{\"id\":\"42\"}"));
        assert_eq!(header(&requests[1], "authorization"), Some("Bearer secret"));
        assert_eq!(header(&requests[1], "referer"), None);
    }
    let again = || Act::Reply(http("307 a", "location: /again\r\n", ""));
    let server = Server::start(std::iter::repeat_with(again).take(9)).await;
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirect, 6));
    assert_eq!(server.requests().len(), 6);
}

/// A server that closes idle connections costs neither an error nor a second request.
#[tokio::test(start_paused = true)]
async fn connections_are_reused_and_closed_ones_are_not() {
    let server = Server::start([found(), found(), found()]).await;
    let client = server.client();
    for _ in 0..3 {
        make(&client).await.unwrap();
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 1));

    let close = || Act::ReplyAndClose(http("200 OK", "", ""));
    let server = Server::start([close(), close(), close()]).await;
    let client = server.client();
    for _ in 0..3 {
        make(&client).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 3));
}

/// A kept connection that breaks after the request is no other case: nobody else repeats it.
#[tokio::test(start_paused = true)]
async fn faults_of_a_kept_connection() {
    let reset = || Act::ReplyAndReset(String::new());
    let close = || Act::ReplyAndClose(String::new());
    for fault in [reset as fn() -> Act, close] {
        let server = Server::start([found(), fault(), found()]).await;
        let client = server.client();
        make(&client).await.unwrap();
        let found_end = end(make(&client).await);
        assert_eq!(found_end, Failure(ErrorKind::Interrupted, None));
        assert_eq!((server.requests().len(), server.connections()), (2, 1));

        let server = Server::start([found(), fault(), found()]).await;
        let client = server.client();
        set(&client).await.unwrap();
        assert_eq!(set(&client).send().await.unwrap().attempts(), 2);
        assert_eq!((server.requests().len(), server.connections()), (3, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_over_the_wire() {
    let wait = |value: &str| {
        let headers =
            format!("retry-after: {value}\r\ndate: Sat, 21 Nov 2026 12:00:00 GMT\r\n");
        Act::Reply(http("429 Too Many Requests", &headers, ""))
    };
    let acts = [wait("1.5"), wait("Sat, 21 Nov 2026 12:00:07 GMT"), found()];
    let server = Server::start(acts).await;
    let started = tokio::time::Instant::now();
    let answer = get(&server.client()).send().await.unwrap();
    assert_eq!(answer.attempts(), 3);
    let waited = started.elapsed();
    let expected = Duration::from_millis(8_500)..Duration::from_millis(8_600);
    assert!(expected.contains(&waited), "{waited:?}");
    let numbers: Vec<_> = server
        .requests()
        .iter()
        .map(|request| header(request, "retry-attempt").map(str::to_owned))
        .collect();
    assert_eq!(numbers, [None, Some("1".to_owned()), Some("2".to_owned())]);
    let ids: Vec<_> = server
        .requests()
        .iter()
        .map(|request| header(request, "client-request-id").map(str::to_owned))
        .collect();
    assert!(ids[0].is_some() && ids[0] == ids[1] && ids[1] == ids[2]);
}

#[tokio::test(start_paused = true)]
async fn the_call_as_a_whole_has_a_deadline() {
    let hang = || Act::Hang(String::new());
    let server = Server::start(std::iter::repeat_with(hang).take(9)).await;
    let client = server.client();
    let started = tokio::time::Instant::now();
    let error = get(&client).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable());
    assert!(
        started.elapsed() <= Duration::from_millis(100_010),
        "{:?}",
        started.elapsed()
    );

    let started = tokio::time::Instant::now();
    let error = get(&client)
        .timeout(Duration::from_secs(5))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    let line = "things.Get: the answer took too long; the time of the call is up";
    assert_eq!(error.to_string(), line);
    assert!(
        started.elapsed() <= Duration::from_millis(5_010),
        "{:?}",
        started.elapsed()
    );
}

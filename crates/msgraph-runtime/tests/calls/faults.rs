//! A server that misbehaves on purpose: how calls end, and how often they are sent.

use crate::common::{get, make, set};
use crate::end::{End, Failure, Success, end};
use crate::server::{Act, Server, found, http};
use msgraph_runtime::ErrorKind;
use std::time::Duration;

/// The end of a call with the number of requests: one that is repeatable, and one that is not.
type Ends = [(End, usize); 2];

const FINE: Ends = [(Success, 1); 2];
const AGAIN: Ends = [(Success, 2); 2];
const LOST: Ends = [(Success, 2), (Failure(ErrorKind::Interrupted, None), 1)];
const LATE: Ends = [(Success, 2), (Failure(ErrorKind::Timeout, None), 1)];
const CUT: Ends = [(Success, 2), (Failure(ErrorKind::Body, Some(200)), 1)];
const GARBLED: Ends = [(Failure(ErrorKind::Interrupted, None), 1); 2];
const BODY: Ends = [(Failure(ErrorKind::Body, Some(200)), 1); 2];
const REFUSED: Ends = [(Failure(ErrorKind::Service, Some(403)), 1); 2];
const GATEWAY: Ends = [(Success, 2), (Failure(ErrorKind::Service, Some(504)), 1)];
const BUSY: Ends = [(Success, 2), (Failure(ErrorKind::Service, Some(503)), 1)];

fn json(body: &str) -> String {
    http("200 OK", "content-type: application/json\r\n", body)
}

fn cut(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: 100\r\n\r\n{{\"id\":")
}

fn chunked(chunks: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}")
}

fn cases() -> Vec<(&'static str, Act, Ends)> {
    let reset = |text: &str| Act::ReplyAndReset(text.to_owned());
    let close = |text: &str| Act::ReplyAndClose(text.to_owned());
    let hang = |text: &str| Act::Hang(text.to_owned());
    let drip = |text| Act::Drip(text, Duration::from_millis(200));
    let half = "HTTP/1.1 200 OK\r\ncontent-le";
    let thing = "b\r\n{\"id\":\"42\"}\r\n";
    let long = " ".repeat(600);
    // Longer than the limit before its head comes again.
    let blanks = format!("fff\r\n{}\r\n", " ".repeat(4095)).repeat(300);
    let endless_403 = http("403 a", "", "{}").replace(": 2", ": 999999999");
    let page = http("200 OK", "content-type: text/html\r\n", "<p>");
    let slow_head = Act::Drip(json("{\"id\":\"42\"}"), Duration::from_millis(100));
    vec![
        ("reset before headers", reset(""), LOST),
        ("close before headers", close(""), LOST),
        ("reset within headers", reset(half), LOST),
        ("close within headers", close(half), LOST),
        ("not HTTP", close("220 ready\r\n"), GARBLED),
        ("no response at all", hang(""), LATE),
        ("silence within headers", hang("HTTP/1.1 200"), LATE),
        ("close after headers", close(&cut("200 OK")), CUT),
        ("reset in mid body", reset(&cut("200 OK")), CUT),
        ("silence in mid body", hang(&cut("200 OK")), CUT),
        ("a cut chunk", close(&chunked("9\r\n{\"id\"")), CUT),
        ("no last chunk", close(&chunked(thing)), CUT),
        ("a wrong size", close(&chunked("zz\r\n{}")), CUT),
        ("10 MB", Act::Reply(json(&" ".repeat(10_000_000))), BODY),
        ("an endless body", Act::Endless(chunked(&blanks)), BODY),
        ("a page", Act::Reply(page), CUT),
        ("a dripping body", drip(json(&long)), BODY),
        ("a slow head", slow_head, FINE),
        ("503 with a cut body", close(&cut("503 a")), BUSY),
        ("503 that drips", drip(http("503 a", "", &long)), BUSY),
        (
            "503 with a time",
            drip(http("503 a", "retry-after: 1\r\n", "")),
            AGAIN,
        ),
        ("504 with a cut body", reset(&cut("504 a")), GATEWAY),
        ("403 with a cut body", reset(&cut("403 a")), REFUSED),
        ("an endless 403", Act::Endless(endless_403), REFUSED),
    ]
}

/// All SDKs: no connection error is repeated, not even for a GET. JS v3 also loses the cause.
/// PresenceLight: any exception is repeated, also what may have been done.
#[tokio::test(start_paused = true)]
async fn faults_of_the_connection_and_of_the_body() {
    for (fault, act, [repeatable, once]) in cases() {
        let server = Server::start([act.clone(), found()]).await;
        let set_end = end(set(&server.client()).await);
        assert_eq!((set_end, server.requests().len()), repeatable, "{fault}");
        let server = Server::start([act, found()]).await;
        let make_end = end(make(&server.client()).await);
        let requests = server.requests().len();
        assert_eq!((make_end, requests), once, "{fault}, not repeatable");
        assert!(server.written() < 20_000_000, "{fault}");
    }
}

/// A wrong body can only be seen by a call that expects one.
#[tokio::test(start_paused = true)]
async fn faults_of_the_content() {
    let failed = Failure(ErrorKind::Body, Some(200));
    let gzip = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    let cases = [
        (
            "corrupt gzip",
            http("200 OK", gzip, "\u{1f}\u{8b}nonsense"),
            failed,
        ),
        ("an empty body", json(""), Success),
        ("half a body", json("{\"id\":\"4"), Success),
        (
            "a wrong type",
            http("200 OK", "content-type: image/png\r\n", "\u{89}PNG"),
            failed,
        ),
    ];
    for (fault, answer, expected) in cases {
        let server = Server::start([Act::Reply(answer), found()]).await;
        assert_eq!(end(get(&server.client()).await), expected, "{fault}");
        let requests = 1 + usize::from(expected == Success);
        assert_eq!(server.requests().len(), requests, "{fault}");
    }
}

/// A cut response is asked for again, unless that would do it twice; it passes either way.
#[tokio::test(start_paused = true)]
async fn whether_a_cut_answer_is_worth_another_call() {
    let server = Server::start(vec![Act::ReplyAndClose(cut("200 OK")); 5]).await;
    let client = server.client();
    let error = set(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Body, 4));
    assert!(error.is_retryable());
    let error = make(&client).await.unwrap_err();
    assert!(error.is_retryable() && error.may_have_acted());
    assert_eq!(error.attempts(), 1);
}

/// A kept connection that breaks after the request is the same case: no other layer retries it.
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

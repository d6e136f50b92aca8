//! Transports as their authors meet them: attempts and errors made by hand, one around another.

use crate::common::{Canned, Reply, get, make, reply, thing};
use bytes::Bytes;
use msgraph_runtime::{Attempt, Body, BoxFuture, Chunks, Method, Transport, TransportError};
use std::cell::Cell;
use std::error::Error as _;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

#[test]
fn an_attempt_is_made_of_an_absolute_url_alone() {
    let attempt = Attempt::new(Method::POST, "https://graph.example/a b#c").unwrap();
    assert_eq!(attempt.url(), "https://graph.example/a%20b#c");
    assert!(attempt.headers.is_empty() && attempt.body.is_empty());
    let request = http::Request::from(attempt);
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://graph.example/a%20b");
    let long = format!("https://graph.example/{}", "x".repeat(65_534));
    for url in [
        "/v1.0/me",
        "graph.example",
        "",
        "file:///x",
        "data:,x",
        &long,
    ] {
        let refused = Attempt::new(Method::GET, url).unwrap_err();
        assert_eq!(refused.what(), "URL", "{url}");
    }
}

/// Pieces that only one thread at a time may look at.
struct Pieces(Cell<Option<&'static str>>);

impl Chunks for Pieces {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        let piece = self.0.take();
        Poll::Ready(piece.map(|piece| Ok(Bytes::from_static(piece.as_bytes()))))
    }
}

#[tokio::test]
async fn a_body_is_sync_whatever_brings_its_pieces() {
    fn check<T: Send + Sync>(value: T) -> T {
        value
    }
    let mut body = check(Body::chunks(Pieces(Cell::new(Some("a piece")))));
    let piece = poll_fn(|cx| body.poll_chunk(cx)).await.unwrap().unwrap();
    assert_eq!(piece, "a piece");
    assert!(poll_fn(|cx| body.poll_chunk(cx)).await.is_none());
}

#[test]
fn an_error_of_a_transport_says_how_far_the_attempt_came() {
    let refused = TransportError::refused("too long");
    let not_sent = TransportError::not_sent("no way");
    let interrupted = TransportError::interrupted("reset");
    let slow = TransportError::interrupted("slow").timed_out();
    let cases = [
        (refused, (true, false, false), "too long"),
        (not_sent, (false, false, false), "no way"),
        (interrupted, (false, true, false), "reset"),
        (slow, (false, true, true), "slow"),
    ];
    for (error, expected, source) in cases {
        let said = (error.is_refused(), error.is_sent(), error.is_timeout());
        assert_eq!(said, expected, "{error}");
        assert_eq!(error.source().unwrap().to_string(), source);
    }
}

/// Notes its name, and passes the attempt on.
struct Noted {
    name: &'static str,
    notes: Arc<Mutex<Vec<&'static str>>>,
    within: Arc<dyn Transport>,
}

impl Transport for Noted {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
        self.notes.lock().unwrap().push(self.name);
        self.within.send(attempt)
    }
}

#[tokio::test]
async fn the_last_transport_that_is_put_around_is_the_outermost() {
    let notes = Arc::new(Mutex::new(Vec::new()));
    let noted = |name| {
        let notes = notes.clone();
        move |within| Noted {
            name,
            notes,
            within,
        }
    };
    let server = Canned::new([thing()]);
    let builder = server.builder().wrap_transport(noted("inner"));
    let client = builder.wrap_transport(noted("outer")).build().unwrap();
    get(&client).await.unwrap();
    assert_eq!(*notes.lock().unwrap(), ["outer", "inner"]);
    assert_eq!(server.sent().len(), 1);
}

/// Counts attempts by operation.
struct Counted(Arc<Mutex<Vec<Option<&'static str>>>>, Arc<dyn Transport>);

impl Transport for Counted {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
        let id = attempt.operation().map(|operation| operation.id);
        self.0.lock().unwrap().push(id);
        self.1.send(attempt)
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_names_its_operation() {
    let ids = Arc::new(Mutex::new(Vec::new()));
    let counted = ids.clone();
    let server = Canned::new([reply(429, &[], ""), thing(), reply(204, &[], "")]);
    let builder = server.builder();
    let client = builder.wrap_transport(|within| Counted(counted, within));
    let client = client.build().unwrap();
    get(&client).await.unwrap();
    make(&client).await.unwrap();
    let expected = ["things.Get", "things.Get", "things.once"].map(Some);
    assert_eq!(*ids.lock().unwrap(), expected);
    let by_hand = Attempt::new(Method::GET, "https://graph.example/").unwrap();
    assert_eq!(by_hand.operation(), None);
}

/// Sends everything over plain http, which the default transport refuses.
#[cfg(feature = "rustls")]
struct Plain(Arc<dyn Transport>);

#[cfg(feature = "rustls")]
impl Transport for Plain {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Reply> {
        self.0
            .send(Attempt::new(Method::GET, "http://graph.example/x").unwrap())
    }
}

#[cfg(feature = "rustls")]
#[tokio::test(start_paused = true)]
async fn what_the_http_library_refuses_is_not_repeated() {
    use msgraph_runtime::{Client, ErrorKind};
    let http = reqwest::Client::builder().tls_certs_only([]);
    let builder = Client::builder().token("secret").reqwest(http);
    let client = builder.wrap_transport(Plain).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 1));
    assert!(!error.is_retryable());
    let line = "things.Get: the request is not valid and was not sent";
    assert_eq!(error.to_string(), line);
}

//! Connections of HTTP/2: those that die without being closed, and those that say when they end.
//!
//! Each test runs in a process of its own, which trusts the root of the tests: our own builder
//! speaks HTTP/2 over TLS only, with the roots of the system. No other test is in this binary: a
//! socket that one thread closes stays open while another one starts a process, until that process
//! has replaced its image, and a paused clock does not wait for it.

#![cfg(test)]
// The roots of trust are those of an environment variable, which only Linux looks at.
#![cfg(all(feature = "http2", feature = "rustls", target_os = "linux"))]

mod peer;
#[path = "../calls/tls.rs"]
mod tls;

use msgraph_runtime::{Client, ErrorKind, Method, Operation, Request, Resource, decode};
use peer::{Death, Peer};
use std::process::Command;
use std::thread;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/root.pem");

/// The longest time that a test may take, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs the body in a process that trusts the root, with a paused clock.
fn trusting<F: AsyncFnOnce()>(body: F) {
    let name = std::any::type_name::<F>();
    let name = name
        .trim_start_matches("http2::")
        .trim_end_matches("::{{closure}}");
    if std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file == ROOT) {
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            std::process::abort();
        });
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        return runtime.block_on(body());
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", name]).env("SSL_CERT_FILE", ROOT);
    // A proxy is no part of this.
    child.envs([("NO_PROXY", "127.0.0.1"), ("no_proxy", "127.0.0.1")]);
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let passed = text.contains("test result: ok. 1 passed");
    assert!(passed, "{name}: {}: {text}", output.status);
}

static GET: Operation = Operation {
    id: "things.Get",
    path: "/things",
    repeatable: true,
    ..Operation::EMPTY
};

static SET: Operation = Operation {
    id: "things.set",
    method: Method::POST,
    ..GET
};

/// Must not happen twice.
static MAKE: Operation = Operation {
    id: "things.once",
    method: Method::POST,
    repeatable: false,
    ..GET
};

fn call(client: &Client, operation: &'static Operation) -> Request<()> {
    let things = Resource::root(client).fixed("things");
    things.request(operation, decode::nothing)
}

fn get(client: &Client) -> Request<()> {
    call(client, &GET)
}

fn set(client: &Client) -> Request<()> {
    call(client, &SET)
}

fn make(client: &Client) -> Request<()> {
    call(client, &MAKE)
}

/// A builder of a user's speaks HTTP/2 to a loopback address: its pool cannot be replaced, but
/// what was idle for the read timeout is not taken any more (C2).
#[test]
fn a_builder_of_ones_own_pays_one_read_timeout() {
    trusting(async || {
        for limit in [2, 5] {
            let peer = Peer::start().await;
            let http = reqwest::Client::builder().http2_prior_knowledge();
            let limit = Duration::from_secs(limit);
            let builder = peer.builder().reqwest(http).read_timeout(limit);
            let client = builder.build().unwrap();
            get(&client).await.unwrap();
            peer.kill(Death::Silence);
            let started = Instant::now();
            assert_eq!(get(&client).send().await.unwrap().attempts(), 2);
            assert!(started.elapsed() < limit + WAIT, "{:?}", started.elapsed());
            assert_eq!(get(&client).send().await.unwrap().attempts(), 1);
            assert_eq!(peer.counts(), (2, 3));
        }
    });
}

/// A time longer than any wait before a repeat.
const WAIT: Duration = Duration::from_secs(1);

/// Calls that come all the time keep such a connection from being idle: pings find it dead.
#[test]
fn calls_at_once_of_a_builder_of_ones_own_pay_one_read_timeout() {
    trusting(async || {
        for seconds in [1, 5, 30] {
            let peer = Peer::start().await;
            let http = reqwest::Client::builder().http2_prior_knowledge();
            let limit = Duration::from_secs(seconds);
            let builder = peer.builder().reqwest(http).read_timeout(limit);
            let client = builder.build().unwrap();
            get(&client).await.unwrap();
            peer.kill(Death::Silence);
            let mut calls = tokio::task::JoinSet::new();
            for _ in 0..40 {
                let call = get(&client).send();
                calls.spawn(async move {
                    let started = Instant::now();
                    (call.await.unwrap().attempts(), started.elapsed())
                });
                sleep(limit / 10).await;
            }
            for (attempts, took) in calls.join_all().await {
                assert!(
                    attempts <= 2 && took < limit + WAIT,
                    "{limit:?}: {attempts}, {took:?}"
                );
            }
        }
    });
}

/// A peer with one connection, and the client that keeps it.
async fn one_connection(read_timeout: Duration) -> (Peer, Client) {
    let peer = Peer::start_tls().await;
    let client = peer.builder().read_timeout(read_timeout).build().unwrap();
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(peer.counts(), (1, 2));
    (peer, client)
}

const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// C2. A ping is sent after 15 seconds and waited for 10: before the read timeout is over,
/// if that is not shorter.
#[test]
fn a_peer_that_falls_silent_costs_one_attempt() {
    trusting(async || {
        for (limit, seconds) in [(2, 2..4), (30, 25..27)] {
            for is_get in [true, false] {
                let (peer, client) = one_connection(Duration::from_secs(limit)).await;
                peer.kill(Death::Silence);
                let started = Instant::now();
                let attempts = if is_get {
                    get(&client).send().await.unwrap().attempts()
                } else {
                    set(&client).send().await.unwrap().attempts()
                };
                let took = started.elapsed();
                assert_eq!(attempts, 2, "{limit}");
                assert!(seconds.contains(&took.as_secs()), "{limit}: {took:?}");
                // The pool has shown itself dead; the fresh connection was not kept.
                for _ in 0..2 {
                    assert_eq!(get(&client).send().await.unwrap().attempts(), 1);
                    assert_eq!(peer.counts().0, 3);
                }
            }
        }
    });
}

#[test]
fn what_must_not_happen_twice_is_an_error_and_replaces_the_pool() {
    trusting(async || {
        let (peer, client) = one_connection(READ_TIMEOUT).await;
        peer.kill(Death::Silence);
        let error = make(&client).await.unwrap_err();
        assert_eq!(error.attempts(), 1);
        assert!(error.is_retryable() && error.may_have_acted());
        make(&client).await.unwrap();
        assert_eq!(peer.counts(), (2, 3));
    });
}

#[test]
fn calls_at_once_over_a_silent_connection_all_recover() {
    trusting(async || {
        let (peer, client) = one_connection(READ_TIMEOUT).await;
        peer.kill(Death::Silence);
        let calls: Vec<_> = (0..6).map(|_| tokio::spawn(get(&client).send())).collect();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().attempts(), 2);
        }
        for _ in 0..2 {
            assert_eq!(get(&client).send().await.unwrap().attempts(), 1);
            assert_eq!(peer.counts().0, 8);
        }
    });
}

/// Pings are sent over an idle connection too: no call meets a dead one.
#[test]
fn a_connection_that_dies_while_idle_costs_nothing() {
    trusting(async || {
        let (peer, client) = one_connection(READ_TIMEOUT).await;
        peer.kill(Death::Silence);
        sleep(Duration::from_secs(27)).await;
        let started = Instant::now();
        assert_eq!(get(&client).send().await.unwrap().attempts(), 1);
        assert!(started.elapsed() < Duration::from_secs(1));
        assert_eq!(peer.counts(), (2, 3));
    });
}

#[test]
fn a_slow_peer_that_answers_pings_is_waited_for() {
    trusting(async || {
        let (peer, client) = one_connection(READ_TIMEOUT).await;
        peer.slow_down(Duration::from_secs(29));
        let started = Instant::now();
        assert_eq!(get(&client).send().await.unwrap().attempts(), 1);
        assert_eq!(started.elapsed().as_secs(), 29);
        assert_eq!(peer.counts(), (1, 3));
    });
}

/// A gateway that is started anew says so: the next call takes a new connection.
#[test]
fn a_goaway_between_two_calls_costs_nothing() {
    trusting(async || {
        let (peer, client) = one_connection(READ_TIMEOUT).await;
        peer.kill(Death::GoAway);
        sleep(Duration::from_millis(1)).await;
        assert_eq!(make(&client).send().await.unwrap().attempts(), 1);
        assert_eq!(peer.counts(), (2, 3));
    });
}

/// Then the outcome of the request is ambiguous.
#[test]
fn a_goaway_instead_of_a_response_is_a_connection_that_broke() {
    trusting(async || {
        let (peer, client) = one_connection(READ_TIMEOUT).await;
        peer.kill(Death::GoAwayAtRequest);
        let started = Instant::now();
        assert_eq!(get(&client).send().await.unwrap().attempts(), 2);
        assert!(started.elapsed() < Duration::from_secs(1));
        get(&client).await.unwrap();
        peer.kill(Death::GoAwayAtRequest);
        let error = make(&client).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Interrupted, 1)
        );
        make(&client).await.unwrap();
    });
}

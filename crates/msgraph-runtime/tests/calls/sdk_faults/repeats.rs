//! What others repeat, when, and what becomes of it.

use crate::common::{Canned, Reply, Thing, get, make, reply, set, thing};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::{ErrorKind, TransportError};
use std::error::Error as _;
use std::time::Duration;
use tokio::time::Instant;

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
    let busy = || Act::Reply(http("429 a", "", ""));
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

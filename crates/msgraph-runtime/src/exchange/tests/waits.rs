//! The waits of a call between its attempts.

use super::play::{GET, Play, check};
use crate::exchange::{Failure, Step};
use std::time::{Duration, Instant};

#[test]
fn what_the_client_waits_by_itself() {
    check(
        "
        # the wait doubles
        GET  503 503 503 200 -> S W1 F1 W2 F2 W4 F3 =200
        # there must be time for it
        GET  503@99          -> S !503
        GET  reset@100       -> S !Interrupted
        GET  503@98 200      -> S W1 F1 =200
        ",
    );
}

/// JS: `0`, a negative number, garbage or a past date repeat at once; of an hour they sleep
/// three minutes and come back 57 minutes early. Python: a fraction falls back to the backoff.
/// ms-teams-cli: anything but whole seconds is a minute. All: 170 seconds are slept through,
/// with no limit for the call as a whole.
#[test]
fn what_the_service_asks_to_wait() {
    check(
        "
        # seconds
        GET  429(5) 200     -> S W5 S1 =200
        GET  503(5) 200     -> S W5 F1 =200
        GET  504(5) 200     -> S W5 S1 =200
        GET  429(2.128) 200 -> S W2.128 S1 =200
        # a date
        GET  429(Sat,_21_Nov_2026_12:01:00_GMT) 200 -> S W60 S1 =200
        # none: a past date, zero, a negative number, garbage
        GET  429(Sat,_21_Nov_2026_11:59:00_GMT) 200 -> S W1 S1 =200
        GET  429(0) 200         -> S W1 S1 =200
        GET  429(-5) 200        -> S W1 S1 =200
        GET  429(soon) 200      -> S W1 S1 =200
        # never earlier than asked
        GET  429(9) 429(9) 200  -> S W9 S1 W9 S2 =200
        # a short one does not shorten the backoff
        GET  429(0.1) 200       -> S W1 S1 =200
        # more than the call has left, or than any call has
        GET  429(3600)          -> S !429
        GET  429(100)           -> S !429
        GET  429(99) 200        -> S W99 S1 =200
        GET  429(60) 429(60)    -> S W60 S1 !429
        GET  429(Sat,_21_Nov_2026_13:00:00_GMT) -> S !429
        GET  429(99999999999999999999999)       -> S !429
        ",
    );
}

/// The failure of a call with this time, whose first response asks to wait so long.
fn too_long(timeout: Option<Duration>, response: &str) -> Failure {
    let mut play = Play::new(&GET, true, 100);
    play.exchange.deadline = timeout.map(|timeout| Instant::now() + timeout);
    let Step::Send(_) = play.exchange.next() else {
        panic!("nothing is sent");
    };
    play.feed(response);
    let Step::Fail(failure) = play.exchange.next() else {
        panic!("the call goes on");
    };
    assert!(failure.is_retryable);
    failure
}

/// The long wait that was asked for is said, and kept.
#[test]
fn a_wait_that_is_too_long_is_explained() {
    let failure = too_long(Some(Duration::from_secs(100)), "429(3600)");
    assert_eq!(failure.retry_after, Some(Duration::from_secs(3600)));
    let expected = "the service asks to wait 3600 s, and the call has 100 s left";
    assert_eq!(failure.detail, expected);
    let failure = too_long(None, "429(99999999999999999999999)");
    let expected = "the service asks to wait longer than a clock can represent";
    assert_eq!(failure.detail, expected);
}

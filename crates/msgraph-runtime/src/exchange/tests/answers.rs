//! Which response is a success, which one is asked for again, and which one is the error.

use super::play::{GET, ONCE, Play, check};
use crate::RetryPolicy;
use crate::operation::Operation;

/// PresenceLight: any exception is repeated, also what cannot get better.
#[test]
fn success_and_refusal() {
    check(
        "
        # any 2xx is a success
        GET  200 -> S =200
        ONCE 204 -> S =204
        ONCE 299 -> S =299
        # a body over the limit is not retried, because it would be as long again
        GET  long -> S !Body
        # no status is repeated that lasts
        GET  400 -> S !400
        GET  403 -> S !403
        GET  404 -> S !404
        GET  409 -> S !409
        GET  423 -> S !423
        GET  501 -> S !501
        GET  505 -> S !505
        GET  507 -> S !507
        GET  103 -> S !103
        GET  999 -> S !999
        ",
    );
}

/// PresenceJam #154, #820: 429, and 503 with `Retry-After`, are plain failures. All SDKs: 408,
/// 500, 502 and 509 end a call that a second request would have saved.
#[test]
fn what_is_repeated() {
    check(
        "
        # 429, for any operation
        GET  429 200         -> S W1 S1 =200
        ONCE 429 200         -> S W1 S1 =200
        # 503 likewise, if it says when: what is put off has not been done
        GET  503(5) 200      -> S W5 F1 =200
        ONCE 503(5) 200      -> S W5 F1 =200
        # without a time that can be read, 503 only when repeatable
        GET  503 200         -> S W1 F1 =200
        ONCE 503             -> S !503
        ONCE 503(soon)       -> S !503
        ONCE 503(0)          -> S !503
        # all others that pass only when repeatable
        GET  408 200         -> S W1 S1 =200
        ONCE 408             -> S !408
        GET  425 200         -> S W1 S1 =200
        GET  500 200         -> S W1 S1 =200
        GET  500(5) 200      -> S W5 S1 =200
        ONCE 500             -> S !500
        ONCE 500(5)          -> S !500
        GET  502 200         -> S W1 S1 =200
        ONCE 502             -> S !502
        GET  509 200         -> S W1 S1 =200
        ONCE 509             -> S !509
        GET  511 200         -> S W1 S1 =200
        # regardless of its text
        ONCE 504(5)          -> S !504
        GET  504 200         -> S W1 S1 =200
        ONCE 504             -> S !504
        # never sent: always
        GET  refused 200     -> S W1 S1 =200
        ONCE refused 200     -> S W1 S1 =200
        ONCE unconnected 200 -> S W1 S1 =200
        # what cannot be sent, or fails for a reason that lasts: never
        GET  unsendable      -> S !Request
        GET  untrusted       -> S !Connect
        GET  garbled         -> S !Interrupted
        # unknown outcome: only when repeatable
        GET  reset! 200      -> S W1 F1 =200
        ONCE reset!          -> S !Interrupted
        ONCE reset           -> S !Interrupted
        GET  slow 200        -> S W1 F1 =200
        ONCE slow            -> S !Timeout
        # a success without its whole body: likewise
        GET  cut 200         -> S W1 F1 =200
        ONCE cut             -> S !Body
        # the response to another request: never
        GET  foreign         -> S !Interrupted
        ONCE foreign         -> S !Interrupted
        # a body that cannot be used: when its cause passes
        GET  page 200        -> S W1 S1 =200
        ONCE page            -> S !Body
        GET  other           -> S !Body
        ",
    );
}

/// The statuses are the policy's, and what passes is not.
#[test]
fn the_policy_says_which_statuses_are_repeated() {
    let policies = [
        (
            RetryPolicy::default().repeatable_statuses(&[409]),
            "409 200",
            "S W1 S1 =200",
        ),
        (
            RetryPolicy::default().repeatable_statuses(&[409]),
            "500",
            "S !500",
        ),
        (
            RetryPolicy::default().repeatable_statuses(&[]),
            "429 200",
            "S W1 S1 =200",
        ),
        (
            RetryPolicy::default()
                .repeatable_statuses(&[])
                .statuses(&[]),
            "429(1)",
            "S !429",
        ),
        (
            RetryPolicy::default().repeatable_statuses(&[]),
            "503(1) 200",
            "S W1 F1 =200",
        ),
        (
            RetryPolicy::default()
                .repeatable_statuses(&[])
                .deferred_statuses(&[]),
            "503(1)",
            "S !503",
        ),
        (RetryPolicy::default().attempts(0), "500", "S !500"),
    ];
    for (policy, events, expected) in policies {
        let mut play = Play::new(&GET, true, 100);
        play.exchange.plan.retry = policy;
        assert_eq!(play.run(events), expected, "{policy:?}");
    }
}

/// Tells if a call that ends so may succeed later, and if it may have been carried out.
#[track_caller]
fn check_end(operation: &'static Operation, events: &str, expected: [bool; 2]) {
    let failure = Play::new(operation, true, 100).failure(events);
    let found = [failure.is_retryable, failure.may_have_acted];
    assert_eq!(found, expected, "{} {events}", operation.id);
}

/// A repeat by the client is one question, a cause that passes by itself another.
#[test]
fn what_passes_and_what_may_have_been_done() {
    for (event, passes, may_have_acted) in [
        ("400", false, false),
        ("403", false, false),
        ("408", true, true),
        ("409", false, false),
        ("429", true, false),
        ("500", true, true),
        ("501", false, false),
        ("502", true, true),
        ("503", true, true),
        ("503(5)", true, false),
        ("504", true, true),
        ("507", false, true),
        ("509", true, true),
        ("511", true, false),
        ("refused", true, false),
        ("unconnected", true, false),
        ("unsendable", false, false),
        ("untrusted", false, false),
        ("garbled", false, true),
        ("reset", true, true),
        ("slow", true, true),
        ("cut", true, true),
        ("long", false, true),
        ("page", true, false),
        ("other", false, true),
        ("304", false, false),
    ] {
        let expected = [passes, may_have_acted];
        // As often as it is sent.
        check_end(&GET, &[event; 4].join(" "), expected);
        check_end(&ONCE, &[event; 4].join(" "), expected);
    }
    // The effect of an earlier attempt stays.
    check_end(&GET, "reset 404", [false, true]);
    check_end(&GET, "500 refused refused refused", [true, true]);
    check_end(&ONCE, "429 404", [false, false]);
}

#[test]
fn which_connection_is_taken() {
    check(
        "
        # a fresh one after a 503, until the call is over
        GET  503 429 401 200     -> S W1 F1 W2 F2 T F3 =200
        GET  429 503 307(/x) 200 -> S W1 S1 W2 F2 F2/x =200
        # likewise after one that broke or stayed silent, before or within a response
        GET  reset! 429 200      -> S W1 F1 W2 F2 =200
        GET  slow 504 200        -> S W1 F1 W2 F2 =200
        GET  cut 401 200         -> S W1 F1 T F2 =200
        # after anything else whichever there is
        GET  429 504 refused 200 -> S W1 S1 W2 S2 W4 S3 =200
        GET  unconnected 200     -> S W1 S1 =200
        ",
    );
}

/// hyper#2136, hyper#4186: a kept connection can be dead without being closed.
#[test]
fn a_kept_connection_that_died_costs_no_wait() {
    check(
        "
        # sent again at once, if the connection may have been kept
        GET  reset 200              -> S F1 =200
        GET  429 reset 200          -> S W1 S1 F2 =200
        GET  401 reset 200          -> S T S1 F2 =200
        # once per call; it counts as an attempt, and the waits begin as ever
        GET  reset reset 200        -> S F1 W1 F2 =200
        GET  reset reset! 503 503   -> S F1 W1 F2 W2 F3 !503
        # what was not sent is no sign of a dead connection
        ONCE refused 200            -> S W1 S1 =200
        # not when the time is up
        GET  reset@100              -> S !Interrupted
        ",
    );
    // The budget pays nothing for it.
    assert_eq!(Play::new(&GET, true, 0).run("reset 200"), "S F1 =200");
    let broken = Play::new(&GET, true, 0).run("reset reset");
    assert_eq!(broken, "S F1 !Interrupted");
    // Who wants one attempt gets one.
    let mut play = Play::new(&GET, true, 100);
    play.exchange.plan.retry = RetryPolicy::none();
    assert_eq!(play.run("reset"), "S !Interrupted");
}

/// graph-rs-sdk: throttled calls are repeated without end.
#[test]
fn how_repeats_end() {
    check(
        "
        # the last response is returned, or the last failure
        GET  503 reset! 429 503  -> S W1 F1 W2 F2 W4 F3 !503
        GET  503 503 503 refused -> S W1 F1 W2 F2 W4 F3 !Connect
        # a failure that is not repeated ends it at once
        GET  503 404             -> S W1 F1 !404
        ",
    );
}

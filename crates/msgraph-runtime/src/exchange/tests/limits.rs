//! Limits that end a call: the retry budget of the client and the deadline.

use super::play::{GET, Play};
use crate::ErrorKind;
use crate::exchange::{Exchange, Step};
use crate::retry::RetryBudget;
use crate::token::AccessToken;
use http::HeaderMap;
use std::time::Instant;

#[test]
fn a_storm_ends_when_the_budget_is_spent() {
    assert_eq!(Play::new(&GET, true, 1).run("503 503"), "S W1 F1 !503");
    assert_eq!(Play::new(&GET, true, 0).run("refused"), "S !Connect");
}

#[test]
fn successes_earn_repeats_back() {
    let budget = RetryBudget::new(1);
    assert!(budget.spend());
    for earned in 0..10 {
        assert!(!budget.spend(), "after {earned}");
        let plan = Play::new(&GET, true, 0).exchange.plan;
        let common = HeaderMap::new();
        let token = Some(AccessToken::new("first"));
        let mut exchange = Exchange::new(plan, &common, &budget, token, Instant::now());
        assert!(matches!(exchange.next(), Step::Send(_)));
        exchange.succeeded();
    }
    assert!(budget.spend());
}

#[test]
fn the_deadline_ends_the_wait_for_a_token() {
    let mut exchange = Play::new(&GET, false, 100).exchange;
    assert!(matches!(exchange.next(), Step::Authorize(_)));
    exchange.token_timed_out();
    let Step::Fail(failure) = exchange.next() else {
        panic!("the call goes on");
    };
    assert_eq!(failure.kind, ErrorKind::Timeout);
    assert!(failure.is_timeout && failure.is_retryable);
}

//! Headers and token of every attempt.

use super::play::{GET, Play};
use crate::exchange::Step;

/// Every attempt carries the same headers, except those that number the retries.
#[test]
fn headers_of_attempts() {
    let mut play = Play::new(&GET, true, 100);
    let mut sent = Vec::new();
    for event in ["503", "401", "200"] {
        let attempt = loop {
            match play.exchange.next() {
                Step::Send(sending) => break sending.attempt(),
                Step::Authorize(request) => play.authorize(&request),
                _ => {}
            }
        };
        let mut headers: Vec<_> = attempt
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        headers.sort();
        sent.push(headers);
        assert_eq!(attempt.body, "{}");
        play.feed(event);
    }
    let same = ["client-request-id: id", "content-type: application/json"];
    let first = ["authorization: Bearer first", same[0], same[1]];
    assert_eq!(sent[0], first);
    assert_eq!(sent[1], [first[0], same[0], same[1], "retry-attempt: 1"]);
    let other = "authorization: Bearer second";
    assert_eq!(sent[2], [other, same[0], same[1], "retry-attempt: 2"]);
}

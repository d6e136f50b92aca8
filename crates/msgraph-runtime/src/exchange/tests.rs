//! The rules of a call, as a table: what comes in, and what is done about it.
//!
//! What comes in is written as `429` (a status), `429(5)` (with that `Retry-After`),
//! `307(/x)` (with that `Location`), `401(…)` (with that `WWW-Authenticate`), `refused`,
//! `tls` (never sent), `reset`, `slow` (no answer), `cut`, `long` (a 200 without its whole
//! body); `@9` lets nine seconds pass before. What is done is written as `S` (send, with the
//! number in `Retry-Attempt` and the path if it is another one), `T` (ask for a token, with
//! the claims if there are some), `W2` (wait two seconds), and in the end `=` and a status,
//! or `!` and the kind of error.

use super::*;
use crate::RetryPolicy;
use crate::operation::Operation;
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use reqwest::Url;
use std::time::Duration;

/// An operation that may be repeated, and one that may not.
const GET: &Operation = &operation(true);
const ONCE: &Operation = &operation(false);

const fn operation(repeatable: bool) -> Operation {
    Operation {
        id: "test",
        method: http::Method::POST,
        path: "/me",
        repeatable,
        delegated: &[],
        application: &[],
        servers: &[],
        rate_limit: None,
        documentation: None,
        hints: &[],
    }
}

/// The wall clock of all cases: 2026-11-21T12:00:00Z.
const WALL: u64 = 1_795_262_400;

/// Plays a case against the machine, and writes down what it does.
struct Play {
    exchange: Exchange<'static>,
    start: Instant,
    now: Instant,
    /// The tokens that the provider gives, the last one again and again.
    tokens: Vec<Option<&'static str>>,
    log: String,
}

impl Play {
    fn new(operation: &'static Operation, ready: bool, budget: u32) -> Self {
        let now = Instant::now();
        let plan = Plan {
            operation,
            url: Url::parse("https://graph.example/v1.0/me").unwrap(),
            client_request_id: HeaderValue::from_static("id"),
            headers: HeaderMap::new(),
            body: Some(Bytes::from_static(b"{}")),
            scope: "scope".into(),
            retry: RetryPolicy::default(),
            timeout: Some(Duration::from_secs(100)),
        };
        let common = Box::leak(Box::new(HeaderMap::new()));
        let budget = Box::leak(Box::new(RetryBudget::new(budget)));
        let token = ready.then(|| AccessToken::new("first"));
        Self {
            exchange: Exchange::new(plan, common, budget, token, now),
            start: now,
            now,
            tokens: vec![Some("second"), Some("third")],
            log: String::new(),
        }
    }

    fn run(mut self, events: &str) -> String {
        let mut events = events.split_whitespace();
        loop {
            let step = self.exchange.next();
            self.note(&step);
            match step {
                Step::Authorize(request) => self.authorize(&request),
                Step::Wait(until) => self.now = until,
                Step::Send(_) => match events.next() {
                    Some(event) => self.feed(event),
                    None => return self.log + " ?",
                },
                Step::Finish(_) => {
                    let rest = events.map(|event| format!(" unread:{event}"));
                    return self.log + &rest.collect::<String>();
                }
            }
        }
    }

    fn authorize(&mut self, request: &TokenRequest) {
        assert_eq!(request.scope(), "scope");
        let token = match self.tokens.len() {
            0 | 1 => self.tokens.first().copied().flatten(),
            _ => self.tokens.remove(0),
        };
        let token = token.map(AccessToken::new).ok_or_else(|| "no luck".into());
        self.exchange.authorized(token);
    }

    fn note(&mut self, step: &Step) {
        let note = match step {
            Step::Authorize(request) => format!("T{}", request.claims().unwrap_or("")),
            Step::Wait(until) => format!("W{}", (*until - self.now).as_secs_f32()),
            Step::Send(attempt) => {
                let number = attempt.headers.get("retry-attempt");
                let number = number.map_or("", |number| number.to_str().unwrap());
                let path = attempt.url.path().trim_start_matches("/v1.0/me");
                format!("S{number}{path}")
            }
            Step::Finish(Ok(answer)) => format!("={}", answer.status.as_u16()),
            Step::Finish(Err(failure)) => match (&failure.answer, failure.kind) {
                (Some(answer), ErrorKind::Service) => {
                    format!("!{}", answer.status.as_u16())
                }
                (_, kind) => format!("!{kind:?}"),
            },
        };
        if !self.log.is_empty() {
            self.log.push(' ');
        }
        self.log.push_str(&note);
    }

    fn feed(&mut self, event: &str) {
        let (event, passes) = event.split_once('@').unwrap_or((event, "0"));
        self.now += Duration::from_secs(passes.parse().unwrap());
        let passed = self.now - self.start;
        let moment = Moment {
            now: self.now,
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(WALL) + passed,
            random: 1.0,
        };
        let error = match event {
            "refused" | "tls" => TransportError::not_sent("refused"),
            "unconnected" => TransportError::not_sent("slow").timed_out(),
            "reset" => TransportError::interrupted("reset"),
            "slow" => TransportError::interrupted("slow").timed_out(),
            _ => return self.exchange.answered(answer(event), moment),
        };
        self.exchange.broken(error, moment);
    }
}

fn answer(event: &str) -> Answer {
    let (event, argument) = event.split_once('(').unwrap_or((event, ""));
    let argument = argument.trim_end_matches(')').replace('_', " ");
    let mut headers = HeaderMap::new();
    let name = match event {
        "401" => "www-authenticate",
        status if status.starts_with('3') => "location",
        _ => "retry-after",
    };
    if !argument.is_empty() {
        headers.insert(name, argument.parse().unwrap());
    }
    let cut = match event {
        "cut" => Some(Cut::Broken(TransportError::interrupted("cut"))),
        "long" => Some(Cut::TooLong(10)),
        _ => None,
    };
    Answer {
        status: event.parse().unwrap_or(StatusCode::OK),
        headers,
        body: Bytes::new(),
        cut,
    }
}

#[track_caller]
fn check(cases: &[(&str, &'static Operation, &str, &str)]) {
    for (rule, operation, events, expected) in cases {
        let log = Play::new(operation, true, 100).run(events);
        assert_eq!(log, *expected, "{rule}: {events}");
    }
}

#[test]
fn success_and_refusal() {
    check(&[
        ("any 2xx is a success", GET, "200", "S =200"),
        ("any 2xx is a success", ONCE, "204", "S =204"),
        ("any 2xx is a success", ONCE, "299", "S =299"),
        ("a cut body is no success", GET, "cut", "S !Body"),
        ("a long body is no success", GET, "long", "S !Body"),
        ("no other status is repeated", GET, "400", "S !400"),
        ("no other status is repeated", GET, "403", "S !403"),
        ("no other status is repeated", GET, "404", "S !404"),
        ("no other status is repeated", GET, "408", "S !408"),
        ("no other status is repeated", GET, "409", "S !409"),
        ("no other status is repeated", GET, "423", "S !423"),
        ("no other status is repeated", GET, "425", "S !425"),
        ("no other status is repeated", GET, "500", "S !500"),
        ("no other status is repeated", GET, "500(1)", "S !500"),
        ("no other status is repeated", GET, "502", "S !502"),
        ("no other status is repeated", GET, "507", "S !507"),
        ("no other status is repeated", GET, "509", "S !509"),
        ("no other status is repeated", GET, "103", "S !103"),
        ("no other status is repeated", GET, "999", "S !999"),
    ]);
}

#[test]
fn repeats_and_waits() {
    check(&[
        (
            "429 is repeated, whatever the operation",
            GET,
            "429 200",
            "S W1 S1 =200",
        ),
        (
            "429 is repeated, whatever the operation",
            ONCE,
            "429 200",
            "S W1 S1 =200",
        ),
        (
            "503 is repeated, whatever the operation",
            GET,
            "503 200",
            "S W1 S1 =200",
        ),
        (
            "503 is repeated, whatever the operation",
            ONCE,
            "503 200",
            "S W1 S1 =200",
        ),
        ("504 only when repeatable", GET, "504 200", "S W1 S1 =200"),
        ("504 only when repeatable", ONCE, "504", "S !504"),
        ("never sent: always", GET, "refused 200", "S W1 S1 =200"),
        ("never sent: always", ONCE, "refused 200", "S W1 S1 =200"),
        ("never sent: always", ONCE, "tls 200", "S W1 S1 =200"),
        (
            "never sent: always",
            ONCE,
            "unconnected 200",
            "S W1 S1 =200",
        ),
        (
            "unknown outcome: only when repeatable",
            GET,
            "reset 200",
            "S W1 S1 =200",
        ),
        (
            "unknown outcome: only when repeatable",
            ONCE,
            "reset",
            "S !Interrupted",
        ),
        (
            "unknown outcome: only when repeatable",
            GET,
            "slow 200",
            "S W1 S1 =200",
        ),
        (
            "unknown outcome: only when repeatable",
            ONCE,
            "slow",
            "S !Timeout",
        ),
        (
            "the wait doubles",
            GET,
            "503 503 503 200",
            "S W1 S1 W2 S2 W4 S3 =200",
        ),
        (
            "the last answer is returned",
            GET,
            "503 reset 429 503",
            "S W1 S1 W2 S2 W4 S3 !503",
        ),
        (
            "the last failure is returned",
            GET,
            "503 503 503 refused",
            "S W1 S1 W2 S2 W4 S3 !Connect",
        ),
        ("a failure ends it at once", GET, "503 404", "S W1 S1 !404"),
    ]);
}

#[test]
fn what_the_service_asks_to_wait() {
    let in_a_minute = "429(Sat,_21_Nov_2026_12:01:00_GMT) 200";
    let past = "429(Sat,_21_Nov_2026_11:59:00_GMT) 200";
    let too_late = "429(Sat,_21_Nov_2026_13:00:00_GMT)";
    check(&[
        ("seconds", GET, "429(5) 200", "S W5 S1 =200"),
        ("seconds", GET, "503(5) 200", "S W5 S1 =200"),
        ("seconds", GET, "504(5) 200", "S W5 S1 =200"),
        ("decimals", GET, "429(2.128) 200", "S W2.128 S1 =200"),
        ("a date", GET, in_a_minute, "S W60 S1 =200"),
        ("a past date is none", GET, past, "S W1 S1 =200"),
        ("zero is none", GET, "429(0) 200", "S W1 S1 =200"),
        (
            "a negative number is none",
            GET,
            "429(-5) 200",
            "S W1 S1 =200",
        ),
        ("garbage is none", GET, "429(soon) 200", "S W1 S1 =200"),
        (
            "never earlier than asked",
            GET,
            "429(9) 429(9) 200",
            "S W9 S1 W9 S2 =200",
        ),
        (
            "a short one does not shorten the backoff",
            GET,
            "429(0.1) 200",
            "S W1 S1 =200",
        ),
        ("more than the call has left", GET, "429(3600)", "S !429"),
        ("more than the call has left", GET, "429(100)", "S !429"),
        (
            "more than the call has left",
            GET,
            "429(99) 200",
            "S W99 S1 =200",
        ),
        (
            "more than the call has left",
            GET,
            "429(60) 429(60)",
            "S W60 S1 !429",
        ),
        ("more than the call has left", GET, too_late, "S !429"),
        (
            "more than any call has",
            GET,
            "429(99999999999999999999999)",
            "S !429",
        ),
        ("no time for a backoff", GET, "503@99", "S !503"),
        ("no time for a backoff", GET, "reset@100", "S !Interrupted"),
        ("no time for a backoff", GET, "503@98 200", "S W1 S1 =200"),
    ]);
}

#[test]
fn tokens() {
    let claims = r#"401(Bearer_realm="",_claims="abc") 200"#;
    let other_first = r#"401(Basic_realm="x",_Bearer_claims="abc") 200"#;
    check(&[
        (
            "a 401 asks for another token, once",
            GET,
            "401 200",
            "S T S1 =200",
        ),
        (
            "a 401 asks for another token, once",
            ONCE,
            "401 200",
            "S T S1 =200",
        ),
        ("the second 401 is the error", GET, "401 401", "S T S1 !401"),
        ("claims are passed on", GET, claims, "S Tabc S1 =200"),
        ("claims are passed on", GET, other_first, "S Tabc S1 =200"),
        (
            "then the other rules go on",
            GET,
            "401 429(3) 200",
            "S T S1 W3 S2 =200",
        ),
        (
            "also when the 401 comes later",
            GET,
            "503 401 200",
            "S W1 S1 T S2 =200",
        ),
    ]);
    let mut play = Play::new(GET, false, 100);
    assert_eq!(play.run("200"), "T S =200");
    play = Play::new(GET, true, 100);
    play.tokens = vec![Some("first")];
    assert_eq!(
        play.run("401"),
        "S T !401",
        "the same token is not sent again"
    );
    play = Play::new(GET, true, 100);
    play.tokens = vec![None];
    assert_eq!(play.run("401"), "S T !Token");
    play = Play::new(GET, false, 100);
    play.tokens = vec![None];
    assert_eq!(play.run(""), "T !Token");
    for unusable in ["", "a b", "a\n", "ä", "a\0"] {
        play = Play::new(GET, false, 100);
        play.tokens = vec![Some(unusable)];
        assert_eq!(play.run(""), "T !Token", "{unusable:?}");
    }
}

#[test]
fn redirects() {
    check(&[
        (
            "307 and 308 on the same origin",
            GET,
            "307(/x) 200",
            "S S/x =200",
        ),
        (
            "307 and 308 on the same origin",
            ONCE,
            "308(/x) 200",
            "S S/x =200",
        ),
        (
            "it is no repeat",
            GET,
            "307(/x) 503 200",
            "S S/x W1 S1/x =200",
        ),
        (
            "no other place",
            GET,
            "307(https://evil.example/x)",
            "S !Redirect",
        ),
        (
            "no other place",
            ONCE,
            "308(//evil.example/x)",
            "S !Redirect",
        ),
        (
            "no other scheme",
            GET,
            "307(http://graph.example/x)",
            "S !Redirect",
        ),
        (
            "no other port",
            GET,
            "307(https://graph.example:8443/x)",
            "S !Redirect",
        ),
        ("no other status", GET, "301(/x)", "S !Redirect"),
        ("no other status", GET, "302(/x)", "S !Redirect"),
        ("no other status", ONCE, "303(/x)", "S !Redirect"),
        ("nowhere", GET, "307", "S !Redirect"),
        (
            "five at most",
            GET,
            "307(/1) 307(/2) 307(/3) 307(/4) 307(/5) 307(/6)",
            "S S/1 S/2 S/3 S/4 S/5 !Redirect",
        ),
    ]);
}

#[test]
fn a_storm_ends_when_the_budget_is_spent() {
    assert_eq!(Play::new(GET, true, 1).run("503 503"), "S W1 S1 !503");
    assert_eq!(Play::new(GET, true, 0).run("refused"), "S !Connect");
}

#[test]
fn successes_earn_repeats_back() {
    let budget = RetryBudget::new(1);
    assert!(budget.spend());
    for earned in 0..10 {
        assert!(!budget.spend(), "after {earned}");
        let plan = Play::new(GET, true, 0).exchange.plan;
        let common = HeaderMap::new();
        let token = Some(AccessToken::new("first"));
        let mut exchange = Exchange::new(plan, &common, &budget, token, Instant::now());
        assert!(matches!(exchange.next(), Step::Send(_)));
        let moment = Moment {
            now: Instant::now(),
            wall: SystemTime::now(),
            random: 1.0,
        };
        exchange.answered(answer("200"), moment);
    }
    assert!(budget.spend());
}

#[test]
fn the_deadline_ends_whatever_is_going_on() {
    let mut exchange = Play::new(GET, false, 100).exchange;
    assert!(matches!(exchange.next(), Step::Authorize(_)));
    exchange.timed_out("the token provider took too long");
    let Step::Finish(Err(failure)) = exchange.next() else {
        panic!("the call goes on");
    };
    assert_eq!(failure.kind, ErrorKind::Timeout);
    assert!(failure.is_timeout && failure.is_retryable);
}

/// Every attempt carries the same headers, but for what tells the repeats apart.
#[test]
fn headers_of_attempts() {
    let mut play = Play::new(GET, true, 100);
    let mut sent = Vec::new();
    for event in ["503", "401", "200"] {
        let attempt = loop {
            match play.exchange.next() {
                Step::Send(attempt) => break attempt,
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

/// The long wait that was asked for is said, and kept.
#[test]
fn a_wait_that_is_too_long_is_explained() {
    let mut play = Play::new(GET, true, 100);
    let Step::Send(_) = play.exchange.next() else {
        panic!("nothing is sent");
    };
    play.feed("429(3600)");
    let Step::Finish(Err(failure)) = play.exchange.next() else {
        panic!("the call goes on");
    };
    assert_eq!(failure.retry_after, Some(Duration::from_secs(3600)));
    let expected = "the service asks to wait 3600 s, and the call has 100 s left";
    assert_eq!(failure.detail, expected);
    assert!(failure.is_retryable);
}

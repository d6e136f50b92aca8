//! The language of the tables: events and steps.
//!
//! A line is `GET` (repeatable) or `ONCE` (not), what comes in, `->`, and what is done. A line
//! that begins with `#` says the rule of those that follow.
//!
//! Results are written as `429` (a status), `429(5)` (with that `Retry-After`),
//! `307(/x)` (with that `Location`), `401(…)` (with that `WWW-Authenticate`), `refused`
//! (never sent), `unsendable` (not like this), `untrusted` (never sent, for a reason that
//! lasts), `unconnected` (connecting timed out), `reset` (on a connection that may have been
//! kept), `reset!` (on a new one), `foreign` (the response to another request), `slow` (no
//! response), `garbled` (a response that is not HTTP), `cut`, `long` (a 200 without its whole
//! body), `page`, `other` (a 200 whose body cannot be used); `@9` lets nine seconds pass before.
//!
//! Steps are written as `S` (send, with the number in
//! `Retry-Attempt` and the path if it is another one), `F` (the same over a fresh connection),
//! `T` (ask for a token, with the claims if there are some), `W2` (wait two seconds), and in
//! the end `=` and a status, or `!` and the kind of error.

use crate::RetryPolicy;
use crate::cause::Cause;
use crate::exchange::*;
use crate::operation::Operation;
use crate::transport::Target;
use bytes::Bytes;
use http::Method;
use http::{HeaderValue, StatusCode};
use reqwest::Url;
use std::time::{Duration, SystemTime};

/// Plays each line of a table with a token at hand.
#[track_caller]
pub(super) fn check(table: &str) {
    let mut rule = "";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with('#') {
            rule = line;
            continue;
        }
        let (case, expected) = line.split_once(" -> ").unwrap();
        let (operation, events) = case.trim().split_once(' ').unwrap();
        let operation = match operation {
            "GET" => &GET,
            "ONCE" => &ONCE,
            other => panic!("{other} is no operation"),
        };
        let log = Play::new(operation, true, 100).run(events);
        assert_eq!(log, expected, "{rule}: {line}");
    }
}

/// An operation that may be repeated.
pub(super) static GET: Operation = Operation {
    id: "test.get",
    method: Method::GET,
    path: "/me",
    repeatable: true,
    ..Operation::EMPTY
};

/// An operation that must not happen twice.
pub(super) static ONCE: Operation = Operation {
    id: "test.once",
    method: Method::POST,
    path: "/me",
    ..Operation::EMPTY
};

/// The wall clock of all cases: 2026-11-21T12:00:00Z.
const WALL: u64 = 1_795_262_400;

/// Plays a case against the machine, and writes down what it does.
pub(super) struct Play {
    pub(super) exchange: Exchange<'static>,
    start: Instant,
    now: Instant,
    /// The tokens that the provider gives, the last one again and again.
    pub(super) tokens: Vec<Option<&'static str>>,
    log: String,
    /// `true` if the call has succeeded.
    is_over: bool,
}

impl Play {
    pub(super) fn new(operation: &'static Operation, ready: bool, budget: u32) -> Self {
        let now = Instant::now();
        let url = Url::parse("https://graph.example/v1.0/me").unwrap();
        let plan = Plan {
            operation,
            target: Target::new(url).unwrap(),
            client_request_id: HeaderValue::from_static("id"),
            headers: HeaderMap::new(),
            body: Some(Bytes::from_static(b"{}")),
            scope: "scope".into(),
            retry: RetryPolicy::default(),
            timeout: Some(Duration::from_secs(100)),
            is_paced: false,
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
            is_over: false,
        }
    }

    pub(super) fn run(mut self, events: &str) -> String {
        let mut events = events.split_whitespace();
        loop {
            let step = self.exchange.next();
            if !self.log.is_empty() {
                self.log.push(' ');
            }
            self.log.push_str(&note(&step, self.now));
            match step {
                Step::Authorize(request) => self.authorize(&request),
                Step::Wait(until) => self.now = until,
                Step::Send(_) => match events.next() {
                    Some(event) => self.feed(event),
                    None => return self.log + " ?",
                },
                Step::Fail(_) => break,
            }
            if self.is_over {
                break;
            }
        }
        let rest = events.map(|event| format!(" unread:{event}"));
        self.log + &rest.collect::<String>()
    }

    /// The failure of a call that ends so.
    pub(super) fn failure(mut self, events: &str) -> Failure {
        let mut events = events.split_whitespace();
        loop {
            match self.exchange.next() {
                Step::Authorize(request) => self.authorize(&request),
                Step::Wait(until) => self.now = until,
                Step::Send(_) => self.feed(events.next().unwrap()),
                Step::Fail(failure) => return failure,
            }
        }
    }

    fn received(&mut self, event: &str) {
        let response = response(event);
        let moment = self.moment();
        let cause = match event {
            "page" => Cause::Page,
            "other" => Cause::OtherBody,
            _ if response.is_whole_success() => {
                self.log += &format!(" ={}", response.status.as_u16());
                self.is_over = true;
                return self.exchange.succeeded();
            }
            _ => return self.exchange.received(response, moment),
        };
        let failure = Failure::body(cause, None);
        self.exchange.undecoded(response, failure, moment);
    }

    pub(super) fn authorize(&mut self, request: &TokenRequest) {
        assert_eq!(request.scope(), "scope");
        let token = match self.tokens.len() {
            0 | 1 => self.tokens.first().copied().flatten(),
            _ => self.tokens.remove(0),
        };
        let token = token.map(AccessToken::new).ok_or_else(|| "no luck".into());
        self.exchange.authorized(token);
    }

    fn moment(&self) -> Moment {
        let passed = self.now - self.start;
        Moment {
            now: self.now,
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(WALL) + passed,
            random: 1.0,
        }
    }

    pub(super) fn feed(&mut self, event: &str) {
        let (event, passes) = event.split_once('@').unwrap_or((event, "0"));
        self.now += Duration::from_secs(passes.parse().unwrap());
        let moment = self.moment();
        let error = match event {
            "unsendable" => TransportError::refused("too long"),
            "untrusted" => TransportError::not_sent("no such root").permanent(),
            "garbled" => TransportError::interrupted("220 ready").permanent(),
            "refused" => TransportError::not_sent("refused"),
            "unconnected" => TransportError::not_sent("slow").timed_out(),
            "reset" => TransportError::interrupted("reset"),
            "reset!" => TransportError {
                is_first_use: true,
                ..TransportError::interrupted("reset")
            },
            "foreign" => TransportError::mismatched(),
            "slow" => TransportError::interrupted("slow").timed_out(),
            _ => return self.received(event),
        };
        self.exchange.broken(error, moment);
    }
}

fn response(event: &str) -> RawResponse {
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
    let truncation = match event {
        "cut" => Some(Truncation::Broken(TransportError::interrupted("cut"))),
        "long" => Some(Truncation::TooLong(10)),
        _ => None,
    };
    RawResponse {
        status: event.parse().unwrap_or(StatusCode::OK),
        headers: crate::headers::Received::Own(headers),
        body: Bytes::new(),
        truncation,
        batch: None,
    }
}

/// A step in one word.
fn note(step: &Step<'_>, now: Instant) -> String {
    match step {
        Step::Authorize(request) => format!("T{}", request.claims().unwrap_or("")),
        Step::Wait(until) => format!("W{}", (*until - now).as_secs_f32()),
        Step::Send(sending) => {
            let attempt = sending.attempt();
            let number = attempt.headers.get("retry-attempt");
            let number = number.map_or("", |number| number.to_str().unwrap());
            let url = attempt.target.url();
            let path = url.path().trim_start_matches("/v1.0/me");
            let send = if attempt.fresh_connection { 'F' } else { 'S' };
            format!("{send}{number}{path}")
        }
        Step::Fail(failure) => match (&failure.response, failure.kind) {
            (Some(response), ErrorKind::Service) => {
                format!("!{}", response.status.as_u16())
            }
            (_, kind) => format!("!{kind:?}"),
        },
    }
}

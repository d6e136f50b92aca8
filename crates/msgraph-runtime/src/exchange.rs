//! The state machine of one call: what to do next, from what has happened so far.
//!
//! It does nothing itself and waits for nothing: time, randomness, tokens and answers are
//! handed to it, and it hands back the next [`Step`]. So every rule of a call stands in this one
//! place, is the same with and without `async`, and is tested without a clock.

mod redirect;
mod retry_after;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::Url;

use crate::operation::Operation;
use crate::retry::{RetryBudget, RetryPolicy};
use crate::token::{AccessToken, TokenRequest, challenge};
use crate::transport::{Attempt, TransportError};
use crate::{BoxError, ErrorKind};

/// How many redirects a call follows.
const REDIRECTS: u32 = 5;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const RETRY_ATTEMPT: HeaderName = HeaderName::from_static("retry-attempt");

/// All that is fixed about a call before its first attempt.
pub(crate) struct Plan {
    pub(crate) operation: &'static Operation,
    pub(crate) url: Url,
    pub(crate) client_request_id: HeaderValue,
    /// The headers of this call alone.
    pub(crate) headers: HeaderMap,
    /// The body in JSON, if there is one.
    pub(crate) body: Option<Bytes>,
    pub(crate) scope: Arc<str>,
    pub(crate) retry: RetryPolicy,
    /// How long the call may take.
    pub(crate) timeout: Option<Duration>,
}

/// What to do next.
pub(crate) enum Step {
    /// Ask the provider for a token; then [`Exchange::authorized`].
    Authorize(TokenRequest),
    /// Send this; then [`Exchange::answered`] or [`Exchange::broken`].
    Send(Attempt),
    /// Wait until then.
    Wait(Instant),
    /// The call is over.
    Finish(Result<Answer, Failure>),
}

/// An answer, with as much of its body as has come.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Why the body is not whole.
    pub(crate) cut: Option<Cut>,
}

/// Why a body is not whole.
pub(crate) enum Cut {
    /// It is longer than this many bytes.
    TooLong(usize),
    /// It ended too early.
    Broken(TransportError),
}

/// Why a call has failed.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    /// What happened, for a reader; empty when the answer says it.
    pub(crate) detail: Cow<'static, str>,
    pub(crate) answer: Option<Answer>,
    pub(crate) source: Option<BoxError>,
    pub(crate) is_timeout: bool,
    /// Whether the same call may succeed later.
    pub(crate) is_retryable: bool,
    pub(crate) retry_after: Option<Duration>,
}

/// The moment of an event, on both clocks, and a random number from zero to one.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) now: Instant,
    pub(crate) wall: SystemTime,
    pub(crate) random: f64,
}

/// The state of one call.
pub(crate) struct Exchange<'c> {
    plan: Plan,
    /// The headers of all calls of the client.
    common: &'c HeaderMap,
    budget: &'c RetryBudget,
    /// When the call must be over; `None` also for a time too far away to count.
    deadline: Option<Instant>,
    token: Option<AccessToken>,
    /// Requests sent, the followed redirects among them.
    sent: u32,
    /// Repeats for whatever reason: the number in `Retry-Attempt`.
    repeats: u32,
    /// Repeats after a wait, which the policy limits.
    retries: u32,
    redirects: u32,
    /// Whether a 401 has been answered with another token.
    is_renewed: bool,
    state: State,
}

enum State {
    NeedsToken,
    /// The service refused the token, and this is its answer.
    Refused(Box<Failure>, Option<String>),
    Ready,
    Waiting(Instant),
    InFlight,
    Over(Result<Answer, Box<Failure>>),
}

impl<'c> Exchange<'c> {
    /// Starts a call now, with a token if one is at hand.
    pub(crate) fn new(
        plan: Plan,
        common: &'c HeaderMap,
        budget: &'c RetryBudget,
        ready: Option<AccessToken>,
        now: Instant,
    ) -> Self {
        let mut exchange = Self {
            deadline: plan.timeout.and_then(|timeout| now.checked_add(timeout)),
            plan,
            common,
            budget,
            token: None,
            sent: 0,
            repeats: 0,
            retries: 0,
            redirects: 0,
            is_renewed: false,
            state: State::NeedsToken,
        };
        if let Some(token) = ready {
            exchange.use_token(token);
        }
        exchange
    }

    /// What to do next. After [`Step::Wait`] it is asked again, when that time has come.
    pub(crate) fn next(&mut self) -> Step {
        match std::mem::replace(&mut self.state, State::InFlight) {
            State::NeedsToken => Step::Authorize(self.token_request(None)),
            State::Refused(failure, claims) => {
                self.state = State::Refused(failure, None);
                Step::Authorize(self.token_request(claims))
            }
            State::Waiting(until) => {
                self.state = State::Ready;
                Step::Wait(until)
            }
            State::Ready | State::InFlight => Step::Send(self.attempt()),
            State::Over(Ok(answer)) => Step::Finish(Ok(answer)),
            State::Over(Err(failure)) => Step::Finish(Err(*failure)),
        }
    }

    /// The provider's token has come, or the reason why not.
    pub(crate) fn authorized(&mut self, token: Result<AccessToken, BoxError>) {
        let refused = match std::mem::replace(&mut self.state, State::InFlight) {
            State::Refused(failure, _) => Some(failure),
            _ => None,
        };
        match (token, refused) {
            // The same token again would be refused again.
            (Ok(token), Some(failure)) if self.is_current(&token) => {
                self.state = State::Over(Err(failure));
            }
            (Ok(token), refused) => {
                self.repeats += u32::from(refused.is_some());
                self.use_token(token);
            }
            (Err(source), refused) => {
                let mut failure = Failure::new(ErrorKind::Token, TOKEN_FAILED);
                failure.source = Some(source);
                // Nobody learns more from the provider's failure than from both.
                failure.answer = refused.and_then(|refused| refused.answer);
                self.fail(failure);
            }
        }
    }

    /// An answer has come.
    pub(crate) fn answered(&mut self, answer: Answer, moment: Moment) {
        match answer.status.as_u16() {
            200..=299 => self.succeed(answer),
            401 => self.renew(answer, moment),
            429 | 503 => {
                self.repeat(Failure::service(answer, moment).retryable(), moment)
            }
            504 if self.plan.operation.repeatable => {
                self.repeat(Failure::service(answer, moment).retryable(), moment);
            }
            300..=399 => self.redirect(answer),
            _ => self.fail(Failure::service(answer, moment)),
        }
    }

    /// The attempt ended without an answer.
    pub(crate) fn broken(&mut self, error: TransportError, moment: Moment) {
        let is_safe = !error.is_sent || self.plan.operation.repeatable;
        let mut failure = Failure::new(
            match (error.is_timeout, error.is_sent) {
                (true, _) => ErrorKind::Timeout,
                (false, true) => ErrorKind::Interrupted,
                (false, false) => ErrorKind::Connect,
            },
            error.to_string(),
        );
        failure.is_timeout = error.is_timeout;
        failure.source = Some(error.source);
        match is_safe {
            true => self.repeat(failure.retryable(), moment),
            false => self.fail(failure),
        }
    }

    /// The deadline has passed in the middle of something.
    pub(crate) fn timed_out(&mut self, doing: &'static str) {
        let mut failure = Failure::new(ErrorKind::Timeout, doing);
        failure.is_timeout = true;
        failure.is_retryable = self.sent == 0 || self.plan.operation.repeatable;
        self.fail(failure);
    }

    /// When the call must be over.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// How many requests have been sent.
    pub(crate) fn sent(&self) -> u32 {
        self.sent
    }

    /// The token of the last attempt.
    pub(crate) fn token(&self) -> Option<&AccessToken> {
        self.token.as_ref()
    }

    fn token_request(&self, claims: Option<String>) -> TokenRequest {
        TokenRequest {
            scope: Arc::clone(&self.plan.scope),
            claims,
            refused: self.token.clone(),
        }
    }

    fn is_current(&self, token: &AccessToken) -> bool {
        self.token.as_ref().is_some_and(|old| old.is_same(token))
    }

    fn use_token(&mut self, token: AccessToken) {
        match token.header() {
            Some(_) => self.state = State::Ready,
            None => self.fail(Failure::new(ErrorKind::Token, TOKEN_UNUSABLE)),
        }
        self.token = Some(token);
    }

    fn attempt(&mut self) -> Attempt {
        self.sent += 1;
        Attempt {
            method: self.plan.operation.method.clone(),
            headers: self.headers(),
            body: self.plan.body.clone().unwrap_or_default(),
            url: self.plan.url.clone(),
        }
    }

    /// The headers of the next attempt, in one map that is made once.
    fn headers(&self) -> HeaderMap {
        let mut headers = self.common.clone();
        headers.insert(CLIENT_REQUEST_ID, self.plan.client_request_id.clone());
        if self.plan.body.is_some() {
            headers.insert(header::CONTENT_TYPE, JSON);
        }
        for (name, value) in &self.plan.headers {
            headers.insert(name, value.clone());
        }
        if self.repeats > 0 {
            headers.insert(RETRY_ATTEMPT, HeaderValue::from(self.repeats));
        }
        // The last one, for no other header may take its place.
        if let Some(token) = self.token.as_ref().and_then(AccessToken::header) {
            headers.insert(header::AUTHORIZATION, token.clone());
        }
        headers
    }

    fn succeed(&mut self, mut answer: Answer) {
        self.budget.earn();
        let failure = match answer.cut.take() {
            None => {
                self.state = State::Over(Ok(answer));
                return;
            }
            Some(Cut::TooLong(limit)) => {
                let detail = format!("the answer is longer than {limit} bytes");
                Failure::new(ErrorKind::Body, detail)
            }
            Some(Cut::Broken(error)) => {
                let detail = match error.is_timeout {
                    true => "the answer's body took too long",
                    false => "the answer's body ended too early",
                };
                let mut failure = Failure::new(ErrorKind::Body, detail);
                failure.is_timeout = error.is_timeout;
                failure.is_retryable = self.plan.operation.repeatable;
                failure.source = Some(error.source);
                failure
            }
        };
        self.fail(failure.with_answer(answer));
    }

    /// Asks for another token, once.
    fn renew(&mut self, answer: Answer, moment: Moment) {
        let claims = challenge::claims(&answer.headers);
        let failure = Failure::service(answer, moment);
        self.state = match std::mem::replace(&mut self.is_renewed, true) {
            false => State::Refused(Box::new(failure), claims),
            true => State::Over(Err(Box::new(failure))),
        };
    }

    /// Follows a redirect that leads to the same place.
    fn redirect(&mut self, answer: Answer) {
        let target = redirect::target(&self.plan.url, answer.status, &answer.headers);
        match target {
            Ok(_) if self.redirects == REDIRECTS => {
                let detail = format!("more than {REDIRECTS} redirects");
                self.fail(Failure::new(ErrorKind::Redirect, detail).with_answer(answer));
            }
            Ok(url) => {
                self.redirects += 1;
                self.plan.url = url;
                self.state = State::Ready;
            }
            Err(reason) => {
                self.fail(Failure::new(ErrorKind::Redirect, reason).with_answer(answer));
            }
        }
    }

    /// Plans another attempt, or fails when nothing is left for one.
    fn repeat(&mut self, mut failure: Failure, moment: Moment) {
        if self.retries + 1 >= self.plan.retry.attempts {
            return self.fail(failure);
        }
        let backoff = self.plan.retry.backoff(self.retries + 1, moment.random);
        let wait = failure
            .retry_after
            .map_or(backoff, |asked| asked.max(backoff));
        let until = moment.now.checked_add(wait);
        let left = self
            .deadline
            .map(|end| end.saturating_duration_since(moment.now));
        let Some(until) = until.filter(|_| left.is_none_or(|left| wait < left)) else {
            failure.detail = out_of_time(&failure, left).into();
            return self.fail(failure);
        };
        if !self.budget.spend() {
            failure.detail = BUDGET_SPENT.into();
            return self.fail(failure);
        }
        self.retries += 1;
        self.repeats += 1;
        self.state = State::Waiting(until);
    }

    fn fail(&mut self, failure: Failure) {
        self.state = State::Over(Err(Box::new(failure)));
    }
}

const TOKEN_FAILED: &str = "the token provider failed";
const TOKEN_UNUSABLE: &str = "the token is empty or has a character that no token has, such as \
    a space or a line break: trim what you read it from";
const BUDGET_SPENT: &str = "not repeated, for the client has repeated too much lately";

/// Says why a call does not wait any longer.
fn out_of_time(failure: &Failure, left: Option<Duration>) -> String {
    let left = left.unwrap_or_default().as_secs_f32();
    match failure.retry_after {
        Some(asked) => {
            let asked = asked.as_secs_f32();
            format!(
                "the service asks to wait {asked} s, and the call has {left:.0} s left"
            )
        }
        None if failure.detail.is_empty() => {
            format!("{left:.0} s left are too short to repeat it")
        }
        None => format!(
            "{}, and {left:.0} s left are too short to repeat it",
            failure.detail
        ),
    }
}

impl Failure {
    fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            answer: None,
            source: None,
            is_timeout: false,
            is_retryable: false,
            retry_after: None,
        }
    }

    /// The service said no.
    fn service(answer: Answer, moment: Moment) -> Self {
        let mut failure = Self::new(ErrorKind::Service, "");
        failure.retry_after = retry_after::read(&answer.headers, moment.wall);
        failure.with_answer(answer)
    }

    fn with_answer(mut self, answer: Answer) -> Self {
        self.answer = Some(answer);
        self
    }

    fn retryable(mut self) -> Self {
        self.is_retryable = true;
        self
    }
}

impl Failure {
    /// A success whose body is not what was documented.
    pub(crate) fn body(raw: crate::response::Raw, detail: Cow<'static, str>) -> Self {
        Self::new(ErrorKind::Body, detail).with_answer(Answer {
            status: raw.status,
            headers: raw.headers,
            body: raw.body,
            cut: None,
        })
    }
}

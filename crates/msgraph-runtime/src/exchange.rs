//! The state machine of one call, which decides the next step.
//!
//! The machine performs no IO and never waits: the driver passes in time, randomness, tokens and
//! responses, and gets the next [`Step`]. So every rule of a call is in one place, the same with
//! and without `async`, and tested without a clock.

pub(crate) mod failure;
mod plan;
pub(crate) mod redirect;
mod report;
pub(crate) mod retry_after;
#[cfg(test)]
mod tests;

use http::HeaderMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use failure::{Failure, RawResponse, Truncation};
pub(crate) use plan::{Plan, Sending};

use crate::cause::Cause;
use crate::clock::{Moment, later};
use crate::error::sent;
use crate::retry::RetryBudget;
use crate::token::{AccessToken, TokenRequest, TookTooLong, challenge};
use crate::transport::{Target, TransportError};
use crate::{BoxError, ErrorKind};

/// The number of redirects that a call follows.
pub(crate) const REDIRECTS: u32 = 5;

/// The next step of the driver.
pub(crate) enum Step<'p> {
    /// Ask the provider for a token; then [`Exchange::authorized`].
    Authorize(TokenRequest),
    /// Send this; then [`Exchange::succeeded`], [`Exchange::undecoded`],
    /// [`Exchange::received`] or [`Exchange::broken`].
    Send(Sending<'p>),
    /// Wait until then.
    Wait(Instant),
    /// The call has failed.
    Fail(Failure),
}

/// The state of one call.
pub(crate) struct Exchange<'c> {
    plan: Plan,
    /// The headers of all calls of the client.
    common: &'c HeaderMap,
    budget: &'c RetryBudget,
    /// The deadline of the call; `None` without a timeout, and for a time that no timer reaches.
    deadline: Option<Instant>,
    token: Option<AccessToken>,
    /// The first token and the first URL, if the call now has others.
    earlier: Option<Box<Earlier>>,
    /// The failure that the next attempt repeats.
    repeated: Option<Box<Failure>>,
    /// The number of requests sent, including those of followed redirects.
    sent: u32,
    /// Repeats for any reason: the number in `Retry-Attempt`.
    repeats: u32,
    /// Repeats that the policy limits: all except those with another token.
    retries: u32,
    redirects: u32,
    /// `true` if another token was requested after a 401.
    is_renewed: bool,
    /// `true` if further attempts need a new connection, because of a 503 or a dead connection.
    needs_fresh_connection: bool,
    /// `true` if the request was repeated without a wait, because a kept connection was dead.
    is_resent: bool,
    /// `true` if the service may have carried out one of the attempts.
    may_have_acted: bool,
    state: State,
}

/// The first token and the first URL of a call that now has others. No error must show them.
#[derive(Default)]
struct Earlier {
    token: Option<AccessToken>,
    target: Option<Target>,
}

enum State {
    NeedsToken,
    /// The service refused the token, with this response and these claims.
    Refused(Box<Failure>, Option<String>),
    Ready,
    Waiting(Instant),
    /// The driver carries out the last step.
    InFlight,
    Failed(Box<Failure>),
}

impl<'c> Exchange<'c> {
    /// Starts a call, with the provider's token if it has one ready.
    pub(crate) fn new(
        plan: Plan,
        common: &'c HeaderMap,
        budget: &'c RetryBudget,
        ready: Option<AccessToken>,
        now: Instant,
    ) -> Self {
        let mut exchange = Self {
            deadline: plan.timeout.and_then(|timeout| later(now, timeout)),
            plan,
            common,
            budget,
            token: None,
            earlier: None,
            repeated: None,
            sent: 0,
            repeats: 0,
            retries: 0,
            redirects: 0,
            is_renewed: false,
            needs_fresh_connection: false,
            is_resent: false,
            may_have_acted: false,
            state: State::NeedsToken,
        };
        // The provider may have a better token than one that no header can carry.
        if let Some(token) = ready.filter(|token| token.check().is_ok()) {
            exchange.use_token(token);
        }
        exchange
    }

    /// The next step. After [`Step::Wait`], the driver calls it again when that time has come.
    pub(crate) fn next(&mut self) -> Step<'_> {
        match std::mem::replace(&mut self.state, State::InFlight) {
            State::NeedsToken => Step::Authorize(self.token_request(None)),
            State::Refused(failure, claims) => {
                // The refusal is the error of the call, unless the provider has another token.
                self.state = State::Refused(failure, None);
                Step::Authorize(self.token_request(claims))
            }
            State::Waiting(until) => {
                self.state = State::Ready;
                Step::Wait(until)
            }
            State::Ready | State::InFlight => Step::Send(self.sending()),
            State::Failed(failure) => Step::Fail(*failure),
        }
    }

    /// Takes the result of the provider; `None` if the call timed out.
    pub(crate) fn asked(&mut self, token: Option<Result<AccessToken, BoxError>>) {
        match token {
            Some(token) => self.authorized(token),
            None => self.token_timed_out(),
        }
    }

    /// Takes the provider's token or error.
    pub(crate) fn authorized(&mut self, token: Result<AccessToken, BoxError>) {
        if token.as_ref().is_err_and(TookTooLong::is) {
            return self.token_timed_out();
        }
        let refused = match std::mem::replace(&mut self.state, State::InFlight) {
            State::Refused(failure, _) => Some(failure),
            _ => None,
        };
        match (token, refused) {
            // The same token again would be refused again.
            (Ok(token), Some(failure)) if self.is_current(&token) => {
                self.fail(*failure);
            }
            (Ok(token), refused) => match token.check() {
                Ok(()) => {
                    self.repeats += u32::from(refused.is_some());
                    self.use_token(token);
                }
                Err(reason) => {
                    let mut failure = Failure::of(ErrorKind::Token, Cause::UnusableToken);
                    failure.detail = reason.into();
                    failure.response = refused.and_then(|refused| refused.response);
                    self.fail(failure);
                }
            },
            (Err(source), refused) => {
                // The provider is not asked again: it has its own retries, and may ask a person.
                let mut failure = Failure::of(ErrorKind::Token, Cause::TokenFailed);
                failure.source = Some(source);
                // The refusal says why the provider was asked.
                failure.response = refused.and_then(|refused| refused.response);
                self.fail(failure);
            }
        }
    }

    /// Ends the call with success.
    pub(crate) fn succeeded(&mut self) {
        self.budget.earn();
    }

    /// Takes a success whose body cannot be used.
    pub(crate) fn undecoded(&mut self, response: RawResponse, failure: Failure, moment: Moment) {
        let failure = failure.with_response(response);
        let is_repeated = failure.is_retryable && self.plan.operation.repeatable;
        self.repeat_if(is_repeated, failure, moment);
    }

    /// Takes any other response.
    pub(crate) fn received(&mut self, mut response: RawResponse, moment: Moment) {
        self.needs_fresh_connection |= matches!(response.truncation, Some(Truncation::Broken(_)));
        let is_success = response.status.is_success();
        if let Some(truncation) = response.truncation.take_if(|_| is_success) {
            return self.undecoded(response, Failure::truncated(truncation), moment);
        }
        match response.status.as_u16() {
            401 => self.renew(response, moment),
            304 => {
                let is_asked = self.plan.is_conditional(self.common);
                self.fail(Failure::not_modified(response, is_asked));
            }
            300..=399 => self.redirect(response),
            status => {
                let failure = Failure::service(response, moment);
                self.needs_fresh_connection |= status == 503;
                let is_deferred = failure.retry_after.is_some();
                let is_repeatable = self.plan.operation.repeatable;
                let policy = self.plan.retry;
                let is_repeated = policy.repeats(status, is_repeatable, is_deferred);
                self.repeat_if(is_repeated, failure, moment);
            }
        }
    }

    /// Takes the error of an attempt without a response.
    pub(crate) fn broken(&mut self, error: TransportError, moment: Moment) {
        let is_safe = !error.is_sent || self.plan.operation.repeatable;
        self.needs_fresh_connection |= error.is_sent;
        let may_be_stale = error.may_be_stale();
        let is_mismatched = error.is_mismatched;
        let failure = Failure::broken(error);
        self.may_have_acted |= failure.may_have_acted;
        let is_repeated = is_safe && failure.is_retryable && !is_mismatched;
        if is_repeated && may_be_stale && self.resend(moment) {
            return;
        }
        self.repeat_if(is_repeated, failure, moment);
    }

    /// Ends the call, because its deadline passed while the provider was asked.
    pub(crate) fn token_timed_out(&mut self) {
        // The service has not acted: nothing was sent, or it refused the token.
        let mut failure = Failure::of(ErrorKind::Timeout, Cause::SlowToken);
        if let State::Refused(refused, _) = &mut self.state {
            failure.response = refused.response.take();
        }
        failure.is_timeout = true;
        self.fail(failure);
    }

    /// Returns `true` if the next step is an attempt.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready | State::InFlight)
    }

    /// Ends the call, because its deadline passed while the next attempt waited for its turn.
    pub(crate) fn turn_timed_out(&mut self) {
        let failure = match self.repeated.take() {
            Some(mut failure) => {
                failure.out_of_turn();
                *failure
            }
            None => {
                let mut failure = Failure::of(ErrorKind::Timeout, Cause::NoTurn);
                failure.is_timeout = true;
                failure
            }
        };
        self.fail(failure);
    }

    /// Moves the deadline of the call by this time.
    pub(crate) fn postpone(&mut self, time: Duration) {
        self.deadline = self.deadline.and_then(|deadline| later(deadline, time));
    }

    /// The deadline of the call.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The number of requests that have been sent.
    pub(crate) fn sent(&self) -> u32 {
        self.sent
    }

    /// The token of the last attempt.
    pub(crate) fn token(&self) -> Option<&AccessToken> {
        self.token.as_ref()
    }

    /// The wait until the next attempt; `None` if there is none.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        match &self.state {
            State::Failed(_) => None,
            State::Waiting(until) => Some(until.saturating_duration_since(now)),
            _ => Some(Duration::ZERO),
        }
    }

    fn token_request(&self, claims: Option<String>) -> TokenRequest {
        TokenRequest {
            scope: Arc::clone(&self.plan.scope),
            claims,
            refused: self.token.clone(),
        }
    }

    fn is_current(&self, token: &AccessToken) -> bool {
        self.token.as_ref().is_some_and(|old| old == token)
    }

    fn use_token(&mut self, token: AccessToken) {
        self.state = State::Ready;
        if let Some(refused) = self.token.replace(token) {
            let earlier = self.earlier.get_or_insert_default();
            earlier.token.get_or_insert(refused);
        }
    }

    fn sending(&mut self) -> Sending<'_> {
        self.sent += 1;
        Sending {
            plan: &self.plan,
            common: self.common,
            token: self.token.as_ref(),
            repeats: self.repeats,
            fresh_connection: self.needs_fresh_connection,
        }
    }

    /// Requests another token, once per call.
    fn renew(&mut self, response: RawResponse, moment: Moment) {
        let claims = challenge::claims(&response.headers);
        let failure = Failure::service(response, moment);
        if std::mem::replace(&mut self.is_renewed, true) {
            self.fail(failure)
        } else {
            self.state = State::Refused(Box::new(failure), claims)
        }
    }

    /// Follows a redirect within the origin.
    fn redirect(&mut self, response: RawResponse) {
        let url = self.plan.target.url();
        let parameters = sent::in_path(self.plan.operation.path, url.path());
        let (status, headers) = (response.status, &response.headers);
        let target = redirect::target(&url, &parameters, status, headers);
        match target {
            Ok(_) if self.redirects == REDIRECTS => {
                let detail = format!("more than {REDIRECTS} redirects");
                self.fail(Failure::new(ErrorKind::Redirect, detail).with_response(response));
            }
            Ok(target) => {
                self.redirects += 1;
                let from = std::mem::replace(&mut self.plan.target, target);
                let earlier = self.earlier.get_or_insert_default();
                earlier.target.get_or_insert(from);
                self.state = State::Ready;
            }
            Err(reason) => {
                let failure = Failure::not_followed(reason);
                self.fail(failure.with_response(response));
            }
        }
    }

    /// Repeats the request at once, once per call. A dead kept connection is no sign of overload:
    /// the repeat has no wait and costs no retry budget.
    fn resend(&mut self, moment: Moment) -> bool {
        let is_late = self.deadline.is_some_and(|end| end <= moment.now);
        if self.is_resent || is_late || self.retries + 1 >= self.plan.retry.attempts {
            return false;
        }
        self.is_resent = true;
        self.retries += 1;
        self.repeats += 1;
        self.state = State::Ready;
        true
    }

    fn repeat_if(&mut self, is_repeated: bool, failure: Failure, moment: Moment) {
        self.may_have_acted |= failure.may_have_acted;
        if is_repeated {
            self.repeat(failure, moment)
        } else {
            self.fail(failure)
        }
    }

    /// Plans another attempt, or fails if attempts, time or budget are used up.
    fn repeat(&mut self, mut failure: Failure, moment: Moment) {
        if self.retries + 1 >= self.plan.retry.attempts {
            return self.fail(failure);
        }
        let waits = self.retries - u32::from(self.is_resent);
        let backoff = self.plan.retry.backoff(waits + 1, moment.random);
        let wait = failure
            .retry_after
            .map_or(backoff, |asked| asked.max(backoff));
        let until = later(moment.now, wait);
        let left = self
            .deadline
            .map(|end| end.saturating_duration_since(moment.now));
        let Some(until) = until.filter(|_| left.is_none_or(|left| wait < left)) else {
            failure.out_of_time(left);
            return self.fail(failure);
        };
        if !self.budget.spend() {
            failure.out_of_budget();
            return self.fail(failure);
        }
        self.retries += 1;
        self.repeats += 1;
        self.repeated = Some(Box::new(failure));
        self.state = State::Waiting(until);
    }

    fn fail(&mut self, mut failure: Failure) {
        failure.may_have_acted |= self.may_have_acted;
        self.state = State::Failed(Box::new(failure));
    }
}

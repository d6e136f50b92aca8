//! A running call: its exchange, trace and pace, for single calls and for those of a batch.

use crate::client::Inner;
use crate::clock::{Moment, now, within};
use crate::decoder::Decoder;
use crate::exchange::{Exchange, Failure, Plan, RawResponse, retry_after};
use crate::pace::Limiter;
use crate::response::Parts;
use crate::trace::{AttemptEvent, Trace};
use crate::transport::TransportError;
use crate::{Error, Response, TokenProvider};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::runtime::Handle;

/// A running call.
pub(crate) struct Running<'c, T> {
    pub(crate) exchange: Exchange<'c>,
    pub(crate) trace: Trace,
    pub(crate) client_request_id: HeaderValue,
    decoder: Decoder<T>,
    pace: Option<Paced>,
}

/// The turn of a call at the pace of its client.
struct Paced {
    limiter: Arc<Limiter>,
    /// `true` if the wait does not count towards the timeout of the call.
    is_beside: bool,
    turn: Option<Turn>,
}

/// The turn of an attempt, and the time that it waited for the turn.
struct Turn {
    at: Instant,
    waited: Duration,
}

impl<'c, T> Running<'c, T> {
    /// Starts a call with the headers of every attempt.
    #[inline]
    pub(crate) fn new(
        client: &'c Inner,
        headers: &'c HeaderMap,
        provider: &dyn TokenProvider,
        plan: Plan,
        decoder: Decoder<T>,
    ) -> Result<Self, Error> {
        if Handle::try_current().is_err() {
            return Err(Error::request(plan.operation, NO_RUNTIME));
        }
        let limiter = client.pacer.limiter(plan.operation, plan.is_paced);
        Ok(Self {
            pace: limiter.map(|limiter| Paced {
                limiter,
                is_beside: plan.is_paced,
                turn: None,
            }),
            client_request_id: plan.client_request_id.clone(),
            trace: Trace::new(client, &plan),
            exchange: Exchange::new(
                plan,
                headers,
                &client.budget,
                provider.ready(&client.scope),
                now(),
            ),
            decoder,
        })
    }

    /// Returns `true` if the next step is an attempt that has to wait for its turn.
    pub(crate) fn needs_turn(&self) -> bool {
        let has_none = self.pace.as_ref().is_some_and(|pace| pace.turn.is_none());
        has_none && self.exchange.is_ready()
    }

    /// Waits for the turn of the next attempt; the wait may count towards the timeout of the call.
    pub(crate) async fn wait_for_turn(&mut self) {
        let Some(pace) = &mut self.pace else { return };
        let start = now();
        let until = self.exchange.deadline().filter(|_| !pace.is_beside);
        let turn = within(until, Box::pin(pace.limiter.turn())).await;
        let at = now();
        let waited = at - start;
        pace.turn = Some(Turn { at, waited });
        match turn {
            Some(()) if pace.is_beside => self.exchange.postpone(waited),
            Some(()) => {}
            None => self.exchange.turn_timed_out(),
        }
    }

    /// Reports the result of an attempt to the exchange; returns the value if that ends the call.
    #[inline]
    pub(crate) fn attempted(
        &mut self,
        result: Result<RawResponse, TransportError>,
        moment: impl FnOnce() -> Moment,
    ) -> Option<(T, RawResponse)> {
        let exchange = &mut self.exchange;
        let pace = self.pace.as_mut();
        let turn = pace.and_then(|pace| Some((&pace.limiter, pace.turn.take()?)));
        if let (Some((limiter, turn)), Ok(response)) = (&turn, &result) {
            slow_down(limiter, turn.at, response);
        }
        let waited = turn.map(|(_, turn)| turn.waited);
        let ended = AttemptEvent::new(&result, exchange, waited);
        match result {
            Ok(response) if response.is_whole_success() => match self.decoder.value(&response) {
                Ok(value) => {
                    exchange.succeeded();
                    ended.record(None);
                    return Some((value, response));
                }
                Err(failure) => exchange.undecoded(response, *failure, moment()),
            },
            Ok(response) => exchange.received(response, moment()),
            Err(error) => exchange.broken(error, moment()),
        }
        ended.record(exchange.wait(now()));
        None
    }

    /// The result of the call.
    #[inline]
    pub(crate) fn finish(
        &self,
        result: Result<(T, RawResponse), Failure>,
    ) -> Result<Response<T>, Error> {
        let result = match result {
            Ok((value, response)) => {
                let parts = Parts {
                    status: response.status,
                    headers: response.headers,
                    body: response.body,
                    client_request_id: self.client_request_id.clone(),
                    attempts: self.exchange.sent(),
                };
                Ok(Response { value, parts })
            }
            Err(failure) => Err(self.exchange.error(failure)),
        };
        let parts = result.as_ref().map(|response| &response.parts);
        self.trace.finish(&self.exchange, parts);
        result
    }
}

/// Slows the pace of a client down after status 429.
fn slow_down(limiter: &Limiter, sent: Instant, response: &RawResponse) {
    if response.status == StatusCode::TOO_MANY_REQUESTS {
        let retry_after = retry_after::read(&response.headers, SystemTime::now());
        limiter.throttled(sent, retry_after, now());
    }
}

const NO_RUNTIME: &str = "a call needs a tokio runtime: await it inside one, or use \
    `send_blocking` of the feature `blocking`";

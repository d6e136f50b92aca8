//! Runs the calls of a batch: attempts are queued, and are sent when all calls wait.

use super::group::{Group, InFlight, Waits};
use super::responses::Reply;
use crate::client::Inner;
use crate::clock::{Moment, moment};
use crate::decoder::Decoder;
use crate::driver::token;
use crate::exchange::{Failure, Plan, RawResponse, Sending, Step};
use crate::headers::CLIENT_REQUEST_ID;
use crate::running::Running;
use crate::token::{TOKEN_TIME, TokenCache};
use crate::transport::TransportError;
use crate::{BoxFuture, Error, Response, TokenProvider};
use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, USER_AGENT};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::oneshot;
use tokio::time::sleep_until;

/// The number of calls in progress at a time: four batches of twenty requests each.
const UNDER_WAY: usize = 80;

/// Makes all calls.
pub(super) async fn send(client: &Inner, calls: Vec<Box<dyn Planned>>) {
    let (provider, headers) = (provider(client), headers(client));
    let mut run = Run {
        shared: Shared {
            client,
            provider: &provider,
            headers: &headers,
        },
        planned: calls.into_iter(),
        calls: Calls {
            client,
            under_way: 0,
            waiting: Vec::new(),
            groups: Vec::new(),
        },
        in_flight: Vec::new(),
    };
    poll_fn(|cx| run.poll(cx)).await;
}

/// The provider, in a cache unless it never blocks or has a token ready, so that it is asked once.
fn provider(client: &Inner) -> Arc<dyn TokenProvider> {
    let provider = client.provider.clone();
    if !provider.may_block() || provider.ready(&client.scope).is_some() {
        return provider;
    }
    let limit = client.timeout.unwrap_or(TOKEN_TIME);
    Arc::new(TokenCache::new(provider).provider_timeout(limit))
}

/// The headers of every attempt, without those of the batch itself.
fn headers(client: &Inner) -> HeaderMap {
    let mut headers = client.headers.clone();
    for name in [
        CLIENT_REQUEST_ID,
        AUTHORIZATION,
        ACCEPT_ENCODING,
        USER_AGENT,
    ] {
        headers.remove(name);
    }
    if headers
        .get(ACCEPT)
        .is_some_and(|accept| accept == "application/json")
    {
        // This is the default in a batch.
        headers.remove(ACCEPT);
    }
    headers
}

/// A batch in progress.
struct Run<'c> {
    shared: Shared<'c>,
    planned: std::vec::IntoIter<Box<dyn Planned>>,
    calls: Calls<'c>,
    in_flight: Vec<InFlight<'c, BoxCall<'c>>>,
}

impl<'c> Run<'c> {
    /// Polls all calls until they wait, then sends the queued attempts.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            // Calls with responses in one batch plan their repeats from the same moment, so that
            // the repeats are sent together.
            let moment = moment();
            while self.calls.under_way < UNDER_WAY
                && let Some(planned) = self.planned.next()
            {
                self.calls.under_way += 1;
                planned.start(self.shared, &mut self.calls);
            }
            self.calls.poll(cx);
            for group in std::mem::take(&mut self.calls.groups) {
                self.in_flight
                    .push(InFlight::new(self.shared.client, group));
            }
            let mut has_gone_on = false;
            self.in_flight.retain_mut(|batch| {
                let ended = |call: BoxCall<'c>, reply| {
                    has_gone_on = true;
                    call.attempted(reply, moment, &mut self.calls);
                };
                batch.poll(cx, ended).is_pending()
            });
            if !has_gone_on {
                return match self.calls.under_way {
                    0 => Poll::Ready(()),
                    _ => Poll::Pending,
                };
            }
        }
    }
}

/// The calls in progress, except those whose attempts were sent.
pub(super) struct Calls<'c> {
    client: &'c Inner,
    /// The number of calls in progress, including those whose attempts were sent.
    under_way: usize,
    waiting: Vec<BoxFuture<'c, BoxCall<'c>>>,
    /// The queued attempts.
    groups: Vec<Group<BoxCall<'c>>>,
}

impl<'c> Calls<'c> {
    /// Writes an attempt into a group, which its call must join; `None` if a redirect has left the
    /// base URL.
    pub(super) fn write(&mut self, sending: &Sending<'_>) -> Option<&mut Group<BoxCall<'c>>> {
        let url = sending.plan.target.below(&self.client.base)?;
        Some(Group::write(&mut self.groups, sending, url))
    }

    /// Adds a call that continues when this future returns it.
    pub(super) fn wait(&mut self, call: BoxFuture<'c, BoxCall<'c>>) {
        self.waiting.push(call);
    }

    /// Counts a call as ended.
    pub(super) fn end(&mut self) {
        self.under_way -= 1;
    }

    /// Continues the calls whose wait is over.
    fn poll(&mut self, cx: &mut Context<'_>) {
        let mut place = 0;
        while let Some(future) = self.waiting.get_mut(place) {
            match future.as_mut().poll(cx) {
                Poll::Ready(call) => {
                    drop(self.waiting.remove(place));
                    call.next(self);
                }
                Poll::Pending => place += 1,
            }
        }
    }
}

/// The parts that all calls of a batch share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'c> {
    pub(super) client: &'c Inner,
    pub(super) provider: &'c Arc<dyn TokenProvider>,
    /// The headers of every attempt, without those of the batch itself.
    pub(super) headers: &'c HeaderMap,
}

/// A call that has not started.
pub(super) trait Planned: Send {
    /// Starts the call.
    fn start<'c>(self: Box<Self>, shared: Shared<'c>, calls: &mut Calls<'c>);
}

/// A planned call with a value of type `T`.
pub(super) struct PlannedCall<T> {
    pub(super) plan: Plan,
    pub(super) decoder: Decoder<T>,
    pub(super) result: ResultSender<T>,
}

pub(super) type ResultSender<T> = oneshot::Sender<Result<Response<T>, Error>>;

/// A call in progress.
pub(super) trait Call<'c>: Waits + Send {
    /// Takes the result of an attempt.
    fn attempted(self: Box<Self>, reply: Reply, moment: Moment, calls: &mut Calls<'c>);

    /// Takes the next step: an attempt, a wait, or the end.
    fn next(self: Box<Self>, calls: &mut Calls<'c>);
}

pub(super) type BoxCall<'c> = Box<dyn Call<'c> + 'c>;

struct UnderWay<'c, T> {
    running: Running<'c, T>,
    provider: &'c Arc<dyn TokenProvider>,
    result: Option<ResultSender<T>>,
}

impl<T: Send + 'static> Planned for PlannedCall<T> {
    fn start<'c>(self: Box<Self>, shared: Shared<'c>, calls: &mut Calls<'c>) {
        let Shared {
            client,
            provider,
            headers,
        } = shared;
        match Running::new(client, headers, provider, self.plan, self.decoder) {
            Ok(running) => Box::new(UnderWay {
                running,
                provider,
                result: Some(self.result),
            })
            .next(calls),
            Err(error) => {
                // The receiver may be dropped.
                let _ = self.result.send(Err(error));
                calls.end();
            }
        }
    }
}

impl<'c, T: Send + 'static> UnderWay<'c, T> {
    fn end(&mut self, result: Result<(T, RawResponse), Failure>, calls: &mut Calls<'c>) {
        if let Some(to) = self.result.take() {
            // The receiver may be dropped.
            let _ = to.send(self.running.finish(result));
        }
        calls.end();
    }
}

impl<'c, T: Send + 'static> Call<'c> for UnderWay<'c, T> {
    fn attempted(mut self: Box<Self>, reply: Reply, moment: Moment, calls: &mut Calls<'c>) {
        let span = self.running.trace.clone();
        match span.scope(|| self.running.attempted(reply, || moment)) {
            Some(value) => self.end(Ok(value), calls),
            None => self.next(calls),
        }
    }

    fn next(mut self: Box<Self>, calls: &mut Calls<'c>) {
        if self.running.needs_turn() {
            return calls.wait(Box::pin(async move {
                self.running.wait_for_turn().await;
                self as BoxCall<'c>
            }));
        }
        match self.running.exchange.next() {
            Step::Send(sending) => match calls.write(&sending) {
                Some(group) => group.join(self),
                None => {
                    let outside = Err(TransportError::refused(OUTSIDE));
                    self.attempted(outside, moment(), calls);
                }
            },
            Step::Wait(until) => calls.wait(Box::pin(async move {
                sleep_until(until.into()).await;
                self as BoxCall<'c>
            })),
            Step::Authorize(request) => {
                let asking = token(self.provider, self.deadline(), request);
                let asking = self.running.trace.within(asking);
                calls.wait(Box::pin(async move {
                    let token = asking.await;
                    self.running.exchange.asked(token);
                    self as BoxCall<'c>
                }));
            }
            Step::Fail(failure) => self.end(Err(failure), calls),
        }
    }
}

impl<T> Waits for UnderWay<'_, T> {
    fn deadline(&self) -> Option<Instant> {
        self.running.exchange.deadline()
    }
}

impl<'c> Waits for BoxCall<'c> {
    fn deadline(&self) -> Option<Instant> {
        (**self).deadline()
    }
}

const OUTSIDE: &str = "the redirect leaves the base URL, which a batch cannot follow: send \
    the request outside the batch";

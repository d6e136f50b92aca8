//! One call of a batch: an exchange whose attempts are queued, and where its result goes.

use super::run::Calls;
use crate::client::Inner;
use crate::decoder::Decoder;
use crate::exchange::{Answer, Failure, Moment, Plan, Step};
use crate::running::Running;
use crate::transport::TransportError;
use crate::{Error, Response, TokenProvider, driver};
use http::HeaderMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;
use tokio::time::sleep_until;

/// The parts that all calls of a batch share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'c> {
    pub(super) client: &'c Inner,
    pub(super) provider: &'c Arc<dyn TokenProvider>,
    /// The headers of every attempt, without those of the batch itself.
    pub(super) headers: &'c HeaderMap,
}

/// A call that has not begun.
pub(super) trait Planned: Send {
    /// Begins the call.
    fn start<'c>(self: Box<Self>, shared: Shared<'c>, calls: &mut Calls<'c>);
}

/// A call of a value of the type `T`.
pub(super) struct PlannedCall<T> {
    pub(super) plan: Plan,
    pub(super) decoder: Decoder<T>,
    pub(super) result: ResultSender<T>,
}

pub(super) type ResultSender<T> = oneshot::Sender<Result<Response<T>, Error>>;

/// A call under way.
pub(super) trait Call<'c>: Send {
    /// Tells the call the result of its attempt.
    fn attempted(self: Box<Self>, reply: Reply, moment: Moment, calls: &mut Calls<'c>);

    /// Takes the next step: an attempt to be sent, a wait, or the end.
    fn next(self: Box<Self>, calls: &mut Calls<'c>);

    /// When the call must be over.
    fn deadline(&self) -> Option<Instant>;
}

pub(super) type BoxCall<'c> = Box<dyn Call<'c> + 'c>;

pub(super) type Reply = Result<Answer, TransportError>;

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
                // Its receiver may be gone.
                let _ = self.result.send(Err(error));
                calls.end();
            }
        }
    }
}

impl<'c, T: Send + 'static> UnderWay<'c, T> {
    fn end(&mut self, result: Result<(T, Answer), Failure>, calls: &mut Calls<'c>) {
        if let Some(to) = self.result.take() {
            // Its receiver may be gone.
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
                    self.attempted(outside, driver::moment(), calls);
                }
            },
            Step::Wait(until) => calls.wait(Box::pin(async move {
                sleep_until(until.into()).await;
                self as BoxCall<'c>
            })),
            Step::Authorize(request) => {
                let asking = driver::token(self.provider, self.deadline(), request);
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

    fn deadline(&self) -> Option<Instant> {
        self.running.exchange.deadline()
    }
}

const OUTSIDE: &str = "a redirect leads out of the base URL, where no batch can go: send the \
    request by itself";

//! The calls of a batch, and the transport that gathers their attempts.

use super::group::{Flight, groups};
use super::{Call, GIVEN_UP, envelope};
use crate::client::Inner;
use crate::exchange::Moment;
use crate::token::TokenCache;
use crate::transport::{Attempt, Body, TransportError};
use crate::{BoxFuture, Transport, driver};
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use tokio::sync::oneshot;

/// The number of calls under way at a time: four batches of twenty requests each.
const UNDER_WAY: usize = 80;

/// Makes all calls.
pub(super) async fn send(client: &Arc<Inner>, calls: Vec<Call>) {
    let mut run = Run::new(client, calls);
    poll_fn(|cx| run.poll(cx)).await;
}

/// The calls of a batch that is being sent.
struct Run {
    client: Arc<Inner>,
    /// The same client over the queue.
    queueing: Arc<Inner>,
    queue: Arc<Queue>,
    waiting: std::vec::IntoIter<Call>,
    calls: Vec<BoxFuture<'static, ()>>,
    woken: Arc<Woken>,
    flights: Vec<Flight>,
}

impl Run {
    fn new(client: &Arc<Inner>, calls: Vec<Call>) -> Self {
        let queue = Arc::new(Queue {
            base: client.base.clone(),
            moment: Mutex::new(driver::moment()),
            attempts: Mutex::default(),
        });
        let mut queueing = client.over(queue.clone());
        // Otherwise each call would ask for a token of its own.
        if client.provider.may_block() && client.provider.ready(&client.scope).is_none() {
            let cache = TokenCache::new(client.provider.clone());
            let limit = client.timeout.unwrap_or(driver::TOKEN_TIME);
            queueing.provider = Arc::new(cache.provider_timeout(limit));
        }
        Self {
            client: client.clone(),
            queueing: Arc::new(queueing),
            queue,
            waiting: calls.into_iter(),
            calls: Vec::new(),
            woken: Arc::default(),
            flights: Vec::new(),
        }
    }

    /// Lets all calls go on as far as they can, and then sends what they have queued.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            *locked(&self.queue.moment) = driver::moment();
            let room = UNDER_WAY - self.calls.len();
            let has_new = room > 0 && self.waiting.len() > 0;
            for start in self.waiting.by_ref().take(room) {
                self.calls.push(start(self.queueing.clone()));
            }
            // The calls do not need the result of a batch that is under way.
            if self.woken.take(cx) || has_new {
                let waker = Waker::from(self.woken.clone());
                let cx = &mut Context::from_waker(&waker);
                self.calls
                    .retain_mut(|call| call.as_mut().poll(cx).is_pending());
            }
            if self.calls.len() < UNDER_WAY && self.waiting.len() > 0 {
                continue;
            }
            for group in groups(std::mem::take(&mut *locked(&self.queue.attempts))) {
                self.flights.push(Flight::new(&self.client, group));
            }
            let count = self.flights.len();
            self.flights
                .retain_mut(|flight| flight.poll(cx).is_pending());
            if self.flights.len() == count {
                return match self.calls.is_empty() {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                };
            }
        }
    }
}

/// `true` if one of the calls has been woken since they were polled.
#[derive(Default)]
struct Woken {
    is_woken: AtomicBool,
    task: Mutex<Option<Waker>>,
}

impl Woken {
    fn take(&self, cx: &Context<'_>) -> bool {
        let mut task = locked(&self.task);
        if !task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            *task = Some(cx.waker().clone());
        }
        self.is_woken.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::AcqRel)
            && let Some(task) = &*locked(&self.task)
        {
            task.wake_by_ref();
        }
    }
}

/// The transport of the calls in a batch: it keeps their attempts until they are sent.
pub(crate) struct Queue {
    base: reqwest::Url,
    /// The calls that are answered together plan their repeats from one moment, so that these
    /// leave together as well.
    moment: Mutex<Moment>,
    attempts: Mutex<Vec<Queued>>,
}

/// An attempt, and where its answer goes.
pub(super) struct Queued {
    pub(super) attempt: Attempt,
    pub(super) reply: oneshot::Sender<Reply>,
}

pub(super) type Reply = Result<http::Response<Body>, TransportError>;

impl Queue {
    /// The moment at which all calls of the batch are looked at.
    pub(crate) fn moment(&self) -> Moment {
        *locked(&self.moment)
    }
}

impl Transport for Queue {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
        if envelope::path_below(&self.base, &attempt).is_none() {
            return Box::pin(async { Err(TransportError::refused(OUTSIDE)) });
        }
        let (reply, answer) = oneshot::channel();
        locked(&self.attempts).push(Queued { attempt, reply });
        let dropped = |_| Err(TransportError::interrupted(GIVEN_UP));
        Box::pin(async move { answer.await.unwrap_or_else(dropped) })
    }
}

const OUTSIDE: &str = "a redirect leads out of the base URL, where no batch can go: send the \
    request by itself";

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

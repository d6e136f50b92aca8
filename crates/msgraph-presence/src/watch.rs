//! Presence as a stream of changes: polling, pace, failures, and sleep of the machine.

mod builder;
mod event;
mod handle;
mod schedule;
mod table;
#[cfg(test)]
mod tests;

pub use builder::WatchBuilder;
pub use event::{WatchEvent, WatchedPresence, WatchedUser};
pub use handle::WatchHandle;

use crate::operations::COMMUNICATIONS_GET_PRESENCES_BY_USER_ID;
use crate::{BoxFuture, Client, Error, Presence, Presences, Request, RetryPolicy};
use futures_core::Stream;
use std::collections::VecDeque;
use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};
use table::{Key, Now};
use tokio::time::{Instant, Sleep, sleep_until};

/// The limits of the tick, a sixth of the interval, after which the clocks are compared.
const SHORTEST_TICK: Duration = Duration::from_secs(5);
const LONGEST_TICK: Duration = Duration::from_secs(60);

/// The smallest jump of the wall clock that counts as sleep of the machine.
const JUMP: Duration = Duration::from_secs(5);

/// The timeout of one request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest number of requests in flight.
const AT_ONCE: usize = 4;

impl Client {
    /// Returns a builder for a [`Watch`], a stream of changes of presences.
    pub fn watch(&self) -> WatchBuilder {
        WatchBuilder::new(self.clone())
    }
}

/// A stream of [`WatchEvent`]: the presences of users and their changes, by polling.
///
/// ```
/// # use msgraph_presence::Client;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let (ada, team) = (graph.add_user("Ada"), [graph.add_user("Grace")]);
/// # let builder = Client::builder().base_url(graph.base_url());
/// # let client = builder.token(graph.application_token()).build()?;
/// use msgraph_presence::WatchEvent;
///
/// let mut changes = client.watch().user(ada).users(team).start();
/// while let Some(event) = changes.next().await {
///     match event {
///         WatchEvent::Changed { now, .. } => println!("{:?}", now.availability),
///         WatchEvent::Stale { since, error, .. } => println!("as of {since:?}: {error}"),
///         WatchEvent::Gone { error, .. } => println!("{error}"),
///         _ => {}
///     }
/// #   break;
/// }
/// # Ok(())
/// # }
/// ```
///
/// The stream begins with a [`Changed`](WatchEvent::Changed) for each user. Failures do not end it:
/// status 5xx, timeouts, pages of captive portals, token providers that fail, a network that is
/// away. It ends when it has no user left, and when no request can succeed, because the cloud does
/// not have the operation; a `Stale` comes before.
///
/// # Requests
///
/// The signed-in user and a single user are read by a GET, several users by
/// [`Client::presences_of`], 650 in a request. All users are read at the start; later requests are
/// spread evenly over the interval, with jitter. A user who is [gone](WatchEvent::Gone) is read
/// every ten minutes, or after the interval if that is longer.
///
/// Each request has a timeout of 30 seconds and is sent once: the retries and the retry budget of
/// the client do not apply. The watch retries after about 1, 2, 4 … seconds, up to the interval. All
/// requests of the watch wait for a `Retry-After`.
///
/// All watches of a client and its clones share one [`Pace`](crate::Pace): that of
/// [`ClientBuilder::pace`](crate::runtime::ClientBuilder::pace), by default half of the documented
/// rate limit. After status 429 the pace is slower for a while, and the interval longer by the same
/// factor.
///
/// After sleep of the machine all users are read at once. A jump of the wall clock shows it within a
/// sixth of the interval: five seconds at the default, a minute at most.
///
/// # Changes
///
/// A change is another availability or activity, including values that this version does not know;
/// [`WatchBuilder`] adds other properties. A response with a lower sequence number than the last one
/// is dropped, except the third in a row: the service has then restarted the sequence.
///
/// # Polling
///
/// A watch has no thread and no task of its own: it sends requests only while it is polled, within a
/// tokio runtime. Dropping the future of [`next`](Self::next) loses no event. The stream owns a
/// clone of its client, so it can move into a task.
#[must_use = "nothing is sent until the stream is polled"]
pub struct Watch {
    client: Client,
    handle: WatchHandle,
    calls: Vec<(u64, Vec<Key>, BoxFuture<'static, Reading>)>,
    events: VecDeque<WatchEvent>,
    timer: Option<Pin<Box<Sleep>>>,
    tick: Duration,
    wall: Wall,
    /// The time of the last poll.
    last: Now,
}

type Wall = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The result of a request.
enum Reading {
    One(Result<Box<Presence>, Error>),
    Several(Presences),
}

impl Watch {
    /// Waits for the next event; `None` when nothing is left to watch.
    pub async fn next(&mut self) -> Option<WatchEvent> {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// Returns a handle that adds and removes users, and gives their last known presence, from any
    /// task.
    pub fn handle(&self) -> WatchHandle {
        self.handle.clone()
    }

    /// Turns the watch into an iterator for programs without `async`. It sends the requests on the
    /// thread that asks for the next event.
    ///
    /// Within a tokio runtime the iterator is empty: await [`next`](Self::next) there.
    #[cfg(feature = "blocking")]
    pub fn blocking(mut self) -> impl Iterator<Item = WatchEvent> {
        let client = self.client.as_ref().clone();
        std::iter::from_fn(move || client.block_on(self.next()).ok().flatten())
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<WatchEvent>> {
        loop {
            let now = self.compare_clocks();
            if let Some(event) = self.events.pop_front() {
                return Poll::Ready(Some(event));
            }
            if self.poll_calls(context, now) || self.send(now) {
                continue;
            }
            let mut state = self.handle.state();
            let due = state.schedule.due();
            if due.is_none() && self.calls.is_empty() {
                return Poll::Ready(None);
            }
            state.waker = Some(context.waker().clone());
            drop(state);
            let tick = now.instant + self.tick;
            let may_send = self.calls.len() < AT_ONCE;
            let until = due.filter(|_| may_send).map_or(tick, |due| due.min(tick));
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(until)));
            timer.as_mut().reset(until);
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Reads all users when the wall clock has advanced further than the clock of the runtime.
    fn compare_clocks(&mut self) -> Now {
        let now = Now {
            instant: Instant::now(),
            wall: (self.wall)(),
        };
        let passed = now.wall.duration_since(self.last.wall).unwrap_or_default();
        let unseen = passed.saturating_sub(now.instant - self.last.instant);
        self.last = now;
        if unseen > JUMP {
            // The connections of these calls are dead.
            self.calls.clear();
            self.handle.state().schedule.read_now(unseen, now.instant);
        }
        now
    }

    /// Takes the results of the calls that have ended. Returns `true` if there is one.
    fn poll_calls(&mut self, context: &mut Context<'_>, now: Now) -> bool {
        let mut ended = Vec::new();
        self.calls
            .retain_mut(|(group, keys, call)| match call.as_mut().poll(context) {
                Poll::Ready(reading) => {
                    ended.push((*group, std::mem::take(keys), reading));
                    false
                }
                Poll::Pending => true,
            });
        let is_any = !ended.is_empty();
        for (group, keys, reading) in ended {
            let mut state = self.handle.state();
            let client = self.client.as_ref();
            state.schedule.slowdown = client.slowdown(&COMMUNICATIONS_GET_PRESENCES_BY_USER_ID);
            state.take(group, &keys, reading, now, &mut self.events);
        }
        is_any
    }

    /// Starts the calls that are due. Returns `true` if there is one.
    fn send(&mut self, now: Now) -> bool {
        let before = self.calls.len();
        while self.calls.len() < AT_ONCE {
            let Some((group, keys)) = self.handle.state().schedule.next(now.instant) else {
                break;
            };
            let call = self.call(&keys);
            self.calls.push((group, keys, call));
        }
        self.calls.len() > before
    }

    fn call(&self, keys: &[Key]) -> BoxFuture<'static, Reading> {
        let once = RetryPolicy::none();
        let request: Request<Presence> = match *keys {
            [None] => self.client.me().presence().get().into(),
            [Some(id)] => self.client.users(id).presence().get().into(),
            _ => {
                let request = self.client.presences_of(keys.iter().copied().flatten());
                let request = request.at_once(1);
                let request = request.each(move |request| request.retry(once).timeout(TIMEOUT));
                let call = request.into_future();
                return Box::pin(async move { Reading::Several(call.await) });
            }
        };
        let call = request.retry(once).timeout(TIMEOUT).paced().into_future();
        Box::pin(async move { Reading::One(call.await.map(Box::new)) })
    }
}

impl Stream for Watch {
    type Item = WatchEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(context)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users = self.handle.state().table.len();
        let mut debug = f.debug_struct("Watch");
        debug.field("users", &users).finish_non_exhaustive()
    }
}

//! Presence as a stream of changes that lasts: polling, pace, failures and sleep of the machine.

mod builder;
mod event;
mod handle;
mod schedule;
mod table;
#[cfg(test)]
mod tests;

pub use builder::WatchBuilder;
pub(crate) use event::pair;
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

/// Sleep of the machine is looked for after a sixth of the interval, but not more often than this.
const SHORTEST_TICK: Duration = Duration::from_secs(5);

/// Sleep of the machine is looked for at least this often.
const LONGEST_TICK: Duration = Duration::from_secs(60);

/// The jump of the wall clock that counts as sleep.
const JUMP: Duration = Duration::from_secs(5);

/// The time limit of one request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The number of requests that may be under way at a time.
const AT_ONCE: usize = 4;

impl Client {
    /// Watches presences: a stream of their changes, for as long as the program wants.
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
    pub fn watch(&self) -> WatchBuilder {
        WatchBuilder::new(self.clone())
    }
}

/// The presences of users, polled: a stream of [`WatchEvent`] that lasts.
///
/// ```
/// use msgraph_presence::WatchEvent;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let ada = graph.add_user("Ada");
/// # let client = msgraph_presence::Client::builder().base_url(graph.base_url());
/// # let client = client.token(graph.token_for(ada)).build()?;
/// let mut watch = client.watch().me().start();
/// while let Some(event) = watch.next().await {
///     match event {
///         WatchEvent::Changed { now, .. } => println!("{:?}", now.availability),
///         other => println!("{other}"), // stale, fresh again, or gone
///     }
/// #   break;
/// }
/// # Ok(())
/// # }
/// ```
///
/// The stream begins with a [`Changed`](WatchEvent::Changed) for each user. It goes on through
/// responses with status 5xx, timeouts, pages of captive portals, failures of the token provider
/// and of the network. It ends when it has no user left, and when no request can succeed any more,
/// because the cloud lacks the operation or the fixed token is malformed; a `Stale` comes before.
///
/// # Requests
///
/// The signed-in user, and a single user, are read by a GET; several users by
/// [`Client::presences_of`], 650 in a request. All are read at the start, and then spread evenly
/// over the interval, with jitter. A user who is [gone](WatchEvent::Gone) is asked for every ten
/// minutes, or after the interval if that is longer.
///
/// Each request has 30 seconds, and is sent without the retries of the client and without cost to
/// its retry budget. The watch retries it itself, after a second, then after twice the time, up to
/// the interval. After a `Retry-After` all requests of the watch wait.
///
/// All watches of a client and its clones share one [`Pace`](crate::Pace): that of
/// [`ClientBuilder::pace`](crate::runtime::ClientBuilder::pace), otherwise half of the documented
/// rate limit. After status 429 the pace is slower for a while, and the interval longer by the same
/// factor.
///
/// After sleep of the machine all users are read at once. A jump of the wall clock shows the sleep
/// within a sixth of the interval: five seconds by default, a minute at most.
///
/// # Events
///
/// A change of the availability or the activity is an event, with unknown values too; changes of
/// other properties are events on demand, see [`WatchBuilder`]. A presence with a lower sequence
/// number than the last one is dropped; the third in a row is taken, because the sequence has then
/// started again.
///
/// # Polling the stream
///
/// A watch has no thread and no task: it sends requests only while it is polled, within a tokio
/// runtime. Dropping the future of [`next`](Self::next) loses nothing. The stream owns a clone of
/// its client, so that a task can own the stream.
#[must_use = "nothing is sent before an event is asked for"]
pub struct Watch {
    client: Client,
    handle: WatchHandle,
    calls: Vec<(u64, Vec<Key>, BoxFuture<'static, Reading>)>,
    events: VecDeque<WatchEvent>,
    timer: Option<Pin<Box<Sleep>>>,
    tick: Duration,
    wall: Wall,
    /// When it was last polled.
    last: Now,
}

type Wall = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The result of a request.
enum Reading {
    One(Result<Box<Presence>, Error>),
    Several(Presences),
}

impl Watch {
    /// The next event; `None` when nothing is left to watch.
    pub async fn next(&mut self) -> Option<WatchEvent> {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// A handle that adds and removes users, and reads what is known, from any task.
    pub fn handle(&self) -> WatchHandle {
        self.handle.clone()
    }

    /// The same without `async`: an iterator on whose thread the requests are made.
    ///
    /// Within a tokio runtime it gives nothing: await [`next`](Self::next) there.
    #[cfg(feature = "blocking")]
    pub fn blocking(mut self) -> impl Iterator<Item = WatchEvent> {
        let client = self.client.as_ref().clone();
        std::iter::from_fn(move || client.block_on(self.next()).ok().flatten())
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<WatchEvent>> {
        loop {
            let now = self.look_at_the_clock();
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

    /// Asks for everybody when the wall clock has gone on for longer than that of the runtime.
    fn look_at_the_clock(&mut self) -> Now {
        let now = Now {
            instant: Instant::now(),
            wall: (self.wall)(),
        };
        let passed = now.wall.duration_since(self.last.wall).unwrap_or_default();
        let unseen = passed.saturating_sub(now.instant - self.last.instant);
        self.last = now;
        if unseen > JUMP {
            // Their connections are dead, or will be.
            self.calls.clear();
            self.handle.state().schedule.ask_now(unseen, now.instant);
        }
        now
    }

    /// Takes the calls that have ended; true if there is one.
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

    /// Makes the calls that are due; true if there is one.
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

//! The session of an application: set, kept alive, and ended.

use super::effect::{self, Effect, Hidden};
use super::target::Target;
use super::{TICK, Wall};
use crate::{
    Activity, Availability, BoxFuture, Error, InvalidValue, IsoDuration, Presence, SessionPresence,
};
use std::convert::Infallible;
use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep_until};

/// The default expiration of a session.
const EXPIRATION: Duration = Duration::from_secs(600);

/// The time after which `Available` fades to `AvailableIdle`, even within its expiration.
const FADES: Duration = Duration::from_secs(300);

/// The longest time between two requests that keep a session alive.
const LONGEST_INTERVAL: Duration = Duration::from_secs(240);

/// The wait after the first failure. It doubles, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The timeout of one request, with its retries.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Builds an [`ApplicationSession`]: its expiration. `.await` sets it.
#[must_use = "nothing is sent until it is awaited"]
pub struct ApplicationSessionBuilder {
    target: Target,
    presence: SessionPresence,
    id: String,
    expiration: Result<IsoDuration, InvalidValue>,
    wall: Wall,
}

impl ApplicationSessionBuilder {
    pub(super) fn new(target: Target, presence: SessionPresence, id: String) -> Self {
        Self {
            target,
            presence,
            id,
            expiration: EXPIRATION.try_into(),
            wall: Arc::new(SystemTime::now),
        }
    }

    /// Sets the time after which the session expires at the service if it is neither kept alive nor
    /// ended: 10 minutes by default, from 5 minutes to 4 hours.
    pub fn expiration_duration(
        mut self,
        time: impl TryInto<IsoDuration, Error: Into<InvalidValue>>,
    ) -> Self {
        self.expiration = time.try_into().map_err(Into::into);
        self
    }

    /// Sets the session without `async`, on this thread.
    ///
    /// # Errors
    ///
    /// Those of [`set_presence`](crate::handles::MePresence::set_presence) and
    /// [`send_blocking`](crate::Request::send_blocking).
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<ApplicationSession, Error> {
        let target = self.target.clone();
        target.block_on(self.run())?
    }

    async fn run(self) -> Result<ApplicationSession, Error> {
        let expiration = self.expiration?;
        let lasts = expiration.to_duration()?;
        let (target, presence) = (self.target, self.presence);
        target
            .set_session(presence, &self.id, &expiration, None)
            .await?;
        let sent = Instant::now();
        let every = LONGEST_INTERVAL.min(lasts / 2);
        Ok(ApplicationSession {
            target,
            presence,
            id: self.id,
            expiration,
            every,
            sent,
            due: sent + every,
            failures: 0,
            is_ended: false,
            wall: self.wall,
        })
    }

    #[cfg(test)]
    pub(super) fn wall(mut self, wall: Wall) -> Self {
        self.wall = wall;
        self
    }
}

/// Sets the session.
///
/// # Errors
///
/// Those of [`set_presence`](crate::handles::MePresence::set_presence).
impl IntoFuture for ApplicationSessionBuilder {
    type Output = Result<ApplicationSession, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// The presence of an application's session, until it is [ended](Self::end).
///
/// ```
/// # use msgraph_presence::Client;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let ada = graph.add_user("Ada");
/// # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
/// let application = "22553876-f5ab-4529-bffb-cfe50aa89f87";
/// use msgraph_presence::SessionPresence;
/// use std::time::Duration;
///
/// let me = client.me().presence();
/// let mut session = me.application_session(SessionPresence::InACall, application).await?;
/// let call = tokio::time::sleep(Duration::from_secs(600));
/// # let call = tokio::time::sleep(Duration::ZERO);
/// tokio::select! {
///     () = call => {}
///     never = session.keep_alive(|error| eprintln!("{error}")) => match never {},
/// }
/// session.end().await?;
/// # assert_eq!(graph.presence(ada).unwrap_or_default().is_reachable(), Some(false));
/// # Ok(())
/// # }
/// ```
///
/// The requests are setPresence and clearPresence, which need `Presence.ReadWrite`; for other users
/// an application token with `Presence.ReadWrite.All`. [`effect`](Self::effect) reads the presence,
/// which needs `Presence.Read`.
///
/// Dropping a session sends nothing: it expires at the service. With the feature `tracing` there is
/// a warning if it was not ended.
#[must_use = "the session ends by `end`, or when it expires"]
pub struct ApplicationSession {
    pub(super) target: Target,
    presence: SessionPresence,
    id: String,
    expiration: IsoDuration,
    every: Duration,
    /// The time of the last successful request.
    sent: Instant,
    /// The time of the next request.
    due: Instant,
    failures: u32,
    is_ended: bool,
    wall: Wall,
}

impl ApplicationSession {
    /// Keeps the session alive while it is polled, beside the program's own work as in `select!`.
    /// The future never completes.
    ///
    /// A request is sent every four minutes, or after half of the expiration if that is shorter, so
    /// that the session neither fades nor expires. Each request has a timeout of 30 seconds. After
    /// a failure `failed` is called, and the request is retried after 1, 2, 4 … up to 30 seconds, or
    /// after the `Retry-After` of the service, at most 4 minutes. After sleep of the machine, which
    /// a jump of the wall clock shows within five seconds, the session is sent at once.
    ///
    /// The future can be dropped and replaced by another one. For a session that has
    /// [ended](Self::end) nothing is sent.
    pub async fn keep_alive(&mut self, mut failed: impl FnMut(&Error)) -> Infallible {
        if self.is_ended {
            return std::future::pending().await;
        }
        loop {
            self.wait().await;
            let (id, expiration) = (&self.id, &self.expiration);
            let request = self
                .target
                .set_session(self.presence, id, expiration, Some(TIMEOUT));
            match request.await {
                Ok(()) => self.is_sent(),
                Err(error) => {
                    let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures));
                    let wait = error.retry_after().unwrap_or(wait.min(LONGEST_WAIT));
                    self.failures = self.failures.saturating_add(1);
                    self.due = Instant::now() + wait.min(LONGEST_INTERVAL);
                    failed(&error);
                }
            }
        }
    }

    fn is_sent(&mut self) {
        self.sent = Instant::now();
        self.due = self.sent + self.every;
        self.failures = 0;
    }

    /// Waits until the next request is due, or the machine has slept.
    async fn wait(&self) {
        loop {
            let (start, wall) = (Instant::now(), (self.wall)());
            if start >= self.due {
                return;
            }
            sleep_until(self.due.min(start + TICK)).await;
            let passed = (self.wall)().duration_since(wall).unwrap_or_default();
            if passed.saturating_sub(start.elapsed()) > TICK {
                return;
            }
        }
    }

    /// Reads the presence until the session shows, at most until the end of the timeout. Gives the
    /// presence, and the reason if the session does not show: see
    /// [`Hold::effect`](crate::Hold::effect).
    ///
    /// Another session of the user with the same pair of availability and activity cannot be told
    /// from this one.
    ///
    /// # Errors
    ///
    /// Those of a read, if no read succeeds before the end of the timeout.
    pub async fn effect(&self, timeout: Duration) -> Result<Effect, Error> {
        let is_old = || self.sent.elapsed() >= FADES;
        let hidden = |shown: &Presence| {
            if self.is_ended {
                Some(Hidden::Ended)
            } else {
                hidden(self.presence, is_old(), shown)
            }
        };
        effect::read(&self.target, timeout, hidden).await
    }

    /// Ends the session. A second end sends nothing.
    ///
    /// Status 404 is a success: the session does not exist any more. With
    /// [`users`](crate::Client::users) the same status means that the user does not exist.
    ///
    /// # Errors
    ///
    /// Those of [`clear_presence`](crate::handles::MePresence::clear_presence), except 404. After a
    /// failure the end can be tried again.
    pub async fn end(&mut self) -> Result<(), Error> {
        if self.is_ended {
            return Ok(());
        }
        match self.target.end_session(&self.id).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => {
                self.is_ended = true;
                Ok(())
            }
        }
    }
}

/// The reason why the presence that was read is not that of a session; `None` if it is. `is_old`
/// after the time in which `Available` fades.
pub(super) fn hidden(ours: SessionPresence, is_old: bool, shown: &Presence) -> Option<Hidden> {
    let availability = shown.availability.as_ref()?;
    let activity = shown.activity.as_ref();
    let has_activity = [Some(&ours.activity()), Some(&Activity::OutOfOffice)].contains(&activity);
    let is_available = ours == SessionPresence::Available;
    match (rank(availability), rank(&ours.availability())) {
        _ if *availability == ours.availability() && has_activity => None,
        _ if is_available && activity == Some(&Activity::AvailableInactive) => Some(Hidden::Faded),
        _ if is_available && is_old && *availability == Availability::Away => Some(Hidden::Faded),
        _ if *availability == Availability::Offline && activity != Some(&Activity::OffWork) => {
            Some(Hidden::NoSession)
        }
        // Only a preferred presence has this pair.
        _ if [Some(&Activity::OffWork), Some(&Activity::BeRightBack)].contains(&activity) => {
            Some(Hidden::Preference)
        }
        (Some(4), _) if activity == Some(&Activity::DoNotDisturb) => Some(Hidden::Preference),
        (Some(shown), Some(ours)) if shown >= ours => Some(Hidden::Session),
        // Ours would hide a session with a lower rank.
        (Some(_), Some(_)) if activity.is_some_and(|it| it.as_str() == availability.as_str()) => {
            Some(Hidden::Preference)
        }
        _ => Some(Hidden::NotYet),
    }
}

/// The documented precedence of the sessions of a user.
fn rank(availability: &Availability) -> Option<u8> {
    match availability {
        Availability::DoNotDisturb => Some(4),
        Availability::Busy | Availability::BusyIdle => Some(3),
        Availability::Available | Availability::AvailableIdle => Some(2),
        Availability::Away | Availability::BeRightBack => Some(1),
        _ => None,
    }
}

impl Drop for ApplicationSession {
    fn drop(&mut self) {
        #[cfg(feature = "tracing")]
        if !self.is_ended {
            tracing::warn!(
                target: "msgraph_presence",
                "the application session was dropped without `end`: it remains until it expires"
            );
        }
    }
}

impl fmt::Debug for ApplicationSessionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ApplicationSessionBuilder");
        debug.field("presence", &self.presence);
        debug.field("expiration", &self.expiration);
        debug.finish_non_exhaustive()
    }
}

impl fmt::Debug for ApplicationSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ApplicationSession");
        debug.field("presence", &self.presence);
        debug.field("is_ended", &self.is_ended);
        debug.finish_non_exhaustive()
    }
}

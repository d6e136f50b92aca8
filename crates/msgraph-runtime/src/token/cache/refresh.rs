//! A refresh that outlives the call that asked for it.

use crate::SharedError;
use crate::token::AccessToken;
use crate::trace::within_this_span;
use std::panic::resume_unwind;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

type Answer = Result<AccessToken, SharedError>;

/// A provider at work, in a task of its own.
pub(super) struct Refresh {
    task: JoinHandle<Answer>,
    started: Instant,
}

/// How old a refresh may grow when the call that asked for it has given up. Any identity
/// service has answered by then; what has not is dead, or on a runtime that nobody drives.
const PATIENCE: Duration = Duration::from_secs(60);

impl Refresh {
    /// Whether there is one that is worth waiting for.
    pub(super) fn is_under_way(refresh: &Option<Self>) -> bool {
        refresh.as_ref().is_some_and(|refresh| {
            !refresh.task.is_finished() && refresh.started.elapsed() < PATIENCE
        })
    }

    /// Waits for one that somebody else has begun, if there is one. What comes of it is kept
    /// by the task itself.
    pub(super) async fn join(refresh: &mut Option<Self>) {
        if let Some(refresh) = refresh.as_mut().filter(|it| !it.task.is_finished()) {
            // Without a runtime there is no clock to wait by.
            if Handle::try_current().is_ok() {
                let until = refresh.started + PATIENCE;
                // Whether it has ended or the time is up, it is of no use any more.
                let _ = timeout_at(until, &mut refresh.task).await;
            }
            refresh.task.abort();
        }
        *refresh = None;
    }

    /// Asks in a task of its own. The task stays in `refresh` when the caller gives up.
    pub(super) async fn run<F>(refresh: &mut Option<Self>, ask: impl Fn() -> F) -> Answer
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let Ok(runtime) = Handle::try_current() else {
            return ask().await;
        };
        let started = refresh.insert(Self {
            task: runtime.spawn(within_this_span(ask())),
            started: Instant::now(),
        });
        let joined = (&mut started.task).await;
        *refresh = None;
        match joined {
            Ok(answer) => answer,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime is about to end, and this call with it, unless it runs elsewhere.
                Err(_) => ask().await,
            },
        }
    }
}

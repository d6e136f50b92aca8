//! Writes in sequence, where only the newest one matters.

use std::future::IntoFuture;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// Sends one write at a time; of those that wait, only the newest.
///
/// Graph does not order writes: of two concurrent requests, or of a newer one and the repeat of an
/// older one, the last to arrive counts, and that may be the older one. Use one `NewestWins` for
/// each state that is set, such as the presence of one user. One case remains: a request that timed
/// out can still arrive later.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use msgraph_presence::NewestWins;
/// use std::future::ready;
///
/// let presence = NewestWins::default();
/// let (first, second, third) = tokio::join!(
///     presence.send(async {
///         tokio::task::yield_now().await;
///         "in a call"
///     }),
///     presence.send(ready("available")),
///     presence.send(ready("in a call again")),
/// );
/// assert_eq!(first, Some("in a call"));
/// assert_eq!(second, None); // replaced by the third while it waited
/// assert_eq!(third, Some("in a call again"));
/// # }
/// ```
#[derive(Debug, Default)]
pub struct NewestWins {
    newest: AtomicU64,
    turn: Mutex<()>,
}

impl NewestWins {
    /// Sends the request when no other one is in progress; `None` if a newer one replaced it while
    /// it waited.
    ///
    /// Requests are ordered by the first poll of this future. A request that is dropped while it
    /// waits is not sent, and neither are those that it replaced.
    pub async fn send<R: IntoFuture>(&self, request: R) -> Option<R::Output> {
        let own = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        let _turn = self.turn.lock().await;
        if self.newest.load(Ordering::Relaxed) != own {
            return None;
        }
        Some(request.await)
    }
}

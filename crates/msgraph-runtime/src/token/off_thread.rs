//! Polls providers on tokio's threads for blocking work.

use super::{AccessToken, TokenProvider, TokenRequest};
use crate::BoxError;
use crate::trace::within_this_span;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinError;

/// Asks a provider for a token, on another thread if the provider may block.
pub(crate) async fn ask(
    provider: &Arc<dyn TokenProvider>,
    request: TokenRequest,
) -> Result<AccessToken, BoxError> {
    if !provider.may_block() {
        return provider.token(request).await;
    }
    let provider = Arc::clone(provider);
    let asked = run(
        Handle::current(),
        async move { provider.token(request).await },
    );
    asked
        .await
        .unwrap_or_else(|error| Err(reason(&error).into()))
}

/// Runs the future to its end, each poll by `spawn_blocking`.
///
/// A poll that blocks delays neither other tasks of the runtime nor its timers. Between polls the
/// future occupies no thread, and tokio's paused clock advances as for any other task. The future
/// runs in the span of the caller.
///
/// # Errors
///
/// When the future panics, or the runtime is shutting down.
pub(super) fn run<F>(
    runtime: Handle,
    future: F,
) -> impl Future<Output = Result<F::Output, JoinError>> + Send
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut future = Box::pin(within_this_span(future));
    let woken = Arc::new(Woken::default());
    async move {
        loop {
            let waker = Waker::from(Arc::clone(&woken));
            let poll = move || poll_once(future, &waker);
            match runtime.spawn_blocking(poll).await? {
                Ok(output) => return Ok(output),
                Err(pending) => future = pending,
            }
            woken.0.notified().await;
        }
    }
}

/// The output of the future, or the future itself if it is pending.
fn poll_once<F: Future>(mut future: Pin<Box<F>>, waker: &Waker) -> Result<F::Output, Pin<Box<F>>> {
    match future.as_mut().poll(&mut Context::from_waker(waker)) {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => Err(future),
    }
}

/// A waker that keeps a wake-up from during a poll.
#[derive(Default)]
struct Woken(Notify);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// The reason why the task of a provider returned no token.
pub(super) fn reason(error: &JoinError) -> &'static str {
    if error.is_panic() {
        "the token provider panicked"
    } else {
        SHUTTING_DOWN
    }
}

pub(super) const SHUTTING_DOWN: &str = "the tokio runtime of the call is shutting down";

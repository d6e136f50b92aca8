//! Providers, and other futures, that are polled on the threads for blocking work.

use super::{AccessToken, TokenProvider, TokenRequest};
use crate::BoxError;
use crate::trace::within_this_span;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinError;

/// Asks a provider for the token of one call: one that may block its thread on another one.
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

/// Runs the future to its end; each of its polls is a `spawn_blocking` of its own.
///
/// A poll that blocks holds up neither the other tasks of the runtime nor its timers. Between
/// its polls the future occupies no thread, and tokio's paused clock moves on as it does for
/// any other task. The span of the caller is the span of the future.
///
/// # Errors
///
/// The future has panicked, or the runtime is shutting down.
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

/// The output of the future, or the future when it is pending.
fn poll_once<F: Future>(mut future: Pin<Box<F>>, waker: &Waker) -> Result<F::Output, Pin<Box<F>>> {
    match future.as_mut().poll(&mut Context::from_waker(waker)) {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => Err(future),
    }
}

/// Keeps a wake-up that comes while the future is being polled.
#[derive(Default)]
struct Woken(Notify);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// Why a provider returned no token.
pub(super) fn reason(error: &JoinError) -> &'static str {
    if error.is_panic() {
        "the token provider panicked"
    } else {
        SHUTTING_DOWN
    }
}

pub(super) const SHUTTING_DOWN: &str = "the tokio runtime of the call is shutting down";

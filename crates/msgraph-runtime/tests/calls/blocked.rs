//! Token providers that block their thread: only their own token is late.

use crate::common::{Canned, cached, counted, get, thing};
use msgraph_runtime::{BoxError, Error, ErrorKind, TokenProvider};
use std::thread;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long a provider here blocks, and how long a call has.
const BLOCKED: Duration = Duration::from_millis(800);
const TIMEOUT: Duration = Duration::from_millis(100);

/// Blocks its thread before the first `.await` or after one, then gives a token.
fn blocking(is_first: bool) -> impl TokenProvider {
    let provider = counted(move |_| async move {
        if !is_first {
            sleep(Duration::from_millis(1)).await;
        }
        thread::sleep(BLOCKED);
        Ok::<_, BoxError>("token")
    });
    provider.1
}

fn check(error: &Error, took: Duration) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert_eq!(
        error.to_string(),
        "things.Get: the token provider took too long"
    );
    assert!(took >= TIMEOUT && took < BLOCKED, "{took:?}");
}

/// On the one thread of the runtime, every other task goes on.
#[tokio::test]
async fn calls_on_one_thread_end_in_their_time() {
    for is_first in [true, false] {
        let server = Canned::new([thing()]);
        let client = cached(server.builder(), blocking(is_first));
        let mut calls = JoinSet::new();
        for _ in 0..3 {
            let client = client.clone();
            calls.spawn(async move {
                let begun = Instant::now();
                let error = get(&client).timeout(TIMEOUT).await.unwrap_err();
                check(&error, begun.elapsed());
            });
        }
        calls.join_all().await;
        // The token comes all the same.
        get(&client).await.unwrap();
    }
}

/// A blocking program cannot tell what blocks: its calls end in their time without a cache too.
#[cfg(feature = "blocking")]
#[test]
fn blocking_calls_end_in_their_time() {
    for (is_cached, is_first) in [(true, true), (true, false), (false, true)] {
        let server = Canned::new([thing()]);
        let client = if is_cached {
            cached(server.builder(), blocking(is_first))
        } else {
            server.builder().token(blocking(is_first)).build().unwrap()
        };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let begun = Instant::now();
                    let call = get(&client).timeout(TIMEOUT).send_blocking();
                    check(&call.unwrap_err(), begun.elapsed());
                });
            }
        });
        get(&client).send_blocking().unwrap();
    }
}

/// There a panic of the provider is a failure, as it is in a cache.
#[cfg(feature = "blocking")]
#[test]
fn a_blocking_call_fails_when_its_provider_panics() {
    let server = Canned::new([thing()]);
    let (_, provider) = counted(|number| async move {
        assert!(number > 0, "a bug of the provider");
        Ok::<_, BoxError>("token")
    });
    let client = server.builder().token(provider).build().unwrap();
    let error = get(&client).send_blocking().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the token provider panicked");
    get(&client).send_blocking().unwrap();
}

/// Without a cache it is the call that is blocked; it knows by whom.
#[tokio::test]
async fn a_call_that_its_own_provider_blocks_names_it() {
    let server = Canned::new([thing()]);
    let provider = |_| async {
        thread::sleep(2 * TIMEOUT);
        Ok::<_, BoxError>("token")
    };
    let client = server.builder().token(provider).build().unwrap();
    let begun = Instant::now();
    let error = get(&client).timeout(TIMEOUT).await.unwrap_err();
    check(&error, begun.elapsed());
    assert!(server.sent().is_empty());
}

/// A library that has a runtime of its own may be a provider.
#[tokio::test]
async fn a_provider_may_run_a_runtime_of_its_own() {
    let server = Canned::new([thing()]);
    let provider = |_| async {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let handle = tokio::runtime::Handle::current();
        let token = runtime.block_on(async { "token" });
        handle.block_on(sleep(Duration::from_millis(1)));
        Ok::<_, BoxError>(token)
    };
    get(&cached(server.builder(), provider)).await.unwrap();
}

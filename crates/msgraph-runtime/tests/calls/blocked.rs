//! Token providers that block their thread: only their own token is late.

use crate::common::{Canned, cached, counted, get, thing};
use msgraph_runtime::{
    AccessToken, BoxError, BoxFuture, Client, ClientBuilder, Error, ErrorKind, TokenProvider,
    TokenRequest,
};
use std::sync::{Arc, Condvar, Mutex};
#[cfg(feature = "blocking")]
use std::thread;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The timeout of a call.
const TIMEOUT: Duration = Duration::from_millis(100);

/// Blocks the threads that wait for it until it is open.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn wait(&self) {
        let is_open = self.0.0.lock().unwrap();
        let is_closed = |is_open: &mut bool| !*is_open;
        let limit = Duration::from_secs(60);
        let waited = self.0.1.wait_timeout_while(is_open, limit, is_closed);
        assert!(*waited.unwrap().0, "no call has ended in a minute");
    }
}

/// A client with a cache, or with the provider itself.
fn client(builder: ClientBuilder, is_cached: bool, provider: impl TokenProvider) -> Client {
    if is_cached {
        cached(builder, provider)
    } else {
        builder.token(provider).build().unwrap()
    }
}

/// Blocks its thread before the first `.await` or after one, then gives a token.
fn blocking(is_first: bool) -> (Gate, impl TokenProvider) {
    let gate = Gate::default();
    let waiting = gate.clone();
    let provider = counted(move |_| {
        let gate = waiting.clone();
        async move {
            if !is_first {
                sleep(Duration::from_millis(1)).await;
            }
            gate.wait();
            Ok::<_, BoxError>("token")
        }
    });
    (gate, provider.1)
}

fn check(error: &Error) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert_eq!(
        error.to_string(),
        "things.Get: the token provider timed out"
    );
}

/// On the one thread of the runtime, every other task goes on.
#[tokio::test]
async fn calls_on_one_thread_end_in_their_time() {
    for (is_cached, is_first) in [(true, true), (true, false), (false, true), (false, false)] {
        let server = Canned::new([thing()]);
        let (gate, provider) = blocking(is_first);
        let client = client(server.builder(), is_cached, provider);
        let mut calls = JoinSet::new();
        for _ in 0..3 {
            let client = client.clone();
            calls.spawn(async move {
                let error = get(&client).timeout(TIMEOUT).await.unwrap_err();
                check(&error);
            });
        }
        calls.join_all().await;
        gate.open();
        // The token comes all the same, from a cache that of the first call.
        get(&client).await.unwrap();
    }
}

/// A blocking program cannot tell what blocks: its calls end in their time without a cache too.
#[cfg(feature = "blocking")]
#[test]
fn blocking_calls_end_in_their_time() {
    for (is_cached, is_first) in [(true, true), (true, false), (false, true), (false, false)] {
        let server = Canned::new([thing()]);
        let (gate, provider) = blocking(is_first);
        let client = client(server.builder(), is_cached, provider);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let call = get(&client).timeout(TIMEOUT).send_blocking();
                    check(&call.unwrap_err());
                });
            }
        });
        gate.open();
        get(&client).send_blocking().unwrap();
    }
}

/// Panics the first time, in the closure or in its future, and gives a token from then on.
fn panicking(in_future: bool) -> impl TokenProvider {
    let provider = counted(move |number| {
        assert!(in_future || number > 0, "a bug of the closure");
        async move {
            assert!(number > 0, "a bug of the future");
            Ok::<_, BoxError>("token")
        }
    });
    provider.1
}

fn check_panic(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Token);
    let source = std::error::Error::source(error).unwrap().to_string();
    assert_eq!(source, "the token provider panicked");
}

/// A panic of the provider is a failure, with a cache or without one.
#[tokio::test]
async fn a_call_fails_when_its_provider_panics() {
    for (is_cached, in_future) in [(true, true), (true, false), (false, true), (false, false)] {
        let server = Canned::new([thing()]);
        let client = client(server.builder(), is_cached, panicking(in_future));
        check_panic(&get(&client).await.unwrap_err());
        get(&client).await.unwrap();
    }
}

#[cfg(feature = "blocking")]
#[test]
fn a_blocking_call_fails_when_its_provider_panics() {
    let server = Canned::new([thing()]);
    let client = client(server.builder(), false, panicking(true));
    check_panic(&get(&client).send_blocking().unwrap_err());
    get(&client).send_blocking().unwrap();
}

/// A provider that blocks costs a call its timeout, and the other tasks of its thread nothing.
#[tokio::test]
async fn a_call_that_its_own_provider_blocks_names_it() {
    let server = Canned::new([thing()]);
    let (gate, provider) = blocking(true);
    let client = server.builder().token(provider).build().unwrap();
    let call = async { get(&client).timeout(TIMEOUT).await };
    let neighbour = async {
        for _ in 0..5 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let (error, ()) = tokio::join!(call, neighbour);
    let error = error.unwrap_err();
    check(&error);
    assert!(error.is_timeout());
    assert!(server.sent().is_empty());
    gate.open();
}

/// Without a timeout, and without a cache that has its own, a silent provider has a minute.
#[tokio::test(start_paused = true)]
async fn a_silent_provider_has_a_minute_when_its_call_has_no_timeout() {
    let server = Canned::new([thing()]);
    let provider = |_| std::future::pending::<Result<AccessToken, BoxError>>();
    let client = server.builder().token(provider).build().unwrap();
    let begun = tokio::time::Instant::now();
    let error = get(&client).timeout(None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "things.Get: the token provider timed out"
    );
    assert_eq!(begun.elapsed().as_secs(), 60);
}

tokio::task_local! {
    static TENANT: &'static str;
}

/// Reads what the task of the call has set, as a server for several tenants does.
struct OfTask {
    may_block: bool,
}

impl TokenProvider for OfTask {
    fn token(&self, _: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async {
            // After an `.await` too.
            sleep(Duration::from_secs(90)).await;
            Ok(AccessToken::new(TENANT.try_with(|tenant| *tenant)?))
        })
    }

    fn may_block(&self) -> bool {
        self.may_block
    }
}

/// The call polls the provider then, with or without an `Arc` around it, and without the time limit
/// of one minute.
#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_block_sees_the_task_of_its_call() {
    let of_task = |may_block| std::sync::Arc::new(OfTask { may_block });
    let call = async |may_block, limit| {
        let server = Canned::new([thing()]);
        let builder = server.builder().token(of_task(may_block)).timeout(limit);
        let client = builder.build().unwrap();
        let answer = TENANT.scope("contoso", get(&client).send()).await;
        answer.map(|_| server.sent()[0].headers()["authorization"].clone())
    };
    assert_eq!(call(false, None).await.unwrap(), "Bearer contoso");
    let limit = Duration::from_secs(100);
    let error = call(true, Some(limit)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
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

//! A refresh of a token and the call that asked for it: which of the two ends first.

use crate::common::{Asked, Canned, cached, counted, get, thing};
use crate::server::{Act, Server, http};
use msgraph_runtime::{
    AccessToken, BoxError, Client, ErrorKind, TokenCache, TokenProvider, TokenRequest,
};
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

/// Takes this long to give a token.
fn slow(takes: Duration) -> (Asked, impl TokenProvider) {
    counted(move |_| async move {
        sleep(takes).await;
        Ok::<_, BoxError>("token")
    })
}

/// Never answers the first time, then at once.
fn hanging_once() -> (Asked, impl TokenProvider) {
    counted(|number| async move {
        if number == 0 {
            pending::<()>().await;
        }
        Ok::<_, BoxError>("token")
    })
}

/// A client whose calls have two seconds.
fn impatient(server: &Canned, provider: impl TokenProvider) -> Client {
    let builder = server.builder().timeout(Duration::from_secs(2));
    cached(builder, provider)
}

/// While one call waits for a provider that does not answer, the token at hand is good.
#[tokio::test(start_paused = true)]
async fn a_hanging_provider_holds_up_one_call() {
    let server = Canned::new([thing(), thing(), thing()]);
    let (asked, provider) = counted(|number| async move {
        if number > 0 {
            pending::<()>().await;
        }
        let expiry = SystemTime::now() + Duration::from_secs(60);
        Ok::<_, BoxError>(AccessToken::new("first").expires_at(expiry))
    });
    let client = impatient(&server, provider);
    get(&client).await.unwrap();
    let asking = client.clone();
    let asking = tokio::spawn(async move { get(&asking).await.map(drop) });
    tokio::task::yield_now().await;
    get(&client).await.unwrap();
    assert!(asking.await.unwrap().unwrap_err().is_timeout());
    // And so it is when that call has given up, and the provider is still at it.
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// Otherwise no call would ever have a token, and what the provider got would be lost.
#[tokio::test(start_paused = true)]
async fn a_refresh_outlives_the_call_that_asked() {
    let server = Canned::new([thing(), thing()]);
    let (asked, provider) = slow(Duration::from_secs(3));
    let client = impatient(&server, provider);
    assert!(get(&client).await.unwrap_err().is_timeout());
    let started = Instant::now();
    get(&client).await.unwrap();
    assert_eq!(started.elapsed().as_millis(), 1000);
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 1);
}

/// Nobody waits for it, and the next call has its token at once.
#[tokio::test(start_paused = true)]
async fn a_refresh_goes_on_between_calls() {
    let server = Canned::new([thing()]);
    let (asked, provider) = slow(Duration::from_secs(3));
    let client = impatient(&server, provider);
    assert!(get(&client).await.unwrap_err().is_timeout());
    sleep(Duration::from_secs(2)).await;
    let started = Instant::now();
    get(&client).await.unwrap();
    assert_eq!((started.elapsed(), asked.count()), (Duration::ZERO, 1));
}

/// The one who asks may give up: the answer is for those who still wait.
#[tokio::test(start_paused = true)]
async fn those_who_wait_get_what_another_call_has_asked_for() {
    for is_good in [true, false] {
        let server = Canned::new([thing()]);
        let (asked, provider) = counted(move |_| async move {
            sleep(Duration::from_secs(1)).await;
            is_good.then_some("token").ok_or("no network")
        });
        let client = cached(server.builder(), provider);
        let waiting = client.clone();
        let waiting = tokio::spawn(async move {
            sleep(Duration::from_millis(1)).await;
            get(&waiting).await.map(drop)
        });
        let first = get(&client).timeout(Duration::from_millis(5)).await;
        assert_eq!(first.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(waiting.await.unwrap().is_ok(), is_good);
        assert_eq!(asked.count(), 1);
    }
}

/// A connection that is dead without a word must not stop all calls for good.
#[tokio::test(start_paused = true)]
async fn a_refresh_that_hangs_is_given_up_after_a_minute() {
    let server = Canned::new([thing()]);
    let (asked, provider) = hanging_once();
    let client = impatient(&server, provider);
    let started = Instant::now();
    while let Err(error) = get(&client).await {
        assert!(error.is_timeout());
    }
    assert_eq!((started.elapsed().as_secs(), asked.count()), (60, 2));
}

/// What the provider holds while it asks, such as a lock of its own, is free for the next time.
#[tokio::test(start_paused = true)]
async fn a_refresh_that_is_given_up_is_dropped() {
    let server = Canned::new([thing()]);
    let (asked, held) = (Asked::default(), Arc::new(tokio::sync::Mutex::new(())));
    let asking = asked.clone();
    let provider = move |_| {
        let (number, held) = (asking.add(), held.clone());
        async move {
            let _held = held.lock().await;
            if number == 0 {
                pending::<()>().await;
            }
            Ok::<_, BoxError>("token")
        }
    };
    let client = impatient(&server, provider);
    assert!(get(&client).await.unwrap_err().is_timeout());
    sleep(Duration::from_secs(60)).await;
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// A call that has the time may wait longer than that, for a person who signs in.
#[tokio::test(start_paused = true)]
async fn a_call_waits_as_long_as_it_may_for_its_own_refresh() {
    let server = Canned::new([thing()]);
    let (asked, provider) = slow(Duration::from_secs(600));
    let client = cached(server.builder().timeout(None), provider);
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 1);
}

fn runtime(is_paused: bool) -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(is_paused);
    builder.build().unwrap()
}

/// The refresh ends with the runtime of the call, or stands still with it: others ask again.
#[test]
fn a_refresh_on_a_runtime_that_does_not_run_stops_nobody() {
    for is_dropped in [true, false] {
        let server = Canned::new([thing()]);
        let (asked, provider) = slow(Duration::from_secs(1));
        let client = cached(server.builder(), provider);
        let first = runtime(true);
        let short = Duration::from_millis(5);
        let call = async { get(&client).timeout(short).await };
        assert!(first.block_on(call).unwrap_err().is_timeout());
        let kept = (!is_dropped).then_some(first);
        let second = runtime(true);
        second.block_on(async { get(&client).await }).unwrap();
        assert_eq!(asked.count(), 2);
        drop(kept);
    }
}

/// Others may ask a cache on a thread that has no runtime.
#[test]
fn without_a_runtime_the_caller_asks_by_itself() {
    let (asked, provider) = counted(|_| async { Ok::<_, BoxError>("token") });
    let cache = Arc::new(TokenCache::new(provider));
    let elsewhere = move |request: TokenRequest| {
        let cache = cache.clone();
        let thread = std::thread::spawn(move || {
            let mut context = Context::from_waker(Waker::noop());
            match pin!(cache.token(request)).poll(&mut context) {
                Poll::Ready(answer) => answer,
                Poll::Pending => Err("it waits".into()),
            }
        });
        async move { thread.join().unwrap() }
    };
    let server = Canned::new([thing()]);
    let client = server.builder().token(elsewhere).build().unwrap();
    runtime(false)
        .block_on(async { get(&client).await })
        .unwrap();
    assert_eq!(asked.count(), 1);
}

/// A provider that panics is a bug of its own, and the call that asked shows it.
#[tokio::test]
async fn a_panic_of_the_provider_is_that_of_the_call() {
    let server = Canned::new([thing()]);
    let (asked, provider) = counted(|number| async move {
        assert!(number > 0, "a bug of the provider");
        Ok::<_, BoxError>("token")
    });
    let client = cached(server.builder(), provider);
    let asking = client.clone();
    let call = tokio::spawn(async move { get(&asking).await.map(drop) });
    assert!(call.await.unwrap_err().is_panic());
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// Dropping a call at any await leaves nothing that a next call could trip over.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_leaves_nothing_behind() {
    let answer = || http("200 OK", "", "{\"id\":\"42\"}");
    let drip = || Act::Drip(answer(), Duration::from_millis(7));
    for milliseconds in (0..1000).step_by(13) {
        let server = Server::start([drip(), drip(), drip()]).await;
        let client = cached(server.builder(), slow(Duration::from_millis(10)).1);
        let call = async { get(&client).await };
        let _ = tokio::time::timeout(Duration::from_millis(milliseconds), call).await;
        get(&client).await.unwrap();
        get(&client).await.unwrap();
    }
}

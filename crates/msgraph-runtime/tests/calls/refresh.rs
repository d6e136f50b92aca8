//! A refresh of a token and the call that asked for it: which of the two ends first.

use crate::common::{Asked, Canned, cached, counted, get, thing};
use crate::server::{Act, Server, http};
use msgraph_runtime::{
    AccessToken, BoxError, Client, ErrorKind, TokenCache, TokenProvider, TokenRequest,
};
use std::error::Error as _;
use std::future::pending;
use std::iter;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
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

/// The token at hand is good while the provider is silent, also for the call that asked it.
#[tokio::test(start_paused = true)]
async fn a_token_at_hand_is_given_while_its_refresh_goes_on() {
    let server = Canned::new(iter::repeat_with(thing).take(5));
    let (asked, provider) = counted(|number| async move {
        sleep(Duration::from_secs(10 * number as u64)).await;
        let expiry = SystemTime::now() + Duration::from_secs(290 + 3310 * number as u64);
        let token = AccessToken::new(format!("token-{number}"));
        Ok::<_, BoxError>(token.expires_at(expiry))
    });
    let client = impatient(&server, provider);
    for milliseconds in [0, 250, 0, 0] {
        let started = Instant::now();
        get(&client).await.unwrap();
        assert_eq!(started.elapsed().as_millis(), milliseconds);
    }
    sleep(Duration::from_secs(10)).await;
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
    let sent = server.sent();
    let tokens = sent.iter().map(|sent| &sent.headers()["authorization"]);
    assert_eq!(
        tokens.clone().filter(|it| *it == "Bearer token-0").count(),
        4
    );
    assert_eq!(tokens.last().unwrap(), "Bearer token-1");
}

/// A refresh every minute, one short wait for each of them, and no failure.
#[tokio::test(start_paused = true)]
async fn a_hanging_provider_is_asked_again_while_the_token_at_hand_is_good() {
    let server = Canned::new(iter::repeat_with(thing).take(20));
    let (asked, provider) = counted(|number| async move {
        if number > 0 {
            pending::<()>().await;
        }
        let expiry = SystemTime::now() + Duration::from_secs(290);
        Ok::<_, BoxError>(AccessToken::new("first").expires_at(expiry))
    });
    let client = cached(server.builder().timeout(None), provider);
    let mut waited = Duration::ZERO;
    for _ in 0..20 {
        let started = Instant::now();
        get(&client).await.unwrap();
        waited += started.elapsed();
        sleep(Duration::from_secs(10)).await;
    }
    assert_eq!((asked.count(), waited.as_millis()), (5, 1000));
}

/// No call gets a token that has expired in the meantime.
#[tokio::test(start_paused = true)]
async fn a_token_that_expires_during_the_short_wait_is_not_given() {
    let server = Canned::new([thing(), thing()]);
    let (_, provider) = counted(|number| async move {
        let mut lasts = Duration::from_millis(50);
        if number > 0 {
            // The clock of expiry goes on by itself; the clock of waiting is paused.
            std::thread::sleep(lasts);
            sleep(Duration::from_secs(1)).await;
            lasts = Duration::from_secs(3600);
        }
        let token = AccessToken::new(format!("token-{number}"));
        Ok::<_, BoxError>(token.expires_at(SystemTime::now() + lasts))
    });
    let client = cached(server.builder(), provider);
    get(&client).await.unwrap();
    let started = Instant::now();
    get(&client).await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 1);
    assert_eq!(
        server.sent()[1].headers()["authorization"],
        "Bearer token-1"
    );
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

/// No call waits for it, and the next call has its token at once.
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

/// The one who asks may give up: the token is for the calls that still wait.
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

/// A lock that the provider holds while it asks is free the next time.
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

/// The bound holds for a call without a timeout, and for the one that asked.
#[tokio::test(start_paused = true)]
async fn a_call_without_a_timeout_waits_a_minute_for_a_provider_that_hangs() {
    let server = Canned::new([thing()]);
    let (asked, provider) = hanging_once();
    let client = cached(server.builder().timeout(None), provider);
    let started = Instant::now();
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert!(error.is_timeout() && error.is_retryable());
    let line = "things.Get: the token provider timed out";
    assert_eq!(error.to_string(), line);
    get(&client).await.unwrap();
    assert_eq!((started.elapsed().as_secs(), asked.count()), (60, 2));
}

/// Those that wait ask once more, and not one after the other.
#[tokio::test(start_paused = true)]
async fn twenty_calls_without_a_timeout_wait_two_minutes_at_most() {
    let server = Canned::new([]);
    let (asked, provider) = counted(|_| async { Ok::<&str, BoxError>(pending().await) });
    let client = cached(server.builder().timeout(None), provider);
    let started = Instant::now();
    let mut calls = JoinSet::new();
    for number in 0..20 {
        let client = client.clone();
        calls.spawn(async move {
            sleep(Duration::from_secs(number)).await;
            let begun = Instant::now();
            let error = get(&client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Timeout);
            assert!(begun.elapsed() <= Duration::from_secs(121), "{number}");
        });
    }
    calls.join_all().await;
    assert_eq!((started.elapsed().as_secs(), asked.count()), (120, 2));
}

/// A provider that waits for a person may be given more.
#[tokio::test(start_paused = true)]
async fn the_time_of_a_provider_can_be_set() {
    for (seconds, is_enough) in [(900, true), (u64::MAX, true), (599, false)] {
        let server = Canned::new([thing()]);
        let (asked, provider) = slow(Duration::from_secs(600));
        let cache = TokenCache::new(provider);
        let cache = cache.provider_timeout(Duration::from_secs(seconds));
        let client = server.builder().token(cache).timeout(None).build().unwrap();
        assert_eq!(get(&client).await.is_ok(), is_enough, "{seconds} s");
        assert_eq!(asked.count(), 1);
    }
}

/// Those who still wait have their token, whoever gives up.
#[tokio::test(start_paused = true)]
async fn callers_that_are_cancelled_take_nothing_from_the_others() {
    let server = Canned::new([thing()]);
    let (asked, provider) = slow(Duration::from_secs(1));
    let client = cached(server.builder(), provider);
    let call = || {
        let client = client.clone();
        tokio::spawn(async move { get(&client).await.map(drop) })
    };
    let calls: Vec<_> = iter::repeat_with(call).take(9).collect();
    sleep(Duration::from_millis(500)).await;
    for cancelled in calls.iter().take(8) {
        cancelled.abort();
    }
    let started = Instant::now();
    calls
        .into_iter()
        .next_back()
        .unwrap()
        .await
        .unwrap()
        .unwrap();
    assert_eq!((started.elapsed().as_millis(), asked.count()), (500, 1));
}

fn runtime(is_paused: bool) -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(is_paused);
    builder.build().unwrap()
}

/// The refresh ends with the runtime of the call, or hangs with it: other calls ask again.
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

/// A provider that panics has failed, for all that wait for it; the next call asks again.
#[tokio::test(start_paused = true)]
async fn twenty_calls_share_a_panic_of_the_provider() {
    let server = Canned::new([thing()]);
    let (asked, provider) = counted(|number| async move {
        sleep(Duration::from_secs(1)).await;
        assert!(number > 0, "a bug of the provider");
        Ok::<_, BoxError>("token")
    });
    let client = cached(server.builder(), provider);
    let started = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { get(&client).await.map(drop) });
    }
    for result in calls.join_all().await {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Token);
        let source = error.source().unwrap().to_string();
        assert_eq!(source, "the token provider panicked");
    }
    assert_eq!((started.elapsed().as_secs(), asked.count()), (1, 1));
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// As a thread of `spawn_blocking` may see it, which outlives the tasks of its runtime.
#[test]
fn a_runtime_that_has_ended_is_an_error() {
    let (asked, provider) = counted(|_| async { Ok::<_, BoxError>("token") });
    let cache = TokenCache::new(provider);
    let ended = runtime(false);
    let handle = ended.handle().clone();
    drop(ended);
    let token = handle.block_on(cache.token(TokenRequest::new("scope")));
    let line = "the tokio runtime of the call is shutting down";
    assert_eq!(token.unwrap_err().to_string(), line);
    let token = runtime(false).block_on(cache.token(TokenRequest::new("scope")));
    assert_eq!((token.unwrap(), asked.count()), ("token".into(), 1));
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

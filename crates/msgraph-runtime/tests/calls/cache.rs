//! What `TokenCache` keeps, how often it asks its provider, and who gets the answer.

use crate::common::{Asked, Canned, cached, counted, get, reply, thing};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::{
    AccessToken, BoxError, Client, Error, ErrorKind, TokenCache, TokenProvider,
    TokenRequest,
};
use std::error::Error as _;
use std::iter;
use std::time::{Duration, SystemTime};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Gives `token-0`, `token-1` and so on, each after a moment.
fn numbered(lasts: Option<Duration>) -> (Asked, impl TokenProvider) {
    counted(move |number| async move {
        sleep(Duration::from_millis(10)).await;
        let expiry = lasts.map(|lasts| SystemTime::now() + lasts);
        let token = AccessToken::new(format!("token-{number}"));
        Ok::<_, BoxError>(token.expires_at(expiry))
    })
}

/// Makes that many calls at once; their attempts, or their errors.
async fn calls(client: &Client, count: usize) -> Vec<Result<u32, Error>> {
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let client = client.clone();
        calls.spawn(async move { Ok(get(&client).send().await?.attempts()) });
    }
    calls.join_all().await
}

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_share_one_refresh() {
    let server = Server::start(iter::repeat_with(found).take(200)).await;
    let (asked, provider) = numbered(None);
    let client = cached(server.builder(), provider);
    for round in 1..=2 {
        for result in calls(&client, 100).await {
            result.unwrap();
        }
        assert_eq!(asked.count(), 1, "in round {round}");
    }
    for request in server.requests() {
        assert_eq!(header(&request, "authorization"), Some("Bearer token-0"));
    }
}

/// All of them are refused at once, and all of them wait for the one fresh token.
#[tokio::test(start_paused = true)]
async fn a_hundred_refused_calls_share_one_refresh() {
    let refused = || Act::Reply(http("401 Unauthorized", "", ""));
    let acts = iter::repeat_with(refused).take(100);
    let server = Server::start(acts.chain(iter::repeat_with(found).take(100))).await;
    let (asked, provider) = numbered(None);
    let client = cached(server.builder(), provider);
    for attempts in calls(&client, 100).await {
        assert_eq!(attempts.unwrap(), 2);
    }
    assert_eq!((asked.count(), server.requests().len()), (2, 200));
}

/// However soon the new token expires: it is for all who have waited for it.
#[tokio::test(start_paused = true)]
async fn a_hundred_calls_share_a_token_that_expires_soon() {
    let server = Server::start(iter::repeat_with(found).take(100)).await;
    let (asked, provider) = numbered(Some(Duration::from_secs(60)));
    let client = cached(server.builder(), provider);
    for result in calls(&client, 100).await {
        result.unwrap();
    }
    assert_eq!(asked.count(), 1);
}

/// Takes a second, fails as often as that, and then gives a token.
fn failing(failures: usize) -> (Asked, impl TokenProvider) {
    counted(move |number| async move {
        sleep(Duration::from_secs(1)).await;
        match number < failures {
            true => Err(std::io::Error::other(format!("failure {number}"))),
            false => Ok("token"),
        }
    })
}

/// A slow identity service that fails is not asked again by each of those who waited for it.
#[tokio::test(start_paused = true)]
async fn fifty_calls_share_one_failure() {
    let server = Canned::new([thing()]);
    let (asked, provider) = failing(1);
    let client = cached(server.builder(), provider);
    let started = Instant::now();
    for result in calls(&client, 50).await {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Token);
        assert_eq!(error.to_string(), "things.Get: the token provider failed");
        let source = error.source().unwrap();
        assert_eq!(source.to_string(), "failure 0");
        assert!(source.is::<std::io::Error>(), "{source:?}");
    }
    assert_eq!(asked.count(), 1);
    assert_eq!(started.elapsed().as_secs(), 1);
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// What failed before a call has begun is no answer to it.
#[tokio::test(start_paused = true)]
async fn a_call_that_comes_after_a_failure_asks_again() {
    let server = Canned::new([thing()]);
    let (asked, provider) = failing(2);
    let client = cached(server.builder(), provider);
    for number in 0..2 {
        let error = get(&client).await.unwrap_err();
        let source = error.source().unwrap().to_string();
        assert_eq!(source, format!("failure {number}"));
    }
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 3);
}

/// Claims may need what nothing else needs, such as a person who signs in again.
#[tokio::test(start_paused = true)]
async fn a_failure_is_for_those_alone_who_needed_the_same() {
    let refusals = [
        reply(401, &[], ""),
        reply(401, &[], ""),
        reply(401, &[("www-authenticate", "Bearer claims=\"e30=\"")], ""),
        reply(401, &[("www-authenticate", "Bearer claims=\"e30=\"")], ""),
    ];
    let server = Canned::new(refusals.into_iter().chain([thing(), thing()]));
    let asked = Asked::default();
    let asking = asked.clone();
    let provider = move |request: TokenRequest| {
        asking.add();
        async move {
            sleep(Duration::from_secs(1)).await;
            match (request.refused(), request.claims()) {
                (None, _) => Ok("first"),
                (Some(_), None) => Err("the network is down"),
                (Some(_), Some(_)) => Ok("second"),
            }
        }
    };
    let client = cached(server.builder(), provider);
    let results = calls(&client, 4).await;
    let failed = results.iter().filter(|result| result.is_err()).count();
    // For the first token, for the two without claims, and for the two with them.
    assert_eq!((failed, asked.count()), (2, 3));
    for error in results.into_iter().filter_map(Result::err) {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 1));
        assert_eq!(error.status().unwrap(), 401);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cache_asks_again_before_the_token_expires() {
    for (lasts, times) in [(u32::MAX.into(), 1), (3600, 1), (301, 1), (299, 2), (0, 2)] {
        let server = Canned::new([thing(), thing()]);
        let (asked, provider) = numbered(Some(Duration::from_secs(lasts)));
        let client = cached(server.builder(), provider);
        get(&client).await.unwrap();
        get(&client).await.unwrap();
        assert_eq!(asked.count(), times, "a token that lasts {lasts} s");
    }
    let (asked, provider) = numbered(Some(Duration::from_secs(299)));
    let cache = TokenCache::new(provider).refresh_ahead(Duration::from_secs(60));
    let server = Canned::new([thing(), thing()]);
    let client = server.builder().token(cache).build().unwrap();
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 1);
}

#[tokio::test]
async fn absurd_times_are_no_overflow() {
    let server = Canned::new([thing()]);
    let cache = TokenCache::new(numbered(None).1).refresh_ahead(Duration::MAX);
    let client = server.builder().token(cache).timeout(Duration::MAX);
    let client = client.read_timeout(Duration::MAX).build().unwrap();
    get(&client).await.unwrap();
}

/// While one call waits for a provider that does not answer, the token at hand is good.
#[tokio::test(start_paused = true)]
async fn a_hanging_provider_holds_up_one_call() {
    let server = Canned::new([thing(), thing()]);
    let (_, provider) = counted(|number| async move {
        if number > 0 {
            std::future::pending::<()>().await;
        }
        let expiry = SystemTime::now() + Duration::from_secs(60);
        Ok::<_, BoxError>(AccessToken::new("first").expires_at(expiry))
    });
    let client = cached(server.builder(), provider);
    get(&client).await.unwrap();
    let asking = client.clone();
    let asking = tokio::spawn(async move { get(&asking).await.map(drop) });
    tokio::task::yield_now().await;
    get(&client).await.unwrap();
    assert!(asking.await.unwrap().unwrap_err().is_timeout());
}

/// While the provider fails, a token is good until it expires.
#[tokio::test]
async fn a_cache_outlives_a_failing_provider() {
    for (lasts, is_good) in [(60, true), (0, false)] {
        let server = Canned::new([thing(), thing()]);
        let (_, provider) = counted(move |number| async move {
            let expiry = SystemTime::now() + Duration::from_secs(lasts);
            match number {
                0 => Ok(AccessToken::new("first").expires_at(expiry)),
                _ => Err("no network"),
            }
        });
        let client = cached(server.builder(), provider);
        get(&client).await.unwrap();
        assert_eq!(get(&client).await.is_ok(), is_good);
    }
}

/// The one who asks may give up: the next one asks then.
#[tokio::test(start_paused = true)]
async fn a_dropped_refresh_does_not_stop_the_others() {
    let server = Canned::new([thing()]);
    let (asked, provider) = failing(1);
    let client = cached(server.builder(), provider);
    let waiting = client.clone();
    let waiting = tokio::spawn(async move {
        sleep(Duration::from_millis(1)).await;
        get(&waiting).await.map(drop)
    });
    let first = get(&client).timeout(Duration::from_millis(5)).await;
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Timeout);
    waiting.await.unwrap().unwrap();
    assert_eq!(asked.count(), 2);
}

/// Dropping a call at any await leaves nothing that a next call could trip over.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_leaves_nothing_behind() {
    let answer = || http("200 OK", "", "{\"id\":\"42\"}");
    let slow = || Act::Drip(answer(), Duration::from_millis(7));
    for milliseconds in (0..1000).step_by(13) {
        let server = Server::start([slow(), slow(), slow()]).await;
        let client = cached(server.builder(), numbered(None).1);
        let call = async { get(&client).await };
        let _ = tokio::time::timeout(Duration::from_millis(milliseconds), call).await;
        get(&client).await.unwrap();
        get(&client).await.unwrap();
    }
}

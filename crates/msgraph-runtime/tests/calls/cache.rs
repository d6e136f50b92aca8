//! `TokenCache`: which tokens it keeps, how often it asks its provider, and which call gets the
//! token.

use crate::common::{Asked, Canned, Reply, cached, counted, get, make, reply, thing};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::{
    AccessToken, Attempt, BoxError, BoxFuture, Client, Cloud, Error, ErrorKind, TokenCache,
    TokenProvider, TokenRequest, Transport,
};
use std::error::Error as _;
use std::future::pending;
use std::iter;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
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
        if number < failures {
            Err(std::io::Error::other(format!("failure {number}")))
        } else {
            Ok("token")
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
        let line = "things.Get: the token provider failed: failure 0";
        assert_eq!(error.to_string(), line);
        let source = error.source().unwrap();
        assert_eq!(source.to_string(), "failure 0");
        assert!(source.is::<std::io::Error>(), "{source:?}");
    }
    assert_eq!(asked.count(), 1);
    assert_eq!(started.elapsed().as_secs(), 1);
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// A failure from before a call began is not its result.
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

/// Asks the cache for all of these at once; each result, and how long they took together.
async fn asked_for(
    cache: &Arc<TokenCache<impl TokenProvider>>,
    requests: impl IntoIterator<Item = TokenRequest>,
) -> (Vec<Result<AccessToken, BoxError>>, u64) {
    let started = Instant::now();
    let mut answers = JoinSet::new();
    for request in requests {
        let cache = Arc::clone(cache);
        answers.spawn(async move { cache.token(request).await });
    }
    let answers = answers.join_all().await;
    (answers, started.elapsed().as_secs())
}

/// The outcome is for all who have waited for it, also if a clock is wrong.
#[tokio::test(start_paused = true)]
async fn twenty_callers_share_a_token_that_has_expired_at_birth() {
    let hour = Duration::from_secs(3600);
    for expiry in [SystemTime::now(), SystemTime::now() - hour, UNIX_EPOCH] {
        let (asked, provider) = counted(move |number| async move {
            sleep(Duration::from_secs(1)).await;
            let token = AccessToken::new(format!("token-{number}"));
            Ok::<_, BoxError>(token.expires_at(expiry))
        });
        let cache = Arc::new(TokenCache::new(provider));
        for round in 0..2 {
            let request = TokenRequest::new("scope");
            let (answers, seconds) = asked_for(&cache, vec![request; 20]).await;
            for answer in answers {
                assert_eq!(answer.unwrap(), format!("token-{round}").into());
            }
            assert_eq!((seconds, asked.count()), (1, round + 1));
        }
    }
}

/// The provider is asked once for all that were refused, and each call ends with its 401.
#[tokio::test(start_paused = true)]
async fn twenty_callers_share_the_refused_token_that_is_given_again() {
    let refused = || reply(401, &[("request-id", "r")], "");
    let server = Canned::new(iter::repeat_with(refused).take(20));
    let (asked, provider) = counted(|_| async {
        sleep(Duration::from_secs(1)).await;
        Ok::<_, BoxError>("always-the-same")
    });
    let client = cached(server.builder(), provider);
    let started = Instant::now();
    for result in calls(&client, 20).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Service, 1));
        assert_eq!(error.request_id(), Some("r"));
    }
    assert_eq!((started.elapsed().as_secs(), asked.count()), (2, 2));
}

/// An empty token, or one with a line break from a file, is no reason to fail for ever.
#[tokio::test(start_paused = true)]
async fn a_token_that_no_header_can_carry_is_not_kept() {
    for unusable in ["", " ", "token\n", "to ken", "t\u{f6}ken", "to\0ken"] {
        let server = Canned::new([thing(), thing()]);
        let (asked, provider) = counted(move |number| async move {
            sleep(Duration::from_secs(1)).await;
            let expiry = SystemTime::now() + Duration::from_secs(3600);
            let token = if number == 0 { unusable } else { "token" };
            Ok::<_, BoxError>(AccessToken::new(token).expires_at(expiry))
        });
        let client = cached(server.builder(), provider);
        let started = Instant::now();
        for result in calls(&client, 20).await {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 0));
            // A loop that asks this goes on, and the next call has a good token.
            assert!(error.is_retryable() && !error.is_unauthorized());
            assert!(
                error.to_string().starts_with("things.Get: the token "),
                "{error}"
            );
        }
        assert_eq!((started.elapsed().as_secs(), asked.count()), (1, 1));
        get(&client).await.unwrap();
        get(&client).await.unwrap();
        assert_eq!(asked.count(), 2, "{unusable:?}");
    }
}

/// A token that cannot be sent takes no place of one that can.
#[tokio::test]
async fn a_good_token_is_given_when_its_refresh_gives_an_empty_one() {
    let server = Canned::new([thing(), thing(), thing()]);
    let (asked, provider) = counted(|number| async move {
        let expiry = SystemTime::now() + Duration::from_secs(60);
        let token = ["first", "", "third"][number];
        Ok::<_, BoxError>(AccessToken::new(token).expires_at(expiry))
    });
    let client = cached(server.builder(), provider);
    for number in 1..=3 {
        get(&client).await.unwrap();
        assert_eq!(asked.count(), number);
    }
    let sent = server.sent();
    let tokens = sent.iter().map(|sent| &sent.headers()["authorization"]);
    let tokens: Vec<_> = tokens.collect();
    assert_eq!(tokens, ["Bearer first", "Bearer first", "Bearer third"]);
}

/// A refresh without the claims does not serve a request with them, in either order; one
/// with them is for both.
#[tokio::test(start_paused = true)]
async fn claims_that_come_during_a_refresh_are_asked_for_after_it() {
    let plain = TokenRequest::new("scope");
    let claims = plain.clone().with_claims("e30=");
    let cases = [
        ([&plain, &claims, &plain], ["none", "e30=", "none"], 2),
        ([&claims, &plain, &claims], ["e30="; 3], 1),
    ];
    for (requests, expected, seconds) in cases {
        let provider = |request: TokenRequest| async move {
            sleep(Duration::from_secs(1)).await;
            Ok::<_, BoxError>(request.claims().unwrap_or("none").to_owned())
        };
        let cache = Arc::new(TokenCache::new(provider));
        let (answers, took) = asked_for(&cache, requests.map(Clone::clone)).await;
        let mut answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        let mut expected = expected.map(AccessToken::new);
        let order = |token: &AccessToken| *token == "none".into();
        answers.sort_by_key(order);
        expected.sort_by_key(order);
        assert_eq!((answers, took), (expected.to_vec(), seconds));
    }
}

/// A refresh that hangs keeps claims from being asked for, until its time is up.
#[tokio::test(start_paused = true)]
async fn claims_wait_a_minute_for_a_refresh_that_hangs() {
    let provider = |request: TokenRequest| async move {
        match request.claims() {
            None => pending().await,
            Some(_) => Ok::<_, BoxError>("with-claims"),
        }
    };
    let cache = Arc::new(TokenCache::new(provider));
    let plain = TokenRequest::new("scope");
    let claims = plain.clone().with_claims("e30=");
    let (answers, seconds) = asked_for(&cache, [plain, claims]).await;
    let good = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((good, seconds), (1, 60));
}

/// A token of one cloud is nothing that another one may see.
#[tokio::test]
async fn a_cache_keeps_a_token_for_each_scope() {
    let provider = |request: TokenRequest| async move {
        let host = request.scope().trim_start_matches("https://");
        Ok::<_, BoxError>(host.trim_end_matches("/.default").to_owned())
    };
    let cache = Arc::new(TokenCache::new(provider));
    for cloud in [Cloud::Global, Cloud::UsGovernmentL4, Cloud::Global] {
        let server = Canned::new([reply(204, &[], "")]);
        let builder = server.builder().cloud(cloud).token(cache.clone());
        make(&builder.build().unwrap()).await.unwrap();
        let sent = &server.sent()[0];
        let host = sent.uri().host().unwrap();
        let token = sent.headers()["authorization"].to_str().unwrap();
        assert_eq!(token, format!("Bearer {host}"));
    }
}

/// Answers as `Canned` does, when another call has had the token refreshed in the meantime.
struct Overtaken<P> {
    canned: Canned,
    cache: Arc<TokenCache<P>>,
}

impl<P: TokenProvider> Transport for Overtaken<P> {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
        Box::pin(async move {
            let other = Canned::new([reply(401, &[], ""), thing()]);
            let client = other.builder().token(self.cache.clone()).build().unwrap();
            get(&client).await.unwrap();
            self.canned.send(attempt).await
        })
    }
}

/// However fresh a token is: only one that was asked for with the claims can have them.
#[tokio::test]
async fn claims_reach_the_provider_though_another_call_has_a_fresh_token() {
    let challenge = [("www-authenticate", "Bearer claims=\"e30=\"")];
    let canned = Canned::new([reply(401, &challenge, ""), thing()]);
    let asked = Asked::default();
    let asking = asked.clone();
    let provider = move |request: TokenRequest| {
        let claims = request.claims().unwrap_or("none").trim_end_matches('=');
        let token = format!("token-{}-{claims}", asking.add());
        async move { Ok::<_, BoxError>(token) }
    };
    let cache = Arc::new(TokenCache::new(provider));
    let overtaken = Overtaken {
        canned: canned.clone(),
        cache: cache.clone(),
    };
    let builder = Client::builder().token(cache).transport(overtaken);
    get(&builder.build().unwrap()).await.unwrap();
    let sent = canned.sent();
    let tokens = sent.iter().map(|sent| &sent.headers()["authorization"]);
    let tokens: Vec<_> = tokens.collect();
    assert_eq!(tokens, ["Bearer token-0-none", "Bearer token-2-e30"]);
}

/// ms-teams-cli#16, presencelight#245: the first token is used for ever.
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

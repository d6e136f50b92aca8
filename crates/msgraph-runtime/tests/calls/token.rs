//! Where tokens come from, how often they are asked for, and what of them is kept.

use crate::common::{Canned, get, reply, thing};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::{
    AccessToken, BoxError, BoxFuture, Client, Cloud, ErrorKind, TokenCache,
    TokenProvider, TokenRequest,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

/// Gives `token-1`, `token-2` and so on, each after a moment, and counts.
#[derive(Clone, Default)]
struct Counter {
    asked: Arc<AtomicUsize>,
    lasts: Option<Duration>,
}

impl Counter {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl TokenProvider for Counter {
    fn token(&self, _: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            let expiry = self.lasts.map(|lasts| SystemTime::now() + lasts);
            Ok(AccessToken::new(format!("token-{number}")).expires_at(expiry))
        })
    }
}

#[tokio::test]
async fn a_closure_is_told_the_scope_of_the_cloud() {
    let cases = [
        (None, Cloud::Global, "https://graph.microsoft.com/.default"),
        (
            None,
            Cloud::UsGovernmentL4,
            "https://graph.microsoft.us/.default",
        ),
        (
            Some("https://graph.microsoft.us/beta"),
            Cloud::Global,
            "https://graph.microsoft.us/.default",
        ),
        (
            Some("http://localhost:9/v1.0"),
            Cloud::Global,
            "https://graph.microsoft.com/.default",
        ),
    ];
    for (url, cloud, scope) in cases {
        let server = Canned::new([thing(), thing()]);
        let closure = move |request: TokenRequest| async move {
            assert_eq!(request.scope(), scope);
            assert!(request.claims().is_none() && request.refused().is_none());
            Ok::<_, BoxError>("from a closure")
        };
        let closure = move |request| {
            let answer = closure(request);
            async move { answer.await.map(|text| text.replace(' ', "-")) }
        };
        let builder = server.builder().token(closure).cloud(cloud);
        let builder = match url {
            Some(url) => builder.base_url(url),
            None => builder,
        };
        let client = builder.build().unwrap();
        let _ = get(&client).await;
        for sent in server.sent() {
            assert_eq!(sent.headers()["authorization"], "Bearer from-a-closure");
        }
    }
}

/// Makes a hundred calls at once.
async fn a_hundred_calls(client: &Client) {
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let client = client.clone();
        calls.spawn(async move { get(&client).await.map(drop) });
    }
    for result in calls.join_all().await {
        result.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_share_one_refresh() {
    let server = Server::start(std::iter::repeat_with(found).take(200)).await;
    let counter = Counter::default();
    let cache = Arc::new(TokenCache::new(counter.clone()));
    let client = server.builder().token(cache).build().unwrap();
    for round in 1..=2 {
        a_hundred_calls(&client).await;
        assert_eq!(counter.asked(), 1, "in round {round}");
    }
    for request in server.requests() {
        assert_eq!(header(&request, "authorization"), Some("Bearer token-1"));
    }
}

/// All of them are refused at once, and all of them wait for the one fresh token.
#[tokio::test(start_paused = true)]
async fn a_hundred_refused_calls_share_one_refresh() {
    let refused = || Act::Reply(http("401 Unauthorized", "", ""));
    let acts = std::iter::repeat_with(refused).take(100);
    let server =
        Server::start(acts.chain(std::iter::repeat_with(found).take(100))).await;
    let counter = Counter::default();
    let client = server
        .builder()
        .token(TokenCache::new(counter.clone()))
        .build()
        .unwrap();
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { get(&client).send().await.unwrap().attempts() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 2);
    }
    assert_eq!(counter.asked(), 2);
    assert_eq!(server.requests().len(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_cache_asks_again_before_the_token_expires() {
    for (lasts, asked) in [(u32::MAX.into(), 1), (3600, 1), (301, 1), (299, 2), (0, 2)] {
        let server = Canned::new([thing(), thing()]);
        let counter = Counter {
            lasts: Some(Duration::from_secs(lasts)),
            ..Counter::default()
        };
        let cache = TokenCache::new(counter.clone());
        let client = server.builder().token(cache).build().unwrap();
        get(&client).await.unwrap();
        get(&client).await.unwrap();
        assert_eq!(counter.asked(), asked, "a token that lasts {lasts} s");
    }
    let counter = Counter {
        lasts: Some(Duration::from_secs(299)),
        ..Counter::default()
    };
    let cache = TokenCache::new(counter.clone()).refresh_ahead(Duration::from_secs(60));
    let server = Canned::new([thing(), thing()]);
    let client = server.builder().token(cache).build().unwrap();
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(counter.asked(), 1);
}

#[tokio::test]
async fn absurd_times_are_no_overflow() {
    let server = Canned::new([thing()]);
    let cache = TokenCache::new(Counter::default()).refresh_ahead(Duration::MAX);
    let client = server.builder().token(cache).timeout(Duration::MAX);
    let client = client.read_timeout(Duration::MAX).build().unwrap();
    get(&client).await.unwrap();
}

/// However soon the new token expires: it is for all who have waited for it.
#[tokio::test(start_paused = true)]
async fn a_hundred_calls_share_a_token_that_expires_soon() {
    let server = Server::start(std::iter::repeat_with(found).take(100)).await;
    let counter = Counter {
        lasts: Some(Duration::from_secs(60)),
        ..Counter::default()
    };
    let client = server
        .builder()
        .token(TokenCache::new(counter.clone()))
        .build()
        .unwrap();
    a_hundred_calls(&client).await;
    assert_eq!(counter.asked(), 1);
}

/// While one call waits for a provider that does not answer, the token at hand is good.
#[tokio::test(start_paused = true)]
async fn a_hanging_provider_holds_up_one_call() {
    let server = Canned::new([thing(), thing()]);
    let asked = Arc::new(AtomicUsize::new(0));
    let provider = move |_| {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        async move {
            if number > 0 {
                std::future::pending::<()>().await;
            }
            let expiry = SystemTime::now() + Duration::from_secs(60);
            Ok::<_, BoxError>(AccessToken::new("first").expires_at(expiry))
        }
    };
    let cache = TokenCache::new(provider);
    let client = server.builder().token(cache).build().unwrap();
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
        let asked = Arc::new(AtomicUsize::new(0));
        let provider = move |_| {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            async move {
                let expiry = SystemTime::now() + Duration::from_secs(lasts);
                match number {
                    0 => Ok(AccessToken::new("first").expires_at(expiry)),
                    _ => Err("no network"),
                }
            }
        };
        let client = server
            .builder()
            .token(TokenCache::new(provider))
            .build()
            .unwrap();
        get(&client).await.unwrap();
        assert_eq!(get(&client).await.is_ok(), is_good);
    }
}

/// The one who asks may give up: the next one asks then.
#[tokio::test(start_paused = true)]
async fn a_dropped_refresh_does_not_stop_the_others() {
    let server = Canned::new([thing()]);
    let counter = Counter::default();
    let client = server
        .builder()
        .token(TokenCache::new(counter.clone()))
        .build()
        .unwrap();
    let first = get(&client).timeout(Duration::from_millis(5)).await;
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Timeout);
    get(&client).await.unwrap();
    assert_eq!(counter.asked(), 1);
}

#[tokio::test]
async fn a_claims_challenge_reaches_the_provider() {
    // {"access_token":{"nbf":{"essential":true}}}
    let claims = "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==";
    let challenges = [
        format!("Bearer claims=\"{claims}\""),
        format!(
            "Bearer realm=\"\", authorization_uri=\"https://a/b\", claims=\"{claims}\""
        ),
        format!(
            "Basic realm=\"Bearer, claims\", Bearer error=\"x\", claims=\"{claims}\""
        ),
        format!("PoP claims=\"no\", Bearer claims=\"{claims}\""),
    ];
    for challenge in challenges {
        let server =
            Canned::new([reply(401, &[("www-authenticate", &challenge)], ""), thing()]);
        let expected = claims.to_owned();
        let provider = move |request: TokenRequest| {
            let token = match request.claims() {
                None => "first",
                Some(claims) => {
                    assert_eq!(claims, expected);
                    let json = r#"{"access_token":{"nbf":{"essential":true}}}"#;
                    assert_eq!(request.claims_json().as_deref(), Some(json));
                    assert!(request.refused().is_some());
                    "second"
                }
            };
            async move { Ok::<_, BoxError>(token) }
        };
        let client = server
            .builder()
            .token(TokenCache::new(provider))
            .build()
            .unwrap();
        get(&client).await.unwrap();
        let sent = server.sent();
        assert_eq!(
            sent[1].headers()["authorization"],
            "Bearer second",
            "{challenge}"
        );
        assert_eq!(sent[1].headers()["retry-attempt"], "1");
    }
}

/// A fixed token cannot be any fresher: the service's 401 is the answer, after one request.
#[tokio::test]
async fn a_refused_fixed_token_is_not_sent_again() {
    let server = Canned::new([reply(401, &[("request-id", "r")], ""), thing()]);
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Service, 1));
    assert!(error.is_unauthorized());
    assert_eq!(error.request_id(), Some("r"));
}

#[tokio::test]
async fn when_the_refresh_fails_the_refusal_is_kept() {
    let server = Canned::new([reply(401, &[("request-id", "r")], "")]);
    let provider = |request: TokenRequest| async move {
        match request.refused() {
            None => Ok("first"),
            Some(_) => Err("signed out"),
        }
    };
    let client = server.builder().token(provider).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(error.request_id(), Some("r"));
}

/// A provider that hangs is bounded by the call's time, and the refusal is kept.
#[tokio::test(start_paused = true)]
async fn when_the_refresh_hangs_the_refusal_is_kept() {
    let server = Canned::new([reply(401, &[("request-id", "r")], "")]);
    let provider = |request: TokenRequest| async move {
        match request.refused() {
            None => Ok::<_, BoxError>("first"),
            Some(_) => std::future::pending().await,
        }
    };
    let client = server.builder().token(provider).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.request_id(), Some("r"));
    let line = error.to_string();
    assert!(line.contains("the token provider took too long"), "{line}");
}

/// Dropping a call at any await leaves nothing that a next call could trip over.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_leaves_nothing_behind() {
    let slow = || {
        Act::Drip(
            http("200 OK", "", "{\"id\":\"42\"}"),
            Duration::from_millis(7),
        )
    };
    for milliseconds in (0..1000).step_by(13) {
        let server = Server::start([slow(), slow(), slow()]).await;
        let provider = TokenCache::new(Counter::default());
        let client = server.builder().token(provider).build().unwrap();
        let call = async { get(&client).await };
        let _ = tokio::time::timeout(Duration::from_millis(milliseconds), call).await;
        get(&client).await.unwrap();
        get(&client).await.unwrap();
    }
}

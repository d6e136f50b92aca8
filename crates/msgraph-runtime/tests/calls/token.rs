//! The sources of tokens, and the steps after the service refuses one.

use crate::common::{Canned, Thing, get, make, reply, thing};
use msgraph_runtime::{
    AccessToken, BoxError, BoxFuture, Client, Cloud, ErrorKind, Operation, Resource, TokenProvider,
    TokenRequest, decode,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// An operation that every cloud has.
static ANYWHERE: Operation = Operation {
    id: "things.anywhere",
    ..Operation::EMPTY
};

#[tokio::test]
async fn a_text_or_a_box_of_any_provider_is_a_source_of_tokens() {
    let text = "text".to_owned();
    let boxed: Box<dyn TokenProvider> = Box::new(AccessToken::new("text"));
    let server = Canned::new([thing(), thing(), thing(), thing()]);
    let builders = [
        server.builder().token(&text),
        server.builder().token(text.as_str()),
        server.builder().token(boxed),
        server.builder().token(text),
    ];
    for builder in builders {
        get(&builder.build().unwrap()).await.unwrap();
        assert_eq!(server.sent()[0].headers()["authorization"], "Bearer text");
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
        let server = Canned::new([thing()]);
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
        let request = Resource::root(&client).request(&ANYWHERE, decode::object);
        let _: Thing = request.await.unwrap();
        let [sent] = &server.sent()[..] else {
            panic!("one request is sent for {scope}");
        };
        assert_eq!(sent.headers()["authorization"], "Bearer from-a-closure");
    }
}

#[tokio::test]
async fn a_claims_challenge_reaches_the_provider() {
    // {"access_token":{"nbf":{"essential":true}}}
    let claims = "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==";
    let challenges = [
        format!("Bearer claims=\"{claims}\""),
        format!("Bearer realm=\"\", authorization_uri=\"https://a/b\", claims=\"{claims}\""),
        format!("Basic realm=\"Bearer, claims\", Bearer error=\"x\", claims=\"{claims}\""),
        format!("PoP claims=\"no\", Bearer claims=\"{claims}\""),
    ];
    for challenge in challenges {
        let server = Canned::new([reply(401, &[("www-authenticate", &challenge)], ""), thing()]);
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
        let client = server.builder().token(provider).build().unwrap();
        get(&client).await.unwrap();
        let sent = server.sent();
        let token = &sent[1].headers()["authorization"];
        assert_eq!(token, "Bearer second", "{challenge}");
        assert_eq!(sent[1].headers()["retry-attempt"], "1");
    }
}

/// A fixed token cannot be any fresher: the service's 401 is the response, after one request.
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
    assert!(error.is_unauthorized() && error.is_retryable());
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
    let error = make(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.request_id(), Some("r"));
    // A refused call has had no effect, for any operation.
    assert!(error.is_retryable());
    let line = error.to_string();
    assert!(line.contains("the token provider timed out"), "{line}");
}

/// A token that cannot be sent does not settle a refusal either.
#[tokio::test]
async fn when_the_new_token_cannot_be_sent_the_refusal_is_kept() {
    let server = Canned::new([reply(401, &[("request-id", "r")], "")]);
    let provider = |request: TokenRequest| async move {
        let token = request.refused().map_or("first", |_| "");
        Ok::<_, BoxError>(token)
    };
    let client = server.builder().token(provider).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 1));
    assert_eq!(
        (error.status().unwrap().as_u16(), error.request_id()),
        (401, Some("r"))
    );
    assert!(error.to_string().contains("the token is empty"), "{error}");
}

#[test]
fn a_fixed_token_that_no_header_can_carry_is_refused_with_the_builder() {
    let empty = "msgraph: the token is empty: check its source";
    let character = "msgraph: the token contains a character that is not allowed, such as a space \
        or a line break: trim it, and leave out the word `Bearer`";
    for (token, line) in [
        ("", empty),
        (" ", character),
        ("secret\n", character),
        ("Bearer secret", character),
        ("s\u{e9}cret", character),
        ("s\0cret", character),
    ] {
        let server = Canned::default();
        let boxed: Box<dyn TokenProvider> = Box::new(AccessToken::new(token));
        let builders = [
            server.builder().token(token),
            server.builder().token(token.to_owned()),
            server.builder().token(AccessToken::new(token)),
            server.builder().token(Arc::new(AccessToken::new(token))),
            server.builder().token(boxed),
        ];
        for builder in builders {
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert_eq!(error.to_string(), line);
        }
        assert_eq!(Client::new(token).unwrap_err().to_string(), line);
    }
}

/// A provider whose ready token can be sent only in the first place.
struct Worn(AtomicBool);

impl TokenProvider for Worn {
    fn token(&self, _: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async { Ok("fresh".into()) })
    }

    fn ready(&self, _: &str) -> Option<AccessToken> {
        let is_first = self.0.swap(false, Ordering::Relaxed);
        Some(if is_first { "first".into() } else { "".into() })
    }
}

#[tokio::test]
async fn a_ready_token_that_no_header_can_carry_is_as_good_as_none() {
    let server = Canned::new([thing()]);
    let worn = Worn(AtomicBool::new(true));
    let client = server.builder().token(worn).build().unwrap();
    get(&client).await.unwrap();
    assert_eq!(server.sent()[0].headers()["authorization"], "Bearer fresh");
}

/// So that a provider can be tested, and can do what a request says.
#[test]
fn a_request_for_a_token_is_made_and_compared() {
    let request = TokenRequest::new("scope");
    assert_eq!(request.scope(), "scope");
    assert!(request.claims().is_none() && request.refused().is_none());
    let claims = request.clone().with_claims("e30=");
    assert_eq!(claims.claims_json().as_deref(), Some("{}"));
    let refused = request.clone().with_refused("secret");
    assert_eq!(refused.refused(), Some(&AccessToken::new("secret")));
    assert!(request != claims && request != refused);
    assert_eq!(refused, request.with_refused("secret".to_owned()));
    let shown = format!("{:?} {claims:?}", refused.with_claims("e30="));
    assert!(
        !shown.contains("secret") && !shown.contains("e30"),
        "{shown}"
    );
}

/// The expiry of a token says nothing about which one it is.
#[test]
fn tokens_are_compared_by_their_secret() {
    let token = AccessToken::new("secret");
    let expiring = token.clone().expires_at(std::time::SystemTime::now());
    assert_eq!(token, expiring);
    assert_ne!(token, AccessToken::new("secreT"));
    assert_ne!(token, AccessToken::new("secret2"));
    assert_ne!(token, AccessToken::new(""));
    assert_eq!(AccessToken::new("a b"), AccessToken::new(""));
}

//! How others take care of tokens, and where they send them.

use crate::common::{Canned, GET, Thing, cached, counted, get, reply, set, thing};
use crate::server::{Act, Server, found, http};
use msgraph_runtime::{
    AccessToken, BoxError, ErrorKind, Resource, TokenRequest, decode,
};
use std::time::SystemTime;

/// All SDKs: no fresh token after a 401; claims are missed when another scheme comes first, or
/// not known at all. docs#8457: a 401 now and then while polling.
#[tokio::test]
async fn a_401_is_the_end() {
    let challenge = "Basic realm=\"x\", Bearer realm=\"\", claims=\"e30=\"";
    for headers in [&[][..], &[("www-authenticate", challenge)]] {
        let server = Canned::new([reply(401, headers, ""), thing()]);
        let has_claims = !headers.is_empty();
        let provider = move |request: TokenRequest| async move {
            assert_eq!(
                request.claims().is_some(),
                has_claims && request.refused().is_some()
            );
            let is_first = request.refused().is_none();
            Ok::<_, BoxError>(if is_first { "stale" } else { "fresh" })
        };
        let client = cached(server.builder(), provider);
        get(&client).await.unwrap();
        assert_eq!(server.sent()[1].headers()["authorization"], "Bearer fresh");
    }
}

/// PresenceJam #153: a 403 counts as an expired token, and signs in again and again.
/// ms-teams-cli#70: a 403 without a message says nothing.
#[tokio::test]
async fn a_403_looks_like_an_expired_token() {
    let token = |number| async move { Ok::<_, BoxError>(format!("token-{number}")) };
    let (asked, provider) = counted(token);
    let body = r#"{"error":{"code":"Forbidden","message":""}}"#;
    let server = Canned::new([reply(403, &[], body)]);
    let client = server.builder().token(provider).build().unwrap();
    let error = set(&client).await.unwrap_err();
    assert_eq!(asked.count(), 1);
    assert!(error.is_forbidden() && !error.is_unauthorized());
    let line = "things.set: 403 Forbidden, Forbidden; hint: it takes the delegated permission \
        Thing.ReadWrite; an application token is not possible";
    assert_eq!(error.to_string(), line);
}

/// ms-teams-cli#16, presencelight#245: the first token is used for ever.
#[tokio::test]
async fn tokens_grow_old() {
    let server = Canned::new([thing(), thing()]);
    let (asked, provider) = counted(|_| async {
        let token = AccessToken::new("token").expires_at(SystemTime::now());
        Ok::<_, BoxError>(token)
    });
    let client = cached(server.builder(), provider);
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(asked.count(), 2);
}

/// All SDKs: the body of a POST goes to whatever host a 307 names, with the request's own
/// headers. JS: also from https to http.
#[tokio::test(start_paused = true)]
async fn a_redirect_carries_the_body_elsewhere() {
    let elsewhere = Server::start([found()]).await;
    let location = format!("location: {}/things\r\n", elsewhere.url);
    for status in ["307 a", "308 a"] {
        let server = Server::start([Act::Reply(http(status, &location, ""))]).await;
        let error = set(&server.client()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
    }
    assert_eq!(
        (elsewhere.requests().len(), elsewhere.connections()),
        (0, 0)
    );
    let to_http = reply(307, &[("location", "http://graph.microsoft.com/x")], "");
    let server = Canned::new([to_http, thing()]);
    set(&server.client()).await.unwrap_err();
    assert_eq!(server.sent().len(), 1);
}

/// Python, Kiota JS: after 301, 302 or 303 a POST becomes a GET that succeeds, and the write
/// never happened. JS v3: a 303 asks the first URL five times.
#[tokio::test(start_paused = true)]
async fn a_redirected_write_is_reported_as_done() {
    for status in ["301 a", "302 a", "303 a"] {
        let answer = Act::Reply(http(status, "location: /v1.0/x\r\n", ""));
        let server = Server::start([answer, found()]).await;
        let error = set(&server.client()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirect, 1));
        assert_eq!(server.requests().len(), 1);
    }
}

/// JS: a relative `Location` cannot be parsed, and too many redirects have no message.
#[tokio::test(start_paused = true)]
async fn redirects_on_the_same_host_fail() {
    let server = Canned::new([reply(308, &[("location", "detail2")], ""), thing()]);
    get(&server.client()).await.unwrap();
    assert_eq!(server.sent()[1].uri().path(), "/v1.0/things/42/detail2");
    let again = || reply(307, &[("location", "/x")], "");
    let server = Canned::new(std::iter::repeat_with(again).take(50));
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "things.Get: 307 Temporary Redirect, more than 5 redirects; 6 attempts"
    );
}

/// Python: an explicit URL sends the token to any host. Elsewhere: an id that is put into a
/// path as it is changes the path. Here no text becomes a URL.
#[tokio::test]
async fn the_token_goes_to_whatever_host_a_text_names() {
    for id in [
        "https://evil.example/x",
        "//evil.example/x",
        "@evil.example",
        "..\\..",
        "x?y#z",
    ] {
        let server = Canned::new([thing()]);
        let client = server.client();
        let request = Resource::root(&client).fixed("things").parameter(id);
        request
            .request::<Thing>(&GET, decode::object)
            .await
            .unwrap();
        let sent = &server.sent()[0];
        assert_eq!(sent.uri().authority().unwrap(), "graph.microsoft.com");
        assert_eq!(sent.uri().path().split('/').count(), 5, "{}", sent.uri());
        assert_eq!(sent.uri().query(), None);
    }
}

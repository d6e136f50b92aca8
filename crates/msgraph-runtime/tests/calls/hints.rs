//! Hints, by the status, the code and the token.

use crate::common::{Canned, jwt, make, reply, set};
use msgraph_runtime::{Operation, RateLimit, Resource, RetryPolicy, decode};

/// Status, body, the payload of the token if it can be read, and what may help, in order.
type Case<'a> = (u16, &'a str, &'a str, &'a [&'a str]);

const EITHER: &str = "the operation needs the delegated permission Thing.ReadWrite, or the application \
    permission Thing.ReadWrite.All";

#[tokio::test]
async fn hints_fit_the_status_the_code_and_the_token() {
    let lacks = "the token lacks the delegated permission Thing.ReadWrite; it has User.Read";
    let lacks_role = "the token lacks the application permission Thing.ReadWrite.All; it has none";
    let own = r#"{"error":{"code":"notyours"}}"#;
    let invalid = r#"{"error":{"code":"InvalidAuthenticationToken"}}"#;
    let expired = "the token has expired; the token provider must renew it, as `TokenCache` does";
    let not_accepted = "the token is not accepted; request a token for Microsoft Graph in the \
        same cloud";
    let guess = "with a delegated token: only one's own things";
    let known = "only one's own things";
    let writes = r#"{"scp":"thing.readwrite User.Read"}"#;
    let writes_all = r#"{"roles":["Thing.ReadWrite.All"]}"#;
    let reads = r#"{"scp":"User.Read"}"#;
    let old = r#"{"scp":"User.Read","exp":1}"#;
    let application = r#"{"idtyp":"app"}"#;
    let cases: [Case<'_>; 13] = [
        (404, "", "", &["take the id of the thing, not its name"]),
        (500, "", "", &[]),
        (400, "", "", &[]),
        (403, "", "", &[EITHER]),
        (401, "", "", &[EITHER]),
        (403, own, "", &[EITHER, guess]),
        (403, own, writes, &[known]),
        (403, own, reads, &[lacks, known]),
        (403, "", writes, &[]),
        (403, own, application, &[lacks_role]),
        (403, "", writes_all, &[]),
        (401, invalid, reads, &[not_accepted]),
        (401, invalid, old, &[expired]),
    ];
    for (status, body, payload, expected) in cases {
        let server = Canned::new([reply(status, &[], body)]);
        let token = match payload {
            "" => "opaque".to_owned(),
            payload => jwt(payload),
        };
        let client = server.builder().token(token).build().unwrap();
        let error = make(&client).await.unwrap_err();
        assert_eq!(
            error.hints().collect::<Vec<_>>(),
            expected,
            "{status} {body} {payload}"
        );
        let shown = error.to_string();
        assert_eq!(shown.contains("; hint: "), !expected.is_empty(), "{shown}");
    }
}

#[tokio::test]
async fn an_operation_that_one_kind_of_token_cannot_call_says_so() {
    let server = Canned::new([reply(403, &[], "")]);
    let token = jwt(r#"{"roles":["Thing.ReadWrite.All"]}"#);
    let client = server.builder().token(token).build().unwrap();
    let error = set(&client).await.unwrap_err();
    let hint = "not possible with an application token; use a delegated token with \
        Thing.ReadWrite";
    assert_eq!(error.hints().next(), Some(hint));
    let server = Canned::new([reply(403, &[], "")]);
    let error = set(&server.client()).await.unwrap_err();
    let hint = "the operation needs the delegated permission Thing.ReadWrite; application tokens are \
        not accepted";
    assert_eq!(error.hints().next(), Some(hint));
}

/// The documented limit is told to callers that exceed it.
#[tokio::test]
async fn a_throttled_call_learns_the_documented_limit() {
    static LIMITED: Operation = Operation {
        rate_limit: Some(RateLimit {
            requests: 1500,
            seconds: 30,
        }),
        ..crate::common::ONCE
    };
    let server = Canned::new([reply(429, &[("retry-after", "999")], "")]);
    let client = server.client();
    let thing = Resource::root(&client).fixed("things").parameter("42");
    let request = thing.request::<()>(&LIMITED, decode::nothing);
    let error = request.await.unwrap_err();
    let hint = "the documented limit is 1500 requests in 30 s for an application and a \
        tenant; spread the calls over time, or poll less often";
    assert_eq!(error.hints().collect::<Vec<_>>(), [hint]);
}

/// The line of a repeatable write that is answered so.
async fn line(status: u16, headers: &[(&str, &str)], body: &str) -> String {
    let server = Canned::new([reply(status, headers, body)]);
    let client = server.client();
    let error = set(&client).retry(RetryPolicy::none()).await.unwrap_err();
    let hint = error.hints().next();
    let shown = error.to_string();
    assert!(hint.is_none_or(|hint| shown.contains(hint)), "{shown}");
    shown
}

/// microsoftgraph/msgraph-sdk-java#2355: a token that is good is called bad.
#[tokio::test]
async fn a_claims_challenge_is_about_the_sign_in() {
    let message = "Continuous access evaluation resulted in challenge with result: \
        InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
    let body =
        format!(r#"{{"error":{{"code":"InvalidAuthenticationToken","message":"{message}"}}}}"#);
    let other = r#"{"error":{"code":"InvalidAuthenticationToken","message":"No."}}"#;
    let challenge = r#"Bearer realm="", error="insufficient_claims", claims="eyJ4IjoxfQ==""#;
    let header = &[("www-authenticate", challenge)][..];
    for (headers, body) in [
        (header, &*body),
        (&[], &body),
        (header, other),
        (header, ""),
    ] {
        let shown = line(401, headers, body).await;
        let hint = "; hint: the sign-in is too old, was revoked, or comes from another network \
            (continuous access evaluation); sign in again, or let the provider pass on \
            `TokenRequest::claims`";
        assert!(shown.ends_with(hint), "{shown}");
    }
}

/// The line names who has answered, and where a redirect leads.
#[tokio::test]
async fn who_has_answered_in_the_place_of_the_service() {
    let html = ("content-type", "text/html");
    let sign_in = "https://login.microsoftonline.com/common/oauth2/authorize?x=y";
    let page = "the response is a web page: a proxy, a firewall or a gateway answered instead \
        of the service; hint: check the base URL and the proxies and gateways on the way to \
        the service; `Error::excerpt` has the page";
    let segment = r#"{"error":{"code":"BadRequest","message":"Resource not found for the segment 'presence'."}}"#;
    let cases = [
        (
            302,
            ("location", sign_in),
            "",
            "302 Found, not followed: its target is another host, login.microsoftonline.com, \
             probably a sign-in page; hint: the network requires a \
             sign-in: sign in with a browser on this network, or configure the network's proxy to let this program pass"
                .to_owned(),
        ),
        (
            302,
            ("x", "y"),
            "",
            "302 Found, the redirect has no Location header".to_owned(),
        ),
        (
            304,
            ("x", "y"),
            "",
            "304 Not Modified, the response is 304 Not Modified to an unconditional request: \
             a cache on the way answered; hint: bypass the cache, or send \
             `Cache-Control: no-cache`"
                .to_owned(),
        ),
        (
            403,
            html,
            "<title>Blocked</title>",
            format!("403 Forbidden, Blocked; {page}"),
        ),
        (502, html, "<p>", format!("502 Bad Gateway, {page}")),
        (
            403,
            ("content-encoding", "gzip"),
            "\u{1f}\u{8b}x",
            "403 Forbidden, the response is compressed, although the client did not ask for \
             it: its code and message cannot be read; hint: a proxy on the way compresses it: configure the \
             proxy to obey `Accept-Encoding`"
                .to_owned(),
        ),
        (
            407,
            ("x", "y"),
            "",
            "407 Proxy Authentication Required; hint: the proxy requires authentication: \
             put its user and password into `HTTPS_PROXY`, or into the `reqwest::Proxy` of your \
             builder"
                .to_owned(),
        ),
        (
            511,
            ("x", "y"),
            "",
            "511 Network Authentication Required; hint: sign in to the network: open a web \
             page in a browser on it"
                .to_owned(),
        ),
        (
            400,
            ("x", "y"),
            segment,
            "400 Bad Request, BadRequest: Resource not found for the segment 'presence'; \
             hint: nothing was written, because the path does not exist at the base URL: \
             check its version (…/v1.0) and the cloud, because some clouds lack this operation"
                .to_owned(),
        ),
        (
            404,
            ("x", "y"),
            "404 page not found",
            "404 Not Found, 404 page not found; hint: the response is not one of \
             Microsoft Graph: check the base URL and its version; or: take the id of the \
             thing, not its name"
                .to_owned(),
        ),
    ];
    for (status, header, body, expected) in cases {
        let shown = line(status, &[header], body).await;
        assert_eq!(shown, format!("things.set: {expected}"));
    }
}

/// A 304 that the call has asked for is not the trouble of a cache.
#[tokio::test]
async fn a_304_that_was_asked_for_says_so() {
    let server = Canned::new([reply(304, &[], "")]);
    let client = server.client();
    let error = set(&client)
        .header("if-none-match", "\"1\"")
        .await
        .unwrap_err();
    let line = "things.set: 304 Not Modified, not modified since the version in the request \
        (304)";
    assert_eq!(error.to_string(), line);
}

//! What may help, by the status, the code and the token.

use crate::common::{Canned, jwt, make, reply, set};
use msgraph_runtime::{Operation, RateLimit, Resource, decode};

/// Status, body, the payload of the token if it can be read, and what may help, in order.
type Case<'a> = (u16, &'a str, &'a str, &'a [&'a str]);

const EITHER: &str = "it takes the delegated permission Thing.ReadWrite, or the application \
    permission Thing.ReadWrite.All";

#[tokio::test]
async fn hints_fit_the_status_the_code_and_the_token() {
    let lacks =
        "the token lacks the delegated permission Thing.ReadWrite; it has User.Read";
    let lacks_role =
        "the token lacks the application permission Thing.ReadWrite.All; it has none";
    let own = r#"{"error":{"code":"notyours"}}"#;
    let invalid = r#"{"error":{"code":"InvalidAuthenticationToken"}}"#;
    let expired =
        "the token has expired; let the provider give a fresh one, as `TokenCache` does";
    let not_accepted = "the token itself is not accepted; ask for one for Microsoft Graph, in \
        the same cloud";
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
    let hint = "it takes the delegated permission Thing.ReadWrite; an application token is \
        not possible";
    assert_eq!(error.hints().next(), Some(hint));
}

/// What the service documents is told to those who ask too often.
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
        tenant; spread the calls, or ask less often";
    assert_eq!(error.hints().collect::<Vec<_>>(), [hint]);
}

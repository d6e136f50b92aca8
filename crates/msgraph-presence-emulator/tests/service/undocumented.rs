//! Each undocumented behaviour, assumed and not.

use crate::http::{ADA, CLOSE, bearer, get, post, request, until_the_end, with_ada};
use msgraph_presence_emulator::{Token, Undocumented};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn communications_may_come_in_an_envelope() {
    let (emulator, _, token) = with_ada().await;
    let path = format!("/communications/presences/{ADA}?$select=id");
    let bare = get(&emulator, &token, &path).await.json();
    assert_eq!(bare["id"], ADA);
    emulator.assume(Undocumented::Envelope);
    let body = get(&emulator, &token, &path).await.json();
    assert_eq!(body["value"], json!([{ "id": ADA }]));
    let me = get(&emulator, &token, "/me/presence").await.json();
    assert_eq!(me["id"], ADA, "no other response has an envelope");
}

#[tokio::test]
async fn a_write_may_return_204() {
    let (emulator, _, token) = with_ada().await;
    emulator.assume(Undocumented::NoContent);
    let path = format!("/users/{ADA}/presence/setStatusMessage");
    let reply = post(&emulator, &token, &path, json!({ "statusMessage": {} })).await;
    assert_eq!((reply.status, &*reply.body), (204, ""));
    assert_eq!(reply.header("content-length"), None);
}

#[tokio::test]
async fn values_may_come_in_camel_case() {
    let (emulator, ada, token) = with_ada().await;
    emulator.assume(Undocumented::CamelCase);
    emulator.advance(Duration::from_secs(300));
    let reply = get(&emulator, &token, "/me/presence").await;
    assert_eq!(reply.pair(), "available/availableInactive");
    emulator.sign_out(ada);
    let reply = get(&emulator, &token, "/me/presence").await;
    assert_eq!(reply.pair(), "offline/offline");
}

#[tokio::test]
async fn what_is_absent_may_be_null() {
    let (emulator, _, token) = with_ada().await;
    let plain = get(&emulator, &token, "/me/presence").await.json();
    assert_eq!(plain.get("statusMessage"), None);
    emulator.assume(Undocumented::Nulls);
    emulator.assume(Undocumented::NoContext);
    let body = get(&emulator, &token, "/me/presence").await.json();
    assert_eq!(body.get("statusMessage"), Some(&Value::Null));
    assert_eq!(body.get("workLocation"), Some(&Value::Null));
    assert_eq!(body.get("@odata.context"), None);
}

#[tokio::test]
async fn permissions_may_be_told_in_three_ways() {
    let cases = [
        (None, 401, 403),
        (Some(Undocumented::Missing401), 401, 401),
        (Some(Undocumented::Missing403), 403, 403),
    ];
    for (behaviour, read, write) in cases {
        let (emulator, ada, _) = with_ada().await;
        if let Some(behaviour) = behaviour {
            emulator.assume(behaviour);
        }
        let token = emulator.token(Token::delegated(ada).permissions(["User.Read"]));
        let reply = get(&emulator, &token, "/me/presence").await;
        assert_eq!(reply.status, read, "{behaviour:?}");
        let path = format!("/users/{ADA}/presence/setStatusMessage");
        let reply = post(&emulator, &token, &path, json!({})).await;
        assert_eq!(reply.status, write, "{behaviour:?}");
    }
}

#[tokio::test]
async fn reading_others_may_take_more() {
    let (emulator, ada, _) = with_ada().await;
    let bob = emulator.add_user("Bob");
    emulator.assume(Undocumented::ReadAllForOthers);
    let cases = [
        (
            Token::delegated(bob).permissions(["Presence.Read"]),
            ada,
            401,
        ),
        (
            Token::delegated(bob).permissions(["Presence.Read"]),
            bob,
            200,
        ),
        (Token::delegated(bob), ada, 200),
        (Token::application(), ada, 200),
    ];
    for (token, user, status) in cases {
        let path = format!("/users/{user}/presence");
        let reply = get(&emulator, &emulator.token(token.clone()), &path).await;
        assert_eq!(reply.status, status, "{token:?}");
    }
}

#[tokio::test]
async fn errors_and_waits_may_be_spelled_otherwise() {
    let (emulator, _, token) = with_ada().await;
    emulator.assume(Undocumented::LowerCaseInnerError);
    emulator.assume(Undocumented::SelectRefused);
    emulator.assume(Undocumented::FractionalRetryAfter);
    let refused = get(&emulator, &token, "/me/presence?$select=id").await;
    assert_eq!(refused.status, 400);
    let error = &refused.json()["error"];
    assert!(error["innererror"]["request-id"].is_string(), "{error}");
    assert_eq!(error.get("innerError"), None);
    let mut last = refused;
    while last.status != 429 {
        last = get(&emulator, &token, "/me/presence").await;
    }
    assert_eq!(last.header("retry-after"), Some("30.128"));
}

#[tokio::test]
async fn the_limit_may_be_the_larger_one() {
    let (emulator, ..) = with_ada().await;
    emulator.assume(Undocumented::TenThousand);
    let ada = bearer("Ada");
    // Pipelined: the responses come one after the other on the same connection.
    let mut text = request("GET /v1.0/me/presence", &[&ada], "").repeat(10_000);
    text += &request("GET /v1.0/me/presence", &[&ada, CLOSE], "");
    let (all, _) = until_the_end(&emulator, &text).await;
    assert_eq!(all.matches("HTTP/1.1 200 OK").count(), 10_000);
    assert_eq!(all.matches("HTTP/1.1 429 ").count(), 1);
}

#[tokio::test]
async fn a_status_message_may_come_back_otherwise() {
    let (emulator, _, token) = with_ada().await;
    let expiry = json!({
        "dateTime": "2026-11-22T09:00:00",
        "timeZone": "Pacific Standard Time"
    });
    let message = json!({ "content": "<R&D>", "contentType": "text" });
    let body = json!({ "statusMessage": { "message": message, "expiryDateTime": expiry }});
    let path = format!("/users/{ADA}/presence/setStatusMessage");
    post(&emulator, &token, &path, body).await;
    let status = async || get(&emulator, &token, "/me/presence").await.json();

    let plain = status().await["statusMessage"].clone();
    assert_eq!(plain["message"]["content"], "<R&D>");
    assert_eq!(plain["expiryDateTime"]["timeZone"], "UTC");
    assert_eq!(
        plain["expiryDateTime"]["dateTime"],
        "2026-11-22T17:00:00.0000000"
    );

    emulator.assume(Undocumented::KeptTimeZone);
    emulator.assume(Undocumented::Sanitized);
    let other = status().await["statusMessage"].clone();
    assert_eq!(other["message"]["content"], "&lt;R&amp;D&gt;");
    assert_eq!(other["expiryDateTime"], expiry);
}

//! The record of what was received: callers, warnings, and what a test asserts.

use crate::http::{ADA, CLOSE, bearer, get, post, request, send, with_ada};
use msgraph_presence_emulator::{Expected, Token};
use serde_json::{Value, json};

#[tokio::test]
async fn a_request_is_recorded_with_its_caller_and_status() {
    let (emulator, ada, token) = with_ada().await;
    let eve = "00000000-0000-4000-8000-00000000000e".parse().unwrap();
    let expired = emulator.token(Token::delegated(ada).expired());
    let callers = [
        (&*token, Some("Ada"), 200),
        ("application", Some("application"), 400),
        (&*emulator.token_for(eve), None, 404),
        (&*expired, None, 401),
    ];
    for (token, _, _) in callers {
        get(&emulator, token, "/me/presence?$select=id").await;
    }
    let requests = emulator.requests();
    assert_eq!(requests.len(), callers.len());
    for (request, (_, caller, status)) in requests.iter().zip(callers) {
        assert_eq!(request.caller.as_deref(), caller);
        assert_eq!(request.status, status);
        assert_eq!(request.operation, Some("me.GetPresence"));
        assert_eq!(request.path, "/v1.0/me/presence");
        assert_eq!(request.query, "$select=id");
        assert_eq!(request.at.to_string(), "2026-11-21T09:00:00Z");
        assert_eq!(request.header("host"), Some("localhost"));
        assert_eq!(request.header("authorization"), None);
        assert!(!format!("{request:?}").contains("me/presence"));
    }
    emulator.clear_requests();
    assert!(emulator.requests().is_empty());
    assert_eq!(emulator.requests_received(), 4);
}

/// A refusal: the permissions of the caller, an action, a body, the code and a part of the reason.
type Refusal<'a> = (&'a str, &'a str, Value, &'a str, &'a str);

#[tokio::test]
async fn a_refusal_is_recorded_with_its_code_and_its_reason() {
    let (emulator, ada, _) = with_ada().await;
    let token = |permission: &str| emulator.token(Token::delegated(ada).permissions([permission]));
    let expiry = |date: &str, zone: &str| {
        let expiry = json!({ "dateTime": date, "timeZone": zone });
        json!({ "statusMessage": { "expiryDateTime": expiry } })
    };
    let write = "Presence.ReadWrite";
    let session = |pair: &str, lasts: &str| {
        json!({
            "sessionId": "x", "availability": pair, "activity": pair, "expirationDuration": lasts
        })
    };
    let cases: [Refusal<'_>; 9] = [
        (
            "Presence.Read",
            "setStatusMessage",
            json!({ "statusMessage": {} }),
            "Forbidden",
            "The token has Presence.Read; the operation takes Presence.ReadWrite",
        ),
        (
            write,
            "setStatusMessage",
            json!([1]),
            "BadRequest",
            "invalid type: sequence",
        ),
        (
            write,
            "setStatusMessage",
            expiry("2026-11-28T17:00:00Z", "UTC"),
            "InvalidArgument",
            "It is '2026-11-28T17:00:00Z'; the zone belongs in timeZone",
        ),
        (
            write,
            "setStatusMessage",
            expiry("2026-11-28T17:00:00", "Mars"),
            "InvalidArgument",
            "It is 'Mars'",
        ),
        (
            write,
            "setPresence",
            session("Busy", "PT1H"),
            "InvalidArgument",
            "They are Busy/Busy; the operation takes Available/Available, Busy/InACall",
        ),
        (
            write,
            "setPresence",
            session("Away", "PT5H"),
            "InvalidArgument",
            "It is 'PT5H'; the operation takes one such as PT1H, from PT5M to PT4H",
        ),
        (
            write,
            "clearPresence",
            json!({ "sessionId": "gone" }),
            "NotFound",
            "with the id 'gone'",
        ),
        (
            write,
            "setManualLocation",
            json!({ "workLocationType": "moon" }),
            "InvalidArgument",
            "It is 'moon'; it takes office",
        ),
        (
            write,
            "setUserPreferredPresence",
            json!({ "avail": "Busy" }),
            "InvalidArgument",
            "both required",
        ),
    ];
    for (permission, action, body, code, reason) in cases {
        let path = format!("/me/presence/{action}");
        post(&emulator, &token(permission), &path, body).await;
        let last = emulator.requests().pop().unwrap();
        assert_eq!(last.code.as_deref(), Some(code), "{action}");
        let found = last.reason.unwrap_or_default();
        assert!(found.contains(reason), "{action}: {found}");
    }
    // A misspelled property is told beside the one that is missing.
    let last = emulator.requests().pop().unwrap();
    assert_eq!(last.warning.as_deref(), Some("unknown properties: avail"));

    let expired = emulator.token(Token::delegated(ada).expired());
    let reads = [
        (
            &*expired,
            "/me/presence",
            "clock shows 2026-11-21T09:00:00Z",
        ),
        (
            "application",
            "/users/00000000-0000-4000-8000-000000000000/presence",
            "No user has",
        ),
        ("Carol", "/me/presence", "no user has this one"),
    ];
    for (token, path, reason) in reads {
        get(&emulator, token, path).await;
        let found = emulator
            .requests()
            .pop()
            .unwrap()
            .reason
            .unwrap_or_default();
        assert!(found.contains(reason), "{path}: {found}");
    }
    get(&emulator, "Ada", "/me/presence").await;
    let last = emulator.requests().pop().unwrap();
    assert_eq!((last.code, last.reason), (None, None));
}

#[tokio::test]
async fn what_is_not_documented_is_a_remark() {
    let (emulator, ..) = with_ada().await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let message = |extra: Value| json!({ "statusMessage": extra });
    let expiry = json!({ "dateTime": "2026-11-21T10:00:00" });
    let past = json!({ "dateTime": "2026-11-21T08:00:00", "timeZone": "UTC" });
    let busy = json!({ "availability": "busy", "activity": "Busy" });
    let cases = [
        (
            "/me/presence/setStatusMessage",
            message(json!({ "message": { "text": "Hi" }, "expiry": null })),
            "unknown properties: statusMessage.expiry, statusMessage.message.text",
        ),
        (
            "/me/presence/setStatusMessage",
            message(json!({ "expiryDateTime": expiry })),
            "expiryDateTime has no timeZone, and is read in UTC",
        ),
        (
            "/me/presence/setStatusMessage",
            message(json!({ "expiryDateTime": past })),
            "the message has expired: 2026-11-21T08:00:00Z on the emulator's clock",
        ),
        (
            "/me/presence/setUserPreferredPresence",
            busy,
            "busy is Busy in the documentation",
        ),
        (
            "/communications/getPresencesByUserId",
            json!({ "ids": [ADA, ADA, nobody] }),
            "ids of no user: 1; ids repeated: 1",
        ),
    ];
    for (path, body, warning) in cases {
        assert_eq!(
            post(&emulator, "Ada", path, body).await.status,
            200,
            "{path}"
        );
        let last = emulator.requests().pop().unwrap();
        assert_eq!(last.warning.as_deref(), Some(warning), "{path}");
    }
    let read = request("GET /v1.0/me/presence", &[CLOSE, &bearer("Ada")], "{}");
    assert_eq!(send(&emulator, &read).await.status, 200);
    let last = emulator.requests().pop().unwrap();
    assert_eq!(
        last.warning.as_deref(),
        Some("the body of a GET is ignored")
    );
}

#[tokio::test]
async fn what_the_service_ignores_is_a_warning() {
    let (emulator, _, token) = with_ada().await;
    let message = json!({ "content": "Hi", "contentType": "text" });
    let published = json!({
        "message": message,
        "publishedDateTime": "2022-10-18T00:07:15.4012511Z"
    });
    let typed = json!({ "statusMessage": {}, "@odata.type": "#x", "a": 1, "b": 2 });
    let cases = [
        (json!({ "statusMessage": { "message": message } }), None),
        (
            json!({ "statusMessage": published }),
            Some("publishedDateTime is read-only"),
        ),
        (typed, Some("unknown properties: a, b")),
    ];
    let path = format!("/users/{ADA}/presence/setStatusMessage");
    for (body, warning) in cases {
        let reply = post(&emulator, &token, &path, body).await;
        assert_eq!(reply.status, 200);
        let requests = emulator.requests();
        assert_eq!(requests[requests.len() - 1].warning.as_deref(), warning);
    }
    let read = get(&emulator, &token, "/me/presence").await.json();
    let published = &read["statusMessage"]["publishedDateTime"];
    assert_eq!(published, "2026-11-21T09:00:00.0000000Z");

    let path = format!("/users/{ADA}/presence/setUserPreferredPresence");
    let body = json!({
        "availability": "Busy",
        "activity": "Busy",
        "expirationDutaion": "PT1H"
    });
    post(&emulator, &token, &path, body.clone()).await;
    let requests = emulator.requests();
    let warning = requests[requests.len() - 1].warning.as_deref();
    assert_eq!(warning, Some("unknown properties: expirationDutaion"));
    emulator.received(Expected::post(&path).json(body)).unwrap();
}

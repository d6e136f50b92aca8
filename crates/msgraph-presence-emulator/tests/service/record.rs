//! The record of what was received: callers, warnings, and what a test asserts.

use crate::http::{ADA, get, post, with_ada};
use msgraph_presence_emulator::{Expected, Token};
use serde_json::json;

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

//! The record of what was received: callers, remarks, and what a test asserts.

#![cfg(test)]

mod support;

use msgraph_presence_emulator::{Emulator, Expected, Token};
use serde_json::json;
use support::{ADA, get, post, with_ada};

#[tokio::test]
async fn a_request_is_recorded_with_its_caller_and_answer() {
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
        assert_eq!(request.header("host"), Some("x"));
        assert_eq!(request.header("authorization"), None);
        assert!(!format!("{request:?}").contains("me/presence"));
    }
    emulator.clear_requests();
    assert!(emulator.requests().is_empty());
    assert_eq!(emulator.requests_received(), 4);
}

#[tokio::test]
async fn what_the_service_passes_over_is_remarked() {
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
        (typed, Some("unknown members: a, b")),
    ];
    let path = format!("/users/{ADA}/presence/setStatusMessage");
    for (body, remark) in cases {
        let reply = post(&emulator, &token, &path, body).await;
        assert_eq!(reply.status, 200);
        let requests = emulator.requests();
        assert_eq!(requests[requests.len() - 1].remark.as_deref(), remark);
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
    let remark = requests[requests.len() - 1].remark.as_deref();
    assert_eq!(remark, Some("unknown members: expirationDutaion"));
    emulator.received(Expected::post(&path).json(body)).unwrap();
}

#[tokio::test]
async fn a_reset_forgets_everything_but_who_there_is() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let time = "2026-11-21T09:00:00Z".parse().unwrap();
    emulator.set_clock(time);
    let ada = emulator.add_user("Ada");
    emulator.sign_in(ada);
    let mut last = get(&emulator, "Ada", "/me/presence").await;
    while last.status == 200 {
        last = get(&emulator, "Ada", "/me/presence").await;
    }
    assert_eq!(last.status, 429);

    emulator.reset();
    assert!(emulator.requests().is_empty());
    assert_eq!(emulator.now(), time);
    let reply = get(&emulator, "Ada", "/me/presence").await;
    assert_eq!(reply.pair(), "Offline/Offline");
}

#[tokio::test]
async fn the_emulators_clock_is_the_one_of_the_answers() {
    let (emulator, ..) = with_ada().await;
    let day = std::time::Duration::from_secs(86_400);
    for date in ["Sat, 21 Nov 2026", "Sun, 22 Nov 2026", "Mon, 23 Nov 2026"] {
        let reply = get(&emulator, "Ada", "/me/presents").await;
        assert_eq!(reply.header("date"), Some(&*format!("{date} 09:00:00 GMT")));
        let now = emulator.now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        assert_eq!(reply.json()["error"]["innerError"]["date"], now);
        emulator.advance(day);
    }
    let before = emulator.now();
    emulator.run_clock();
    assert!(emulator.now() >= before);
}

//! The administration API, as a program in another language uses it.

use crate::http::{ADA, CLOSE, admin, get, post, request, send};
use msgraph_presence_emulator::{Emulator, Undocumented};
use serde_json::{Value, json};

async fn admin_ok(emulator: &Emulator, line: &str, body: Value) -> Value {
    let reply = admin(emulator, line, body).await;
    assert_eq!(reply.status, 200, "{line}: {}", reply.body);
    reply.json()
}

async fn state(emulator: &Emulator) -> Value {
    admin_ok(emulator, "GET /_emulator/state", Value::Null).await
}

#[tokio::test]
async fn a_whole_test_can_be_run_from_outside() {
    let emulator = Emulator::start().await.unwrap();
    let set = json!({ "set": "2026-11-21T09:00:00Z" });
    let now = admin_ok(&emulator, "POST /_emulator/clock", set).await;
    assert_eq!(now, json!({ "now": "2026-11-21T09:00:00Z" }));
    let call = json!({ "availability": "Busy", "activity": "InACall" });
    let office = json!({ "workLocationType": "office", "source": "manual" });
    let user = json!({
        "name": "Ada", "id": ADA, "signedIn": true, "sessions": [call], "workLocation": office,
    });
    let added = admin_ok(&emulator, "POST /_emulator/users", user).await;
    assert_eq!(added, json!({ "id": ADA }));
    let wanted = json!({ "user": "Ada", "permissions": ["Presence.Read"] });
    let token = admin_ok(&emulator, "POST /_emulator/tokens", wanted).await;
    let token = token["token"].as_str().unwrap();

    let presence = async || get(&emulator, token, "/me/presence").await;
    assert_eq!(presence().await.pair(), "Busy/InACall");
    assert_eq!(presence().await.json()["workLocation"], office);
    let path = "DELETE /_emulator/users/Ada/sessions";
    admin_ok(&emulator, path, Value::Null).await;
    let path = "POST /_emulator/users/Ada/sessions";
    let session = admin_ok(&emulator, path, json!({})).await;
    assert_eq!(session, json!({ "session": 3 }));
    assert_eq!(presence().await.pair(), "Available/Available");
    let advance = json!({ "advanceSeconds": 600 });
    admin_ok(&emulator, "POST /_emulator/clock", advance).await;
    assert_eq!(presence().await.pair(), "Away/Away");
    let path = format!("POST /_emulator/users/{ADA}/sessions/3");
    admin_ok(&emulator, &path, json!({})).await;
    assert_eq!(presence().await.pair(), "Available/Available");

    let path = "POST /_emulator/users/Ada/outOfOffice";
    admin_ok(&emulator, path, json!({ "message": "Back on Monday" })).await;
    let body = presence().await.json();
    assert_eq!(body["activity"], "OutOfOffice");
    assert_eq!(body["outOfOfficeSettings"]["message"], "Back on Monday");
    admin_ok(&emulator, path, json!({ "message": null })).await;

    let fault = json!({ "kind": "status", "status": 503, "retryAfter": "2" });
    admin_ok(&emulator, "POST /_emulator/faults", fault).await;
    assert_eq!(presence().await.status, 503);
    admin_ok(
        &emulator,
        "POST /_emulator/undocumented",
        json!({ "camelCase": true }),
    )
    .await;
    assert_eq!(presence().await.pair(), "available/available");
    admin_ok(
        &emulator,
        "DELETE /_emulator/users/Ada/sessions/3",
        Value::Null,
    )
    .await;
    assert_eq!(presence().await.pair(), "offline/offline");
}

#[tokio::test]
async fn the_state_tells_what_the_page_shows() {
    let emulator = Emulator::builder()
        .clock("2026-11-21T09:00:00Z".parse().unwrap())
        .user("Ada")
        .start()
        .await
        .unwrap();
    let ada = emulator.add_user("Ada");
    emulator.sign_in(ada);
    let path = format!("/users/{ada}/presence/setUserPreferredPresence");
    let busy = json!({ "availability": "Busy", "activity": "Busy", "x": 1 });
    post(&emulator, "Ada", &path, busy).await;
    let path = format!("/users/{ada}/presence/setStatusMessage");
    let message = json!({ "statusMessage": { "message": { "content": "Hi" } } });
    post(&emulator, "Ada", &path, message).await;
    emulator.assume(Undocumented::Nulls);

    let state = state(&emulator).await;
    let clock = json!({ "now": "2026-11-21T09:00:00Z", "running": false });
    assert_eq!(state["clock"], clock);
    let user = &state["users"][0];
    assert_eq!(user["name"], "Ada");
    assert_eq!(user["availability"], "Busy");
    assert_eq!(user["preferred"]["until"], "2026-11-22T09:00:00Z");
    assert_eq!(user["statusMessage"]["content"], "Hi");
    assert_eq!(user["sessions"][0]["availability"], "Available");
    assert_eq!(state["undocumented"]["nulls"], true);
    assert_eq!(state["undocumented"]["camelCase"], false);
    assert_eq!(state["requestsReceived"], 2);
    assert_eq!(state["lastRequests"][1]["warning"], "unknown properties: x");

    let requests = admin_ok(&emulator, "GET /_emulator/requests", Value::Null).await;
    let second = &requests["requests"][1];
    assert_eq!(second["body"]["statusMessage"]["message"]["content"], "Hi");
    assert_eq!(second["headers"]["content-type"], "application/json");
    assert_eq!(second["headers"].get("authorization"), None);
    admin_ok(&emulator, "POST /_emulator/reset", json!({})).await;
    let state = self::state(&emulator).await;
    assert_eq!(state["lastRequests"], json!([]));
    assert_eq!(state["users"][0]["availability"], "Offline");
    assert_eq!(state["users"][0].get("statusMessage"), None);
}

#[tokio::test]
async fn every_kind_of_fault_can_be_injected() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let description = admin_ok(&emulator, "GET /_emulator", Value::Null).await;
    let kinds = description["faultKinds"].as_str().unwrap();
    for kind in kinds.split(", ") {
        let mut fault = json!({ "kind": kind, "onCall": 2, "times": 3 });
        if kind == "redirect" {
            fault["location"] = "/".into();
        }
        admin_ok(&emulator, "POST /_emulator/faults", fault).await;
    }
    let pending = state(&emulator).await["faults"].as_array().unwrap().len();
    assert_eq!(pending, kinds.split(", ").count());
    admin_ok(&emulator, "DELETE /_emulator/faults", Value::Null).await;
    assert_eq!(get(&emulator, "Ada", "/me/presence").await.status, 200);
    assert_eq!(state(&emulator).await["faults"], json!([]));
}

#[tokio::test]
async fn a_wrong_request_is_explained_and_does_nothing() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let cases = [
        ("GET /_emulator/nothing", json!({}), 404, "GET /_emulator"),
        ("PUT /_emulator/clock", json!({}), 404, "GET /_emulator"),
        (
            "POST /_emulator/clock",
            json!({ "set": "noon" }),
            400,
            "2026-11",
        ),
        (
            "POST /_emulator/clock",
            json!({ "sett": "" }),
            400,
            "advanceSeconds",
        ),
        ("POST /_emulator/users", json!({ "id": ADA }), 400, "name"),
        (
            "POST /_emulator/users",
            json!({ "name": "x", "id": "y" }),
            400,
            "GUID",
        ),
        (
            "POST /_emulator/users",
            json!({ "name": "Ada", "id": ADA }),
            400,
            "two users",
        ),
        (
            "POST /_emulator/users",
            json!({ "name": "Eve", "sessions": [{ "state": "x" }] }),
            400,
            "unknown field `state`",
        ),
        (
            "POST /_emulator/users/Eve/sessions",
            json!({}),
            404,
            "no such user",
        ),
        (
            "DELETE /_emulator/users/Ada/sessions/7",
            json!({}),
            404,
            "session",
        ),
        (
            "POST /_emulator/users/Ada/sessions/x",
            json!({}),
            400,
            "number",
        ),
        (
            "POST /_emulator/faults",
            json!({ "kind": "fire" }),
            400,
            "unknownValue",
        ),
        (
            "POST /_emulator/faults",
            json!({ "kind": "redirect" }),
            400,
            "location",
        ),
        (
            "POST /_emulator/faults",
            json!({ "kind": "status", "status": 99 }),
            400,
            "200 and 599",
        ),
        (
            "POST /_emulator/undocumented",
            json!({ "nulls": true, "x": true }),
            400,
            "x: invalid undocumented behaviour",
        ),
        (
            "POST /_emulator/undocumented",
            json!({ "nulls": 1 }),
            400,
            "true or false",
        ),
        (
            "POST /_emulator/tokens",
            json!({ "cloud": "9" }),
            400,
            "usGovernmentL4",
        ),
    ];
    let before = state(&emulator).await;
    for (line, body, status, part) in cases {
        let reply = admin(&emulator, line, body).await;
        assert_eq!(reply.status, status, "{line}: {}", reply.body);
        let problem = reply.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(problem.contains(part), "{line}: {problem}");
    }
    let mut after = state(&emulator).await;
    after["clock"] = before["clock"].clone();
    assert_eq!(after, before);
}

/// Each would do nothing, or something else than is meant, and nobody would know.
#[tokio::test]
async fn what_a_request_does_not_use_is_refused_with_what_is_wanted() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let clock = [
        (json!({}), "give one of set, advanceSeconds and run"),
        (
            json!({ "set": "2026-11-21T09:00:00Z", "run": true }),
            "give one of",
        ),
        (
            json!({ "advanceSeconds": -5 }),
            "advanceSeconds: a time must be a whole number of seconds",
        ),
        (json!({ "advanceSeconds": 1.5 }), "whole number of seconds"),
        (json!({ "advanceSeconds": "5" }), "whole number of seconds"),
        (
            json!({ "run": "yes" }),
            "run: invalid type: string \"yes\", expected a boolean",
        ),
    ];
    let users = [
        (json!({ "name": "" }), "name: the text is empty"),
        (json!({ "name": " \t" }), "name: the text is empty"),
        (
            json!({ "name": "B", "tenant": "" }),
            "tenant: the text is empty",
        ),
        (
            json!({ "name": "B", "userPrincipalName": "" }),
            "userPrincipalName: the text is empty",
        ),
        (
            json!({ "name": "B", "userPrincipalName": "ADA@contoso.com" }),
            "Ada and B have the userPrincipalName",
        ),
        (
            json!({ "name": "ada@contoso.com" }),
            "already means the user Ada",
        ),
        (
            json!({ "name": "B", "sessions": [{}, { "expiresInSeconds": -1 }] }),
            "sessions[1].expiresInSeconds: a time must be a whole number of seconds",
        ),
        (
            json!({ "name": "B", "sessions": [{ "availability": "" }] }),
            "sessions[0].availability",
        ),
        (
            json!({ "name": "B", "away": true }),
            "unknown field `away`, expected one of `name`",
        ),
    ];
    let tokens = [
        (
            json!({ "user": "Ada", "expiresInSeconds": -1 }),
            "expiresInSeconds: a time must be",
        ),
        (
            json!({ "user": "Ada", "expiresInSeconds": 9, "expired": true }),
            "not both",
        ),
        (json!({ "personalAccount": true }), "takes a user"),
        (json!({ "tenant": "" }), "tenant: the text is empty"),
        (json!({ "cloud": "9" }), "cloud: "),
    ];
    let faults = [
        (
            json!({ "kind": "reset", "status": 503 }),
            "status: the kind reset does not use it; it takes afterBytes",
        ),
        (
            json!({ "kind": "status", "milliseconds": 5 }),
            "milliseconds: the kind status does not use it",
        ),
        (
            json!({ "kind": "redirect", "location": "/", "status": 503 }),
            "between 300 and 399",
        ),
        (
            json!({ "kind": "redirect", "location": "a\nb" }),
            "location: the text cannot be the value of a header",
        ),
        (
            json!({ "kind": "status", "retryAfter": "2\r\n" }),
            "retryAfter: the text cannot",
        ),
        (
            json!({ "kind": "drip", "bytes": 0 }),
            "bytes: 0 is not between 1 and",
        ),
        (
            json!({ "kind": "garbage", "rate": 1.5 }),
            "rate: give a share from 0 to 1",
        ),
        (
            json!({ "kind": "garbage", "rate": 0.5, "times": 2 }),
            "leave out onCall",
        ),
        (json!({ "kind": "garbage", "seed": 5 }), "give a rate"),
        (
            json!({ "kind": "garbage", "times": 0 }),
            "times: give 1 or more",
        ),
        (json!({ "kind": "garbage", "onCall": 0 }), "counted from 1"),
        (
            json!({ "kind": "garbage", "times": -1 }),
            "times: invalid value: integer `-1`",
        ),
        (
            json!({ "kind": "garbage", "times": 2, "always": true }),
            "not both",
        ),
        (
            json!({ "kind": "garbage", "operation": "users.GetPresnce" }),
            "did you mean users.GetPresence?",
        ),
    ];
    let nothing = [
        (
            "POST /_emulator/signIns",
            json!({ "user": "Ada", "declined": true }),
            "not both",
        ),
        (
            "POST /_emulator/reset",
            json!({ "users": true }),
            "POST /_emulator/reset takes no body",
        ),
        (
            "DELETE /_emulator/faults",
            json!({ "kind": "reset" }),
            "takes no body",
        ),
        (
            "GET /_emulator/requests?last=5",
            json!({}),
            "takes no query",
        ),
        (
            "POST /_emulator/throttle",
            json!({ "off": true }),
            "unknown field `off`, expected `on`",
        ),
        (
            "POST /_emulator/users/Ada/sessions",
            json!({ "expiresInSeconds": -3600 }),
            "whole number",
        ),
    ];
    let of = |line: &'static str, cases: Vec<(Value, &'static str)>| {
        cases
            .into_iter()
            .map(move |(body, part)| (line, body, part))
    };
    let cases = of("POST /_emulator/clock", clock.to_vec())
        .chain(of("POST /_emulator/users", users.to_vec()))
        .chain(of("POST /_emulator/tokens", tokens.to_vec()))
        .chain(of("POST /_emulator/faults", faults.to_vec()))
        .chain(nothing);
    let before = state(&emulator).await;
    for (line, body, part) in cases {
        let reply = admin(&emulator, line, body.clone()).await;
        assert_eq!(reply.status, 400, "{line} {body}: {}", reply.body);
        let problem = reply.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(problem.contains(part), "{line} {body}: {problem}");
    }
    let empty = request(
        "POST /_emulator/clock",
        &["Content-Type: application/json", CLOSE],
        "",
    );
    let reply = send(&emulator, &empty).await;
    assert!(reply.body.contains("send a body: {"), "{}", reply.body);
    let mut after = state(&emulator).await;
    after["clock"] = before["clock"].clone();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_page_of_another_origin_can_send_no_request() {
    let emulator = Emulator::start().await.unwrap();
    let simple = ["Content-Type: text/plain", CLOSE];
    let post = request("POST /_emulator/users", &simple, r#"{"name":"Eve"}"#);
    assert_eq!(send(&emulator, &post).await.status, 415);
    let preflight = request("OPTIONS /_emulator/users", &[CLOSE], "");
    let reply = send(&emulator, &preflight).await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn administration_requests_are_neither_recorded_nor_subject_to_faults() {
    let emulator = Emulator::start().await.unwrap();
    let fault = json!({ "kind": "reset", "always": true });
    admin_ok(&emulator, "POST /_emulator/faults", fault).await;
    let page = send(&emulator, &request("GET /", &[CLOSE], "")).await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(state(&emulator).await["requestsReceived"], 0);
}

//! JSON batches: their parts, the order in which these run, and batches that are refused.

use crate::http::{ADA, ODATA, Reply, get, post, post_text, with_ada};
use msgraph_presence_emulator::{Emulator, Expected, Fault, Undocumented};
use serde_json::{Value, json};

fn read(id: &str) -> Value {
    json!({ "id": id, "method": "GET", "url": "/me/presence" })
}

fn prefer(id: &str, body: Value) -> Value {
    json!({
        "id": id,
        "method": "POST",
        "url": format!("/users/{ADA}/presence/setUserPreferredPresence"),
        "headers": { "Content-Type": "application/json" },
        "body": body,
    })
}

fn busy() -> Value {
    json!({ "availability": "Busy", "activity": "Busy" })
}

/// The id and the status of each response, in their order.
fn statuses(body: &Value) -> Vec<(String, u64)> {
    let responses = body["responses"].as_array().unwrap().iter();
    let status = |r: &Value| {
        (
            r["id"].as_str().unwrap().into(),
            r["status"].as_u64().unwrap(),
        )
    };
    responses.map(status).collect()
}

/// Sends a batch of these requests.
async fn send(emulator: &Emulator, token: &str, requests: Value) -> Reply {
    post(emulator, token, "/$batch", json!({ "requests": requests })).await
}

#[tokio::test]
async fn each_part_has_the_response_of_its_own_request() {
    let (emulator, _, token) = with_ada().await;
    let requests = json!([
        prefer("a", busy()),
        // Without the slash, with a query, and in another letter case: as SDKs write them.
        { "id": "B", "method": "get", "url": "me/presence?$select=activity" },
        { "id": "c", "method": "GET", "url": "/users/66825e03-7ef5-42da-9069-724602c31f6b/presence" },
        { "id": "d", "method": "GET", "url": "/me/messages" },
        { "id": "e", "method": "GET", "url": "/me?$select=displayName" },
        { "id": "f", "method": "POST", "url": "/$batch", "body": {},
          "headers": { "content-type": "application/json" } },
    ]);
    let reply = send(&emulator, &token, requests).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let body = reply.json();
    let expected = [
        ("a", 200),
        ("B", 200),
        ("c", 404),
        ("d", 501),
        ("e", 200),
        ("f", 400),
    ];
    assert_eq!(
        statuses(&body),
        expected.map(|(id, status)| (id.to_owned(), status))
    );
    let responses = &body["responses"];
    assert_eq!(
        responses[0],
        json!({ "id": "a", "status": 200, "headers": {} })
    );
    assert_eq!(responses[1]["headers"], json!({ "Content-Type": ODATA }));
    assert_eq!(responses[1]["body"]["activity"], "Busy");
    assert_eq!(responses[2]["body"]["error"]["code"], "NotFound");
    assert_eq!(responses[4]["body"]["displayName"], "Ada");

    // One request came; the record has its parts, too.
    assert_eq!(emulator.requests_received(), 1);
    let error = emulator.received(Expected::post("/$batch")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("  1, part B. GET /v1.0/me/presence -> 200")
    );
    emulator
        .received(Expected::post("/$batch").times(2))
        .unwrap();
    emulator
        .received(Expected::post("/setUserPreferredPresence").json(busy()))
        .unwrap();
    let parts: Vec<_> = emulator
        .requests()
        .into_iter()
        .map(|r| (r.number, r.part))
        .collect();
    assert_eq!(parts.len(), 7);
    assert_eq!(parts[1], (1, Some("B".to_owned())));
    assert_eq!(parts[6], (1, None));
}

#[tokio::test]
async fn a_callback_sees_the_parts_before_their_batch() {
    let (sender, seen) = std::sync::mpsc::channel();
    let builder = Emulator::builder().user("Ada").on_request(move |request| {
        let _ = sender.send((request.number, request.part.clone()));
    });
    let emulator = builder.start().await.unwrap();
    get(&emulator, "Ada", "/me/presence").await;
    send(&emulator, "Ada", json!([read("1"), read("2")])).await;
    let part = |id: &str| Some(id.to_owned());
    let expected = [(1, None), (2, part("1")), (2, part("2")), (2, None)];
    assert_eq!(seen.try_iter().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_part_runs_after_those_it_depends_on_and_fails_with_them() {
    let (emulator, _, token) = with_ada().await;
    let after = |mut part: Value, on: &[&str]| {
        part["dependsOn"] = json!(on);
        part
    };
    let requests = json!([
        after(read("4"), &["3"]),
        after(read("3"), &["2", "1"]),
        after(read("2"), &["Set"]),
        prefer("SET", busy()),
        prefer("1", json!({ "availability": "Busy", "activity": "Away" })),
    ]);
    let reply = send(&emulator, &token, requests).await;
    let body = reply.json();
    let expected = [("4", 424), ("3", 424), ("2", 200), ("SET", 200), ("1", 400)];
    assert_eq!(
        statuses(&body),
        expected.map(|(id, status)| (id.to_owned(), status))
    );
    assert_eq!(body["responses"][2]["body"]["availability"], "Busy");
    assert_eq!(
        body["responses"][0]["body"]["error"]["code"],
        "FailedDependency"
    );
}

#[tokio::test]
async fn the_responses_may_come_in_another_order() {
    let (emulator, _, token) = with_ada().await;
    let requests = json!([read("1"), read("2"), read("3")]);
    emulator.assume(Undocumented::BatchReversed);
    let reply = send(&emulator, &token, requests).await;
    let order: Vec<_> = statuses(&reply.json())
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(order, ["3", "2", "1"]);
}

#[tokio::test]
async fn parts_are_throttled_one_by_one_with_a_retry_after_of_their_own() {
    let (emulator, _, token) = with_ada().await;
    let parts = |count: usize| {
        let parts: Vec<_> = (0..count).map(|n| read(&n.to_string())).collect();
        json!({ "requests": parts })
    };
    for _ in 0..74 {
        post(&emulator, &token, "/$batch", parts(20)).await;
    }
    for _ in 0..10 {
        get(&emulator, &token, "/me/presence").await;
    }
    // 1,490 have been counted: ten parts are let through, ten are not.
    let body = post(&emulator, &token, "/$batch", parts(20)).await.json();
    let throttled = statuses(&body)
        .into_iter()
        .filter(|(_, status)| *status == 429);
    assert_eq!(throttled.count(), 10);
    let last = &body["responses"][19];
    assert_eq!(last["headers"]["Retry-After"], "30");
    assert_eq!(last["body"]["error"]["code"], "TooManyRequests");
}

#[tokio::test]
async fn a_fault_for_an_operation_applies_to_its_part_and_any_other_to_the_batch() {
    let (emulator, _, token) = with_ada().await;
    let requests = json!({ "requests": [read("1"), read("2"), read("3")] });
    let fault = Fault::status(429)
        .retry_after("7")
        .for_operation("me.GetPresence");
    emulator.inject(fault.on_call(2));
    emulator.inject(Fault::html(502).for_operation("me.GetPresence").on_call(3));
    let body = post(&emulator, &token, "/$batch", requests.clone())
        .await
        .json();
    let found: Vec<_> = statuses(&body)
        .into_iter()
        .map(|(_, status)| status)
        .collect();
    assert_eq!(found, [200, 429, 502]);
    assert_eq!(body["responses"][1]["headers"]["Retry-After"], "7");
    // A body that is not JSON is base64 text.
    let html = body["responses"][2]["body"].as_str().unwrap();
    assert!(html.starts_with("PCFET0NUWVBF"), "{html}");

    emulator.inject(Fault::status(503));
    emulator.inject(Fault::status(504).for_operation("$batch"));
    for status in [503, 504, 200] {
        let reply = post(&emulator, &token, "/$batch", requests.clone()).await;
        assert_eq!(reply.status, status);
    }
}

#[tokio::test]
async fn a_batch_that_is_not_well_formed_is_refused_as_a_whole() {
    let (emulator, _, token) = with_ada().await;
    let with = |change: Value| {
        let mut part = prefer("1", busy());
        for (name, value) in change.as_object().unwrap() {
            part[name] = value.clone();
        }
        json!({ "requests": [prefer("2", busy()), part] })
    };
    let many: Vec<_> = (0..21).map(|n| read(&n.to_string())).collect();
    let no_body = "Write request id : 1 does not contain Content-Type header or body.";
    let cases = [
        (with(json!({ "body": null })), no_body),
        (with(json!({ "headers": {} })), no_body),
        (with(json!({ "headers": null })), no_body),
        (with(json!({ "id": "2" })), "Request Id 2 has to be unique"),
        (with(json!({ "id": "" })), "an id is empty"),
        (with(json!({ "id": 1 })), "expected a string"),
        (with(json!({ "method": "a b" })), "the method of request 1"),
        (
            with(json!({ "headers": { "a b": "c" } })),
            "a header of request 1",
        ),
        (
            with(json!({ "url": "https://graph.microsoft.us/v1.0/me" })),
            "not relative",
        ),
        (with(json!({ "url": "//evil/me" })), "not relative"),
        (with(json!({ "url": "/me presence" })), "not relative"),
        (with(json!({ "dependsOn": ["9"] })), "depends on 9"),
        (with(json!({ "dependsOn": ["1"] })), "in a cycle"),
        (
            json!({ "requests": many }),
            "exceeds the maximum value of 20",
        ),
        (json!({ "requests": [] }), "no request"),
        (json!({}), "missing field `requests`"),
        (json!([]), "Invalid batch payload format"),
    ];
    for (body, words) in cases {
        let reply = post(&emulator, &token, "/$batch", body.clone()).await;
        let (status, code, message) = reply.error();
        assert_eq!((status, &*code), (400, "BadRequest"), "{body}: {message}");
        assert!(message.contains(words), "{body}: {message}");
    }
    let ids = ["A", "a"].map(read);
    let reply = post(&emulator, &token, "/$batch", json!({ "requests": ids })).await;
    assert_eq!(reply.status, 400, "ids are compared without case");
    let reply = post_text(&emulator, &token, "/$batch", "application/json", "{").await;
    assert_eq!(reply.status, 400);
    let reply = post(
        &emulator,
        "Nobody",
        "/$batch",
        json!({ "requests": [read("1")] }),
    )
    .await;
    assert_eq!(reply.status, 401);
    // None of the parts ran.
    let reply = get(&emulator, &token, "/me/presence").await;
    assert_eq!(reply.pair(), "Available/Available");
}

#[tokio::test]
async fn a_url_may_begin_with_the_root_of_the_service() {
    let (emulator, _, token) = with_ada().await;
    let at = |root: &str| json!({ "id": root, "method": "GET", "url": format!("{root}/me") });
    // The host of the tests' requests is `x`.
    let roots = ["https://graph.microsoft.com/v1.0", "http://localhost/v1.0"];
    let requests = json!({ "requests": roots.map(at) });
    let reply = post(&emulator, &token, "/$batch", requests).await;
    let expected = roots.map(|root| (root.to_owned(), 200));
    assert_eq!(statuses(&reply.json()), expected);
    for root in [
        "https://graph.microsoft.com/beta",
        "https://x.evil/v1.0",
        "http://localhost",
        "://",
    ] {
        let reply = post(
            &emulator,
            &token,
            "/$batch",
            json!({ "requests": [at(root)] }),
        )
        .await;
        assert_eq!(reply.status, 400, "{root}");
    }
}

#[tokio::test]
async fn the_batches_that_an_sdk_writes_wrongly_are_seen_as_such() {
    let (emulator, _, token) = with_ada().await;
    // msgraph-core 1.5.2 for Python: `depends_on`, and `{}` as base64.
    let mut part = prefer("1", json!("e30="));
    part["depends_on"] = json!(["2"]);
    let requests = json!({ "requests": [part, read("2")] });
    let reply = post(&emulator, &token, "/$batch", requests).await;
    let expected = vec![("1".to_owned(), 400), ("2".to_owned(), 200)];
    assert_eq!(statuses(&reply.json()), expected);
    let warning = emulator.requests().pop().unwrap().warning;
    assert_eq!(warning.as_deref(), Some("unknown properties: depends_on"));
}

//! Settings that only the administration API has been asked for: each by its effect.

use crate::http::{admin, get, post};
use msgraph_presence_emulator::Emulator;
use serde_json::{Value, json};

async fn set(emulator: &Emulator, path: &str, body: Value) -> Value {
    let reply = admin(emulator, &format!("POST /_emulator/{path}"), body).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.json()
}

#[tokio::test]
async fn the_clock_runs_and_stops() {
    let emulator = Emulator::start().await.unwrap();
    for run in [false, true] {
        set(&emulator, "clock", json!({ "run": run })).await;
        let state = admin(&emulator, "GET /_emulator/state", Value::Null).await;
        assert_eq!(state.json()["clock"]["running"], run);
    }
}

#[tokio::test]
async fn the_limit_on_requests_is_switched_off_and_on() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let part = |n: u32| json!({ "id": n.to_string(), "method": "GET", "url": "/me/presence" });
    let parts: Vec<_> = (0..20).map(part).collect();
    let last_status = async || {
        let batch = json!({ "requests": parts });
        let body = post(&emulator, "Ada", "/$batch", batch).await.json();
        body["responses"][19]["status"].clone()
    };
    for (on, expected) in [(false, 200), (true, 429)] {
        set(&emulator, "throttle", json!({ "on": on })).await;
        for _ in 0..75 {
            last_status().await;
        }
        assert_eq!(last_status().await, expected, "{on}");
    }
}

#[tokio::test]
async fn a_token_is_expired_or_of_a_personal_account() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    for (property, status, code) in [
        ("expired", 401, "InvalidAuthenticationToken"),
        ("personalAccount", 400, "BadRequest"),
    ] {
        let mut body = json!({ "user": "Ada" });
        let whole = set(&emulator, "tokens", body.clone()).await;
        body[property] = true.into();
        let other = set(&emulator, "tokens", body).await;
        let [whole, other] =
            [whole, other].map(|reply| reply["token"].as_str().unwrap().to_owned());
        assert_eq!(get(&emulator, &whole, "/me/presence").await.status, 200);
        let (found, name, _) = get(&emulator, &other, "/me/presence").await.error();
        assert_eq!((found, &*name), (status, code), "{property}");
    }
}

#[tokio::test]
async fn a_share_of_requests_fails_as_its_seed_says() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let mut runs = Vec::new();
    for (rate, seed) in [(1.0, 1), (0.0, 1), (0.5, 1), (0.5, 1), (0.5, 2)] {
        admin(&emulator, "DELETE /_emulator/faults", Value::Null).await;
        let fault = json!({ "kind": "status", "status": 503, "rate": rate, "seed": seed });
        set(&emulator, "faults", fault).await;
        let mut run = Vec::new();
        for _ in 0..32 {
            run.push(get(&emulator, "Ada", "/me/presence").await.status == 503);
        }
        runs.push(run);
    }
    assert!(runs[0].iter().all(|fails| *fails));
    assert!(!runs[1].contains(&true));
    assert!(runs[2].contains(&true) && runs[2].contains(&false));
    assert_eq!(runs[2], runs[3]);
    assert_ne!(runs[2], runs[4]);
}

#[tokio::test]
async fn the_record_is_emptied_and_the_count_stays() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    get(&emulator, "Ada", "/me/presence").await;
    let emptied = admin(&emulator, "DELETE /_emulator/requests", Value::Null).await;
    assert_eq!(emptied.status, 200);
    let state = admin(&emulator, "GET /_emulator/state", Value::Null).await;
    let state = state.json();
    assert_eq!(state["lastRequests"], json!([]));
    assert_eq!(state["requestsReceived"], 1);
}

//! Faults on demand, as they look at the other end of the wire.

use crate::http::{ADA, CLOSE, Reply, bearer, get, request, until_the_end, with_ada};
use msgraph_presence_emulator::{Emulator, Expected, Fault};
use serde_json::json;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::Instant;

const ME: &str = "GET /v1.0/me/presence";

/// A GET that keeps its connection open, so that only the emulator can end it.
async fn raw_get(emulator: &Emulator) -> (String, Result<(), ErrorKind>) {
    until_the_end(emulator, &request(ME, &[&bearer("Ada")], "")).await
}

async fn faulty(fault: Fault) -> Reply {
    let (emulator, _, token) = with_ada().await;
    emulator.inject(fault);
    let reply = get(&emulator, &token, "/me/presence").await;
    let next = get(&emulator, &token, "/me/presence").await;
    assert_eq!(
        next.pair(),
        "Available/Available",
        "the next call is normal"
    );
    reply
}

#[tokio::test]
async fn an_error_comes_in_the_documented_shape() {
    let reply = faulty(Fault::status(503).retry_after("2.128")).await;
    let message = "The service is unavailable.".to_owned();
    assert_eq!(reply.error(), (503, "ServiceUnavailable".into(), message));
    assert_eq!(reply.header("retry-after"), Some("2.128"));
    assert!(reply.header("request-id").is_some());

    let reply = faulty(Fault::error(403, "Forbidden", "")).await;
    assert_eq!(reply.error(), (403, "Forbidden".into(), String::new()));

    let reply = faulty(Fault::status(429)).await;
    assert_eq!(reply.header("retry-after"), None);

    for no_end in [0, 102, 199, 1000] {
        assert_eq!(faulty(Fault::empty(no_end)).await.status, 500, "{no_end}");
    }
}

#[tokio::test]
async fn other_bodies_come_as_injected() {
    let reply = faulty(Fault::empty(502)).await;
    assert_eq!((reply.status, &*reply.body), (502, ""));
    assert_eq!(reply.header("content-type"), None);

    let reply = faulty(Fault::html(200)).await;
    assert_eq!(reply.header("content-type"), Some("text/html"));
    assert!(reply.body.contains("<h1>"));

    let reply = faulty(Fault::garbage()).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(serde_json::from_str::<serde_json::Value>(&reply.body).is_err());

    let reply = faulty(Fault::redirect(307, "https://example.com/")).await;
    assert_eq!(reply.status, 307);
    assert_eq!(reply.header("location"), Some("https://example.com/"));

    let reply = faulty(Fault::unknown_value()).await;
    assert_eq!(reply.pair(), "Levitating/OnTheMoon");

    let reply = faulty(Fault::unknown_property()).await;
    assert_eq!(reply.json()["mood"]["weather"][0], "sunny");
    assert_eq!(reply.pair(), "Available/Available");

    let reply = faulty(Fault::huge_body(5_000_000)).await;
    assert!(reply.body.len() > 5_000_000);
    assert_eq!(reply.json()["id"], ADA);
}

#[tokio::test]
async fn a_connection_is_reset_or_closed_where_it_was_asked_for() {
    let cases = [
        (Fault::reset(), 0, Err(ErrorKind::ConnectionReset)),
        (
            Fault::reset().after_bytes(250),
            250,
            Err(ErrorKind::ConnectionReset),
        ),
        (Fault::close(), 0, Ok(())),
        (Fault::close().after_bytes(17), 17, Ok(())),
    ];
    for (fault, bytes, end) in cases {
        let (emulator, ..) = with_ada().await;
        emulator.inject(fault.clone());
        let (received, ended) = raw_get(&emulator).await;
        assert_eq!(ended, end, "{fault}");
        // A reset may overtake bytes that are still on their way.
        assert!(received.len() <= bytes, "{fault}");
        if end.is_ok() {
            assert_eq!(received.len(), bytes, "{fault}");
        }
        let reply = get(&emulator, "Ada", "/me/presence").await;
        assert_eq!(reply.status, 200, "{fault}");
    }
}

#[tokio::test]
async fn a_fault_beyond_the_end_of_its_response_affects_no_other_one() {
    let (emulator, ..) = with_ada().await;
    emulator.inject(Fault::reset().after_bytes(1000));
    let mut three = request(ME, &[&bearer("Ada")], "").repeat(2);
    three += &request(ME, &[&bearer("Ada"), CLOSE], "");
    let (received, ended) = until_the_end(&emulator, &three).await;
    assert_eq!(ended, Ok(()));
    assert_eq!(received.matches("HTTP/1.1 200 OK").count(), 3);
}

#[tokio::test]
async fn a_truncated_response_ends_in_its_body() {
    let (emulator, ..) = with_ada().await;
    emulator.inject(Fault::truncate());
    let (received, ended) = raw_get(&emulator).await;
    assert_eq!(ended, Ok(()));
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap().parse().unwrap();
    assert!(!body.is_empty() && body.len() < length, "{received}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_response_is_slow_only_by_tokios_clock() {
    let (emulator, ..) = with_ada().await;
    let mut begun = Instant::now();
    emulator.inject(Fault::drip(40, Duration::from_secs(1)));
    emulator.inject(Fault::delay(Duration::from_secs(10)));

    let (received, ended) = raw_get(&emulator).await;
    assert_eq!(ended, Ok(()));
    assert!(received.contains(ADA));
    let pauses = received.len().div_ceil(40) as u64 - 1;
    assert!(begun.elapsed() >= Duration::from_secs(pauses));

    begun = Instant::now();
    let reply = get(&emulator, "Ada", "/me/presence").await;
    assert_eq!(reply.status, 200);
    assert!(begun.elapsed() >= Duration::from_secs(10));
}

#[tokio::test]
async fn a_fault_comes_instead_of_the_operation_or_after_it() {
    let line = format!("POST /v1.0/users/{ADA}/presence/setUserPreferredPresence");
    let body = json!({ "availability": "Busy", "activity": "Busy" }).to_string();
    let cases = [
        (Fault::status(500), "Available/Available"),
        (Fault::status(500).applied(), "Busy/Busy"),
        (Fault::html(200), "Available/Available"),
        (Fault::empty(504).applied(), "Busy/Busy"),
        (Fault::unknown_property(), "Busy/Busy"),
        (Fault::reset(), "Available/Available"),
        (Fault::close().applied(), "Busy/Busy"),
        (Fault::truncate(), "Busy/Busy"),
    ];
    for (fault, shown) in cases {
        let (emulator, ..) = with_ada().await;
        emulator.inject(fault.clone());
        let headers = [CLOSE, "Content-Type: application/json", &bearer("Ada")];
        // Some of the responses have no reader.
        let _ = until_the_end(&emulator, &request(&line, &headers, &body)).await;
        let reply = get(&emulator, "Ada", "/me/presence").await;
        assert_eq!(reply.pair(), shown, "{fault}");
    }
}

#[tokio::test]
async fn faults_follow_their_schedule_and_stand_in_the_record() {
    let (emulator, ada, token) = with_ada().await;
    emulator.inject(Fault::status(503).on_call(2).times(2));
    let only_other = Fault::status(500).for_operation("users.GetPresence");
    emulator.inject(only_other);
    let mut statuses = Vec::new();
    let other = format!("/users/{ada}/presence");
    for path in ["/me/presence", "/me/presence", "/me/presence", &other] {
        statuses.push(get(&emulator, &token, path).await.status);
    }
    assert_eq!(statuses, [200, 503, 503, 500]);

    let requests = emulator.requests();
    let recorded: Vec<_> = requests.iter().map(|r| r.fault.as_deref()).collect();
    let applied = Some("status 503");
    assert_eq!(recorded, [None, applied, applied, Some("status 500")]);
    emulator
        .received(Expected::get("/me/presence").times(3))
        .unwrap();

    emulator.inject(Fault::status(500).always());
    emulator.clear_faults();
    assert_eq!(get(&emulator, &token, "/me/presence").await.status, 200);
}

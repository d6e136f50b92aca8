//! Limits of the requests of a batch: time, the retry budget, and the number under way.

use super::{Service, found, read, read_all, set, status};
use crate::common::reply;
use msgraph_runtime::{ErrorKind, RetryPolicy};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn any_number_of_requests_goes_twenty_at_a_time() {
    for count in [0, 1, 20, 21, 80, 81, 10_000] {
        let service = Service::of_things(|_, thing| found(thing)).delayed(SECOND);
        let results = read_all(&service.client(), 0..count).await;
        let ids = results.iter().map(|one| &*one.as_ref().unwrap().id);
        assert!(ids.eq((0..count).map(|n| n.to_string())));
        let came = service.came();
        assert_eq!(came.len() as u64, count.div_ceil(20));
        // Four at a time.
        assert!(
            came.iter()
                .zip(0..)
                .all(|((at, _), n): (_, u64)| *at == n / 4)
        );
    }
}

/// The documented limit: 1,500 requests in 30 seconds, counted one by one.
#[tokio::test(start_paused = true)]
async fn a_long_batch_waits_when_it_is_throttled() {
    let start = Instant::now();
    let windows: Mutex<HashMap<u64, u32>> = Mutex::default();
    let service = Service::of_things(move |_, thing| {
        let now = start.elapsed().as_secs();
        let mut windows = windows.lock().unwrap();
        let count = windows.entry(now / 30).or_default();
        *count += 1;
        match *count {
            ..=1500 => found(thing),
            _ => status(429, json!({"Retry-After": 30 - now % 30})),
        }
    });
    let service = service.delayed(SECOND / 5);
    let results = read_all(&service.client(), 0..10_000).await;
    let attempts = results.iter().map(|one| one.as_ref().unwrap().attempts());
    assert_eq!(attempts.max(), Some(2));
    assert_eq!(start.elapsed().as_secs() / 30, 6);
    // In each of six windows, four batches are throttled once.
    assert_eq!(service.came().len(), 500 + 6 * 4);
}

#[tokio::test(start_paused = true)]
async fn each_request_has_its_own_deadline() {
    let service = Service::of_things(|n, thing| match (n, thing) {
        (0, 3) => status(429, json!({"Retry-After": "20"})),
        _ => found(thing),
    });
    let client = service.client();
    let mut batch = client.batch();
    let short = batch.add(read(&client, 3).timeout(5 * SECOND));
    let long = batch.add(read(&client, 4));
    let impatient = batch.add(read(&client, 3).retry(RetryPolicy::none()));
    batch.send().await;
    assert!(long.into_result().is_ok());
    let error = short.into_result().unwrap_err();
    assert!(error.to_string().contains("asks to wait 20 s"), "{error}");
    assert_eq!(error.retry_after(), Some(20 * SECOND));
    assert!(impatient.into_result().unwrap_err().is_throttled());
    assert_eq!(service.came().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_nobody_waits_for_is_given_up() {
    let service = Service::of_things(|_, thing| found(thing)).delayed(1000 * SECOND);
    let client = service.builder().read_timeout(None).build().unwrap();
    let start = Instant::now();
    let mut batch = client.batch();
    let short = batch.add(read(&client, 1).timeout(2 * SECOND));
    let long = batch.add(read(&client, 2).timeout(7 * SECOND));
    batch.send().await;
    assert_eq!(start.elapsed().as_secs(), 7);
    for response in [short, long] {
        let error = response.into_result().unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    }
    assert_eq!(service.came().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_read_timeout_is_that_of_the_answer_to_the_batch() {
    let service = Service::of_things(|_, thing| found(thing)).delayed(40 * SECOND);
    let client = service
        .builder()
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let start = Instant::now();
    let error = read_all(&client, [1]).await.remove(0).unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn repeats_cost_the_retry_budget_of_the_client_one_by_one() {
    let service = Service::new(|_, _| reply(503, &[("retry-after", "1")], ""));
    let client = service.builder().retry_budget(30).build().unwrap();
    let results = read_all(&client, 0..20).await;
    let attempts = results
        .iter()
        .map(|one| one.as_ref().unwrap_err().attempts());
    assert_eq!(attempts.sum::<u32>(), 20 + 30);
    let lengths: Vec<_> = service
        .came()
        .into_iter()
        .map(|(_, things)| things.len())
        .collect();
    assert_eq!(lengths, [20, 20, 10]);
}

#[tokio::test]
async fn the_body_limit_is_that_of_each_response() {
    let service = Service::of_things(|_, thing| {
        let note = "x".repeat(if thing == 2 { 1001 } else { 900 });
        json!({"status": 200, "body": {"id": thing.to_string(), "note": note}})
    });
    let client = service.builder().body_limit(1000).build().unwrap();
    let results = read_all(&client, 0..20).await;
    for (thing, result) in results.iter().enumerate() {
        match result {
            Ok(_) => assert_ne!(thing, 2),
            Err(error) => assert_eq!((thing, error.kind()), (2, ErrorKind::Body), "{error}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn results_that_have_come_stay_when_the_rest_is_dropped() {
    let service = Service::of_things(|n, thing| match (n, thing) {
        (0, 2) => status(429, json!({"Retry-After": "60"})),
        _ => found(thing),
    });
    let client = service.client();
    let mut batch = client.batch();
    let (one, two) = (batch.add(read(&client, 1)), batch.add(read(&client, 2)));
    assert!(tokio::time::timeout(SECOND, batch.send()).await.is_err());
    assert_eq!(one.into_result().unwrap().id, "1");
    let error = two.into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(
        error.may_have_acted() && error.to_string().contains("dropped"),
        "{error}"
    );
}

#[tokio::test]
async fn long_bodies_are_spread_over_several_batches() {
    let service = Service::of_things(|_, _| status(204, json!({})));
    let client = service.client();
    let note = "x".repeat(1_500_000);
    let requests = (0..5).map(|thing| set(&client, thing, &note));
    let results = client.batch().send_all(requests).await;
    assert!(results.iter().all(Result::is_ok));
    let things: Vec<_> = service
        .came()
        .into_iter()
        .map(|(_, things)| things)
        .collect();
    assert_eq!(things, [vec![0, 1], vec![2, 3], vec![4]]);
}

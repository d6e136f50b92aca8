//! Time over the wire: what the service asks to wait, and how long a call takes.

use crate::common::get;
use crate::server::{Act, Server, found, http};
use msgraph_runtime::ErrorKind;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_over_the_wire() {
    let wait = |value: &str| {
        let headers =
            format!("retry-after: {value}\r\ndate: Sat, 21 Nov 2026 12:00:00 GMT\r\n");
        Act::Reply(http("429 Too Many Requests", &headers, ""))
    };
    let acts = [wait("1.5"), wait("Sat, 21 Nov 2026 12:00:07 GMT"), found()];
    let server = Server::start(acts).await;
    let started = tokio::time::Instant::now();
    let answer = get(&server.client()).send().await.unwrap();
    assert_eq!(answer.attempts(), 3);
    let waited = started.elapsed();
    let expected = Duration::from_millis(8_500)..Duration::from_millis(8_600);
    assert!(expected.contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn the_call_as_a_whole_has_a_deadline() {
    let hang = || Act::Hang(String::new());
    let server = Server::start(std::iter::repeat_with(hang).take(9)).await;
    let client = server.client();
    let started = tokio::time::Instant::now();
    let error = get(&client).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable());
    assert!(
        started.elapsed() <= Duration::from_millis(100_010),
        "{:?}",
        started.elapsed()
    );

    let started = tokio::time::Instant::now();
    let error = get(&client)
        .timeout(Duration::from_secs(5))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    let line = "things.Get: the answer took too long; the time of the call is up";
    assert_eq!(error.to_string(), line);
    assert!(
        started.elapsed() <= Duration::from_millis(5_010),
        "{:?}",
        started.elapsed()
    );
}

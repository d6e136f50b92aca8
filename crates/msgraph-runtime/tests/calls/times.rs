//! Time over the wire: what the service asks to wait, and how long a call takes.

use crate::common::{Canned, get, reply, thing};
use crate::server::{Act, Server, found, http};
use msgraph_runtime::ErrorKind;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_over_the_wire() {
    let wait = |value: &str| {
        let headers = format!("retry-after: {value}\r\ndate: Sat, 21 Nov 2026 12:00:00 GMT\r\n");
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
    let line = "things.Get: the response timed out; the call has timed out";
    assert_eq!(error.to_string(), line);
    assert!(
        started.elapsed() <= Duration::from_millis(5_010),
        "{:?}",
        started.elapsed()
    );
}

/// All SDKs wait for the body of an error as for any other.
#[tokio::test(start_paused = true)]
async fn the_body_of_a_refusal_is_not_worth_a_long_wait() {
    let hang = |status: &str, headers: &str| {
        let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: 9\r\n\r\n{{");
        Act::Hang(head)
    };
    let acts = [
        hang("429 a", "retry-after: 7\r\n"),
        found(),
        hang("403 a", ""),
    ];
    let server = Server::start(acts).await;
    let client = server.client();
    let started = tokio::time::Instant::now();
    assert_eq!(get(&client).send().await.unwrap().attempts(), 2);
    assert_eq!(
        started.elapsed().as_secs(),
        9,
        "two, and the seven asked for"
    );

    let started = tokio::time::Instant::now();
    let error = get(&client).await.unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.excerpt()),
        (403, &b"{"[..])
    );
    assert_eq!(started.elapsed().as_secs(), 2);

    // A shorter time of the call goes before.
    let server = Server::start([hang("500 a", "")]).await;
    let started = tokio::time::Instant::now();
    let call = get(&server.client())
        .timeout(Duration::from_millis(500))
        .await;
    assert_eq!(call.unwrap_err().status().unwrap(), 500);
    assert!(started.elapsed() < Duration::from_millis(600));
}

/// A timer near the end of the clock panics, because it rounds up.
#[tokio::test(start_paused = true)]
async fn times_near_the_end_of_the_clock_are_no_limit() {
    let end = i64::MAX as u64;
    let mut times = vec![Duration::MAX, Duration::from_secs(u64::MAX)];
    times.extend((0..63).map(|bit| Duration::from_secs(end >> bit)));
    // The clocks of systems start somewhere: no moment between then and now may be left out.
    times.extend((0..400).map(|days| Duration::from_secs(end - days * 100_000)));
    for time in times {
        let server = Canned::new([reply(429, &[], ""), thing(), thing()]);
        let client = server.builder().timeout(time).read_timeout(time).build();
        let client = client.unwrap();
        if time < Duration::from_secs(8) {
            continue;
        }
        get(&client).await.unwrap();
        get(&client).timeout(time).await.unwrap();

        let seconds = time.as_secs().to_string();
        let server = Canned::new([reply(429, &[("retry-after", &seconds)], "")]);
        let error = get(&server.client()).timeout(None).await;
        if time > Duration::from_secs(1 << 40) {
            let line = error.unwrap_err().to_string();
            assert!(
                line.contains("wait longer than a clock can represent"),
                "{line}"
            );
        }
    }
}

/// The random wait before a repeat is the client's own, and nothing that the service asks for.
#[tokio::test(start_paused = true)]
async fn a_policy_that_waits_for_ever_says_so() {
    let forever = msgraph_runtime::RetryPolicy::default()
        .first_wait(Duration::MAX)
        .longest_wait(Duration::MAX);
    let server = Canned::new([reply(429, &[], "")]);
    let error = get(&server.client()).retry(forever).timeout(None).await;
    let line = error.unwrap_err().to_string();
    assert!(
        line.contains("the retry policy says to wait longer than a clock can represent"),
        "{line}"
    );
}

//! Kept connections that are dead without being closed: what they cost a call, and the next one.

use crate::common::{get, make, set};
use crate::gateway::{Death, Gateway};
use crate::server::{Server, found};
use msgraph_runtime::{Client, ErrorKind};
use std::time::Duration;
use tokio::time::Instant;

/// Leaves as many connections in the pool as there are calls at once.
async fn fill(client: &Client, calls: usize) {
    let tasks: Vec<_> = (0..calls)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { get(&client).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// A gateway with six connections that are dead, and the client that keeps them.
async fn six_dead(death: Death) -> (Gateway, Client) {
    let gateway = Gateway::start(death, usize::MAX).await;
    let client = gateway.builder().build().unwrap();
    fill(&client, 6).await;
    assert_eq!(gateway.counts(), (6, 6));
    gateway.kill();
    (gateway, client)
}

/// hyper#2136, hyper#4186: each attempt takes the next dead connection.
#[tokio::test(start_paused = true)]
async fn the_second_attempt_succeeds_however_many_connections_are_dead() {
    let cases = [
        (Death::Reset, 0..1),
        (Death::Close, 0..1),
        (Death::Silence, 30..32),
        (Death::Cut, 0..2),
    ];
    for (death, seconds) in cases {
        for is_get in [true, false] {
            let (gateway, client) = six_dead(death).await;
            let started = Instant::now();
            let attempts = if is_get {
                get(&client).send().await.unwrap().attempts()
            } else {
                set(&client).send().await.unwrap().attempts()
            };
            assert_eq!(attempts, 2, "{death:?}");
            let took = started.elapsed().as_secs();
            assert!(seconds.contains(&took), "{death:?}: {took} s");
            // The pool has shown itself dead: the next call does not try the other five.
            assert_eq!(
                get(&client).send().await.unwrap().attempts(),
                1,
                "{death:?}"
            );
            assert_eq!(gateway.counts(), (8, 9), "{death:?}");
            // From then on connections are kept again.
            assert_eq!(
                get(&client).send().await.unwrap().attempts(),
                1,
                "{death:?}"
            );
            assert_eq!(gateway.counts(), (8, 10), "{death:?}");
        }
    }
}

/// A request that must not be sent twice is an error, and the only one.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_repeated_replaces_the_pool_too() {
    for death in [Death::Reset, Death::Close, Death::Silence] {
        let (_gateway, client) = six_dead(death).await;
        let error = make(&client).await.unwrap_err();
        assert_eq!(error.attempts(), 1, "{death:?}");
        make(&client).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn calls_at_once_replace_the_pool_once() {
    for death in [Death::Reset, Death::Silence] {
        let (gateway, client) = six_dead(death).await;
        fill(&client, 6).await;
        // Each has met a dead connection and made a fresh one, which is not kept.
        assert_eq!(gateway.counts(), (12, 18), "{death:?}");
        fill(&client, 6).await;
        fill(&client, 6).await;
        assert_eq!(gateway.counts(), (18, 30), "{death:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_through_a_gateway_that_closes_every_kept_connection() {
    for death in [Death::Reset, Death::Close] {
        let gateway = Gateway::start(death, 1).await;
        // No repeat may cost anything.
        let client = gateway.builder().retry_budget(0).build().unwrap();
        let started = Instant::now();
        for number in 0..1000 {
            let answer = get(&client).send().await;
            assert!(answer.unwrap().attempts() <= 2, "{death:?}, call {number}");
        }
        // Ten milliseconds a request, and no wait.
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{:?}",
            started.elapsed()
        );
    }
}

/// Its pool cannot be replaced, but what was idle for the read timeout is not taken any more.
#[tokio::test(start_paused = true)]
async fn a_builder_of_ones_own_pays_one_read_timeout() {
    let gateway = Gateway::start(Death::Silence, usize::MAX).await;
    for limit in [5, 30] {
        let http = reqwest::Client::builder().pool_idle_timeout(None);
        let client = gateway.builder().reqwest(http);
        let client = client
            .read_timeout(Duration::from_secs(limit))
            .build()
            .unwrap();
        fill(&client, 6).await;
        gateway.kill();
        let started = Instant::now();
        assert_eq!(get(&client).send().await.unwrap().attempts(), 2);
        let limit = Duration::from_secs(limit + 2);
        assert!(started.elapsed() < limit, "{:?}", started.elapsed());
    }
}

/// A program's own `timeout` around a call gives it up before ours.
#[tokio::test(start_paused = true)]
async fn a_call_that_its_caller_gives_up_replaces_the_pool() {
    let (gateway, client) = six_dead(Death::Silence).await;
    let call = async { get(&client).await };
    tokio::time::timeout(Duration::from_secs(5), call)
        .await
        .unwrap_err();
    assert_eq!(get(&client).send().await.unwrap().attempts(), 1);
    assert_eq!(gateway.counts(), (7, 8));
    // One that is given up at once says nothing about the connections.
    let call = async { get(&client).await };
    tokio::time::timeout(Duration::from_millis(5), call)
        .await
        .unwrap_err();
    fill(&client, 2).await;
    fill(&client, 2).await;
    assert_eq!(gateway.counts().0, 9);
}

/// A timeout of a call, or one that is shorter than any silence, replaces it too.
#[tokio::test(start_paused = true)]
async fn short_timeouts_replace_the_pool() {
    let (_, client) = six_dead(Death::Silence).await;
    let short = Duration::from_millis(200);
    let error = get(&client).timeout(short).await.unwrap_err();
    assert!(error.is_timeout());
    get(&client).timeout(short).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_the_answer_to_another_request_is_not_used_again() {
    let (gateway, client) = six_dead(Death::Foreign).await;
    let error = get(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Interrupted, 1)
    );
    get(&client).await.unwrap();
    assert_eq!(gateway.counts(), (7, 8));
}

/// AWS closes an idle connection after 60 seconds, nginx after 75.
#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_dropped_before_gateways_drop_it() {
    for (seconds, connections) in [(40, 1), (59, 2)] {
        let server = Server::start([found(), found()]).await;
        let client = server.client();
        get(&client).await.unwrap();
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        get(&client).await.unwrap();
        assert_eq!(server.connections(), connections, "{seconds} s");
    }
}

/// A connection is polled by the runtime that opened it, and hangs when that runtime is not polled.
#[test]
fn runtimes_that_take_turns_do_not_wait_for_one_another() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    // The gateway lives on a thread of its own, as a service does.
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        runtime().block_on(async {
            let gateway = Gateway::start(Death::Reset, usize::MAX).await;
            sender.send(gateway.builder().build().unwrap()).unwrap();
            let _ = ended.await;
            gateway.counts()
        })
    });
    let client = receiver.recv().unwrap();
    let runtimes = [runtime(), runtime()];
    for _ in 0..3 {
        for runtime in &runtimes {
            let answer = runtime.block_on(get(&client).send()).unwrap();
            assert_eq!(answer.attempts(), 1);
        }
    }
    end.send(()).unwrap();
    assert_eq!(serving.join().unwrap(), (2, 6));
}

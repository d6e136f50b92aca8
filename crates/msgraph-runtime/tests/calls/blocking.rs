//! Calls without `async`: the same rules, on a runtime that the client owns.

use crate::common::{Canned, cached, counted, get, reply, set, thing};
use crate::server::{Server, found};
use msgraph_runtime::{BoxError, Client, ErrorKind, RetryPolicy};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

#[test]
fn a_blocking_call_follows_the_same_rules() {
    let server = Canned::new([reply(503, &[], ""), thing(), reply(404, &[], "")]);
    let client = server.client();
    let at_once = RetryPolicy::default().first_wait(Duration::ZERO);
    let answer = get(&client).retry(at_once).send_blocking().unwrap();
    assert_eq!((answer.attempts(), answer.id.as_str()), (2, "42"));
    let error = set(&client).send_blocking().unwrap_err();
    assert!(error.is_not_found());
}

#[test]
fn threads_share_a_client() {
    // The server lives on a thread of its own, as a service does.
    let (sender, receiver) = std::sync::mpsc::channel();
    let serving = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let server = Server::start(std::iter::repeat_with(found).take(40)).await;
            let (done, finished) = tokio::sync::oneshot::channel::<()>();
            sender.send((server.client(), done)).unwrap();
            let _ = finished.await;
            server.requests().len()
        })
    });
    let (client, done) = receiver.recv().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| drop(get(&client).send_blocking().unwrap())));
        }
    });
    done.send(()).unwrap();
    assert_eq!(serving.join().unwrap(), 40);
}

#[tokio::test]
async fn inside_an_async_runtime_it_is_an_error_and_no_panic() {
    let server = Canned::new([thing()]);
    let client = server.client();
    let error = get(&client).send_blocking().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("use `.await`"), "{error}");
    assert!(server.sent().is_empty());
    get(&client).await.unwrap();
}

/// A refresh goes on between blocking calls, on the thread of the client.
#[test]
fn a_refresh_outlives_a_blocking_call() {
    let server = Canned::new([thing()]);
    let answers = Arc::new(tokio::sync::Semaphore::new(0));
    let waiting = Arc::clone(&answers);
    let (asked, provider) = counted(move |_| {
        let answers = Arc::clone(&waiting);
        async move {
            answers.acquire().await?.forget();
            Ok::<_, BoxError>("token")
        }
    });
    let client = cached(server.builder(), provider);
    let short = Duration::from_millis(5);
    let error = get(&client).timeout(short).send_blocking().unwrap_err();
    assert!(error.is_timeout());
    answers.add_permits(1);
    get(&client).send_blocking().unwrap();
    assert_eq!(asked.count(), 1);
}

/// There blocking does no harm, but tokio does not tell: the error says what to do instead.
#[tokio::test]
async fn in_spawn_blocking_the_runtime_at_hand_does_it() {
    let server = Canned::new([thing()]);
    let client = server.client();
    let blocking = tokio::task::spawn_blocking(move || {
        let error = get(&client).send_blocking().unwrap_err().to_string();
        let instead = "in `spawn_blocking`, `Handle::current().block_on(request.send())`";
        assert!(error.contains(instead), "{error}");
        let request = get(&client);
        tokio::runtime::Handle::current().block_on(request.send())
    });
    assert_eq!(blocking.await.unwrap().unwrap().id, "42");
}

/// The runtime that the client owns may be dropped anywhere, even inside another one.
#[test]
fn a_client_is_dropped_wherever_it_is() {
    let server = Canned::new([thing()]);
    let client = server.client();
    get(&client).send_blocking().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async move { drop(client) });
}

/// Makes a blocking call on a thread without a runtime, and says how many attempts it took.
async fn blocking_attempts(client: &Client) -> u32 {
    let client = client.clone();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    thread::spawn(move || sender.send(get(&client).send_blocking().unwrap().attempts()));
    receiver.await.unwrap()
}

/// A connection answers whoever takes it, also between blocking calls.
#[tokio::test]
async fn blocking_and_awaited_calls_share_connections() {
    let server = Server::start(std::iter::repeat_with(found).take(9)).await;
    let client = server.builder().read_timeout(Duration::from_secs(5));
    let client = client.build().unwrap();
    for round in 1..=2 {
        assert_eq!(blocking_attempts(&client).await, 1, "in round {round}");
        for _ in 0..2 {
            let answer = get(&client).send().await.unwrap();
            assert_eq!(answer.attempts(), 1, "in round {round}");
        }
    }
    // A call that comes before the last one's connection is back in the pool opens another.
    let (requests, connections) = (server.requests().len(), server.connections());
    assert!(
        requests == 6 && connections < 6,
        "{requests}, {connections}"
    );
}

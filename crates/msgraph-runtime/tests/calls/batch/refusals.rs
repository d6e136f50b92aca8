//! Requests that cannot be in a batch: errors before anything is sent.

use super::{Service, found, make, read, set};
use crate::common::{Reply, SET, Thing};
use msgraph_runtime::{
    Attempt, Batch, BoxFuture, Client, ErrorKind, Resource, Transport, decode, request,
};

#[tokio::test(start_paused = true)]
async fn what_cannot_be_in_a_batch_is_an_error_and_the_others_are_sent() {
    let service = Service::of_things(|_, thing| found(thing));
    let client = service.client();
    let other = service.client();
    let clone = client.clone();
    let mut batch = client.batch();
    let long = "x".repeat(3_500_000);
    let empty = Resource::root(&client).fixed("things").parameter("");
    let refused = [
        (batch.add(set(&other, 1, "")), "another client"),
        (batch.add(set(&client, 1, &long)), "outside the batch"),
        (
            batch.add(set(&client, 1, "").header("Authorization", "x")),
            "set by the client itself",
        ),
        (
            batch.add(
                empty
                    .fixed("set")
                    .write(&SET, Ok(Thing::default()), decode::nothing),
            ),
            "is empty",
        ),
    ];
    let sent = batch.add(read(&clone, 7));
    assert_eq!(batch.len(), 1);
    assert!(!batch.is_empty() && format!("{batch:?}").starts_with("Batch"));
    batch.send().await;
    assert_eq!(sent.into_result().unwrap().id, "7");
    for (response, text) in refused {
        let error = response.into_result().unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0));
        assert!(error.to_string().contains(text), "{error}");
        assert!(!error.may_have_acted() && !error.is_retryable());
    }
    assert_eq!(service.came(), [(0, vec![7])]);
}

#[tokio::test]
async fn a_result_that_is_taken_too_early_says_so() {
    let service = Service::of_things(|_, thing| found(thing));
    let client = service.client();
    let mut batch = client.batch();
    let early = batch.add(make(&client, 1));
    let error = early.into_result().unwrap_err();
    assert!(error.to_string().contains("await `Batch::send`"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Request);
}

#[test]
fn outside_of_a_runtime_each_request_has_the_error() {
    let client = Client::builder()
        .token("secret")
        .transport(Never)
        .build()
        .unwrap();
    let mut batch = client.batch();
    let one = batch.add(read(&client, 1));
    let waker = std::task::Waker::noop();
    let sending = std::pin::pin!(batch.send());
    assert!(
        sending
            .poll(&mut std::task::Context::from_waker(waker))
            .is_ready()
    );
    let error = one.into_result().unwrap_err();
    assert!(
        error.to_string().contains("needs a tokio runtime"),
        "{error}"
    );
}

struct Never;

impl Transport for Never {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Reply> {
        panic!("nothing is sent")
    }
}

request! {
    /// A request with options.
    pub struct ThingSet(Request<(), Thing>);
}

request! {
    /// A request without a body.
    pub struct ThingGet(Request<Thing>);
}

#[tokio::test]
async fn generated_requests_with_options_can_be_added() {
    let service = Service::of_things(|_, thing| found(thing));
    let client = service.client();
    let mut batch = client.batch();
    let one = batch.add(ThingSet::from(set(&client, 1, "")));
    let two = batch.add(ThingGet::from(read(&client, 2)).header("X-A", "b"));
    batch.send().await;
    assert_eq!(one.into_result().unwrap().status(), 200);
    assert_eq!(two.into_result().unwrap().id, "2");
    // A task takes one along.
    let requests: Vec<_> = (0..3).map(|n| ThingGet::from(read(&client, n))).collect();
    let all = tokio::spawn(client.batch().send_all(requests))
        .await
        .unwrap();
    assert!(all.iter().all(Result::is_ok));
    let future: fn(Batch) -> _ = |batch| tokio::spawn(batch.send());
    future(client.batch()).await.unwrap();
}

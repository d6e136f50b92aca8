//! Any number of users: chunks, matching by id, and narrowing down to the ids that are refused.

#![cfg(test)]

use msgraph_presence::{
    Attempt, Availability, Body, BoxFuture, Client, Pace, Presences, RetryPolicy, Transport,
    TransportError, UserId,
};
use msgraph_presence_emulator::{Emulator, Undocumented};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn user(number: usize) -> UserId {
    format!("00000000-0000-4000-8000-{number:012x}")
        .parse()
        .unwrap()
}

fn users(count: usize) -> Vec<UserId> {
    (0..count).map(user).collect()
}

type Responder = dyn Fn(&[String]) -> (u16, Value) + Send + Sync;

/// Responds to the ids of each request, and counts.
#[derive(Clone)]
struct Graph {
    respond: Arc<Responder>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    chunks: Vec<Vec<String>>,
    now: usize,
    most: usize,
}

impl Graph {
    fn new(respond: impl Fn(&[String]) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let state = Arc::default();
        let respond = Arc::new(respond);
        Self { respond, state }
    }

    /// Refuses a request that has one of these.
    fn refusing(bad: impl IntoIterator<Item = usize>) -> Self {
        let bad: HashSet<_> = bad
            .into_iter()
            .map(|number| user(number).to_string())
            .collect();
        Self::new(move |ids| {
            if ids.iter().any(|id| bad.contains(id)) {
                (404, json!({"error": {"code": "NotFound", "message": ""}}))
            } else {
                (200, collection(ids))
            }
        })
    }

    fn client(&self) -> Client {
        let builder = Client::builder().token("secret").transport(self.clone());
        builder.retry(RetryPolicy::none()).build().unwrap()
    }

    fn sizes(&self) -> Vec<usize> {
        let state = self.state.lock().unwrap();
        state.chunks.iter().map(Vec::len).collect()
    }
}

impl Transport for Graph {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let body: Value = serde_json::from_slice(&attempt.body).unwrap();
        let ids: Vec<String> = serde_json::from_value(body["ids"].clone()).unwrap();
        let (status, body) = (self.respond)(&ids);
        let mut state = self.state.lock().unwrap();
        state.chunks.push(ids);
        state.now += 1;
        state.most = state.most.max(state.now);
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.state.lock().unwrap().now -= 1;
            let response = http::Response::builder().status(status);
            Ok(response.body(Body::from(body.to_string())).unwrap())
        })
    }
}

/// In another order, and in capital letters.
fn collection(ids: &[String]) -> Value {
    let presence = |id: &String| json!({"id": id.to_uppercase(), "availability": last(id)});
    let value: Vec<_> = ids.iter().rev().map(presence).collect();
    json!({"value": value})
}

/// A value that tells whose presence it is.
fn last(id: &str) -> String {
    id[24..].to_owned()
}

/// Each presence that was found is of the user under whose id it is.
fn is_joined(presences: &Presences) -> bool {
    presences.found.iter().all(|(id, presence)| {
        let expected = Availability::from(&*last(&id.to_string()));
        presence.availability.as_ref() == Some(&expected)
    })
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_users_take_sixteen_requests_four_at_a_time() {
    let graph = Graph::new(|ids| (200, collection(ids)));
    let presences = graph.client().presences_of(users(10_000)).await;
    assert_eq!(presences.found.len(), 10_000);
    assert!(is_joined(&presences) && presences.missing.is_empty() && presences.failed.is_empty());
    let mut sizes = graph.sizes();
    sizes.sort_unstable();
    assert_eq!(sizes, [&[250][..], &[650; 15]].concat());
    assert_eq!(graph.state.lock().unwrap().most, 4);

    let graph = Graph::new(|ids| (200, collection(ids)));
    let one = graph.client().presences_of(users(2_000)).at_once(0);
    assert_eq!(one.await.into_result().unwrap().len(), 2_000);
    assert_eq!(graph.state.lock().unwrap().most, 1);
}

/// Twenty requests leave at once, or fifteen of a smaller part.
#[tokio::test(start_paused = true)]
async fn it_keeps_within_a_half_of_the_limit_unless_the_client_says_otherwise() {
    let rows = [
        (None, 811),
        (Some(Pace::default().share(1.0)), 400),
        (Some(Pace::default().processes(5)), 3000),
    ];
    for (pace, expected) in rows {
        let graph = Graph::new(|ids| (200, collection(ids)));
        let builder = Client::builder().token("secret").transport(graph.clone());
        let builder = builder.timeout(Duration::from_secs(1));
        let client = match pace {
            Some(pace) => builder.pace(pace).build().unwrap(),
            None => builder.build().unwrap(),
        };
        let start = tokio::time::Instant::now();
        let presences = client.presences_of(users(22 * 650)).at_once(22).await;
        assert_eq!(presences.found.len(), 22 * 650);
        let passed = start.elapsed().as_millis();
        assert!(
            (expected..expected + 100).contains(&passed),
            "{pace:?} {passed}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn each_user_is_asked_for_once_and_an_empty_list_sends_nothing() {
    let graph = Graph::new(|ids| (200, collection(ids)));
    let client = graph.client();
    let capital: UserId = user(10).to_string().to_uppercase().parse().unwrap();
    let twice = users(700).into_iter().chain(users(700)).chain([capital]);
    let presences = client.presences_of(twice).await;
    assert_eq!(presences.found.len(), 700);
    assert_eq!(graph.sizes(), [650, 50]);
    let none = client.presences_of([]).await;
    assert!(none.found.is_empty() && none.missing.is_empty() && none.failed.is_empty());
    assert_eq!(graph.sizes().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn users_whom_the_response_leaves_out_are_missing_in_the_order_asked_for() {
    let graph = Graph::new(|ids| {
        let known = |id: &&String| !last(id).ends_with('7');
        let known: Vec<_> = ids.iter().filter(known).cloned().collect();
        let mut collection = collection(&known);
        let value = collection["value"].as_array_mut().unwrap();
        value.push(json!({"id": "nobody"}));
        value.push(json!({"id": user(99_999).to_string()}));
        (200, collection)
    });
    let presences = graph.client().presences_of(users(2_000)).await;
    let expected: Vec<_> = (0..2_000)
        .filter(|number| number % 16 == 7)
        .map(user)
        .collect();
    assert_eq!(presences.missing, expected);
    assert_eq!(presences.found.len(), 2_000 - expected.len());
    assert!(is_joined(&presences) && presences.failed.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_refused_costs_only_itself() {
    for bad in [0, 1, 324, 649] {
        let graph = Graph::refusing([bad]);
        let presences = graph.client().presences_of(users(650)).await;
        assert_eq!(presences.found.len(), 649);
        assert!(is_joined(&presences) && presences.missing.is_empty());
        let [failure] = &presences.failed[..] else {
            panic!("{:?}", presences.failed)
        };
        assert_eq!(failure.ids, [user(bad)]);
        assert!(failure.error.is_not_found());
        assert!(graph.sizes().len() <= 21, "{}", graph.sizes().len());
    }
    let bad = [3, 4, 700, 1_999, 2_000, 5_000, 9_999];
    let graph = Graph::refusing(bad);
    let presences = graph.client().presences_of(users(10_000)).await;
    let mut failed: Vec<_> = presences
        .failed
        .iter()
        .flat_map(|f| f.ids.clone())
        .collect();
    failed.sort_unstable();
    assert_eq!(failed, bad.map(user));
    assert_eq!(presences.found.len(), 10_000 - bad.len());
    assert!(presences.into_result().unwrap_err().is_not_found());
}

/// A presence that cannot be read does not hide the others.
#[tokio::test(start_paused = true)]
async fn a_presence_that_cannot_be_read_costs_only_itself() {
    let graph = Graph::new(|ids| {
        let mut collection = collection(ids);
        for presence in collection["value"].as_array_mut().unwrap() {
            if presence["availability"] == last(&user(41).to_string()) {
                presence["statusMessage"] = json!(7);
            }
        }
        (200, collection)
    });
    let presences = graph.client().presences_of(users(100)).await;
    let [failure] = &presences.failed[..] else {
        panic!("{:?}", presences.failed)
    };
    assert_eq!(
        (failure.ids.as_slice(), presences.found.len()),
        (&[user(41)][..], 99)
    );
}

/// Microsoft's OpenAPI describes pages, which no page of the documentation knows.
#[tokio::test(start_paused = true)]
async fn the_users_of_a_second_page_are_asked_for_by_id() {
    let graph = Graph::new(|ids| {
        let known: Vec<_> = ids
            .iter()
            .filter(|id| **id != user(9).to_string())
            .cloned()
            .collect();
        let page = &known[..known.len().min(400)];
        let mut collection = collection(page);
        if page.len() < known.len() {
            collection["@odata.nextLink"] = json!("https://graph.example/v1.0/more");
        }
        (200, collection)
    });
    let presences = graph.client().presences_of(users(650)).await;
    assert_eq!(
        (presences.found.len(), &presences.missing[..]),
        (649, &[user(9)][..])
    );
    assert!(is_joined(&presences));
    assert_eq!(graph.sizes(), [650, 250]);
}

/// Long out-of-office messages make a response larger than a client reads.
#[tokio::test(start_paused = true)]
async fn a_response_beyond_the_body_limit_is_asked_for_in_parts() {
    let graph = Graph::new(|ids| {
        let mut collection = collection(ids);
        for presence in collection["value"].as_array_mut().unwrap() {
            presence["outOfOfficeSettings"] = json!({"message": "x".repeat(4_000)});
        }
        (200, collection)
    });
    let presences = graph.client().presences_of(users(650)).await;
    assert_eq!((presences.found.len(), presences.failed.len()), (650, 0));
    let mut sizes = graph.sizes();
    sizes.sort_unstable();
    assert_eq!(sizes, [162, 162, 163, 163, 325, 325, 650]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_about_one_id_is_not_narrowed_down() {
    for status in [401, 403, 429, 500, 503] {
        let graph = Graph::new(move |ids| {
            if ids.contains(&user(651).to_string()) {
                (status, json!({"error": {"code": "x", "message": ""}}))
            } else {
                (200, collection(ids))
            }
        });
        let presences = graph.client().presences_of(users(1_400)).await;
        assert_eq!(presences.found.len(), 750, "{status}");
        let [failure] = &presences.failed[..] else {
            panic!("{:?}", presences.failed)
        };
        assert_eq!(failure.ids, (650..1_300).map(user).collect::<Vec<_>>());
        assert_eq!(failure.error.status().unwrap(), status);
        assert_eq!(graph.sizes().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_refuses_everything_or_much_is_not_flooded() {
    let graph = Graph::new(|_| (400, json!({"error": {"code": "x", "message": ""}})));
    let presences = graph.client().presences_of(users(10_000)).await;
    assert!(graph.sizes().len() <= 16 + 50, "{}", graph.sizes().len());
    let failed: HashSet<_> = presences
        .failed
        .iter()
        .flat_map(|f| f.ids.clone())
        .collect();
    assert_eq!(failed.len(), 10_000);

    let graph = Graph::refusing((0..10_000).step_by(2));
    let presences = graph.client().presences_of(users(10_000)).await;
    assert!(graph.sizes().len() <= 16 + 256, "{}", graph.sizes().len());
    let failed: usize = presences.failed.iter().map(|f| f.ids.len()).sum();
    assert_eq!(failed + presences.found.len(), 10_000);
}

#[tokio::test(start_paused = true)]
async fn each_request_can_be_changed() {
    let graph = Graph::new(|ids| (200, collection(ids)));
    let read = graph.client().presences_of(users(651));
    let read = read.each(|request| request.header("x-board", "\0"));
    let presences = read.await;
    assert_eq!((presences.failed.len(), graph.sizes().len()), (2, 0));
    assert!(presences.failed[0].error.to_string().contains("`x-board`"));
}

/// With each of the things that Microsoft leaves open about unknown ids.
#[tokio::test]
async fn against_the_emulator() {
    let nobody = user(1);
    for behaviour in [
        None,
        Some(Undocumented::UnknownIdsShown),
        Some(Undocumented::UnknownIdsRefused),
    ] {
        let graph = Emulator::start().await.unwrap();
        let mut ids: Vec<_> = (0..1_000)
            .map(|n| graph.add_user(&*n.to_string()))
            .collect();
        ids.insert(400, nobody);
        behaviour
            .into_iter()
            .for_each(|behaviour| graph.assume(behaviour));
        let builder = Client::builder().base_url(graph.base_url());
        let builder = builder.token(graph.application_token());
        let client = builder.timeout(Duration::from_secs(60)).build().unwrap();
        let mut presences = client.presences_of(ids.iter().copied()).await;
        let shown = presences
            .found
            .remove(&nobody)
            .map(|presence| presence.availability);
        let failed: Vec<_> = presences
            .failed
            .iter()
            .map(|failure| &failure.ids[..])
            .collect();
        assert_eq!(presences.found.len(), 1_000);
        match behaviour {
            None => assert_eq!(
                (shown, &presences.missing[..], failed.len()),
                (None, &[nobody][..], 0)
            ),
            Some(Undocumented::UnknownIdsShown) => {
                assert_eq!(shown, Some(Some(Availability::PresenceUnknown)));
            }
            Some(_) => assert_eq!((shown, &failed[..]), (None, &[&[nobody][..]][..])),
        }
        let requests = graph.requests_received();
        assert!(
            requests == 2 || failed.len() == 1 && requests <= 22,
            "{requests}"
        );
    }
}

#[cfg(feature = "blocking")]
#[test]
fn the_same_without_async() {
    let graph = Graph::refusing([649]);
    let client = graph.client();
    let presences = client.presences_of(users(1_000)).send_blocking();
    assert_eq!((presences.found.len(), presences.failed.len()), (999, 1));
    assert_eq!(presences.failed[0].ids, [user(649)]);
    assert!(is_joined(&presences));
    assert_eq!(graph.state.lock().unwrap().most, 1);
}

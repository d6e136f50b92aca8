//! JSON batches: how their requests leave, are answered one by one, and leave again.

mod envelope;
mod limits;
mod refusals;

use crate::common::{GET, ONCE, Reply, SET, Thing, cached, counted, reply};
use msgraph_runtime::{
    Attempt, BoxFuture, Client, ClientBuilder, Error, ErrorKind, Request, Resource, Response,
    Transport, TransportError, decode,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// A batch that came in.
pub struct Incoming {
    /// The seconds since the service was started.
    pub at: u64,
    pub headers: http::HeaderMap,
    pub requests: Vec<Value>,
}

impl Incoming {
    /// The numbers of the things that its requests name.
    pub fn things(&self) -> Vec<u64> {
        self.requests.iter().map(thing_of).collect()
    }
}

/// The number of the thing that a request names.
pub fn thing_of(request: &Value) -> u64 {
    let url = request["url"].as_str().unwrap();
    url.split('/').nth(2).unwrap().parse().unwrap()
}

type Answer = dyn Fn(usize, &Incoming) -> Reply + Send + Sync;

/// A service that answers batches by a function, which is told how many came before.
#[derive(Clone)]
pub struct Service {
    started: Instant,
    answer: Arc<Answer>,
    came: Arc<Mutex<Vec<Incoming>>>,
    delay: Duration,
}

impl Service {
    pub fn new(answer: impl Fn(usize, &Incoming) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            started: Instant::now(),
            answer: Arc::new(answer),
            came: Arc::default(),
            delay: Duration::ZERO,
        }
    }

    /// A service that gives each request a response without an id, by the thing that it names and
    /// how many batches came before.
    pub fn of_things(answer: impl Fn(usize, u64) -> Value + Send + Sync + 'static) -> Self {
        Self::new(move |n, batch| {
            let responses = batch.requests.iter().map(|request| {
                let mut response = answer(n, thing_of(request));
                response["id"] = request["id"].clone();
                response
            });
            // The service gives them in any order.
            let responses: Vec<Value> = responses.rev().collect();
            answered(&json!({ "responses": responses }))
        })
    }

    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub fn builder(&self) -> ClientBuilder {
        Client::builder().token("secret").transport(self.clone())
    }

    pub fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// The second in which each batch came, and the things in it.
    pub fn came(&self) -> Vec<(u64, Vec<u64>)> {
        let came = self.came.lock().unwrap();
        came.iter()
            .map(|batch| (batch.at, batch.things()))
            .collect()
    }

    pub fn batches(&self) -> Vec<Incoming> {
        std::mem::take(&mut *self.came.lock().unwrap())
    }
}

impl Transport for Service {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
        assert_eq!(attempt.method, "POST");
        assert_eq!(attempt.url(), "https://graph.microsoft.com/v1.0/$batch");
        assert_eq!(attempt.operation().unwrap().id, "$batch");
        let body: Value = serde_json::from_slice(&attempt.body).unwrap();
        let batch = Incoming {
            at: self.started.elapsed().as_secs(),
            headers: attempt.headers,
            requests: body["requests"].as_array().unwrap().clone(),
        };
        assert!((1..=20).contains(&batch.requests.len()));
        let mut came = self.came.lock().unwrap();
        let reply = (self.answer)(came.len(), &batch);
        came.push(batch);
        let delay = self.delay;
        Box::pin(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            reply
        })
    }
}

/// The response to a batch as a whole.
pub fn answered(body: &Value) -> Reply {
    reply(
        200,
        &[("content-type", "application/json")],
        &body.to_string(),
    )
}

/// The response that has the thing.
pub fn found(thing: u64) -> Value {
    json!({ "status": 200, "headers": {"Content-Type": "application/json"}, "body": {"id": thing.to_string()} })
}

/// A response without a body.
pub fn status(status: u16, headers: Value) -> Value {
    json!({ "status": status, "headers": headers })
}

pub fn read(client: &Client, thing: u64) -> Request<Thing> {
    let thing = Resource::root(client).fixed("things").parameter(thing);
    thing.fixed("detail").request(&GET, decode::object)
}

pub fn set(client: &Client, thing: u64, note: &str) -> Request<(), Thing> {
    let mut body = Thing::new("42");
    body.note = Some(note.to_owned());
    let thing = Resource::root(client).fixed("things").parameter(thing);
    thing.fixed("set").write(&SET, Ok(body), decode::nothing)
}

pub fn make(client: &Client, thing: u64) -> Request<(), Thing> {
    static MAKE: msgraph_runtime::Operation = ONCE;
    let resource = Resource::root(client).fixed("things").parameter(thing);
    let body = Ok(Thing::new("42"));
    resource.fixed("once").write(&MAKE, body, decode::nothing)
}

/// Reads these things in one batch.
pub async fn read_all(
    client: &Client,
    things: impl IntoIterator<Item = u64>,
) -> Vec<Result<Response<Thing>, Error>> {
    let requests = things.into_iter().map(|thing| read(client, thing));
    client.batch().send_all(requests).await
}

#[tokio::test]
async fn each_request_has_its_own_result_whatever_the_order() {
    let service = Service::of_things(|_, thing| match thing {
        2 => json!({ "status": 404, "body": {"error": {"code": "NotFound", "message": "no"}} }),
        3 => status(204, json!({})),
        _ => found(thing),
    });
    let client = service.client();
    let mut batch = client.batch();
    let one = batch.add(read(&client, 1));
    let two = batch.add(read(&client, 2).header("If-Match", "7"));
    let three = batch.add(set(&client, 3, "tea"));
    let four = batch.add(read(&client, 4).query("$select", ["id"]));
    assert_eq!(batch.len(), 4);
    batch.send().await;

    let one = one.into_result().unwrap();
    assert_eq!((one.id.as_str(), one.attempts()), ("1", 1));
    assert_eq!(one.body(), r#"{"id":"1"}"#);
    let error = two.into_result().unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("NotFound"), 1));
    // The hint of the operation, as in a single call.
    assert!(
        error.to_string().contains("take the id of the thing"),
        "{error}"
    );
    assert_eq!(three.into_result().unwrap().status(), 204);
    assert_eq!(four.into_result().unwrap().id, "4");

    let [batch] = &service.batches()[..] else {
        panic!("more than one batch")
    };
    assert_eq!(batch.headers["authorization"], "Bearer secret");
    assert_eq!(batch.headers["content-type"], "application/json");
    let own = batch.headers["client-request-id"].to_str().unwrap();
    let mut expected = json!([
        { "id": "1", "method": "GET", "url": "/things/1/detail", "headers": {} },
        { "id": "2", "method": "GET", "url": "/things/2/detail", "headers": {"if-match": "7"} },
        { "id": "3", "method": "POST", "url": "/things/3/set",
          "headers": {"Content-Type": "application/json"}, "body": {"id": "42", "note": "tea"} },
        { "id": "4", "method": "GET", "url": "/things/4/detail?$select=id", "headers": {} },
    ]);
    // Each has an id of its own, and its error names it.
    let mut ids = vec![own];
    for (request, expected) in batch.requests.iter().zip(expected.as_array_mut().unwrap()) {
        let id = &request["headers"]["client-request-id"];
        expected["headers"]["client-request-id"] = id.clone();
        ids.push(id.as_str().unwrap());
    }
    assert_eq!(json!(batch.requests), expected);
    assert_eq!(error.client_request_id(), Some(ids[2]));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_request_waits_as_long_as_its_own_response_says() {
    let service = Service::of_things(|n, thing| match (n, thing) {
        (0, 2) => status(429, json!({"Retry-After": "5"})),
        (0, 3) => status(429, json!({"retry-after": 2.5})),
        (0, 4) => status(503, json!({"Retry-After": "5"})),
        _ => found(thing),
    });
    let results = read_all(&service.client(), 1..=5).await;
    let attempts = results.iter().map(|one| one.as_ref().unwrap().attempts());
    assert_eq!(attempts.collect::<Vec<_>>(), [1, 2, 2, 2, 1]);
    // A request that has succeeded is not sent again, and those that wait as long leave together.
    let expected = [(0, vec![1, 2, 3, 4, 5]), (2, vec![3]), (5, vec![2, 4])];
    assert_eq!(service.came(), expected);
}

#[tokio::test(start_paused = true)]
async fn repeats_of_one_batch_leave_together_also_after_a_random_wait() {
    let answers: [fn(&Incoming) -> Reply; 5] = [
        |_| reply(503, &[("retry-after", "3")], ""),
        |_| reply(502, &[], "{}"),
        |_| Err(TransportError::interrupted("reset").timed_out()),
        |_| Err(TransportError::not_sent("refused")),
        |batch| {
            let gone = |request: &Value| json!({"id": request["id"], "status": 500});
            let responses: Vec<_> = batch.requests.iter().map(gone).collect();
            answered(&json!({ "responses": responses }))
        },
    ];
    for first in answers {
        let service = Service::of_things(|_, thing| found(thing));
        let later = service.answer.clone();
        let service = Service::new(move |n, batch| match n {
            0 => first(batch),
            _ => later(n, batch),
        });
        let results = read_all(&service.client(), 0..20).await;
        assert!(
            results
                .iter()
                .all(|one| one.as_ref().unwrap().attempts() == 2)
        );
        let came = service.came();
        let lengths: Vec<_> = came.iter().map(|(_, things)| things.len()).collect();
        assert_eq!(lengths, [20, 20]);
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_may_happen_twice_is_sent_again_when_a_batch_breaks() {
    let breaks: [fn() -> Reply; 4] = [
        || Err(TransportError::interrupted("reset")),
        || Err(TransportError::interrupted("slow").timed_out()),
        || reply(502, &[], ""),
        || reply(200, &[], ""),
    ];
    for first in breaks {
        let service = Service::new(move |n, batch| match n {
            0 => first(),
            _ => {
                let done = |request: &Value| json!({"id": request["id"], "status": 204});
                let responses: Vec<_> = batch.requests.iter().map(done).collect();
                answered(&json!({ "responses": responses }))
            }
        });
        let client = service.client();
        let mut batch = client.batch();
        let (one, two) = (batch.add(set(&client, 1, "")), batch.add(make(&client, 2)));
        batch.send().await;
        assert_eq!(one.into_result().unwrap().attempts(), 2);
        let error = two.into_result().unwrap_err();
        assert!(error.may_have_acted() && error.is_retryable(), "{error}");
        assert_eq!(error.attempts(), 1);
        let things: Vec<_> = service
            .came()
            .into_iter()
            .map(|(_, things)| things)
            .collect();
        assert_eq!(things, [vec![1, 2], vec![1]]);
    }
}

#[tokio::test]
async fn a_provider_is_asked_once_for_all_and_once_more_when_the_token_is_refused() {
    let service = Service::of_things(|_, thing| found(thing));
    let later = service.answer.clone();
    let service = Service::new(
        move |n, batch| match batch.headers["authorization"].to_str() {
            Ok("Bearer token-0") => reply(401, &[], ""),
            _ => later(n, batch),
        },
    );
    let (asked, provider) =
        counted(|n| async move { Ok::<_, std::io::Error>(format!("token-{n}")) });
    let client = service.builder().token(provider).build().unwrap();
    let results = read_all(&client, 0..50).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!((asked.count(), service.came().len()), (2, 6));

    let (asked, provider) = counted(|_| async { Ok::<_, std::io::Error>("token") });
    let client = cached(service.builder(), provider);
    assert!(read_all(&client, 0..50).await.iter().all(Result::is_ok));
    assert!(read_all(&client, 0..50).await.iter().all(Result::is_ok));
    assert_eq!(asked.count(), 1);

    let (asked, provider) = counted(|_| async { Err::<String, _>(std::io::Error::other("no")) });
    let client = service.builder().token(provider).build().unwrap();
    let results = read_all(&client, 0..5).await;
    let is_token =
        |one: &Result<_, Error>| one.as_ref().is_err_and(|e| e.kind() == ErrorKind::Token);
    assert!(results.iter().all(is_token));
    assert_eq!(asked.count(), 1);
}

#[tokio::test]
async fn a_redirect_of_a_batch_is_followed_as_that_of_a_call() {
    struct Moved;
    impl Transport for Moved {
        fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
            let body = r#"{"responses":[{"id":"1","status":200,"body":{"id":"1"}}]}"#;
            let reply = match attempt.url().rsplit('/').next().unwrap() {
                "$batch" => reply(307, &[("location", "/v1.0/other")], ""),
                "other" => reply(308, &[("location", "third")], ""),
                _ => reply(200, &[], body),
            };
            Box::pin(async { reply })
        }
    }
    let client = Client::builder()
        .token("secret")
        .transport(Moved)
        .build()
        .unwrap();
    assert_eq!(read_all(&client, [1]).await.remove(0).unwrap().id, "1");

    for location in ["https://login.example/x", "/v1.0/$batch"] {
        let service = Service::new(move |_, _| reply(307, &[("location", location)], ""));
        let error = read_all(&service.client(), [1])
            .await
            .remove(0)
            .unwrap_err();
        let (kind, batches) = match location {
            "/v1.0/$batch" => (ErrorKind::Request, 6),
            _ => (ErrorKind::Redirect, 1),
        };
        assert_eq!(
            (error.kind(), service.came().len()),
            (kind, batches),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_redirect_of_a_request_is_followed_below_the_base_url_only() {
    for (location, expected) in [
        ("/v1.0/things/7/detail", Ok("7")),
        ("/beta/things/7/detail", Err(ErrorKind::Request)),
        (
            "https://evil.example/v1.0/things/7",
            Err(ErrorKind::Redirect),
        ),
    ] {
        let service = Service::of_things(move |n, thing| match n {
            0 => status(308, json!({"Location": location})),
            _ => found(thing),
        });
        let result = read_all(&service.client(), [1]).await.remove(0);
        let found = result.as_ref().map(|one| &*one.id).map_err(Error::kind);
        assert_eq!(found, expected, "{location}");
    }
}

#[cfg(feature = "blocking")]
#[test]
fn a_batch_without_async() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.unwrap();
    let service = runtime.block_on(async { Service::of_things(|_, thing| found(thing)) });
    let client = service.client();
    let mut batch = client.batch();
    let one = batch.add(read(&client, 1));
    batch.send_blocking().unwrap();
    assert_eq!(one.into_result().unwrap().id, "1");

    runtime.block_on(async {
        let mut batch = client.batch();
        let one = batch.add(read(&client, 1));
        let error = batch.send_blocking().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(one.into_result().is_err());
    });
    assert_eq!(service.came().len(), 1);
}

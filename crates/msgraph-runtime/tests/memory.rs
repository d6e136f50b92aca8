//! The body of a refusal takes at most four times its size in memory, or 256 KiB if that is more,
//! in the worst shapes that are known; a batch of 10,000 requests takes at most 2 KB for each.
//!
//! With `--nocapture` it prints for each shape the peak during the call over the size of the body,
//! which is counted where the call itself copies it.

#![cfg(test)]

use msgraph_runtime::{
    Attempt, Body, BoxFuture, Client, Method, Operation, Resource, Transport, TransportError,
};
use msgraph_wire::decode;
use peak_alloc::PeakAlloc;
use std::sync::Mutex;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One test measures at a time.
static MEASURING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The approximate sizes of a body, in bytes. Four times the first one is more than [`FLOOR`].
const SIZES: [usize; 4] = [250_000, 64 << 10, 16 << 10, 1 << 10];

/// The memory that a refusal of any size may take, in bytes.
const FLOOR: usize = 256 << 10;

static GET: Operation = Operation {
    id: "things.Get",
    method: Method::GET,
    path: "/things",
    repeatable: true,
    ..Operation::EMPTY
};

/// Refuses one attempt, with this body.
struct Refusal(Mutex<Option<Vec<u8>>>);

impl Transport for Refusal {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let body = self.0.lock().unwrap().take().unwrap();
        let response = http::Response::builder().status(403);
        Box::pin(async { Ok(response.body(Body::from(body)).unwrap()) })
    }
}

/// The worst shapes of a body of this size.
fn shapes(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let many = |part: &str| part.repeat(size / part.len());
    let list = |part: &str| {
        let all = many(&format!("{part},"));
        all.trim_end_matches(',').to_owned()
    };
    let error = |members: String| format!(r#"{{"error":{{"code":"a",{members}}}}}"#);
    let depth = size / 16;
    let deep = r#"{"innerError":"#.repeat(depth) + "0" + &"}".repeat(depth);
    let arrays = "[".repeat(size / 2) + &"]".repeat(size / 2);
    let shapes = [
        ("details", error(format!(r#""details":[{}]"#, list("{}")))),
        ("small members", error(list(r#""":0"#))),
        ("codes", error(list(r#""code":"b""#))),
        (
            "small objects",
            format!(r#"{{"z":[{}]}}"#, list(r#"{"":0}"#)),
        ),
        ("errors", format!("[{}]", list(r#"{"code":""}"#))),
        ("arrays", format!("[{}]", list("[]"))),
        ("inner errors", error(format!(r#""innerError":{deep}"#))),
        ("arrays in arrays", error(format!(r#""z":{arrays}"#))),
        (
            "a message",
            error(format!(r#""message":"{}""#, many("a b"))),
        ),
        (
            "a message of quotes",
            error(format!(r#""message":"{}""#, many("\\\""))),
        ),
        (
            "a message of halves",
            error(format!(r#""message":"{}""#, many("\\ud83d"))),
        ),
        ("a number", error(format!(r#""message":{}"#, many("1")))),
        ("a page", format!("<title>{}</title>", many("a b"))),
        ("a line", many("a b")),
        ("a name", format!(r#"{{"{}":0}}"#, many("\\n"))),
    ];
    let mut shapes = shapes
        .map(|(shape, body)| (shape, body.into_bytes()))
        .to_vec();
    shapes.push(("no UTF-8", vec![0xFF; size]));
    shapes.push((
        "no UTF-8 in a message",
        [b"[\"", &vec![0xFF; size][..], b"\"]"].concat(),
    ));
    shapes
}

/// The peak during a call, in bytes.
async fn measured(body: Vec<u8>) -> usize {
    let client = Client::builder()
        .token("secret")
        .transport(Refusal(Mutex::new(Some(body))))
        .build()
        .unwrap();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let things = Resource::root(&client).fixed("things");
    let error = things.request(&GET, decode::nothing).await.unwrap_err();
    let peak = MEMORY.peak_usage() - before;
    assert_eq!(error.status().unwrap(), 403);
    peak
}

#[tokio::test]
async fn a_refusal_takes_at_most_four_times_its_size_or_256_kib() {
    let _alone = MEASURING.lock().await;
    println!("{:<24} {:>7} {:>7} {:>6}", "shape", "size", "peak", "ratio");
    for size in SIZES {
        for (shape, body) in shapes(size) {
            let size = body.len();
            let peak = measured(body).await;
            let ratio = peak as f64 / size as f64;
            println!("{shape:<24} {size:>7} {peak:>7} {ratio:>6.2}");
            assert!(peak <= FLOOR.max(4 * size), "{shape} of {size}: {peak}");
        }
    }
}

/// Has nothing to say to any request of a batch.
struct Batches;

impl Transport for Batches {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let response = |id: u32| format!(r#"{{"id":"{id}","status":204}}"#);
        let responses: Vec<_> = (1..=20).map(response).collect();
        let body = format!(r#"{{"responses":[{}]}}"#, responses.join(","));
        Box::pin(async move {
            tokio::task::yield_now().await;
            Ok(http::Response::new(Body::from(body)))
        })
    }
}

#[tokio::test]
async fn ten_thousand_requests_of_a_batch_take_two_kilobytes_each() {
    const COUNT: usize = 10_000;
    let _alone = MEASURING.lock().await;
    let client = Client::builder().token("secret").transport(Batches).build();
    let client = client.unwrap();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let request = |number| {
        let thing = Resource::root(&client).fixed("things").parameter(number);
        thing.write(&GET, Ok("x".repeat(100)), decode::nothing)
    };
    let results = client.batch().send_all((0..COUNT).map(request)).await;
    let peak = (MEMORY.peak_usage() - before) / COUNT;
    assert!(results.iter().all(Result::is_ok));
    println!("{peak} bytes a request of a batch");
    assert!(peak <= 2048, "{peak}");
}

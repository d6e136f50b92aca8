//! A watch of 10,000 users for an hour of simulated time: requests, processor time and memory of
//! the client.
//!
//! ```console
//! $ cargo bench -p msgraph-presence --no-default-features --bench watch
//! ```
//!
//! The responses are made beforehand, and come over a transport without a network. In every second
//! round one user of a hundred is busy. The clock of the runtime is paused, so the hour passes as
//! fast as the client works; Linux counts the processor time of its thread.

use msgraph_presence::{
    Attempt, Body, BoxFuture, Client, Presence, Transport, TransportError, UserId, WatchEvent,
};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::{Instant, timeout_at};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const USERS: usize = 10_000;
const CHUNK: usize = 650;
const INTERVAL: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(3600);

fn main() -> Result<(), Box<dyn Error>> {
    let mut clock = Builder::new_current_thread();
    clock.enable_all().start_paused(true);
    clock.build()?.block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let graph = Graph::new();
    let client = Client::builder().token("application").transport(graph);
    let client = client.build()?;
    let memory = MEMORY.current_usage();
    let team = (0..USERS).map(|number| id(number).parse::<UserId>());
    let team = team.collect::<Result<Vec<_>, _>>()?;
    let mut changes = client.watch().users(team).every(INTERVAL).start();
    let end = Instant::now() + HOUR;

    let mut told = 0;
    while told < USERS && changes.next().await.is_some() {
        told += 1;
    }
    let (first, processor) = (REQUESTS.load(Ordering::Relaxed), processor_time());
    let mut changed = 0;
    while let Ok(Some(event)) = timeout_at(end, changes.next()).await {
        changed += usize::from(matches!(event, WatchEvent::Changed { .. }));
    }
    let processor = processor.zip(processor_time());
    let requests = REQUESTS.load(Ordering::Relaxed) - first;
    let memory = MEMORY.current_usage().saturating_sub(memory) / USERS;
    let rounds = requests as f64 / USERS.div_ceil(CHUNK) as f64;

    println!("requests           {first} at the start, then {requests} in {rounds:.1} rounds");
    println!("changes            {changed}");
    println!("memory a user      {memory} bytes");
    let computed = HOUR.as_secs_f64() / (INTERVAL.as_secs_f64() * 0.95);
    assert!(first == 16 && (rounds - computed).abs() < 1.5, "{computed}");
    assert!(memory <= 1024, "a user takes more than 1 KiB");
    if let Some((before, after)) = processor {
        let reads = rounds * USERS as f64;
        let each = (after - before).div_f64(reads);
        println!("CPU a user, round  {each:.2?}");
        println!("decode of one      {:.2?}", decode()?);
        assert!(each <= Duration::from_micros(10), "a read is too slow");
    }
    Ok(())
}

/// The time to decode one presence, without a request.
fn decode() -> Result<Duration, Box<dyn Error>> {
    const TIMES: u32 = 100_000;
    let text = presence(0, false).to_string();
    let start = processor_time().ok_or("no processor time")?;
    for _ in 0..TIMES {
        std::hint::black_box(serde_json::from_str::<Presence>(&text)?);
    }
    let end = processor_time().ok_or("no processor time")?;
    Ok((end - start) / TIMES)
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

fn presence(number: usize, is_busy: bool) -> Value {
    let value = if is_busy { "Busy" } else { "Available" };
    json!({
        "id": id(number),
        "availability": value,
        "activity": value,
        "outOfOfficeSettings": {"isOutOfOffice": false, "message": null},
        "statusMessage": null,
        "workLocation": null,
    })
}

static REQUESTS: AtomicUsize = AtomicUsize::new(0);

/// The bodies of responses by the last id that is asked for, for even and odd rounds.
struct Graph {
    bodies: HashMap<String, [Arc<str>; 2]>,
}

impl Graph {
    fn new() -> Self {
        let numbers: Vec<_> = (0..USERS).collect();
        let bodies = numbers.chunks(CHUNK).map(|chunk| {
            let body = |is_odd: bool| {
                let is_busy = |number: usize| is_odd && number.is_multiple_of(100);
                let all = chunk.iter().map(|of| presence(*of, is_busy(*of)));
                let all: Vec<_> = all.collect();
                Arc::from(json!({"value": all}).to_string())
            };
            (id(chunk[chunk.len() - 1]), [body(false), body(true)])
        });
        let bodies = bodies.collect();
        Self { bodies }
    }
}

impl Transport for Graph {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
        let round = number / USERS.div_ceil(CHUNK);
        let text = String::from_utf8_lossy(&attempt.body);
        // The ids are the only property of the body: the last one ends before `"]}`.
        let last = text
            .len()
            .checked_sub(39)
            .and_then(|at| text.get(at..at + 36));
        let body = last.and_then(|last| self.bodies.get(last));
        let body = body.map(|bodies| bodies[round % 2].to_string());
        Box::pin(async move {
            let body = body.ok_or_else(|| TransportError::not_sent("no such chunk"))?;
            Ok(http::Response::new(Body::from(body)))
        })
    }
}

/// The time that this thread has run, on Linux.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

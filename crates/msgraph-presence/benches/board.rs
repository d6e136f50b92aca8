//! A board of 10,000 users, read by `presences_of` and by a request for each user: requests,
//! processor time and peak memory of the client.
//!
//! ```console
//! $ cargo bench -p msgraph-presence --no-default-features --bench board
//! ```
//!
//! The emulator runs in a process of its own. The client runs on one thread, whose processor time
//! Linux counts in `/proc/thread-self/schedstat`.

use msgraph_presence::{Attempt, Body, BoxFuture, Client, Transport, TransportError, UserId};
use msgraph_presence_emulator::{Emulator, User};
use peak_alloc::PeakAlloc;
use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const USERS: usize = 10_000;

/// The requests under way at a time, where each user takes one.
const AT_ONCE: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    if env::args().any(|argument| argument == "serve") {
        return runtime.block_on(serve());
    }
    let mut server = Command::new(env::current_exe()?)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut base = String::new();
    let output = server.stdout.take().ok_or("the emulator has no output")?;
    BufReader::new(output).read_line(&mut base)?;
    let team: Vec<_> = (0..USERS).map(user).collect::<Result<_, _>>()?;
    let client = || {
        let builder = Client::builder().base_url(base.trim()).token("application");
        builder.wrap_transport(Counted).build()
    };

    println!("{USERS} users       requests   elapsed    CPU a user   peak memory a user");
    let many = runtime.block_on(measure("presences_of", many(client()?, &team)))?;
    let single = runtime.block_on(measure("one by one", single(client()?, &team)))?;
    if let (Some(many), Some(single)) = (many, single) {
        let ratio = many.as_secs_f64() / single.as_secs_f64();
        println!("presences_of takes {ratio:.3} of the processor time");
        assert!(ratio < 0.35, "one request for many users must be cheaper");
    }
    drop(server.stdin.take()); // the emulator ends with its input
    server.wait()?;
    Ok(())
}

/// Runs the emulator until the input ends.
async fn serve() -> Result<(), Box<dyn Error>> {
    let graph = Emulator::builder().unthrottled().start().await?;
    for number in 0..USERS {
        let id = graph.add_user(User::new(number.to_string()).id(user(number)?));
        graph.sign_in(id);
    }
    println!("{}", graph.base_url());
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

fn user(number: usize) -> Result<UserId, Box<dyn Error>> {
    Ok(format!("00000000-0000-4000-8000-{number:012x}").parse()?)
}

async fn many(client: Client, team: &[UserId]) -> Result<usize, msgraph_presence::Error> {
    let presences = client.presences_of(team.iter().copied()).await;
    Ok(presences.into_result()?.len())
}

async fn single(client: Client, team: &[UserId]) -> Result<usize, msgraph_presence::Error> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut calls = JoinSet::new();
    for id in team {
        let (request, turns) = (client.users(*id).presence().get(), turns.clone());
        calls.spawn(async move {
            let _turn = turns.acquire().await;
            request.await
        });
    }
    let presences: Vec<_> = calls
        .join_all()
        .await
        .into_iter()
        .collect::<Result<_, _>>()?;
    Ok(presences.len())
}

static REQUESTS: AtomicUsize = AtomicUsize::new(0);

/// A transport that counts what it sends.
struct Counted(Arc<dyn Transport>);

impl Transport for Counted {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        REQUESTS.fetch_add(1, Ordering::Relaxed);
        self.0.send(attempt)
    }
}

/// Prints a row, and gives the processor time of this thread where the system counts it.
async fn measure(
    name: &str,
    read: impl Future<Output = Result<usize, msgraph_presence::Error>>,
) -> Result<Option<Duration>, Box<dyn Error>> {
    MEMORY.reset_peak_usage();
    let (memory, processor, start) = (MEMORY.current_usage(), processor_time(), Instant::now());
    let found = read.await?;
    let (elapsed, peak) = (start.elapsed(), MEMORY.peak_usage() - memory);
    assert_eq!(found, USERS);
    let requests = REQUESTS.swap(0, Ordering::Relaxed);
    let time = processor
        .zip(processor_time())
        .map(|(before, after)| after - before);
    let each = time.map_or("unknown".to_owned(), |time| {
        format!("{:.1?}", time / USERS as u32)
    });
    let peak = peak / USERS;
    println!("{name:<15} {requests:>11}   {elapsed:<8.0?}   {each:<12} {peak} bytes");
    Ok(time)
}

/// The time that this thread has run, on Linux.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

//! A million presence reads over kept connections: reads per second, processor time and memory.
//!
//! ```console
//! $ cargo bench -p msgraph-presence-emulator --bench load
//! $ cargo bench -p msgraph-presence-emulator --bench load -- 50000    # fewer reads
//! ```
//!
//! The emulator runs on one thread, the load generator on another, over sixteen connections: each
//! sends a request after the response to the previous one.

use msgraph_presence_emulator::Emulator;
use std::error::Error;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

const REQUESTS: usize = 1_000_000;
const CONNECTIONS: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args();
    let reads = arguments.find_map(|argument| argument.parse().ok());
    let reads = reads.unwrap_or(REQUESTS);
    let warm_up = reads / 10;
    let (started, starting) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = thread::spawn(move || serve(started, stopped));
    let generator = runtime()?;
    let (address, token) = generator.block_on(starting)?;
    let request = format!(
        "GET /v1.0/me/presence HTTP/1.1\r\nHost: {address}\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    generator.block_on(load(address, &request, warm_up))?;
    let before = resident_kib();
    let elapsed = generator.block_on(load(address, &request, reads))?;
    let after = resident_kib();
    let _ = stop.send(());
    let cpu = server.join().map_err(|_| "the emulator has panicked")??;

    println!(
        "{reads} reads over {CONNECTIONS} kept connections in {elapsed:.1?}: \
         {:.0} a second",
        reads as f64 / elapsed.as_secs_f64()
    );
    if let Some(cpu) = cpu {
        let each = cpu / (warm_up + reads) as u32;
        println!(
            "processor time of the emulator: {each:.1?} a read, which is {:.0} a second \
             of a core of its own",
            1.0 / each.as_secs_f64()
        );
    }
    if let (Some(before), Some(after)) = (before, after) {
        println!(
            "memory of emulator and load generator: {before} KiB after {warm_up} reads, \
             {after} KiB after {reads} more"
        );
    }
    Ok(())
}

/// Runs an emulator until `stopped`, and returns its processor time.
fn serve(
    started: oneshot::Sender<(SocketAddr, String)>,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<Option<Duration>> {
    runtime()?.block_on(async {
        let builder = Emulator::builder().unthrottled().user("Ada");
        let emulator = builder.start().await?;
        let ada = emulator.add_user("Ada");
        emulator.sign_in(ada);
        let _ = started.send((emulator.address(), emulator.token_for(ada)));
        let _ = stopped.await;
        Ok(processor_time())
    })
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Sends this number of requests, and returns how long they took.
async fn load(
    address: SocketAddr,
    request: &str,
    requests: usize,
) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let request = request.to_owned();
        connections.spawn(async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            send(stream, request.as_bytes(), requests / CONNECTIONS).await
        });
    }
    while let Some(done) = connections.join_next().await {
        done??;
    }
    Ok(start.elapsed())
}

async fn send(mut stream: TcpStream, request: &[u8], times: usize) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    for _ in 0..times {
        stream.write_all(request).await?;
        buffer.clear();
        while !is_whole(&buffer)? {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(problem("the emulator has closed the connection"));
            }
        }
    }
    Ok(())
}

/// Returns whether the last byte of the response has arrived.
fn is_whole(response: &[u8]) -> std::io::Result<bool> {
    let Some(end) = response.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(false);
    };
    let head = String::from_utf8_lossy(&response[..end]);
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(problem("a response is not 200"));
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.and_then(|length| length.parse::<usize>().ok());
    let length = length.ok_or_else(|| problem("a response has no length"))?;
    Ok(response.len() == end + 4 + length)
}

fn problem(message: &'static str) -> std::io::Error {
    std::io::Error::other(message)
}

/// The processor time of this thread, where the system reports it.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = stat.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// The memory of this process, where the system reports it.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

//! Compares a call with the same call written with reqwest and serde_json.
//!
//! `cargo bench -p msgraph-runtime --no-default-features --bench cost` prints the
//! instructions of one sequential call over a kept connection, counted by callgrind, and
//! the throughput of 64 concurrent calls, the two sides taking turns, and the instructions of a
//! batch beside those of single calls. `-- instructions`, `-- throughput` or `-- batch` prints one
//! of them. The program fails if our call takes more instructions than [`LIMIT`] allows, or a batch
//! more than [`BATCH_LIMIT`]. BENCHMARKS.md in the root has the figures.

use msgraph_presence_models::Presence;
use msgraph_runtime::{AccessToken, Client, Method, Operation, Request, Resource, decode};
use serde::Deserialize;
use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

const USER: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";

/// The lengths of the tokens: a usual one of the identity platform, and a short one. The baseline
/// makes the header for each call, at a cost that grows with the length.
const TOKENS: [usize; 2] = [1800, 100];

/// The limit of a call's instructions, as a fraction of those of the baseline.
const LIMIT: f64 = 0.98;

/// The number of requests in a batch.
const BATCH: u32 = 20;

/// The limit of a batch's instructions, as a fraction of those of as many single calls.
const BATCH_LIMIT: f64 = 0.35;

/// The documented response of `GET /users/{id}/presence`, for one's own presence.
const BODY: &str = r#"{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users('fa8bf3dc-eca7-46b7-bad1-db199b62afc3')/presence/$entity","id":"fa8bf3dc-eca7-46b7-bad1-db199b62afc3","availability":"Busy","activity":"InAMeeting","sequenceNumber":"A0129311063","outOfOfficeSettings":{"message":null,"isOutOfOffice":false},"statusMessage":{"message":{"content":"In a meeting","contentType":"text"},"publishedDateTime":"2022-10-18T16:05:33.2079781Z","expiryDateTime":{"dateTime":"2022-10-18T17:05:33.2079781","timeZone":"UTC"}}}"#;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--side") {
        Some(at) => one_side(&arguments[at + 1..]),
        None => {
            let asked = |name: &str| arguments.iter().any(|argument| argument == name);
            let names = ["instructions", "throughput", "batch"];
            let everything = !names.into_iter().any(asked);
            let url = serve()?;
            if everything || asked("instructions") {
                instructions(&url)?;
            }
            if everything || asked("throughput") {
                throughput(&url)?;
            }
            if everything || asked("batch") {
                batch(&url)?;
            }
            Ok(())
        }
    }
}

/// The two sides of the comparison.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Ours,
    Baseline,
}

/// Makes only sequential calls, for callgrind to count.
fn one_side(arguments: &[String]) -> Result<()> {
    let [side, url, token, calls] = arguments else {
        return Err(Error::other("--side NAME URL TOKEN CALLS"));
    };
    let calls: usize = calls.parse().map_err(Error::other)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match side.as_str() {
        "batch" => runtime.block_on(batches(&our_client(url, token)?, calls)),
        "ours" => runtime.block_on(ours(&our_client(url, token)?, calls)),
        _ => runtime.block_on(baseline(&baseline_client()?, url, token, calls)),
    }
}

static GET: Operation = Operation {
    id: "users.GetPresence",
    method: Method::GET,
    path: "/users/{id}/presence",
    repeatable: true,
    ..Operation::EMPTY
};

fn our_client(url: &str, token: &str) -> Result<Client> {
    let token = AccessToken::new(token);
    let client = Client::builder().token(token).base_url(url).build();
    client.map_err(Error::other)
}

/// Makes the request as the generated handles do.
fn request(client: &Client) -> Request<Presence> {
    let user = Resource::root(client).fixed("users").parameter(USER);
    user.fixed("presence").request(&GET, decode::object)
}

/// Makes this many calls in batches.
async fn batches(client: &Client, calls: usize) -> Result<()> {
    for _ in 0..calls / BATCH as usize {
        let requests = (0..BATCH).map(|_| request(client));
        for presence in client.batch().send_all(requests).await {
            let presence = presence.map_err(Error::other)?.into_value();
            assert_eq!(presence.id.len(), 36);
        }
    }
    Ok(())
}

async fn ours(client: &Client, calls: usize) -> Result<()> {
    for _ in 0..calls {
        let presence = request(client).await.map_err(Error::other)?;
        assert_eq!(presence.id.len(), 36);
    }
    Ok(())
}

fn baseline_client() -> Result<reqwest::Client> {
    let agent = concat!("msgraph-runtime/", env!("CARGO_PKG_VERSION"));
    reqwest::Client::builder()
        .user_agent(agent)
        .build()
        .map_err(Error::other)
}

/// Makes the same calls as in reqwest's documentation, with the same headers.
async fn baseline(client: &reqwest::Client, url: &str, token: &str, calls: usize) -> Result<()> {
    for _ in 0..calls {
        let answer = client
            .get(format!("{url}/users/{USER}/presence"))
            .header("accept", "application/json")
            .header("client-request-id", uuid::Uuid::new_v4().to_string())
            .bearer_auth(token)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(Error::other)?;
        let body = answer.bytes().await.map_err(Error::other)?;
        let presence: plain::Presence = serde_json::from_slice(&body)?;
        assert_eq!(presence.id.len(), 36);
    }
    Ok(())
}

/// Hand-written models with the properties of the documented body.
mod plain {
    #![expect(dead_code, reason = "the properties are only decoded")]

    use super::Deserialize;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct Presence {
        pub(super) id: String,
        availability: Option<String>,
        activity: Option<String>,
        out_of_office_settings: Option<OutOfOfficeSettings>,
        sequence_number: Option<String>,
        status_message: Option<StatusMessage>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct OutOfOfficeSettings {
        message: Option<String>,
        is_out_of_office: Option<bool>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct StatusMessage {
        message: Option<ItemBody>,
        expiry_date_time: Option<DateTimeTimeZone>,
        published_date_time: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ItemBody {
        content: Option<String>,
        content_type: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct DateTimeTimeZone {
        date_time: Option<String>,
        time_zone: Option<String>,
    }
}

/// Counts both sides with two numbers of calls, so that the cost of starting cancels out.
fn instructions(url: &str) -> Result<()> {
    let (few, many) = (200, 1200);
    println!("instructions of one sequential call (callgrind, user space)");
    println!("  token     reqwest and serde_json       ours    ratio");
    let mut highest: f64 = 0.0;
    for length in TOKENS {
        let token = "t".repeat(length);
        let count = |side: &str| -> Result<f64> {
            let less = collected(side, url, &token, few)?;
            let more = collected(side, url, &token, many)?;
            Ok((more - less) / f64::from(many - few))
        };
        let (baseline, ours) = (count("baseline")?, count("ours")?);
        let ratio = ours / baseline;
        println!("  {length:>5} B  {baseline:>22.0}  {ours:>9.0}  {ratio:>7.3}");
        highest = highest.max(ratio);
    }
    if highest <= LIMIT {
        return Ok(());
    }
    let message = format!("a call takes more than {LIMIT} of the instructions of the baseline");
    Err(Error::other(message))
}

/// Counts single calls and the same calls in batches.
fn batch(url: &str) -> Result<()> {
    let (few, many) = (200, 1200);
    let token = "t".repeat(TOKENS[0]);
    let count = |side: &str| -> Result<f64> {
        let less = collected(side, url, &token, few)?;
        let more = collected(side, url, &token, many)?;
        Ok((more - less) / f64::from((many - few) / BATCH))
    };
    let (single, batch) = (count("ours")?, count("batch")?);
    let ratio = batch / single;
    println!("instructions of {BATCH} presences (callgrind, user space)");
    println!("  {BATCH} single calls  {single:>11.0}");
    println!("  one batch        {batch:>11.0}   ratio {ratio:.3}");
    if ratio <= BATCH_LIMIT {
        Ok(())
    } else {
        Err(Error::other(format!(
            "a batch takes more than {BATCH_LIMIT} of them"
        )))
    }
}

/// Runs one side under callgrind, and reads how many instructions it took.
fn collected(side: &str, url: &str, token: &str, calls: u32) -> Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--side", side, url, token, &calls.to_string()])
        .output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(Error::other(format!("a call failed: {report}")));
    }
    let count = report
        .lines()
        .find_map(|line| line.split_once("Collected :"));
    let count = count.map(|(_, count)| count.trim().parse().map_err(Error::other));
    count.unwrap_or_else(|| Err(Error::other(format!("callgrind says: {report}"))))
}

/// Measures both sides in turns, so that other work on the machine affects both alike.
fn throughput(url: &str) -> Result<()> {
    const ROUNDS: usize = 15;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let token = "t".repeat(TOKENS[0]);
    let (our_client, baseline_client) = (our_client(url, &token)?, baseline_client()?);
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        // The order alternates.
        let mut sides = [Side::Ours, Side::Baseline];
        sides.rotate_left(round % 2);
        for side in sides {
            let rate = runtime.block_on(rate(side, &our_client, &baseline_client, url, &token))?;
            // The first round only opens the connections.
            if round > 0 {
                rates[usize::from(side == Side::Baseline)].push(rate);
            }
        }
    }
    let mut ratios: Vec<f64> = rates[0]
        .iter()
        .zip(&rates[1])
        .map(|(ours, theirs)| ours / theirs)
        .collect();
    ratios.sort_by(f64::total_cmp);
    for rates in &mut rates {
        rates.sort_by(f64::total_cmp);
    }
    let middle = ROUNDS / 2;
    println!("calls a second, 64 at a time, one thread (median of {ROUNDS} rounds, taking turns)");
    println!("  reqwest and serde_json  {:>9.0}", rates[1][middle]);
    println!("  ours                    {:>9.0}", rates[0][middle]);
    let (low, high) = (ratios[ROUNDS / 4], ratios[ROUNDS - 1 - ROUNDS / 4]);
    println!(
        "  ratio                   {:>9.3}  (half of all rounds: {low:.3} to {high:.3})",
        ratios[middle]
    );
    Ok(())
}

/// The number of calls per second, 64 at a time.
async fn rate(
    side: Side,
    our_client: &Client,
    baseline_client: &reqwest::Client,
    url: &str,
    token: &str,
) -> Result<f64> {
    const TASKS: usize = 64;
    const CALLS: usize = 100;
    let started = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (url, token) = (url.to_owned(), token.to_owned());
            let (our_client, baseline_client) = (our_client.clone(), baseline_client.clone());
            tokio::spawn(async move {
                match side {
                    Side::Ours => ours(&our_client, CALLS).await,
                    Side::Baseline => baseline(&baseline_client, &url, &token, CALLS).await,
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let calls = u32::try_from(TASKS * CALLS).map_err(Error::other)?;
    Ok(f64::from(calls) / started.elapsed().max(Duration::from_nanos(1)).as_secs_f64())
}

/// Serves the documented response on loopback, a thread for each connection.
fn serve() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/v1.0", listener.local_addr()?);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            thread::spawn(move || answer_all(connection));
        }
    });
    Ok(url)
}

fn answer_all(mut connection: TcpStream) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let (mut line, mut id, mut length) = (String::new(), String::new(), 0);
    while reader.read_line(&mut line)? > 0 {
        if let Some(value) = line.strip_prefix("client-request-id: ") {
            value.trim_end().clone_into(&mut id);
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim_end().parse().map_err(Error::other)?;
        }
        if line == "\r\n" {
            // Only a batch has a body.
            let body = match length {
                0 => BODY.to_owned(),
                _ => batch_body(),
            };
            reader.read_exact(&mut vec![0; std::mem::take(&mut length)])?;
            connection.write_all(answer(&id, &body).as_bytes())?;
        }
        line.clear();
    }
    Ok(())
}

/// The response to a batch, with the headers that the documentation shows.
fn batch_body() -> String {
    let response = |id: u32| {
        format!(
            r#"{{"id":"{id}","status":200,"headers":{{"Cache-Control":"no-cache","x-ms-resource-unit":"1","OData-Version":"4.0","Content-Type":"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"}},"body":{BODY}}}"#
        )
    };
    let responses: Vec<_> = (1..=BATCH).map(response).collect();
    format!(r#"{{"responses":[{}]}}"#, responses.join(","))
}

/// The documented response to the request with this id, which the service echoes.
fn answer(client_request_id: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json;odata.metadata=minimal\r\n\
        request-id: 2a2b9c5a-6a3e-4a52-9ad1-2b0e4b8b1d55\r\n\
        client-request-id: {client_request_id}\r\n\
        date: Sat, 21 Nov 2026 12:00:00 GMT\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

//! A server on loopback that does, request by request, what a test tells it to.

use msgraph_runtime::{Client, ClientBuilder};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The server's action upon one request.
#[derive(Clone)]
pub enum Act {
    /// Answer, and wait for the next request.
    Reply(String),
    /// Write this, then close the connection.
    ReplyAndClose(String),
    /// Write this, then reset the connection.
    ReplyAndReset(String),
    /// Write this byte by byte, with this much time before each.
    Drip(String, Duration),
    /// Write this repeatedly, until the client stops reading.
    Endless(String),
    /// Write this, then nothing more.
    Hang(String),
}

/// The server; it stops with the runtime that it runs on.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    acts: VecDeque<Act>,
    requests: Vec<String>,
    connections: usize,
    written: usize,
}

impl Server {
    /// Starts on a free port of the caller's runtime, so that a paused clock stays paused.
    pub async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1.0", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen {
            acts: acts.into_iter().collect(),
            ..Seen::default()
        }));
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(connection, shared.clone()));
            }
        });
        Self { url, seen }
    }

    /// A builder of a client that calls this server over reqwest.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder().token("secret").base_url(&self.url)
    }

    pub fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// The requests so far, with unchanged heads and bodies.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// The number of bytes sent of an endless response.
    pub fn written(&self) -> usize {
        self.seen.lock().unwrap().written
    }
}

async fn serve(mut connection: TcpStream, seen: Arc<Mutex<Seen>>) {
    // Waiting for acknowledgements takes real time, which a paused clock does not have.
    connection.set_nodelay(true).unwrap();
    while let Some(request) = read_request(&mut connection).await {
        let act = {
            let mut seen = seen.lock().unwrap();
            seen.requests.push(request);
            seen.acts.pop_front()
        };
        let act = act.unwrap_or_else(|| Act::ReplyAndClose(String::new()));
        if !perform(&mut connection, act, &seen).await {
            return;
        }
    }
}

/// Does it; says whether the connection goes on.
async fn perform(connection: &mut TcpStream, act: Act, seen: &Mutex<Seen>) -> bool {
    match act {
        Act::Reply(text) => connection.write_all(text.as_bytes()).await.is_ok(),
        Act::ReplyAndClose(text) => {
            let _ = connection.write_all(text.as_bytes()).await;
            false
        }
        Act::ReplyAndReset(text) => {
            let _ = connection.write_all(text.as_bytes()).await;
            // The written bytes must leave before the reset.
            tokio::time::sleep(Duration::from_millis(1)).await;
            let _ = connection.set_zero_linger();
            false
        }
        Act::Drip(text, pause) => {
            for byte in text.bytes() {
                tokio::time::sleep(pause).await;
                if connection.write_all(&[byte]).await.is_err() {
                    return false;
                }
            }
            true
        }
        Act::Endless(text) => {
            while connection.write_all(text.as_bytes()).await.is_ok() {
                seen.lock().unwrap().written += text.len();
            }
            false
        }
        Act::Hang(text) => {
            let _ = connection.write_all(text.as_bytes()).await;
            std::future::pending().await
        }
    }
}

/// Reads one request, head and body.
pub async fn read_request(connection: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = connection.read(&mut buffer).await.ok()?;
        if count == 0 {
            return None;
        }
        text.extend_from_slice(&buffer[..count]);
        let so_far = String::from_utf8_lossy(&text);
        let Some((head, body)) = so_far.split_once("\r\n\r\n") else {
            continue;
        };
        let length = header(head, "content-length").map_or(0, |text| text.parse().unwrap());
        if body.len() >= length {
            return Some(so_far.into_owned());
        }
    }
}

/// The value of a header in the raw text of a request or a response.
pub fn header<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A response with a length, as a well-behaved server writes it.
pub fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

/// The response of a service that has the thing.
pub fn found() -> Act {
    Act::Reply(found_text(""))
}

/// The same as text, with more headers.
pub fn found_text(headers: &str) -> String {
    let headers = format!("content-type: application/json\r\n{headers}");
    http("200 OK", &headers, r#"{"id":"42"}"#)
}

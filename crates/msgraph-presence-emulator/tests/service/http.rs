//! A raw HTTP client of a few lines: what is sent and received is there to be seen.

use msgraph_presence_emulator::{Emulator, User, models::UserId};
use serde_json::Value;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The id of the user in most of the documentation's examples.
pub const ADA: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";

/// The content type of a success, as Graph sends it.
pub const ODATA: &str = "application/json;odata.metadata=minimal;odata.streaming=true;\
    IEEE754Compatible=false;charset=utf-8";

/// An emulator at a known time, with Ada, signed in, and her token.
pub async fn with_ada() -> (Emulator, UserId, String) {
    let builder = Emulator::builder().clock("2026-11-21T09:00:00Z".parse().unwrap());
    let emulator = builder.start().await.unwrap();
    let ada = emulator.add_user(User::new("Ada").id(ADA.parse().unwrap()));
    emulator.sign_in(ada);
    let token = emulator.token_for(ada);
    (emulator, ada, token)
}

/// A response, taken apart.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1);
        lines.find_map(|line| {
            let (found, text) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| text.trim())
        })
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The error's status, code and message.
    pub fn error(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        let text = |name: &str| error[name].as_str().unwrap_or("(missing)").to_owned();
        (self.status, text("code"), text("message"))
    }

    /// Availability and activity in one word.
    pub fn pair(&self) -> String {
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or("(missing)").to_owned();
        format!("{}/{}", text("availability"), text("activity"))
    }
}

/// A request as text: a line such as `GET /`, headers such as `Accept: */*`, and a body or none.
pub fn request(line: &str, headers: &[&str], body: &str) -> String {
    let mut text = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
    for header in headers {
        text += &format!("{header}\r\n");
    }
    if !body.is_empty() {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    text + "\r\n" + body
}

/// The header with which a response ends its connection.
pub const CLOSE: &str = "Connection: close";

/// The header with a token.
pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

/// Sends a GET of a path below the version.
pub async fn get(emulator: &Emulator, token: &str, path: &str) -> Reply {
    let line = format!("GET /v1.0{path}");
    send(emulator, &request(&line, &[&bearer(token), CLOSE], "")).await
}

/// Sends a POST with a JSON body.
pub async fn post(emulator: &Emulator, token: &str, path: &str, body: Value) -> Reply {
    post_text(emulator, token, path, "application/json", &body.to_string()).await
}

/// Sends a POST with any body.
pub async fn post_text(
    emulator: &Emulator,
    token: &str,
    path: &str,
    kind: &str,
    body: &str,
) -> Reply {
    let line = format!("POST /v1.0{path}");
    let kind = format!("Content-Type: {kind}");
    send(
        emulator,
        &request(&line, &[&bearer(token), &kind, CLOSE], body),
    )
    .await
}

/// Sends an administration request.
pub async fn admin(emulator: &Emulator, line: &str, body: Value) -> Reply {
    let headers = ["Content-Type: application/json", CLOSE];
    send(emulator, &request(line, &headers, &body.to_string())).await
}

/// Sends bytes as they are, and reads one response.
pub async fn send(emulator: &Emulator, text: &str) -> Reply {
    send_bytes(emulator, text.as_bytes()).await
}

/// The same with bytes that need not be text.
pub async fn send_bytes(emulator: &Emulator, bytes: &[u8]) -> Reply {
    let (text, _) = bytes_until_the_end(emulator, bytes).await;
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        panic!("no whole head in {text:?}")
    };
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Reply {
        status: status.unwrap_or_else(|| panic!("no status in {head:?}")),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// Sends bytes as they are, and reads until the connection ends, and how: an error is a reset.
pub async fn until_the_end(emulator: &Emulator, text: &str) -> (String, Result<(), ErrorKind>) {
    bytes_until_the_end(emulator, text.as_bytes()).await
}

async fn bytes_until_the_end(emulator: &Emulator, bytes: &[u8]) -> (String, Result<(), ErrorKind>) {
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    let reading = async {
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) => break Ok(()),
                Ok(count) => received.extend_from_slice(&buffer[..count]),
                Err(error) => break Err(error.kind()),
            }
        }
    };
    let ended = timeout(Duration::from_secs(60), reading).await;
    let ended = ended.expect("the connection ends");
    (String::from_utf8_lossy(&received).into_owned(), ended)
}

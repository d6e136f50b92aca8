//! A service that a function plays, behind a transport.

use super::user;
use crate::watch::{Watch, WatchBuilder};
use crate::{Attempt, Body, BoxFuture, Client, Transport, TransportError};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// The time that each response takes.
pub(super) const LATENCY: Duration = Duration::from_millis(5);

/// The behaviour of the service for a request.
#[derive(Clone)]
pub(super) enum Reply {
    Json(u16, Value),
    RetryAfter(u16, u32),
    Portal,
    Broken,
    Silent,
}

/// The time and the ids of a request; that for the signed-in user has `me`.
type Sent = (Duration, Vec<String>);

type Respond = dyn FnMut(Duration, &[String]) -> Reply + Send;

/// A service, and what was sent to it.
#[derive(Clone)]
pub(super) struct Service {
    respond: Arc<Mutex<Box<Respond>>>,
    pub(super) requests: Arc<Mutex<Vec<Sent>>>,
    pub(super) start: Instant,
    pub(super) asleep: Arc<Mutex<Duration>>,
}

impl Service {
    pub(super) fn new(respond: impl FnMut(Duration, &[String]) -> Reply + Send + 'static) -> Self {
        Self {
            respond: Arc::new(Mutex::new(Box::new(respond))),
            requests: Arc::default(),
            start: Instant::now(),
            asleep: Arc::default(),
        }
    }

    pub(super) fn client(&self) -> Client {
        let builder = Client::builder().token("secret").transport(self.clone());
        builder.build().unwrap()
    }

    /// A wall clock that goes on while the machine sleeps, and that of the runtime does not.
    pub(super) fn start(&self, builder: WatchBuilder) -> Watch {
        let service = self.clone();
        let wall = move || {
            SystemTime::UNIX_EPOCH + service.start.elapsed() + *service.asleep.lock().unwrap()
        };
        builder.start_with(Arc::new(wall), fastrand::Rng::with_seed(7))
    }

    pub(super) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    pub(super) fn times(&self) -> Vec<Duration> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|(time, _)| *time).collect()
    }
}

impl Transport for Service {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let ids: Vec<String> = if attempt.body.is_empty() {
            let path = attempt.url().split("/v1.0/").nth(1).unwrap();
            let path = path.trim_start_matches("users/");
            vec![path.split('/').next().unwrap().to_owned()]
        } else {
            let mut body: Value = serde_json::from_slice(&attempt.body).unwrap();
            serde_json::from_value(body["ids"].take()).unwrap()
        };
        let now = self.start.elapsed();
        let reply = (self.respond.lock().unwrap())(now, &ids);
        self.requests.lock().unwrap().push((now, ids));
        let response = http::Response::builder();
        Box::pin(async move {
            tokio::time::sleep(LATENCY).await;
            let response = match reply {
                Reply::Json(status, body) => {
                    response.status(status).body(body.to_string().into_bytes())
                }
                Reply::RetryAfter(status, seconds) => response
                    .status(status)
                    .header("retry-after", seconds)
                    .body(Vec::new()),
                Reply::Portal => response
                    .header("content-type", "text/html")
                    .body(b"<!doctype html><html>Sign in to the network".to_vec()),
                Reply::Broken => return Err(TransportError::interrupted("reset").permanent()),
                Reply::Silent => std::future::pending().await,
            };
            Ok(response.unwrap().map(Body::from))
        })
    }
}

/// `Busy InACall A1` is a presence with that sequence number, which may be left out.
pub(super) fn presence(id: &str, words: &str) -> Value {
    let id = if id == "me" {
        user(1).to_string()
    } else {
        id.to_owned()
    };
    let mut words = words.split(' ');
    json!({
        "id": id,
        "availability": words.next(),
        "activity": words.next(),
        "sequenceNumber": words.next(),
        "statusMessage": words.next().map(|text| json!({"message": {"content": text}})),
    })
}

pub(super) fn reply(ids: &[String], words: &str) -> Reply {
    let error = |code: &str| json!({"error": {"code": code, "message": ""}});
    match words.split_once(' ').unwrap_or((words, "")) {
        ("portal", _) => Reply::Portal,
        ("broken", _) => Reply::Broken,
        ("silent", _) => Reply::Silent,
        (status, "") => Reply::Json(status.parse().unwrap(), error("Some")),
        (status, seconds) if status.len() == 3 => {
            Reply::RetryAfter(status.parse().unwrap(), seconds.parse().unwrap())
        }
        _ if ids.len() == 1 => Reply::Json(200, presence(&ids[0], words)),
        _ => {
            let value: Vec<_> = ids.iter().map(|id| presence(id, words)).collect();
            Reply::Json(200, json!({"value": value}))
        }
    }
}

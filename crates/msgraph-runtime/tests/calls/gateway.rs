//! A gateway on loopback whose kept connections die unseen, while new ones work.

use crate::server::{found_text, header, read_request};
use msgraph_runtime::{Client, ClientBuilder};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

/// The behaviour of a dead connection at the next request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Death {
    /// With a reset, as a router that has forgotten it.
    Reset,
    /// By closing it without a byte.
    Close,
    /// With nothing.
    Silence,
    /// With a response whose body breaks off.
    Cut,
    /// With the response to another request.
    Foreign,
}

/// The gateway; it stops with the runtime that it runs on.
pub struct Gateway {
    pub url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    death: Death,
    /// The number of connections when all died.
    dead: usize,
    /// After how many responses each connection dies.
    life: usize,
    connections: usize,
    requests: usize,
}

impl Gateway {
    /// Connections die after so many responses, or when they are [killed](Self::kill).
    pub async fn start(death: Death, life: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1.0", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            death,
            dead: 0,
            life,
            connections: 0,
            requests: 0,
        }));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let number = {
                    let mut state = shared.lock().unwrap();
                    state.connections += 1;
                    state.connections
                };
                tokio::spawn(serve(connection, number, shared.clone()));
            }
        });
        Self { url, state }
    }

    pub fn builder(&self) -> ClientBuilder {
        Client::builder().token("secret").base_url(&self.url)
    }

    /// All connections so far die unseen.
    pub fn kill(&self) {
        let mut state = self.state.lock().unwrap();
        state.dead = state.connections;
    }

    /// The number of connections and of requests.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.connections, state.requests)
    }
}

async fn serve(mut connection: TcpStream, number: usize, state: Arc<Mutex<State>>) {
    connection.set_nodelay(true).unwrap();
    for served in 0.. {
        let Some(request) = read_request(&mut connection).await else {
            return;
        };
        let death = {
            let mut state = state.lock().unwrap();
            state.requests += 1;
            let is_dead = number <= state.dead || served >= state.life;
            is_dead.then_some(state.death)
        };
        // Calls that come together have connections of their own.
        tokio::time::sleep(Duration::from_millis(10)).await;
        let id = header(&request, "client-request-id").unwrap();
        let text = match death {
            Some(Death::Reset) => return connection.set_zero_linger().unwrap(),
            Some(Death::Close) => return,
            Some(Death::Silence) => return std::future::pending().await,
            Some(Death::Cut) => found_text("").replace(": 11", ": 12"),
            Some(Death::Foreign) => {
                found_text("client-request-id: 5f0c2b9d-52d5-4a86-9f6e-1d9f3ad2c111\r\n")
            }
            None => found_text(&format!("client-request-id: {id}\r\n")),
        };
        let is_written = connection.write_all(text.as_bytes()).await.is_ok();
        if !is_written || death == Some(Death::Cut) {
            return;
        }
    }
}

//! A server of HTTP/2 on loopback, whose connections die as a test says.

use bytes::Bytes;
use h2::Reason;
use h2::server::SendResponse;
use msgraph_runtime::{Client, ClientBuilder};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::time::sleep;

/// The way in which the open connections end.
#[derive(Clone, Copy, Debug)]
pub enum Death {
    /// They read nothing any more, and answer no ping.
    Silence,
    /// They say that they end.
    GoAway,
    /// They say so when the next request has come, and do not answer it.
    GoAwayAtRequest,
}

/// The server; it stops with the runtime that it runs on.
pub struct Peer {
    url: String,
    state: Arc<State>,
}

struct State {
    deaths: broadcast::Sender<Death>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: usize,
    /// The time a response takes.
    pause: Duration,
}

impl Peer {
    /// Speaks HTTP/2 without TLS, to those who know.
    pub async fn start() -> Self {
        Self::listen("http", |connection, state| async move {
            serve(connection, &state).await;
        })
        .await
    }

    /// Agrees on HTTP/2 by TLS.
    pub async fn start_tls() -> Self {
        let acceptor = crate::tls::acceptor(crate::tls::SERVER, &["h2"]);
        Self::listen("https", move |connection, state| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(connection) = acceptor.accept(connection).await {
                    serve(connection, &state).await;
                }
            }
        })
        .await
    }

    async fn listen<F: Future<Output = ()> + Send + 'static>(
        scheme: &str,
        serve: impl Fn(TcpStream, Arc<State>) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://{}/v1.0", listener.local_addr().unwrap());
        let state = Arc::new(State {
            deaths: broadcast::channel(1).0,
            seen: Mutex::default(),
        });
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                // Waiting for acknowledgements takes real time, which a paused clock does not have.
                connection.set_nodelay(true).unwrap();
                tokio::spawn(serve(connection, shared.clone()));
            }
        });
        Self { url, state }
    }

    pub fn builder(&self) -> ClientBuilder {
        Client::builder().token("secret").base_url(&self.url)
    }

    /// All connections so far die.
    pub fn kill(&self, death: Death) {
        self.state.deaths.send(death).unwrap();
    }

    /// Every response takes this long from now on.
    pub fn slow_down(&self, pause: Duration) {
        self.state.seen.lock().unwrap().pause = pause;
    }

    /// The number of connections and of requests.
    pub fn counts(&self) -> (usize, usize) {
        let seen = self.state.seen.lock().unwrap();
        (seen.connections, seen.requests)
    }
}

/// Serves one connection until its end.
async fn serve(connection: impl AsyncRead + AsyncWrite + Unpin, state: &State) {
    let mut deaths = state.deaths.subscribe();
    let mut connection = h2::server::handshake(connection).await.unwrap();
    state.seen.lock().unwrap().connections += 1;
    let mut is_last = false;
    loop {
        tokio::select! {
            death = deaths.recv() => match death {
                Ok(Death::Silence) => return std::future::pending().await,
                Ok(Death::GoAway) => connection.graceful_shutdown(),
                Ok(Death::GoAwayAtRequest) => is_last = true,
                Err(_) => return,
            },
            request = connection.accept() => {
                // The client has closed the connection, or it has said that it ends.
                let Some(Ok((request, response))) = request else { return };
                let pause = {
                    let mut seen = state.seen.lock().unwrap();
                    seen.requests += 1;
                    seen.pause
                };
                if is_last {
                    connection.abrupt_shutdown(Reason::NO_ERROR);
                    continue;
                }
                tokio::spawn(respond(request, response, pause));
            }
        }
    }
}

/// Answers that the thing is found.
async fn respond(
    request: http::Request<h2::RecvStream>,
    mut response: SendResponse<Bytes>,
    pause: Duration,
) {
    sleep(pause).await;
    let mut head = http::Response::new(());
    let id = request.headers()["client-request-id"].clone();
    head.headers_mut().insert("client-request-id", id);
    let mut body = response.send_response(head, false).unwrap();
    body.send_data(Bytes::from_static(br#"{"id":"42"}"#), true)
        .unwrap();
}

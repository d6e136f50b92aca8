//! Connections and requests: reads a whole request, asks for the answer, and sends it.

use super::fault_io::{FaultIo, Switch};
use crate::admin;
use crate::content_type::JSON;
use crate::core::Core;
use crate::record::OnRequest;
use crate::reply::Reply;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The largest body that is read. The largest documented one has a few hundred bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// What all connections share.
pub(crate) struct Shared {
    core: Mutex<Core>,
    on_request: Option<OnRequest>,
}

impl Shared {
    pub(crate) fn new(core: Core, on_request: Option<OnRequest>) -> Self {
        Self {
            core: Mutex::new(core),
            on_request,
        }
    }

    /// The state. Nothing panics while it is locked; if it did, the state is still whole.
    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request to Graph or to the emulator itself.
    fn answer(&self, request: Request<Bytes>) -> Reply {
        let mut core = self.core();
        if admin::owns(request.uri().path()) {
            return Reply::of(admin::answer(&mut core, &request));
        }
        let reply = core.answer(request);
        if let Some(on_request) = &self.on_request {
            let received = core.record.requests().next_back().cloned();
            drop(core);
            if let Some(received) = received {
                on_request(&received);
            }
        }
        reply
    }
}

/// Accepts connections until the task is aborted, which ends them all.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // Accepting fails when the process has too many files open; some connection
                // ends sooner or later.
                match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(stream, Arc::clone(&shared)));
                    }
                    Err(_) => sleep(Duration::from_millis(20)).await,
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Without this, a small answer can wait for the acknowledgement of the one before it.
    let _ = stream.set_nodelay(true);
    let switch = Switch::default();
    let io = TokioIo::new(FaultIo::new(stream, switch.clone()));
    let service = service_fn(move |request| {
        let (shared, switch) = (Arc::clone(&shared), switch.clone());
        async move { Ok::<_, Infallible>(answer(request, &shared, &switch).await) }
    });
    // An error is a peer that went away or does not speak HTTP: the connection ends.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}

async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
    switch: &Switch,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return unreadable(error.is::<LengthLimitError>()),
    };
    let reply = shared.answer(Request::from_parts(parts, body));
    if let Some(delay) = reply.delay {
        sleep(delay).await;
    }
    switch.set(reply.wire);
    reply.response.map(Full::new)
}

/// The body did not come whole, or was too large. The connection cannot go on.
fn unreadable(too_large: bool) -> Response<Full<Bytes>> {
    let (status, body) = if too_large {
        (
            StatusCode::PAYLOAD_TOO_LARGE,
            r#"{"error":{"code":"RequestEntityTooLarge","message":"The emulator reads bodies of up to 1 MiB."}}"#,
        )
    } else {
        (
            StatusCode::BAD_REQUEST,
            r#"{"error":{"code":"BadRequest","message":"The request body did not come whole."}}"#,
        )
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_TYPE, JSON);
    response
}

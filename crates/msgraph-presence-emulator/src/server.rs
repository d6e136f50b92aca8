//! HTTP over the emulated service: connections, requests, and faults in the bytes of a response.

use crate::access::{AllowedHosts, Refusal, allow_every_origin, check_host, preflight};
use crate::admin;
use crate::encoding::{BODY_LIMIT, JSON, json_object};
use crate::identity::{self, Endpoint};
use crate::record::Callbacks;
use crate::response::{OutgoingResponse, WireFault};
use crate::service::Service;
#[cfg(feature = "tls")]
use crate::tls::{Accepted, Tls};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, ORIGIN};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

/// The time limit for the head of a request, and for an idle connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(120);

/// The state that all connections share.
pub(crate) struct Shared {
    pub(crate) service: Mutex<Service>,
    pub(crate) callbacks: Callbacks,
    pub(crate) allowed_hosts: AllowedHosts,
    /// Dropped with the emulator, so that its port is free at once.
    pub(crate) listener: Mutex<Option<TcpListener>>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

impl Shared {
    /// The scheme of the emulator's URLs.
    pub(crate) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return "https";
        }
        "http"
    }

    /// Accepts the next connection; it waits forever after
    /// [`stop_listening`](Self::stop_listening).
    async fn accept(&self) -> io::Result<TcpStream> {
        let accepted = poll_fn(|cx| match &*self.listener() {
            Some(listener) => listener.poll_accept(cx),
            None => Poll::Pending,
        });
        accepted.await.map(|(stream, _)| stream)
    }

    /// Frees the port.
    pub(crate) fn stop_listening(&self) {
        self.listener().take();
    }

    fn listener(&self) -> MutexGuard<'_, Option<TcpListener>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state. Nothing panics while it is locked; after a panic it would still be consistent.
    pub(crate) fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports a connection or request that is not recorded.
    fn report(&self, problem: &str) {
        if let Some(on_problem) = &self.callbacks.on_problem {
            on_problem(problem);
        }
    }

    /// Responds to a request to Graph or to the emulator itself.
    fn respond(&self, request: Request<Bytes>) -> OutgoingResponse {
        let mut service = self.service();
        if admin::owns(request.uri().path()) {
            return OutgoingResponse::of(admin::respond(&mut service, &request));
        }
        let response = match Endpoint::of(request.uri().path()) {
            Some((endpoint, _)) => identity::respond(&mut service, request, endpoint),
            None => service.respond(request, None),
        };
        if let Some(on_request) = &self.callbacks.on_request {
            // A batch comes last, after its parts, which have its number.
            let number = service.record.received();
            let received = service.record.requests().rev();
            let received = received.take_while(|request| request.number == number);
            let received: Vec<_> = received.cloned().collect();
            drop(service);
            received.iter().rev().for_each(on_request);
        }
        response
    }
}

/// Accepts connections until the task is aborted, which ends them all.
pub(crate) async fn serve(shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = shared.accept() => {
                // Accepting fails when the process has too many files open; some connection
                // ends sooner or later.
                match accepted {
                    Ok(stream) => {
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
    // Without this, a small response can wait for the acknowledgement of the previous one.
    let _ = stream.set_nodelay(true);
    #[cfg(feature = "tls")]
    if shared.tls.is_some() {
        // Boxed, because its future is larger than that of a plain connection.
        return Box::pin(encrypted_connection(stream, shared)).await;
    }
    serve_requests(stream, shared).await;
}

/// A connection to an emulator with https. A request without TLS gets 400 with the reason.
#[cfg(feature = "tls")]
async fn encrypted_connection(stream: TcpStream, shared: Arc<Shared>) {
    let Some(tls) = &shared.tls else { return };
    match tls.accept(stream).await {
        Ok(Accepted::Encrypted(stream)) => serve_requests(*stream, shared).await,
        Ok(Accepted::Plain(stream)) => {
            let refuse = service_fn(|_: Request<Incoming>| {
                let problem = "This port accepts only https: use a URL that begins with https://.";
                let response = http_error(&shared, StatusCode::BAD_REQUEST, problem);
                std::future::ready(Ok::<_, Infallible>(response))
            });
            let _ = http().serve_connection(TokioIo::new(stream), refuse).await;
        }
        Err(problem) => shared.report(&problem),
    }
}

/// Responds to the requests of a connection until it ends.
async fn serve_requests(stream: impl Stream, shared: Arc<Shared>) {
    let fault = WireFaultCell::default();
    let io = TokioIo::new(FaultIo::new(stream, fault.clone()));
    let service = service_fn(|request| {
        let (shared, fault) = (Arc::clone(&shared), fault.clone());
        async move { Ok::<_, Infallible>(respond(request, &shared, &fault).await) }
    });
    // An error is a peer that went away or does not speak HTTP: the connection ends.
    match http().serve_connection(io, service).await {
        Err(error) if error.is_parse() => {
            shared
                .report("A connection did not send an HTTP request; for https, start with --tls.");
        }
        _ => {}
    }
}

/// A client may close its side after a request, as `nc -N` does: the request is complete, and gets
/// its response.
fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .half_close(true);
    http
}

async fn respond(
    request: Request<Incoming>,
    shared: &Shared,
    fault: &WireFaultCell,
) -> Response<Full<Bytes>> {
    if let Err((status, problem)) = check_host(request.version(), request.headers()) {
        return http_error(shared, status, &problem);
    }
    if is_page_or_administration(request.uri().path()) {
        return match shared.allowed_hosts.check(&request) {
            Ok(()) => handle(request, shared, fault).await,
            Err(refusal) => {
                shared.report(&format!("403  {}: {}", request.uri().path(), refusal.1));
                refused(refusal)
            }
        };
    }
    if let Some(response) = preflight(&request) {
        return response.map(Full::new);
    }
    let of_a_page = request.headers().contains_key(ORIGIN);
    let mut response = handle(request, shared, fault).await;
    if of_a_page {
        allow_every_origin(response.headers_mut());
    }
    response
}

/// Returns whether a path is a page or the administration API.
fn is_page_or_administration(path: &str) -> bool {
    admin::owns(path) || Endpoint::of(path).is_some_and(|(endpoint, _)| endpoint.is_page())
}

/// The response to a request that may be handled.
async fn handle(
    request: Request<Incoming>,
    shared: &Shared,
    fault: &WireFaultCell,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let problem = "The emulator reads bodies of up to 1 MiB.";
            return http_error(shared, StatusCode::PAYLOAD_TOO_LARGE, problem);
        }
        Err(_) => {
            let problem = "The request body is incomplete.";
            return http_error(shared, StatusCode::BAD_REQUEST, problem);
        }
    };
    let outgoing = shared.respond(Request::from_parts(parts, body));
    if let Some(delay) = outgoing.delay {
        sleep(delay).await;
    }
    fault.set(outgoing.wire);
    outgoing.response.map(Full::new)
}

/// An error at the level of HTTP, in Graph's shape, which is reported. It closes the connection.
fn http_error(shared: &Shared, status: StatusCode, problem: &str) -> Response<Full<Bytes>> {
    shared.report(problem);
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "RequestEntityTooLarge",
        _ => "BadRequest",
    };
    let body = json_object(|o| {
        o.object("error", |o| {
            o.property("code", code);
            o.property("message", problem);
        });
    });
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_TYPE, JSON);
    response
}

/// The response to a page of another origin. It closes the connection, because the body is not
/// read.
fn refused(refusal: Refusal) -> Response<Full<Bytes>> {
    let mut response = admin::refused(refusal).map(Full::new);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// The connection below.
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

#[cfg(feature = "tls")]
impl Stream for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// The fault of the response that a connection sends, set by the task that handles the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct WireFaultCell(Arc<Mutex<Option<WireFault>>>);

impl WireFaultCell {
    /// Sets the fault of the next response; `None` removes a fault that was due after the end of
    /// the response before.
    pub(crate) fn set(&self, fault: Option<WireFault>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// The number of bytes that may be written now. `Err` when the connection has to end.
    fn allowance(&self, offered: usize) -> Result<(usize, Option<Duration>), WireFault> {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok((offered, None)),
            Some(WireFault::Drip { bytes, every }) => {
                Ok((bytes.clamp(1, offered.max(1)), Some(every)))
            }
            Some(end @ (WireFault::Reset { after } | WireFault::Close { after })) => {
                if after == 0 {
                    Err(end)
                } else {
                    Ok((offered.min(after), None))
                }
            }
        }
    }

    fn written(&self, count: usize) {
        let mut fault = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(WireFault::Reset { after } | WireFault::Close { after }) = &mut *fault {
            *after = after.saturating_sub(count);
        }
    }
}

/// A stream that obeys a [`WireFaultCell`].
#[derive(Debug)]
pub(crate) struct FaultIo<S> {
    stream: S,
    fault: WireFaultCell,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<S> FaultIo<S> {
    pub(crate) fn new(stream: S, fault: WireFaultCell) -> Self {
        Self {
            stream,
            fault,
            pause: None,
        }
    }
}

impl<S: Stream> AsyncWrite for FaultIo<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(cx));
            this.pause = None;
        }
        let (allowed, pause) = match this.fault.allowance(bytes.len()) {
            Ok(allowance) => allowance,
            Err(end) => return Poll::Ready(Err(connection_error(this.stream.socket(), end))),
        };
        let bytes = &bytes[..allowed.min(bytes.len())];
        let count = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.fault.written(count);
        this.pause = pause.map(|every| Box::pin(sleep(every)));
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// The error that makes hyper drop the connection.
///
/// A socket that is closed without lingering sends a reset, any other one a proper end.
fn connection_error(stream: &TcpStream, end: WireFault) -> io::Error {
    if matches!(end, WireFault::Reset { .. }) {
        // Should this fail, the peer sees an end instead of a reset, and both truncate the
        // response.
        let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    }
    io::Error::new(io::ErrorKind::ConnectionAborted, "an injected fault")
}

impl<S: Stream> AsyncRead for FaultIo<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

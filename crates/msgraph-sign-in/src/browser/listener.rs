//! The listener for the callback of the browser, on a port of this machine.

use super::page::{self, Page};
use crate::error::Refusal;
use crate::{Error, ErrorKind};
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use oauth2::url::form_urlencoded;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Listens on one port of 127.0.0.1 and ::1. Dropping it frees the port.
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    port: u16,
    shared: Arc<Shared>,
    callback: oneshot::Receiver<Callback>,
    tasks: JoinSet<()>,
}

/// The callback of this sign-in, and the sender of the last page.
pub(super) struct Callback {
    pub(super) outcome: Result<String, CallbackError>,
    pub(super) reply: oneshot::Sender<Page>,
}

/// An error in place of a code.
pub(super) struct CallbackError {
    code: String,
    description: Option<String>,
}

impl CallbackError {
    pub(super) fn read(self, authority: &str) -> Error {
        Refusal::of_callback(&self.code, self.description.as_deref(), authority).error()
    }
}

/// The state that the connections share.
struct Shared {
    state: Mutex<String>,
    /// `None` after the callback.
    callback: Mutex<Option<oneshot::Sender<Callback>>>,
    /// Notified when the connection of the callback has sent its page.
    is_replied: Notify,
}

/// The largest number of ports that are tried for one that is free on both addresses.
const PORTS: usize = 16;

/// The timeout of a connection, for its request and its page.
const CONNECTION: Duration = Duration::from_secs(120);

/// The largest number of connections. Browsers open some that they never use.
const CONNECTIONS: usize = 64;

/// The timeout of the last page.
const LAST_PAGE: Duration = Duration::from_secs(2);

impl Listener {
    /// Binds the port; 0 is any free port.
    pub(super) async fn bind(port: u16) -> Result<Self, Error> {
        let sockets = sockets(port).await.map_err(|error| {
            let message = match port {
                0 => format!("no port can be opened for the browser's callback: {error}"),
                port => format!("port {port} cannot be opened for the browser's callback: {error}"),
            };
            let help = "choose another port, or sign in with a device code";
            Error::new(ErrorKind::Browser, message, help).with_source(error)
        })?;
        let address = sockets.first().and_then(|socket| socket.local_addr().ok());
        let (sender, callback) = oneshot::channel();
        let shared = Shared {
            state: Mutex::default(),
            callback: Mutex::new(Some(sender)),
            is_replied: Notify::new(),
        };
        Ok(Self {
            sockets,
            port: address.map_or(port, |address| address.port()),
            shared: Arc::new(shared),
            callback,
            tasks: JoinSet::new(),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Accepts connections. Only a callback with this state counts.
    pub(super) fn expect(&mut self, state: &str) {
        state.clone_into(&mut locked(&self.shared.state));
        for socket in self.sockets.drain(..) {
            self.tasks.spawn(serve(socket, Arc::clone(&self.shared)));
        }
    }

    /// Waits for the callback.
    pub(super) async fn callback(&mut self) -> Result<Callback, Error> {
        (&mut self.callback).await.map_err(|_| {
            let message = "the callback listener has ended";
            Error::new(ErrorKind::Browser, message, "start the sign-in again")
        })
    }

    /// Sends the last page, and frees the port.
    pub(super) async fn finish(self, reply: oneshot::Sender<Page>, page: Page) {
        if reply.send(page).is_ok() {
            let _ = timeout(LAST_PAGE, self.shared.is_replied.notified()).await;
        }
    }
}

/// Binds one port on both addresses, or on the only one that the machine has.
async fn sockets(port: u16) -> io::Result<Vec<TcpListener>> {
    for _ in 1..PORTS {
        match both(port).await {
            // Another process has the port on the second address.
            Err(error) if port == 0 && error.kind() == io::ErrorKind::AddrInUse => {}
            outcome => return outcome,
        }
    }
    both(port).await
}

async fn both(port: u16) -> io::Result<Vec<TcpListener>> {
    let v4 = match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
        Err(error) if is_absent(&error) => None,
        outcome => Some(outcome?),
    };
    let port = match &v4 {
        Some(socket) => socket.local_addr()?.port(),
        None => port,
    };
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Err(error) if is_absent(&error) && v4.is_some() => Ok(v4.into_iter().collect()),
        outcome => Ok(v4.into_iter().chain([outcome?]).collect()),
    }
}

/// Returns `true` if the machine does not have the address.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, Unsupported};
    // EAFNOSUPPORT of Linux, macOS and Windows has no `ErrorKind`.
    let is_family = matches!(error.raw_os_error(), Some(97 | 47 | 10047));
    is_family || matches!(error.kind(), AddrNotAvailable | Unsupported)
}

async fn serve(socket: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS {
            continue;
        }
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let is_callback = AtomicBool::new(false);
            let service = service_fn(|request| respond(request, &shared, &is_callback));
            let io = TokioIo::new(stream);
            let connection = http1::Builder::new()
                .keep_alive(false)
                .serve_connection(io, service);
            let _ = timeout(CONNECTION, connection).await;
            if is_callback.load(Ordering::Relaxed) {
                shared.is_replied.notify_one();
            }
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    shared: &Shared,
    is_callback: &AtomicBool,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.method() != Method::GET || request.uri().path() != "/" {
        return Ok(page::other().response());
    }
    let query = Query::read(request.uri().query().unwrap_or_default());
    let page = match shared.accept(query) {
        Ok(page) => {
            is_callback.store(true, Ordering::Relaxed);
            page.await.unwrap_or_else(|_| page::given_up())
        }
        Err(page) => page,
    };
    Ok(page.response())
}

/// The parameters of a callback.
#[derive(Default)]
struct Query {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    description: Option<String>,
}

impl Query {
    fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let parameter = match &*name {
                "state" => &mut read.state,
                "code" => &mut read.code,
                "error" => &mut read.error,
                "error_description" => &mut read.description,
                _ => continue,
            };
            *parameter = Some(value.into_owned());
        }
        read
    }
}

impl Shared {
    /// Passes the callback of this sign-in on, once. Any other callback gets a page.
    fn accept(&self, query: Query) -> Result<oneshot::Receiver<Page>, Page> {
        let outcome = match (query.code, query.error) {
            (_, Some(code)) => Err(CallbackError {
                code,
                description: query.description,
            }),
            (Some(code), None) if !code.is_empty() => Ok(code),
            _ => return Err(page::other()),
        };
        let state = locked(&self.state);
        if state.is_empty() || query.state.as_ref() != Some(&*state) {
            return Err(page::older());
        }
        let sender = locked(&self.callback).take().ok_or_else(page::used)?;
        let (reply, page) = oneshot::channel();
        let _ = sender.send(Callback { outcome, reply });
        Ok(page)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The listener on a port of this machine, for one callback.

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
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Listens on one port of 127.0.0.1 and ::1. Dropping it frees the port.
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    port: u16,
    desk: Arc<Desk>,
    callback: oneshot::Receiver<Callback>,
    tasks: JoinSet<()>,
}

/// The callback of this sign-in, and the way to the page that waits for its end.
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
struct Desk {
    state: Mutex<String>,
    /// Gone after the one callback.
    callback: Mutex<Option<oneshot::Sender<Callback>>>,
    /// The connection of the callback has sent its page.
    is_replied: Notify,
}

/// The number of ports tried until one is free on both addresses.
const PORTS: usize = 16;

/// The time limit of a connection, for its request and its page.
const CONNECTION: Duration = Duration::from_secs(120);

/// The largest number of connections at once: browsers open some that they never use.
const CONNECTIONS: usize = 64;

/// The time limit of the last page.
const LAST_PAGE: Duration = Duration::from_secs(2);

impl Listener {
    /// Listens on the port; 0 is any that is free.
    pub(super) async fn bind(port: u16) -> Result<Self, Error> {
        let sockets = sockets(port).await.map_err(|error| {
            let message = match port {
                0 => format!("no port can be opened for the browser's callback: {error}"),
                port => {
                    format!("the port {port} cannot be opened for the browser's callback: {error}")
                }
            };
            let help = "choose another port, or sign in with a device code";
            Error::new(ErrorKind::Browser, message, help).with_source(error)
        })?;
        let address = sockets.first().and_then(|socket| socket.local_addr().ok());
        let (sender, callback) = oneshot::channel();
        let desk = Desk {
            state: Mutex::default(),
            callback: Mutex::new(Some(sender)),
            is_replied: Notify::new(),
        };
        Ok(Self {
            sockets,
            port: address.map_or(port, |address| address.port()),
            desk: Arc::new(desk),
            callback,
            tasks: JoinSet::new(),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Begins to serve; only a callback with this state counts.
    pub(super) fn expect(&mut self, state: &str) {
        let mut expected = self
            .desk
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.clone_into(&mut expected);
        for socket in self.sockets.drain(..) {
            self.tasks.spawn(serve(socket, Arc::clone(&self.desk)));
        }
    }

    /// Waits for the callback.
    pub(super) async fn callback(&mut self) -> Result<Callback, Error> {
        (&mut self.callback).await.map_err(|_| {
            let message = "the callback listener has ended";
            Error::new(ErrorKind::Browser, message, "start the sign-in again")
        })
    }

    /// Shows the last page, and frees the port.
    pub(super) async fn finish(self, reply: oneshot::Sender<Page>, page: Page) {
        if reply.send(page).is_ok() {
            let _ = timeout(LAST_PAGE, self.desk.is_replied.notified()).await;
        }
    }
}

/// Sockets of one port on both addresses, or on the only one that the machine has.
async fn sockets(port: u16) -> io::Result<Vec<TcpListener>> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match both(port).await {
            Err(error) if port == 0 && attempt < PORTS => {
                // Another process has the port on the other address.
                if error.kind() != io::ErrorKind::AddrInUse {
                    return Err(error);
                }
            }
            outcome => return outcome,
        }
    }
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

/// Returns true when the machine does not have the address at all.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, Unsupported};
    // EAFNOSUPPORT of Linux, of macOS and of Windows has no kind.
    let is_family = matches!(error.raw_os_error(), Some(97 | 47 | 10047));
    is_family || matches!(error.kind(), AddrNotAvailable | Unsupported)
}

async fn serve(socket: TcpListener, desk: Arc<Desk>) {
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
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            let is_callback = Mutex::new(false);
            let service = service_fn(|request| respond(request, &desk, &is_callback));
            let io = TokioIo::new(stream);
            let connection = http1::Builder::new()
                .keep_alive(false)
                .serve_connection(io, service);
            let _ = timeout(CONNECTION, connection).await;
            if *is_callback.lock().unwrap_or_else(PoisonError::into_inner) {
                desk.is_replied.notify_one();
            }
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    desk: &Desk,
    is_callback: &Mutex<bool>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.method() != Method::GET || request.uri().path() != "/" {
        return Ok(page::other().response());
    }
    let query = Query::read(request.uri().query().unwrap_or_default());
    let page = match desk.accept(query) {
        Ok(page) => {
            *is_callback.lock().unwrap_or_else(PoisonError::into_inner) = true;
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
            let place = match &*name {
                "state" => &mut read.state,
                "code" => &mut read.code,
                "error" => &mut read.error,
                "error_description" => &mut read.description,
                _ => continue,
            };
            *place = Some(value.into_owned());
        }
        read
    }
}

impl Desk {
    /// Hands the callback over, once.
    fn accept(&self, query: Query) -> Result<oneshot::Receiver<Page>, Page> {
        let outcome = match (query.code, query.error) {
            (_, Some(code)) => Err(CallbackError {
                code,
                description: query.description,
            }),
            (Some(code), None) if !code.is_empty() => Ok(code),
            _ => return Err(page::other()),
        };
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_empty() || query.state.as_ref() != Some(&*state) {
            return Err(page::older());
        }
        let mut callback = self.callback.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = callback.take().ok_or_else(page::used)?;
        let (reply, page) = oneshot::channel();
        let _ = sender.send(Callback { outcome, reply });
        Ok(page)
    }
}

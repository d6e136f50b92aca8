//! Configures and starts an emulator: address, clock, cloud, users, undocumented behaviours.

use crate::access::AllowedHosts;
use crate::clock::Clock;
use crate::emulator::Emulator;
use crate::identity::state::SignIns;
use crate::record::{Callbacks, ReceivedRequest};
use crate::server::{Shared, serve};
use crate::service::Service;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::undocumented::Undocumented;
use crate::user::User;
use jiff::Timestamp;
use msgraph_presence_models::Cloud;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// Configures and starts an [`Emulator`].
///
/// ```
/// use msgraph_presence_emulator::{Emulator, Undocumented, User};
/// use std::sync::mpsc::channel;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (sender, requests) = channel();
/// let emulator = Emulator::builder()
///     .clock("2026-11-21T09:00:00Z".parse()?)
///     .user(User::new("Ada").out_of_office("Back on Monday"))
///     .assume(Undocumented::CamelCase)
///     .on_request(move |request| {
///         let _ = sender.send(request.path.clone());
///     })
///     .start()
///     .await?;
///
/// let url = format!("{}/me/presence", emulator.base_url());
/// let call = reqwest::Client::new().get(url).bearer_auth("Ada");
/// let body = call.send().await?.text().await?;
/// assert!(body.contains(r#""availability":"offline""#), "{body}");
/// assert_eq!(requests.recv()?, "/v1.0/me/presence");
/// # Ok(())
/// # }
/// ```
#[must_use = "it does nothing until it is started"]
pub struct Builder {
    address: SocketAddr,
    clock: Clock,
    follows_tokio: bool,
    cloud: Cloud,
    throttled: bool,
    assumed: Vec<Undocumented>,
    users: Vec<User>,
    sign_ins: SignIns,
    callbacks: Callbacks,
    allowed_hosts: AllowedHosts,
    #[cfg(feature = "tls")]
    tls: bool,
}

impl Emulator {
    /// Starts an emulator without users, with a running clock, on a free port of the loopback
    /// interface.
    ///
    /// # Errors
    /// When no port can be bound.
    ///
    /// # Panics
    /// Outside of a tokio runtime, or on one without its network driver.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns a builder to configure the emulator.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            clock: Clock::REAL,
            follows_tokio: false,
            cloud: Cloud::Global,
            throttled: true,
            assumed: Vec::new(),
            users: Vec::new(),
            sign_ins: SignIns::default(),
            callbacks: Callbacks::default(),
            allowed_hosts: AllowedHosts::default(),
            #[cfg(feature = "tls")]
            tls: false,
        }
    }

    /// Listens on this address, instead of on a free port of 127.0.0.1. Port 0 is any free port.
    ///
    /// Every program that reaches an address beyond loopback can control the emulator.
    #[doc(alias = "port")]
    #[doc(alias = "bind")]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Allows this host name for the page and the administration API, without a port and in any
    /// letter case; may be called several times.
    ///
    /// By default only IP addresses and `localhost` are allowed, because a page in a browser can
    /// let a name of its own resolve to this machine. A container needs the name that other
    /// containers use.
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.0.push(host.into());
        self
    }

    /// Serves https instead of http, for clients that refuse http.
    ///
    /// The certificate is made at the start, for `localhost`, 127.0.0.1, ::1, the address of
    /// [`listen`](Self::listen) and the names of [`allow_host`](Self::allow_host). Clients trust it
    /// by [`Emulator::certificate`].
    ///
    /// ```
    /// # use msgraph_presence_emulator::Emulator;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::builder().tls().start().await?;
    /// assert!(emulator.base_url().starts_with("https://127.0.0.1:"));
    /// // For reqwest: Certificate::from_pem(certificate.as_bytes()), and tls_certs_merge.
    /// let certificate = emulator.certificate().unwrap_or_default();
    /// assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Starts with a clock stopped at this time, instead of one that runs with the machine's.
    pub fn clock(mut self, time: Timestamp) -> Self {
        self.clock = Clock::set_to(time);
        self
    }

    /// Lets the clock run with tokio's, from the machine's time or from that of
    /// [`clock`](Self::clock).
    ///
    /// In a test with tokio's clock paused, the time that the client waits passes on the emulator's
    /// clock as well: the test advances one clock, or none.
    ///
    /// ```
    /// use msgraph_presence_emulator::{Emulator, Session, models::Availability};
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut runtime = tokio::runtime::Builder::new_current_thread();
    /// # runtime.enable_all().start_paused(true).build()?.block_on(test())
    /// # }
    /// /// A test, with `#[tokio::test(start_paused = true)]` above it.
    /// async fn test() -> Result<(), Box<dyn std::error::Error>> {
    ///     let emulator = Emulator::builder().follow_tokio().start().await?;
    ///     let ada = emulator.add_user("Ada");
    ///     let hour = Duration::from_secs(3600);
    ///     emulator.sign_in_with(ada, Session::new("Busy", "InACall").expires_in(hour));
    ///
    ///     let presence = emulator.presence(ada).unwrap_or_default();
    ///     assert_eq!(presence.availability, Some(Availability::Busy));
    ///     tokio::time::sleep(hour).await; // takes no time
    ///     let presence = emulator.presence(ada).unwrap_or_default();
    ///     assert_eq!(presence.availability, Some(Availability::Offline));
    ///     Ok(())
    /// }
    /// ```
    pub fn follow_tokio(mut self) -> Self {
        self.follows_tokio = true;
        self
    }

    /// Emulates the service of this cloud, instead of the global one. Tokens of another cloud are
    /// refused with 401.
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// Turns the rate limit off.
    ///
    /// By default it is 1,500 requests in 30 seconds for each application and tenant, or 10,000
    /// with [`Undocumented::TenThousand`].
    pub fn unthrottled(mut self) -> Self {
        self.throttled = false;
        self
    }

    /// Assumes an undocumented behaviour; may be called several times. By default none is assumed.
    pub fn assume(mut self, behaviour: Undocumented) -> Self {
        self.assumed.push(behaviour);
        self
    }

    /// Adds a user, by name or as a [`User`], in place of one with the same id. By default there
    /// are no users.
    pub fn user(mut self, user: impl Into<User>) -> Self {
        self.users.push(user.into());
        self
    }

    /// Sets how persons sign in: on a page, by default, or without one.
    pub fn sign_ins(mut self, sign_ins: SignIns) -> Self {
        self.sign_ins = sign_ins;
        self
    }

    /// Sets a callback that runs after each request to Graph or to the identity platform, and for
    /// each part of a batch, on the task that handles it and before the response is sent. The
    /// callback must not block. A second call replaces the callback.
    pub fn on_request(
        mut self,
        callback: impl Fn(&ReceivedRequest) + Send + Sync + 'static,
    ) -> Self {
        self.callbacks.on_request = Some(Box::new(callback));
        self
    }

    /// Sets a callback for connections and requests that are refused before they are recorded.
    #[cfg(feature = "program")]
    pub(crate) fn on_problem(mut self, callback: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.callbacks.on_problem = Some(Box::new(callback));
        self
    }

    /// Starts the emulator on the tokio runtime of the caller.
    ///
    /// # Errors
    /// When the address cannot be bound, usually because another program listens on it; with TLS,
    /// also when an allowed host is not valid in a certificate.
    ///
    /// # Panics
    /// Outside of a tokio runtime, or on one without its network driver.
    pub async fn start(self) -> io::Result<Emulator> {
        let clock = if self.follows_tokio {
            self.clock.following_tokio()
        } else {
            self.clock
        };
        let mut service = Service::new(self.cloud, clock);
        for behaviour in self.assumed {
            service.assume(behaviour, true);
        }
        service.set_throttled(self.throttled);
        service.identity.sign_ins = self.sign_ins;
        let users = self.users.into_iter().map(|user| (user, Vec::new()));
        service.start_with(users.collect());
        let listener = TcpListener::bind(self.address).await?;
        let address = listener.local_addr()?;
        #[cfg(feature = "tls")]
        let tls = if self.tls {
            Some(Tls::new(address.ip(), &self.allowed_hosts.0)?)
        } else {
            None
        };
        let shared = Arc::new(Shared {
            service: Mutex::new(service),
            callbacks: self.callbacks,
            allowed_hosts: self.allowed_hosts,
            listener: Mutex::new(Some(listener)),
            #[cfg(feature = "tls")]
            tls,
        });
        shared.service().scheme = shared.scheme();
        let server = tokio::spawn(serve(Arc::clone(&shared)));
        Ok(Emulator {
            shared,
            address,
            server,
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("address", &self.address)
            .field("cloud", &self.cloud)
            .field("assumed", &self.assumed)
            .finish_non_exhaustive()
    }
}

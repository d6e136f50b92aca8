//! The sign-in in a browser: the person signs in on the platform's page, which redirects the browser
//! to a port of this machine, with the code.

mod listener;
mod page;

use crate::account::Session;
use crate::{Account, Error, ErrorKind, SignIn};
use listener::{Callback, Listener};
use msgraph_runtime::BoxFuture;
use oauth2::RedirectUrl;
use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::time::Duration;
use tokio::time::timeout;

/// A sign-in in the browser of this machine. `.await` opens the browser and waits for the person.
///
/// The platform redirects the browser to `http://localhost` with a port on which this process
/// listens, at 127.0.0.1 and ::1. Only one callback counts, the one with the state of this sign-in;
/// any other gets a page that says so. The last page tells the person the result. Dropping the
/// future ends the sign-in and frees the port.
#[must_use = "nothing happens until it is awaited"]
pub struct BrowserSignIn {
    sign_in: SignIn,
    timeout: Duration,
    port: u16,
    tell: Option<Tell>,
    open: Open,
}

/// Receives the URL.
type Tell = Box<dyn FnOnce(&str) + Send>;

/// Opens a URL.
type Open = Box<dyn FnOnce(&str) -> io::Result<()> + Send>;

impl BrowserSignIn {
    pub(crate) fn new(sign_in: SignIn) -> Self {
        Self {
            sign_in,
            timeout: Duration::from_secs(300),
            port: 0,
            tell: None,
            open: Box::new(|url| open::that_detached(url)),
        }
    }

    /// Sets the time within which the person must sign in; five minutes by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the port to listen on; any free port by default.
    ///
    /// Microsoft ignores the port of `http://localhost`, so one redirect URI in the registration is
    /// valid for every port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Calls a function with the URL before the browser is opened, for example to print it.
    ///
    /// With it the sign-in continues when the browser cannot be opened: the person can open the URL
    /// by hand. The URL has no secret, but a person who opens it signs in to this program: do not
    /// log it.
    pub fn on_url(mut self, tell: impl FnOnce(&str) + Send + 'static) -> Self {
        self.tell = Some(Box::new(tell));
        self
    }

    /// Opens the URL by this function instead of the system's browser.
    pub fn open_with(mut self, open: impl FnOnce(&str) -> io::Result<()> + Send + 'static) -> Self {
        self.open = Box::new(open);
        self
    }

    async fn run(self) -> Result<Account, Error> {
        let prepared = self.sign_in.prepare()?;
        prepared.store.probe(prepared.app.key()).await?;
        let mut listener = Listener::bind(self.port).await?;
        let redirect = format!("http://localhost:{}", listener.port());
        let redirect = RedirectUrl::new(redirect).map_err(|error| {
            let message = "the redirect URI is not valid";
            Error::new(ErrorKind::Browser, message, "try another port").with_source(error)
        })?;
        let claims = self.sign_in.requested_claims();
        let hints: &[_] = match self.sign_in.hint() {
            Some(name) => &[("login_hint", name)],
            None => &[("prompt", "select_account")],
        };
        let authorization = prepared.app.authorization(&redirect, claims, hints);
        listener.expect(authorization.state.secret());
        show(self.tell, self.open, &authorization.url)?;

        let Ok(callback) = timeout(self.timeout, listener.callback()).await else {
            return Err(expired());
        };
        let Callback { outcome, reply } = callback?;
        let signed_in = async {
            let code = outcome.map_err(|refusal| refusal.read(prepared.app.http().authority()))?;
            let verifier = authorization.verifier;
            let tokens = prepared
                .app
                .redeem(code, verifier, &redirect, claims)
                .await?;
            Session::begin(prepared.app, prepared.store, self.sign_in.clone(), tokens).await
        };
        let account = signed_in.await;
        listener
            .finish(reply, page::of(account.as_ref().err()))
            .await;
        account
    }
}

/// Opens the browser. A failure is an error unless the program has got the URL.
fn show(tell: Option<Tell>, open: Open, url: &str) -> Result<(), Error> {
    let is_told = tell.is_some();
    if let Some(tell) = tell {
        tell(url);
    }
    match open(url) {
        Err(error) if !is_told => {
            let message = format!("the browser cannot be opened: {error}");
            let help = "sign in with a device code, or open the URL by hand";
            Err(Error::new(ErrorKind::Browser, message, help).with_source(error))
        }
        _ => Ok(()),
    }
}

fn expired() -> Error {
    let message = "the sign-in in the browser timed out";
    Error::new(ErrorKind::Expired, message, "start the sign-in again")
}

impl IntoFuture for BrowserSignIn {
    type Output = Result<Account, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for BrowserSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserSignIn")
            .field("sign_in", &self.sign_in)
            .field("timeout", &self.timeout)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

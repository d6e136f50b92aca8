//! The sign-in with a device code: the person enters a code on any device, and the program polls.

use crate::account::Session;
use crate::app::{Retrying, unwrap};
use crate::claims;
use crate::requests::{Http, Outcome};
use crate::sign_in::Prepared;
use crate::tokens::Tokens;
use crate::{Account, Error, ErrorKind, SignIn};
use msgraph_runtime::{BoxError, BoxFuture};
use oauth2::{
    AsyncHttpClient, DeviceAuthorizationResponse, ExtraDeviceAuthorizationFields, HttpRequest,
    HttpResponse,
};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::future::IntoFuture;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The code and the page that the program shows to the person.
///
/// `Display` is a sentence for people with page, code and whole minutes. `Serialize` is an object
/// for programs with `event` (`"deviceCode"`), `page`, `code` and `expiresInSeconds`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceCode {
    user_code: String,
    page: String,
    page_with_code: Option<String>,
    message: String,
    expires_in: Duration,
}

impl DeviceCode {
    /// Returns the code to enter, such as `F7K2M9QXB`.
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Returns the URL of the page on which the code is entered, such as
    /// `https://microsoft.com/devicelogin`.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Returns the URL of the page with the code, for a QR code. Microsoft does not send one.
    pub fn page_with_code(&self) -> Option<&str> {
        self.page_with_code.as_deref()
    }

    /// Returns a sentence with page and code: that of the platform, if it has sent one.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the lifetime of the code from the response on: 15 minutes at Microsoft, a day at
    /// most.
    pub fn expires_in(&self) -> Duration {
        self.expires_in
    }
}

impl fmt::Display for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (page, code, minutes) = (&self.page, &self.user_code, self.expires_in.as_secs() / 60);
        write!(f, "Open {page} and enter {code}, within {minutes} minutes.")
    }
}

impl Serialize for DeviceCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("event", "deviceCode")?;
        map.serialize_entry("page", &self.page)?;
        map.serialize_entry("code", &self.user_code)?;
        map.serialize_entry("expiresInSeconds", &self.expires_in.as_secs())?;
        map.end()
    }
}

/// Shows everything except the code.
impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("page", &self.page)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// A sign-in with a device code, which the program has to show. `.await` waits for the person.
///
/// The sign-in ends when the person has signed in or declined, and when the code expires. A page of
/// a gateway, a busy platform and a broken connection do not end it. Dropping this value, or its
/// future, ends the sign-in.
///
/// ```
/// use msgraph_sign_in::SignIn;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = msgraph_presence_emulator::Emulator::start().await?;
/// # emulator.set_sign_ins(msgraph_presence_emulator::SignIns::by(emulator.add_user("Ada")));
/// let sign_in = SignIn::new("00000000-0000-4000-8000-000000000000");
/// # let sign_in = sign_in.authority(emulator.origin());
/// let pending = sign_in.device_code().await?;
/// println!("{}", pending.code()); // Open https://… and enter …, within 15 minutes.
/// # assert!(pending.code().to_string().ends_with(", within 15 minutes."));
/// let account = pending.await?;
/// # let _ = account;
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping this ends the sign-in: await it"]
pub struct DeviceSignIn {
    sign_in: SignIn,
    prepared: Prepared,
    response: DeviceAuthorizationResponse<Message>,
    code: DeviceCode,
}

/// The property of the response that `oauth2` does not read.
#[derive(Debug, Deserialize, Serialize)]
struct Message {
    #[serde(default)]
    message: Option<String>,
}

impl ExtraDeviceAuthorizationFields for Message {}

/// The longest lifetime of a code, and the longest interval of the poll.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The timeout for the loop of `oauth2`, which is never reached: it uses the system clock, which can
/// be set. Ours uses the monotonic clock.
const NEVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

impl DeviceSignIn {
    pub(crate) async fn start(sign_in: SignIn) -> Result<Self, Error> {
        let prepared = sign_in.prepare()?;
        prepared.store.probe(prepared.app.key()).await?;
        let app = &prepared.app;
        let request = app.oauth().exchange_device_code();
        let request = request
            .add_scopes(app.scope_list())
            .add_extra_param("claims", claims::merged(sign_in.requested_claims()));
        let response = request.request_async(&Retrying(app.http())).await;
        let response: DeviceAuthorizationResponse<Message> = response.map_err(unwrap)?;
        let code = code(&response)?;
        Ok(Self {
            sign_in,
            prepared,
            response,
            code,
        })
    }

    /// Returns the code and the page, to show to the person.
    pub fn code(&self) -> &DeviceCode {
        &self.code
    }

    async fn wait(self) -> Result<Account, Error> {
        let tokens = self.poll().await?;
        let Prepared { app, store } = self.prepared;
        Session::begin(app, store, self.sign_in, tokens).await
    }

    /// Polls until the platform has decided, or the code has expired.
    async fn poll(&self) -> Result<Tokens, Error> {
        let poll = Poll::new(self.prepared.app.http());
        let request = self.prepared.app.oauth();
        let request = request.exchange_device_access_token(&self.response);
        let request = request
            .add_extra_param("client_info", "1")
            .add_extra_param("claims", claims::merged(self.sign_in.requested_claims()));
        let polling =
            request.request_async(&poll, |wait| sleep(wait.max(SHORTEST_WAIT)), Some(NEVER));
        match timeout(self.code.expires_in, polling).await {
            Ok(Ok(response)) => Tokens::of(&response, None, self.prepared.app.scopes()),
            Ok(Err(error)) => Err(poll.seen().refusal.take().unwrap_or_else(|| unwrap(error))),
            Err(_) => Err(poll.expired()),
        }
    }
}

impl IntoFuture for DeviceSignIn {
    type Output = Result<Account, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.wait())
    }
}

impl fmt::Debug for DeviceSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceSignIn")
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// Reads the code and the page of a response.
fn code(response: &DeviceAuthorizationResponse<Message>) -> Result<DeviceCode, Error> {
    let page = response.verification_uri().as_str().to_owned();
    let (user_code, expires_in) = (response.user_code().secret().clone(), response.expires_in());
    let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    let is_text = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if !is_web(&page) || !is_text(&page) || !is_text(&user_code) {
        let message = "the page or the code in the response is missing or not valid";
        return Err(Error::response(message.into()));
    }
    // `oauth2` adds to the interval, and panics if the sum overflows.
    if response.interval() > DAY {
        let message = "the response demands an interval of more than a day between two requests";
        return Err(Error::response(message.into()));
    }
    let message = response.extra_fields().message.clone();
    let message = message.filter(|text| is_text(text));
    let message = message.unwrap_or_else(|| format!("Open {page} and enter the code {user_code}."));
    let page_with_code = response.verification_uri_complete();
    let page_with_code = page_with_code.map(|url| url.secret().clone());
    Ok(DeviceCode {
        page_with_code: page_with_code.filter(|url| is_web(url) && is_text(url)),
        user_code,
        page,
        message,
        expires_in: expires_in.min(DAY),
    })
}

/// The shortest interval of the poll.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// Sends the requests of the poll, each once: the loop of `oauth2` repeats them.
struct Poll<'a> {
    http: &'a Http,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// The refusal that ends the loop.
    refusal: Option<Error>,
    /// The last error that does not end the loop.
    failure: Option<Error>,
}

impl<'a> Poll<'a> {
    fn new(http: &'a Http) -> Self {
        Self {
            http,
            seen: Mutex::default(),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The error for a code that has expired, with the last error of the poll as its source.
    fn expired(&self) -> Error {
        let message = "the device code was not entered in time";
        let error = Error::new(ErrorKind::Expired, message, "start the sign-in again");
        match self.seen().failure.take() {
            Some(failure) => error.with_source(BoxError::from(failure)),
            None => error,
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let is_retry = self.seen().failure.is_some();
        let failure = match self.http.attempt(&request, is_retry).await {
            Outcome::Success(response) => return Ok(response),
            Outcome::Refused(refusal, response) => {
                let code = refusal.code();
                if matches!(code, "authorization_pending" | "slow_down") {
                    // Anything else in the body that is not valid would end the loop.
                    let body = format!(r#"{{"error":"{code}"}}"#).into_bytes();
                    return Ok(response.map(|_| body));
                }
                let error = refusal.error();
                if error.kind() != ErrorKind::Unavailable {
                    self.seen().refusal = Some(error);
                    return Ok(response);
                }
                error
            }
            Outcome::Failed {
                error, retry_after, ..
            } => {
                // The timeout for the code ends this wait as well.
                sleep(retry_after.unwrap_or_default()).await;
                error
            }
        };
        self.seen().failure = Some(failure.clone());
        Err(failure)
    }
}

impl<'c> AsyncHttpClient<'c> for Poll<'_> {
    type Error = Error;
    type Future = BoxFuture<'c, Result<HttpResponse, Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

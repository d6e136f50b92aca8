//! The device code: the person types a code in on any device, and the program waits.

use crate::account::Session;
use crate::app::{Repeating, unwrap};
use crate::claims;
use crate::requests::{Answer, Http};
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
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The code and the page that the program shows to the person.
///
/// `Display` is a sentence for people with page, code and whole minutes. `Serialize` gives
/// programs `event` (`"deviceCode"`), `page`, `code` and `expiresInSeconds`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceCode {
    user_code: String,
    page: String,
    page_with_code: Option<String>,
    message: String,
    expires_in: Duration,
}

impl DeviceCode {
    /// The code to type in, such as `F7K2M9QXB`.
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// The page on which the code is typed in, such as `https://microsoft.com/devicelogin`.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// The page with the code in its URL, for a QR code. Microsoft does not give one.
    pub fn page_with_code(&self) -> Option<&str> {
        self.page_with_code.as_deref()
    }

    /// Page and code in a sentence of the platform's.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The lifetime of the code, counted from the response: 15 minutes at Microsoft.
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

/// Without the code.
impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("page", &self.page)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// A sign-in with a code that has been given out. `.await` waits for the person.
///
/// A gateway's page, a busy platform and a broken connection do not end the wait; the person's
/// refusal and the end of the code do. Dropping it, or its future, gives the sign-in up.
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
#[must_use = "the sign-in ends when this is dropped: await it"]
pub struct DeviceSignIn {
    sign_in: SignIn,
    prepared: Prepared,
    response: DeviceAuthorizationResponse<Message>,
    code: DeviceCode,
}

/// The property of the response that `oauth2` does not know.
#[derive(Debug, Deserialize, Serialize)]
struct Message {
    #[serde(default)]
    message: Option<String>,
}

impl ExtraDeviceAuthorizationFields for Message {}

/// The longest that a code is waited for.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A limit that is never reached: the loop of `oauth2` counts by the system clock, which can be
/// set. Ours uses the monotonic clock.
const NEVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

impl DeviceSignIn {
    pub(crate) async fn start(sign_in: SignIn) -> Result<Self, Error> {
        let prepared = sign_in.prepare()?;
        prepared.store.probe(prepared.app.key()).await?;
        let app = &prepared.app;
        let request = app.oauth().exchange_device_code();
        let request = request
            .add_scopes(app.scope_list())
            .add_extra_param("claims", claims::merged(sign_in.wanted_claims()));
        let response = request.request_async(&Repeating(app.http())).await;
        let response: DeviceAuthorizationResponse<Message> = response.map_err(unwrap)?;
        let code = code(&response)?;
        Ok(Self {
            sign_in,
            prepared,
            response,
            code,
        })
    }

    /// The code and the page, to show to the person.
    pub fn code(&self) -> &DeviceCode {
        &self.code
    }

    async fn wait(self) -> Result<Account, Error> {
        let tokens = self.poll().await?;
        let Prepared { app, store } = self.prepared;
        Session::begin(app, store, self.sign_in, tokens).await
    }

    /// Asks until there is a verdict, or the code has expired.
    async fn poll(&self) -> Result<Tokens, Error> {
        let poll = Poll::new(self.prepared.app.http());
        let request = self.prepared.app.oauth();
        let request = request.exchange_device_access_token(&self.response);
        let request = request
            .add_extra_param("client_info", "1")
            .add_extra_param("claims", claims::merged(self.sign_in.wanted_claims()));
        let polling =
            request.request_async(&poll, |wait| sleep(wait.max(SHORTEST_WAIT)), Some(NEVER));
        match timeout(self.code.expires_in, polling).await {
            Ok(Ok(response)) => Tokens::of(&response, None, self.prepared.app.scopes()),
            Ok(Err(error)) => Err(poll.verdict().unwrap_or_else(|| unwrap(error))),
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

const AUTHORITY: &str = "check the authority: it must be an identity platform of Microsoft";

fn code(response: &DeviceAuthorizationResponse<Message>) -> Result<DeviceCode, Error> {
    let page = response.verification_uri().as_str().to_owned();
    let (user_code, expires_in) = (response.user_code().secret().clone(), response.expires_in());
    let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    let is_text = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if !is_web(&page) || !is_text(&page) || !is_text(&user_code) {
        let message = "the response lacks the page or the code to show";
        return Err(Error::new(ErrorKind::Response, message, AUTHORITY));
    }
    // `oauth2` adds to the interval, and panics where the sum is too large.
    if response.interval() > DAY {
        let message = "the response asks to wait for more than a day between two requests";
        return Err(Error::new(ErrorKind::Response, message, AUTHORITY));
    }
    let message = response
        .extra_fields()
        .message
        .clone()
        .filter(|text| is_text(text));
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

/// The wait between two requests where the response asks for none.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// The requests of the poll: each is sent once, and the loop of `oauth2` repeats them.
struct Poll<'a> {
    http: &'a Http,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    verdict: Option<Error>,
    /// The last failure that was no verdict.
    failure: Option<Error>,
}

impl<'a> Poll<'a> {
    fn new(http: &'a Http) -> Self {
        Self {
            http,
            seen: Mutex::default(),
        }
    }

    /// The error that ended the loop.
    fn verdict(&self) -> Option<Error> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .verdict
            .take()
    }

    fn expired(&self) -> Error {
        let message = "the device code was not entered in time";
        let error = Error::new(ErrorKind::Expired, message, "start the sign-in again");
        let failure = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .failure
            .take();
        match failure {
            Some(failure) => error.with_source(BoxError::from(failure)),
            None => error,
        }
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let failure = match self.http.attempt(&request, self.has_failed()).await {
            Answer::Success(response) => return Ok(response),
            Answer::Refused(refusal, response) => {
                let code = refusal.code();
                if matches!(code, "authorization_pending" | "slow_down") {
                    // The rest of the body may be odd, and would end the loop.
                    let body = format!(r#"{{"error":"{code}"}}"#).into_bytes();
                    return Ok(response.map(|_| body));
                }
                let error = refusal.error();
                if error.kind() != ErrorKind::Unavailable {
                    self.seen
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .verdict = Some(error);
                    return Ok(response);
                }
                error
            }
            Answer::Failed {
                error, retry_after, ..
            } => {
                // The end of the code ends this wait, too.
                sleep(retry_after.unwrap_or_default()).await;
                error
            }
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.failure = Some(failure.clone());
        Err(failure)
    }

    fn has_failed(&self) -> bool {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .failure
            .is_some()
    }
}

impl<'c> AsyncHttpClient<'c> for Poll<'_> {
    type Error = Error;
    type Future = BoxFuture<'c, Result<HttpResponse, Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

//! The requests to the identity platform: sent over the runtime's transport, and repeated.
//!
//! `oauth2` makes a request and reads the response of a success. Everything else is here: it
//! reads a refusal whole, and it repeats.
//!
//! Every request of a sign-in may be repeated. A refresh token is not revoked by its use, so the
//! old one serves as long as the response with the new one has not come. An authorization code and
//! a device code are good for one response: when that is lost on the way, a repeat fails with
//! AADSTS54005, and the person has to sign in once more, as without the repeat. When the request
//! was lost, the repeat succeeds.

use crate::error::Refusal;
use crate::{Error, ErrorKind};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use msgraph_runtime::{Attempt, Body, Chunks, InvalidValue, Transport, TransportError};
use oauth2::url::form_urlencoded;
use oauth2::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep, timeout};

/// The number of attempts of a request.
const ATTEMPTS: u32 = 4;

/// The time limit of all attempts of a request and the waits between them.
const TOTAL: Duration = Duration::from_secs(50);

/// The time limit of one attempt.
const ATTEMPT: Duration = Duration::from_secs(20);

/// The longest body that is read. A response with all tokens has about 6 KiB.
const LIMIT: usize = 256 << 10;

/// The way to one identity platform.
#[derive(Clone)]
pub(crate) struct Http {
    transport: Arc<dyn Transport>,
    authority: Arc<str>,
}

/// The outcome of one attempt.
pub(crate) enum Answer {
    /// A success, for `oauth2` to read.
    Success(HttpResponse),
    /// The platform has read the request and refuses it.
    Refused(Refusal, HttpResponse),
    /// No verdict.
    Failed {
        error: Error,
        retry_after: Option<Duration>,
        /// True when a repeat can help.
        passes: bool,
    },
}

impl Http {
    pub(crate) fn new(transport: Arc<dyn Transport>, authority: &str) -> Self {
        Self {
            transport,
            authority: authority.into(),
        }
    }

    /// The root of the platform's URLs.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Sends a request, and repeats it until there is a verdict.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let begun = Instant::now();
        for attempt in 1.. {
            let (error, retry_after, passes) = match self.attempt(&request, attempt > 1).await {
                Answer::Success(response) => return Ok(response),
                Answer::Refused(refusal, _) => {
                    let error = refusal.error();
                    let passes = error.kind() == ErrorKind::Unavailable;
                    (error, None, passes)
                }
                Answer::Failed {
                    error,
                    retry_after,
                    passes,
                } => (error, retry_after, passes),
            };
            let wait = backoff(attempt).max(retry_after.unwrap_or_default());
            if !passes || attempt >= ATTEMPTS || begun.elapsed() + wait >= TOTAL {
                return Err(error);
            }
            sleep(wait).await;
        }
        Err(too_slow())
    }

    /// Sends a request once.
    pub(crate) async fn attempt(&self, request: &HttpRequest, is_repeat: bool) -> Answer {
        let exchange = async {
            let response = self.transport.send(attempt_of(request, is_repeat)?).await?;
            let (head, body) = response.into_parts();
            Ok::<_, Undone>((head.status, head.headers, whole(body).await?))
        };
        match timeout(ATTEMPT, exchange).await {
            Ok(Ok((status, headers, body))) => self.judged(request, status, &headers, body),
            Ok(Err(Undone::Invalid(error))) => failed(broken(error.to_string()), false),
            Ok(Err(Undone::Transport(error))) => {
                let passes = !error.is_lasting() && !error.is_refused();
                failed(broken(error.to_string()).with_source(error), passes)
            }
            Err(_) => failed(too_slow(), true),
        }
    }

    /// Tells a success from a refusal by the body; the status does not decide.
    fn judged(
        &self,
        request: &HttpRequest,
        status: StatusCode,
        headers: &HeaderMap,
        body: Vec<u8>,
    ) -> Answer {
        let json = serde_json::from_slice::<Value>(without_mark(&body)).ok();
        let retry_after = headers.get(header::RETRY_AFTER).and_then(retry_after);
        let secrets = secrets(request.body());
        let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
        let refusal = json.as_ref();
        let refusal = refusal.and_then(|json| Refusal::read(json, &self.authority, &secrets));
        let passes = is_passing(status);
        match refusal {
            Some(refusal) if !passes => Answer::Refused(refusal, response(status, body)),
            Some(refusal) => {
                let busy = format!("the identity platform answers {}", status.as_u16());
                let error = match refusal.error() {
                    error if error.kind() == ErrorKind::Unavailable => error,
                    error => Error::new(ErrorKind::Unavailable, busy, LATER).with_source(error),
                };
                Answer::Failed {
                    error: error.with_retry_after(retry_after),
                    retry_after,
                    passes: true,
                }
            }
            None if status.is_success()
                && let Some(Value::Object(members)) = json =>
            {
                let body = plain(members).to_string().into_bytes();
                Answer::Success(response(StatusCode::OK, body))
            }
            None => {
                let kind = if passes {
                    ErrorKind::Unavailable
                } else {
                    ErrorKind::Response
                };
                let help = if passes { LATER } else { BETWEEN };
                let message = format!(
                    "the response ({}) does not come from an identity platform",
                    status.as_u16()
                );
                let error = Error::new(kind, message, help).with_retry_after(retry_after);
                Answer::Failed {
                    error,
                    retry_after,
                    passes,
                }
            }
        }
    }
}

const LATER: &str = "try again later";
const BETWEEN: &str = "check the authority, and anything between this machine and it, such as \
    a proxy or the sign-in page of a network";

/// Why there is no response.
enum Undone {
    Invalid(InvalidValue),
    Transport(TransportError),
}

impl From<InvalidValue> for Undone {
    fn from(error: InvalidValue) -> Self {
        Self::Invalid(error)
    }
}

impl From<TransportError> for Undone {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

fn attempt_of(request: &HttpRequest, is_repeat: bool) -> Result<Attempt, InvalidValue> {
    let mut attempt = Attempt::new(request.method().clone(), &request.uri().to_string())?;
    attempt.headers = request.headers().clone();
    attempt.body = Bytes::copy_from_slice(request.body());
    attempt.fresh_connection = is_repeat;
    Ok(attempt)
}

async fn whole(mut body: Body) -> Result<Vec<u8>, TransportError> {
    let mut whole = Vec::new();
    while let Some(piece) = poll_fn(|cx| body.poll_chunk(cx)).await.transpose()? {
        whole.extend_from_slice(&piece);
        if whole.len() > LIMIT {
            return Err(TransportError::interrupted("the response is too long").lasting());
        }
    }
    Ok(whole)
}

/// A response as `oauth2` takes it: it looks for JSON and for a 200.
fn response(status: StatusCode, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A success as `oauth2` reads it: nothing instead of null, and numbers that older endpoints write
/// as text.
fn plain(mut members: Map<String, Value>) -> Value {
    members.retain(|_, value| !value.is_null());
    for name in ["expires_in", "interval"] {
        if let Some(value) = members.get_mut(name)
            && let Some(seconds) = value
                .as_str()
                .and_then(|text| text.trim().parse::<u64>().ok())
        {
            *value = seconds.into();
        }
    }
    Value::Object(members)
}

/// Without the mark of UTF-8, which some gateways put before a body.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Returns true for a status that goes away by itself.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429)
}

/// `Retry-After` in seconds or as a date.
fn retry_after(value: &http::HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let seconds = text.parse().ok();
    let seconds = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(SystemTime::now()).ok()
    })
}

/// Half a second, one, two, each with up to half of it more by chance.
fn backoff(attempt: u32) -> Duration {
    let base = Duration::from_millis(250) * 2_u32.saturating_pow(attempt.min(8));
    base.mul_f64(1.0 + 0.5 * fastrand::f64())
}

/// The values of a request that must not come into a text.
fn secrets(body: &[u8]) -> Vec<String> {
    const NAMES: [&str; 4] = ["refresh_token", "code", "code_verifier", "device_code"];
    let pairs = form_urlencoded::parse(body);
    let secrets = pairs.filter(|(name, value)| NAMES.contains(&&**name) && !value.is_empty());
    secrets.map(|(_, value)| value.into_owned()).collect()
}

fn failed(error: Error, passes: bool) -> Answer {
    Answer::Failed {
        error,
        retry_after: None,
        passes,
    }
}

fn broken(reason: String) -> Error {
    let message = format!("the identity platform cannot be reached: {reason}");
    Error::new(
        ErrorKind::Unavailable,
        message,
        "check the network, then try again",
    )
}

fn too_slow() -> Error {
    let message = "the identity platform timed out";
    Error::new(
        ErrorKind::Unavailable,
        message,
        "check the network, then try again",
    )
}

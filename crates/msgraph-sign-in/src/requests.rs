//! The requests to the identity platform: sent over the runtime's transport, with retries.
//!
//! `oauth2` creates the requests and reads successes. Refusals are read here, and all of their
//! properties are kept.
//!
//! A retry is safe for every request of a sign-in. A refresh token is not revoked by its use, so the
//! old one is valid until the response with the new one arrives. An authorization code and a device
//! code are valid for one response: if that is lost, the retry fails with AADSTS54005, and the
//! person has to sign in once more, as without the retry.

use crate::error::Refusal;
use crate::{Error, ErrorKind};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use msgraph_runtime::{Attempt, Body, Chunks, InvalidValue, Transport, TransportError};
use oauth2::url::form_urlencoded;
use oauth2::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep, timeout};

/// The largest number of attempts of a request.
const ATTEMPTS: u32 = 4;

/// The longest time from the first attempt of a request to the start of the last one.
const RETRY_TIME: Duration = Duration::from_secs(50);

/// The timeout of one attempt.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The largest body that is read, in bytes. A response with all tokens has about 6 KiB.
const LIMIT: usize = 256 << 10;

/// The client of one identity platform.
#[derive(Clone)]
pub(crate) struct Http {
    transport: Arc<dyn Transport>,
    authority: Arc<str>,
}

/// The outcome of one attempt.
pub(crate) enum Outcome {
    /// A success, for `oauth2` to read.
    Success(HttpResponse),
    /// The platform has read the request and refuses it.
    Refused(Refusal, HttpResponse),
    /// There is no response of the platform, or only that it is busy.
    Failed {
        error: Error,
        retry_after: Option<Duration>,
        /// `true` if a retry can help.
        is_temporary: bool,
    },
}

impl Http {
    pub(crate) fn new(transport: Arc<dyn Transport>, authority: &str) -> Self {
        Self {
            transport,
            authority: authority.into(),
        }
    }

    /// The origin of the platform.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Sends a request, with retries.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let start = Instant::now();
        let mut attempt = 1;
        loop {
            let outcome = self.attempt(&request, attempt > 1).await;
            let (error, retry_after, is_temporary) = match outcome {
                Outcome::Success(response) => return Ok(response),
                Outcome::Refused(refusal, _) => {
                    let error = refusal.error();
                    let is_temporary = error.kind() == ErrorKind::Unavailable;
                    (error, None, is_temporary)
                }
                Outcome::Failed {
                    error,
                    retry_after,
                    is_temporary,
                } => (error, retry_after, is_temporary),
            };
            let wait = backoff(attempt).max(retry_after.unwrap_or_default());
            let is_in_time = start.elapsed().saturating_add(wait) < RETRY_TIME;
            if !is_temporary || attempt >= ATTEMPTS || !is_in_time {
                return Err(error);
            }
            sleep(wait).await;
            attempt += 1;
        }
    }

    /// Sends a request once.
    pub(crate) async fn attempt(&self, request: &HttpRequest, is_retry: bool) -> Outcome {
        let exchange = async {
            let response = self.transport.send(attempt_of(request, is_retry)?).await?;
            let (head, body) = response.into_parts();
            Ok::<_, NoResponse>((head.status, head.headers, read(body).await?))
        };
        match timeout(TIMEOUT, exchange).await {
            Ok(Ok((status, headers, body))) => self.classify(request, status, &headers, body),
            Ok(Err(NoResponse::Invalid(error))) => failed(unreachable(&error), false),
            Ok(Err(NoResponse::Transport(error))) => {
                let is_temporary = !error.is_permanent() && !error.is_refused();
                failed(unreachable(&error).with_source(error), is_temporary)
            }
            Err(_) => failed(unavailable("the identity platform timed out".into()), true),
        }
    }

    /// Tells a success from a refusal by the body. The status decides only if a retry can help.
    fn classify(
        &self,
        request: &HttpRequest,
        status: StatusCode,
        headers: &HeaderMap,
        body: Vec<u8>,
    ) -> Outcome {
        let json = serde_json::from_slice::<Value>(without_bom(&body)).ok();
        let secrets = secrets(request.body());
        let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
        let refusal = json.as_ref();
        let refusal = refusal.and_then(|json| Refusal::read(json, &self.authority, &secrets));
        let is_temporary = is_temporary(status);
        let error = match (refusal, json) {
            (Some(refusal), _) if !is_temporary => {
                return Outcome::Refused(refusal, response(status, body));
            }
            (Some(refusal), _) => match refusal.error() {
                error if error.kind() == ErrorKind::Unavailable => error,
                error => {
                    let number = status.as_u16();
                    let message = format!("the identity platform responds with status {number}");
                    Error::new(ErrorKind::Unavailable, message, LATER).with_source(error)
                }
            },
            (None, Some(Value::Object(properties))) if status.is_success() => {
                let body = normalized(properties).to_string().into_bytes();
                return Outcome::Success(response(StatusCode::OK, body));
            }
            (None, _) => {
                let number = status.as_u16();
                let message =
                    format!("the response ({number}) does not come from an identity platform");
                if is_temporary {
                    Error::new(ErrorKind::Unavailable, message, LATER)
                } else {
                    Error::new(ErrorKind::Response, message, INTERMEDIARIES)
                }
            }
        };
        let retry_after = msgraph_runtime::retry_after(headers, SystemTime::now());
        Outcome::Failed {
            error: error.with_retry_after(retry_after),
            retry_after,
            is_temporary,
        }
    }
}

const LATER: &str = "try again later";
const INTERMEDIARIES: &str = "check the authority, and what is between this machine and it, such \
    as a proxy or the sign-in page of a network";

/// The reason why there is no response.
enum NoResponse {
    Invalid(InvalidValue),
    Transport(TransportError),
}

impl From<InvalidValue> for NoResponse {
    fn from(error: InvalidValue) -> Self {
        Self::Invalid(error)
    }
}

impl From<TransportError> for NoResponse {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

fn attempt_of(request: &HttpRequest, is_retry: bool) -> Result<Attempt, InvalidValue> {
    let mut attempt = Attempt::new(request.method().clone(), &request.uri().to_string())?;
    attempt.headers = request.headers().clone();
    attempt.body = Bytes::copy_from_slice(request.body());
    attempt.fresh_connection = is_retry;
    Ok(attempt)
}

/// Reads a body, up to the limit.
async fn read(mut body: Body) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = poll_fn(|cx| body.poll_chunk(cx)).await.transpose()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LIMIT {
            return Err(TransportError::interrupted("the response is too long").permanent());
        }
    }
    Ok(bytes)
}

/// Builds a response for `oauth2`, which checks the status and the media type.
fn response(status: StatusCode, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Converts a success to a form that `oauth2` reads: without null, and with numbers in place of
/// texts, which older endpoints send.
fn normalized(mut properties: Map<String, Value>) -> Value {
    properties.retain(|_, value| !value.is_null());
    for name in ["expires_in", "interval"] {
        let text = properties.get(name).and_then(Value::as_str);
        if let Some(seconds) = text.and_then(|text| text.trim().parse::<u64>().ok()) {
            properties.insert(name.to_owned(), seconds.into());
        }
    }
    Value::Object(properties)
}

/// Removes a byte order mark, which some gateways put before a body.
fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Returns `true` for a status after which a retry can help.
fn is_temporary(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429)
}

/// The wait after an attempt: 0.5, 1, 2 seconds, with jitter up to half of it more.
fn backoff(attempt: u32) -> Duration {
    let base = Duration::from_millis(250) * 2_u32.saturating_pow(attempt.min(8));
    base.mul_f64(1.0 + 0.5 * fastrand::f64())
}

/// The secrets of a request, which no text may contain.
fn secrets(body: &[u8]) -> Vec<String> {
    const NAMES: [&str; 4] = ["refresh_token", "code", "code_verifier", "device_code"];
    let pairs = form_urlencoded::parse(body);
    let secrets = pairs.filter(|(name, value)| NAMES.contains(&&**name) && !value.is_empty());
    secrets.map(|(_, value)| value.into_owned()).collect()
}

fn failed(error: Error, is_temporary: bool) -> Outcome {
    Outcome::Failed {
        error,
        retry_after: None,
        is_temporary,
    }
}

fn unreachable(reason: &dyn fmt::Display) -> Error {
    unavailable(format!("the identity platform cannot be reached: {reason}").into())
}

fn unavailable(message: Cow<'static, str>) -> Error {
    let help = "check the network, then try again";
    Error::new(ErrorKind::Unavailable, message, help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use msgraph_runtime::BoxFuture;

    /// A platform whose clock is far behind that of this machine.
    struct Busy;

    impl Transport for Busy {
        fn send(&self, _: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
            let response = http::Response::builder()
                .status(503)
                .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
                .header("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT");
            Box::pin(async { Ok(response.body(Body::from("")).unwrap()) })
        }
    }

    #[tokio::test]
    async fn a_date_in_retry_after_is_one_by_the_clock_of_the_platform() {
        let http = Http::new(Arc::new(Busy), "https://login.example");
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = "https://login.example/token".parse().unwrap();
        let outcome = http.attempt(&request, false).await;
        let Outcome::Failed { retry_after, .. } = outcome else {
            panic!("a 503 without a body is a failure");
        };
        assert_eq!(retry_after, Some(Duration::from_secs(60)));
    }
}

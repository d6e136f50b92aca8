//! The traces of a call: a span for the call, an event for each attempt.
//!
//! The crate's documentation lists targets and fields. Numbers are signed, because
//! `tracing-opentelemetry` exports unsigned ones as text.

use crate::Error;
use crate::ErrorKind;
use crate::client::Inner;
use crate::exchange::{Exchange, Plan, RawResponse};
use crate::response::Parts;
use crate::transport::TransportError;
use http::{HeaderMap, StatusCode};
use std::time::Duration;
use tracing::field::Empty;
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, Level, Span, debug, enabled, info_span};

const TARGET: &str = "msgraph_runtime";

/// The span of one call.
#[derive(Clone)]
pub(crate) struct Trace(Span);

impl Trace {
    /// Opens the span of a call.
    pub(crate) fn new(client: &Inner, plan: &Plan) -> Self {
        let operation = plan.operation;
        let span = info_span!(
            target: TARGET,
            "msgraph",
            otel.name = operation.id,
            otel.kind = "client",
            otel.status_code = Empty,
            otel.status_description = Empty,
            graph.operation = operation.id,
            graph.client_request_id = plan.client_request_id.to_str().ok(),
            graph.request_id = Empty,
            graph.attempts = Empty,
            http.request.method = operation.method.as_str(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.scheme = client.base.scheme(),
            url.template = operation.path,
            server.address = client.base.host_str(),
            server.port = client.base.port_or_known_default().map(i64::from),
            error.type = Empty,
        );
        Self(span)
    }

    /// Runs a future within the span.
    pub(crate) fn within<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future.instrument(self.0.clone())
    }

    /// Runs a function within the span.
    pub(crate) fn scope<T>(&self, run: impl FnOnce() -> T) -> T {
        self.0.in_scope(run)
    }

    /// Records how the call has ended.
    pub(crate) fn finish(&self, exchange: &Exchange<'_>, result: Result<&Parts, &Error>) {
        if self.0.is_disabled() {
            return;
        }
        let (status, id) = match result {
            Ok(parts) => (Some(parts.status), request_id(exchange, &parts.headers)),
            Err(error) => {
                let id = error.shown_request_id().map(str::to_owned);
                self.0.record("otel.status_code", "ERROR");
                self.0.record("otel.status_description", error.to_string());
                self.0.record("error.type", error_type(error));
                (error.status(), id)
            }
        };
        let attempts = i64::from(exchange.sent());
        self.0.record("graph.attempts", attempts);
        self.0.record("graph.request_id", id);
        if attempts > 1 {
            self.0.record("http.request.resend_count", attempts - 1);
        }
        self.0
            .record("http.response.status_code", status.map(number));
    }
}

/// The event of one attempt, if the event is enabled.
pub(crate) struct AttemptEvent(Option<Attempt>);

struct Attempt {
    resend_count: i64,
    /// The time it waited for its turn.
    waited: Option<Duration>,
    status: Option<StatusCode>,
    request_id: Option<String>,
    error_type: Option<String>,
    /// Why the attempt is repeated, if it is.
    reason: &'static str,
}

impl AttemptEvent {
    /// Collects the fields, before the exchange takes the result.
    pub(crate) fn new(
        result: &Result<RawResponse, TransportError>,
        exchange: &Exchange<'_>,
        waited: Option<Duration>,
    ) -> Self {
        if !enabled!(target: TARGET, Level::DEBUG) {
            return Self(None);
        }
        let resend_count = i64::from(exchange.sent()) - 1;
        Self(Some(match result {
            Ok(response) => Attempt {
                resend_count,
                waited,
                status: Some(response.status),
                request_id: request_id(exchange, &response.headers),
                error_type: (response.status.as_u16() >= 400)
                    .then(|| response.status.as_str().to_owned()),
                reason: match response.status.as_u16() {
                    200..=299 => "body",
                    300..=399 => "redirect",
                    401 => "token",
                    _ => "status",
                },
            },
            Err(error) => {
                let (kind, reason) = match (error.is_timeout, error.is_sent) {
                    _ if error.is_refused => (ErrorKind::Request, "connect"),
                    (true, _) => (ErrorKind::Timeout, "timeout"),
                    (false, true) => (ErrorKind::Interrupted, "connection"),
                    (false, false) => (ErrorKind::Connect, "connect"),
                };
                Attempt {
                    resend_count,
                    waited,
                    status: None,
                    request_id: None,
                    error_type: Some(format!("{kind:?}")),
                    reason,
                }
            }
        }))
    }

    /// Records the event; `wait` is the time until the next attempt, if there is one.
    pub(crate) fn record(self, wait: Option<Duration>) {
        let Some(attempt) = self.0 else { return };
        debug!(
            target: TARGET,
            {
                http.request.resend_count = attempt.resend_count,
                http.response.status_code = attempt.status.map(number),
                error.type = attempt.error_type,
                graph.request_id = attempt.request_id,
                graph.pace.wait = attempt.waited.map(|waited| waited.as_secs_f64()),
                graph.repeat.reason = wait.map(|_| attempt.reason),
                graph.repeat.wait = wait.map(|wait| wait.as_secs_f64()),
            },
            "attempt"
        );
    }
}

/// Runs a future within the current span and with its subscriber, on any thread.
pub(crate) fn within_this_span<F: Future>(future: F) -> impl Future<Output = F::Output> {
    future.in_current_span().with_current_subscriber()
}

/// The status of an error response, or the kind of the error: few values, for grouping.
fn error_type(error: &Error) -> String {
    match (error.kind(), error.status()) {
        (ErrorKind::Service, Some(status)) => status.as_str().to_owned(),
        (kind, _) => format!("{kind:?}"),
    }
}

fn number(status: StatusCode) -> i64 {
    i64::from(status.as_u16())
}

/// The service's id of a request, redacted.
fn request_id(exchange: &Exchange<'_>, headers: &HeaderMap) -> Option<String> {
    let id = headers.get("request-id")?.to_str().ok()?;
    Some(exchange.redactor().id(id))
}

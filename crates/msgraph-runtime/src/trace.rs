//! What a call tells `tracing`: a span for the call, an event for each attempt.
//!
//! The names are those of OpenTelemetry's HTTP client spans where it has one. `url.full` is left
//! out on purpose, for the path may hold the id of a user: `url.template` stands in its place.

use crate::Error;
use crate::client::Inner;
use crate::exchange::{Answer, Plan};
use crate::response::Raw;
use crate::transport::TransportError;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug, info_span};

/// The span of one call.
pub(crate) struct Trace(Span);

impl Trace {
    /// Opens the span of a call.
    pub(crate) fn new(client: &Inner, plan: &Plan) -> Self {
        let operation = plan.operation;
        let span = info_span!(
            target: "msgraph_runtime",
            "msgraph",
            graph.operation = operation.id,
            http.request.method = operation.method.as_str(),
            url.template = operation.path,
            server.address = client.base.host_str(),
            server.port = client.base.port_or_known_default(),
            graph.client_request_id = plan.client_request_id.to_str().ok(),
            graph.request_id = Empty,
            graph.attempts = Empty,
            http.response.status_code = Empty,
            error.type = Empty,
        );
        Self(span)
    }

    /// Runs a future within the span.
    pub(crate) fn within<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = F::Output> {
        future.instrument(self.0.clone())
    }

    /// Tells how an attempt has ended; `sent` is its number.
    pub(crate) fn attempt(sent: u32, result: &Result<Answer, TransportError>) {
        let resend_count = sent.saturating_sub(1);
        match result {
            Ok(answer) => {
                let status = answer.status.as_u16();
                let id = text(answer.headers.get("request-id"));
                debug!(
                    target: "msgraph_runtime",
                    {
                        http.request.resend_count = resend_count,
                        http.response.status_code = status,
                        graph.request_id = id,
                    },
                    "answered"
                );
            }
            Err(error) => debug!(
                target: "msgraph_runtime",
                {
                    http.request.resend_count = resend_count,
                    error.type = display(error),
                },
                "not answered"
            ),
        }
    }

    /// Tells how the call has ended.
    pub(crate) fn finish(&self, result: &Result<Raw, Error>) {
        let (status, id, attempts) = match result {
            Ok(raw) => {
                let id = text(raw.headers.get("request-id"));
                (Some(raw.status), id, raw.attempts)
            }
            Err(error) => {
                self.0
                    .record("error.type", tracing::field::debug(error.kind()));
                (error.status(), error.shown_request_id(), error.attempts())
            }
        };
        self.0.record("graph.attempts", attempts);
        self.0.record("graph.request_id", id);
        let status = status.map(|status| status.as_u16());
        self.0.record("http.response.status_code", status);
    }
}

/// Runs a future within the span at hand, on whatever task that is.
pub(crate) fn within_this_span<F: Future>(future: F) -> impl Future<Output = F::Output> {
    future.in_current_span()
}

/// An id as it may be shown.
fn text(value: Option<&http::HeaderValue>) -> Option<String> {
    value?.to_str().ok().map(crate::error::shown_id)
}

//! No traces, in builds without the feature `tracing`.

use crate::Error;
use crate::client::Inner;
use crate::exchange::{Exchange, Plan, RawResponse};
use crate::response::Parts;
use crate::transport::TransportError;
use std::time::Duration;

/// The span of one call, which is not recorded.
#[derive(Clone)]
pub(crate) struct Trace;

impl Trace {
    pub(crate) fn new(_: &Inner, _: &Plan) -> Self {
        Self
    }

    pub(crate) fn within<F: Future>(&self, future: F) -> F {
        future
    }

    #[inline]
    pub(crate) fn scope<T>(&self, run: impl FnOnce() -> T) -> T {
        run()
    }

    pub(crate) fn finish(&self, _: &Exchange<'_>, _: Result<&Parts, &Error>) {}
}

/// The event of one attempt, which is not recorded.
pub(crate) struct AttemptEvent;

impl AttemptEvent {
    pub(crate) fn new(
        _: &Result<RawResponse, TransportError>,
        _: &Exchange<'_>,
        _: Option<Duration>,
    ) -> Self {
        Self
    }

    pub(crate) fn record(self, _: Option<Duration>) {}
}

pub(crate) fn within_this_span<F: Future>(future: F) -> F {
    future
}

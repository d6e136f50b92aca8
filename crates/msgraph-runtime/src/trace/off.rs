//! Nothing, in builds without the feature `tracing`.

use crate::Error;
use crate::client::Inner;
use crate::exchange::{Answer, Plan};
use crate::response::Raw;
use crate::transport::TransportError;

/// The span of one call, which nobody asks for.
pub(crate) struct Trace;

impl Trace {
    pub(crate) fn new(_: &Inner, _: &Plan) -> Self {
        Self
    }

    pub(crate) fn within<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) fn attempt(_: u32, _: &Result<Answer, TransportError>) {}

    pub(crate) fn finish(&self, _: &Result<Raw, Error>) {}
}

pub(crate) fn within_this_span<F: Future>(future: F) -> F {
    future
}

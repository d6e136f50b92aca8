//! The body of a response as a stream.

use crate::error::Redactor;
use crate::exchange::{Failure, Truncation};
use crate::response::Parts;
use crate::transport::{Body, Chunks, TransportError};
use crate::{Error, Operation};
use bytes::Bytes;
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// The chunks of a body, as a [`Stream`], for files of any length.
///
/// Each chunk has the [read timeout](crate::ClientBuilder::read_timeout) of the client; the timeout
/// of the call and the limit of a body's length do not apply. The stream ends after an error or the
/// last chunk. It does not retry: send the request again, with the header `Range` if the service
/// supports that.
pub struct BodyStream {
    body: Body,
    read_timeout: Option<Duration>,
    timer: Option<Pin<Box<Sleep>>>,
    is_over: bool,
    operation: &'static Operation,
    client_request_id: Option<String>,
    attempts: u32,
    redactor: Redactor,
}

impl BodyStream {
    pub(crate) fn new(
        (body, redactor): (Body, Redactor),
        read_timeout: Option<Duration>,
        operation: &'static Operation,
        parts: &Parts,
    ) -> Self {
        let client_request_id = parts.client_request_id.to_str().ok();
        Self {
            body,
            read_timeout,
            timer: None,
            is_over: false,
            operation,
            client_request_id: client_request_id.map(str::to_owned),
            attempts: parts.attempts,
            redactor,
        }
    }

    /// The next chunk; `None` at the end. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let error = match self.body.poll_chunk(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                // An empty chunk is no progress, and does not extend the time limit.
                self.timer.take_if(|_| !chunk.is_empty());
                return Poll::Ready(Some(Ok(chunk)));
            }
            Poll::Ready(Some(Err(error))) => error,
            Poll::Ready(None) => {
                self.is_over = true;
                return Poll::Ready(None);
            }
            Poll::Pending => {
                let Some(limit) = self.read_timeout else {
                    return Poll::Pending;
                };
                let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(limit)));
                ready!(timer.as_mut().poll(cx));
                TransportError::too_slow()
            }
        };
        self.is_over = true;
        let failure = Failure::truncated(Truncation::Broken(error));
        let id = self.client_request_id.take();
        let (operation, attempts) = (self.operation, self.attempts);
        let error = Error::of_call(operation, failure, id, attempts, None, &self.redactor);
        Poll::Ready(Some(Err(error)))
    }
}

impl Stream for BodyStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(cx)
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("BodyStream");
        shown.field("operation", &self.operation.id);
        shown
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}

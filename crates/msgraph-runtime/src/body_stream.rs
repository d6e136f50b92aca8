//! The body of a response, piece by piece.

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

/// The pieces of a body as they come, a [`Stream`]: for files of any length.
///
/// Each piece has the [read timeout](crate::ClientBuilder::read_timeout) of the client; the timeout
/// of the call and the limit on the length of a body do not count here. After an error, and after
/// the last piece, it is over. Nothing is repeated: the request can be sent again, with the header
/// `Range` where the service has it.
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

    /// The next piece; `None` when it is over. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|cx| self.poll_next_chunk(cx)).await
    }

    fn poll_next_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let error = match self.body.poll_chunk(cx) {
            Poll::Ready(Some(Ok(piece))) => {
                // A piece without content is no progress, and gets no further time.
                self.timer.take_if(|_| !piece.is_empty());
                return Poll::Ready(Some(Ok(piece)));
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
        self.get_mut().poll_next_chunk(cx)
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

//! The body of a response, as a transport gives it.

use super::TransportError;
use bytes::Bytes;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

/// The body of a response, complete or in chunks.
pub struct Body(Content);

enum Content {
    Whole(Option<Bytes>),
    /// Never locked: the `Mutex` only makes the body `Sync`.
    Chunks(Mutex<Box<dyn Chunks>>),
}

/// A body that arrives in chunks.
pub trait Chunks: Send {
    /// Polls for the next chunk; `None` is the end of the body.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>>;

    /// Closes the connection, because the response belongs to another request. No further chunk is
    /// read. The default does nothing.
    fn discard_connection(&mut self) {}
}

impl Body {
    /// A body that arrives in chunks.
    pub fn chunks(chunks: impl Chunks + 'static) -> Self {
        Self(Content::Chunks(Mutex::new(Box::new(chunks))))
    }
}

impl Chunks for Body {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        match &mut self.0 {
            Content::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Content::Chunks(chunks) => {
                let chunks = chunks.get_mut().unwrap_or_else(PoisonError::into_inner);
                chunks.poll_chunk(cx)
            }
        }
    }

    fn discard_connection(&mut self) {
        if let Content::Chunks(chunks) = &mut self.0 {
            let chunks = chunks.get_mut().unwrap_or_else(PoisonError::into_inner);
            chunks.discard_connection();
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Content::Whole(Some(bytes)))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

//! The body of a response, as a transport gives it.

use super::TransportError;
use bytes::Bytes;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

/// The body of a response, whole or still on its way.
pub struct Body(Content);

enum Content {
    Whole(Option<Bytes>),
    /// Never locked: behind a lock, what only its owner uses is `Sync`.
    Chunks(Mutex<Box<dyn Chunks>>),
}

/// A body that comes in pieces.
pub trait Chunks: Send {
    /// The next piece; `None` when all have come.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>>;

    /// The response belongs to another request: its connection must not be used again. Nothing
    /// more is read from it.
    fn discard_connection(&mut self) {}
}

impl Body {
    /// A body that comes in pieces.
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

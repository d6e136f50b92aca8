//! The stream of a connection, encrypted or not, and faults in the bytes that it sends.

use crate::response::WireFault;
use socket2::SockRef;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// The connection below.
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

#[cfg(feature = "tls")]
impl Stream for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// The fault of the response that a connection is sending; the task that handles the request sets
/// it.
#[derive(Clone, Debug, Default)]
pub(crate) struct WireFaultCell(Arc<Mutex<Option<WireFault>>>);

impl WireFaultCell {
    /// Sets the fault of the next response. `None` matters too: a fault that was due after the end
    /// of its own response must not apply to the next one.
    pub(crate) fn set(&self, fault: Option<WireFault>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// The number of bytes that may be written now. `Err` when the connection has to end.
    fn allowance(&self, offered: usize) -> Result<(usize, Option<Duration>), WireFault> {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok((offered, None)),
            Some(WireFault::Drip { bytes, every }) => {
                Ok((bytes.clamp(1, offered.max(1)), Some(every)))
            }
            Some(end @ (WireFault::Reset { after } | WireFault::Close { after })) => {
                if after == 0 {
                    Err(end)
                } else {
                    Ok((offered.min(after), None))
                }
            }
        }
    }

    fn written(&self, count: usize) {
        let mut fault = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(WireFault::Reset { after } | WireFault::Close { after }) = &mut *fault {
            *after = after.saturating_sub(count);
        }
    }
}

/// A stream that obeys a [`WireFaultCell`].
#[derive(Debug)]
pub(crate) struct FaultIo<S> {
    stream: S,
    fault: WireFaultCell,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<S> FaultIo<S> {
    pub(crate) fn new(stream: S, fault: WireFaultCell) -> Self {
        Self {
            stream,
            fault,
            pause: None,
        }
    }
}

impl<S: Stream> AsyncWrite for FaultIo<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(cx));
            this.pause = None;
        }
        let (allowed, pause) = match this.fault.allowance(bytes.len()) {
            Ok(allowance) => allowance,
            Err(end) => return Poll::Ready(Err(ended(this.stream.socket(), end))),
        };
        let bytes = &bytes[..allowed.min(bytes.len())];
        let count = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.fault.written(count);
        this.pause = pause.map(|every| Box::pin(sleep(every)));
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// The error that makes hyper drop the connection.
///
/// A socket that is closed without lingering sends a reset, any other one a proper end.
fn ended(stream: &TcpStream, end: WireFault) -> io::Error {
    if matches!(end, WireFault::Reset { .. }) {
        // Should this fail, the peer sees an end instead of a reset, and both truncate the response.
        let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    }
    io::Error::new(io::ErrorKind::ConnectionAborted, "an injected fault")
}

impl<S: Stream> AsyncRead for FaultIo<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

//! A TCP connection that can be told to reset, to close or to drip in the middle of an answer.

use socket2::SockRef;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// What happens to the bytes of one answer on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireFault {
    /// The connection is reset when so many bytes are out.
    Reset { after: usize },

    /// The connection is closed when so many bytes are out.
    Close { after: usize },

    /// Only so many bytes at once, with a pause in between.
    Drip { bytes: usize, every: Duration },
}

/// The connection's switch, which the handler of a request holds to arm a fault for its answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Switch(Arc<Mutex<Option<WireFault>>>);

impl Switch {
    /// Sets what happens to the next answer: also nothing, since a fault that was due later
    /// than the end of its own answer must not strike another one.
    pub(crate) fn set(&self, fault: Option<WireFault>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// How many bytes may be written now. `Err` when the connection has to end.
    fn allowance(&self, wanted: usize) -> Result<(usize, Option<Duration>), WireFault> {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok((wanted, None)),
            Some(WireFault::Drip { bytes, every }) => {
                Ok((bytes.clamp(1, wanted.max(1)), Some(every)))
            }
            Some(end @ (WireFault::Reset { after } | WireFault::Close { after })) => {
                if after == 0 {
                    Err(end)
                } else {
                    Ok((wanted.min(after), None))
                }
            }
        }
    }

    fn written(&self, count: usize) {
        let mut armed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(WireFault::Reset { after } | WireFault::Close { after }) = &mut *armed {
            *after = after.saturating_sub(count);
        }
    }
}

/// A stream that obeys a [`Switch`].
#[derive(Debug)]
pub(crate) struct FaultIo {
    stream: TcpStream,
    switch: Switch,
    pause: Option<Pin<Box<Sleep>>>,
}

impl FaultIo {
    pub(crate) fn new(stream: TcpStream, switch: Switch) -> Self {
        Self {
            stream,
            switch,
            pause: None,
        }
    }
}

impl AsyncWrite for FaultIo {
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
        let (allowed, pause) = match this.switch.allowance(bytes.len()) {
            Ok(allowance) => allowance,
            Err(end) => return Poll::Ready(Err(ended(&this.stream, end))),
        };
        let bytes = &bytes[..allowed.min(bytes.len())];
        let count = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.switch.written(count);
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
        // Should this fail, the peer sees an end instead of a reset, and both cut the answer.
        let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    }
    io::Error::new(io::ErrorKind::ConnectionAborted, "a fault on demand")
}

impl AsyncRead for FaultIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

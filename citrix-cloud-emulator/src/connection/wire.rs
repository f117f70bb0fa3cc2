//! The stream beneath a connection, and a wrapper that observes it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::handle::ConnectionHandle;

/// A stream that a connection can run on.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Turns the following close into a reset, if there is a socket that supports it.
    fn reset_on_close(&self) {}
}

impl Wire for TcpStream {
    fn reset_on_close(&self) {
        if let Err(error) = self.set_zero_linger() {
            tracing::debug!(%error, "cannot reset a connection; it is closed instead");
        }
    }
}

#[cfg(test)]
impl Wire for tokio::io::DuplexStream {}

/// Reports reads and writes to the handle, and ends the stream when the handle is cut.
#[derive(Debug)]
pub(super) struct Observed<W: Wire> {
    wire: W,
    handle: ConnectionHandle,
}

impl<W: Wire> Observed<W> {
    pub(super) fn new(wire: W, handle: ConnectionHandle) -> Self {
        Self { wire, handle }
    }

    fn sent(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.handle.sent(result.is_ready());
        result
    }
}

impl<W: Wire> Drop for Observed<W> {
    fn drop(&mut self) {
        if self.handle.is_reset() {
            self.wire.reset_on_close();
        }
    }
}

impl<W: Wire> AsyncRead for Observed<W> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.wire).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.handle.received();
        }
        result
    }
}

impl<W: Wire> AsyncWrite for Observed<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.wire).poll_write(context, bytes);
        self.sent(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.wire).poll_write_vectored(context, slices);
        self.sent(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(context)
    }
}

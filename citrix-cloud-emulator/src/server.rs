//! The emulator on a port of this machine.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::emulator::Emulator;

/// A listening emulator; dropping it stops it.
///
/// It can be used wherever an [`Emulator`] can.
#[derive(Debug)]
pub struct Server {
    emulator: Emulator,
    addr: SocketAddr,
    url: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    pub(crate) async fn start(emulator: Emulator, addr: SocketAddr) -> io::Result<Self> {
        if !addr.ip().is_loopback() {
            let message = format!("{addr} is not a loopback address; use 127.0.0.1 or [::1]");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        // Answers are small and waited for; holding them back to fill packets costs 40 ms each.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "cannot set TCP_NODELAY");
            }
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, emulator.app()).with_graceful_shutdown(async {
            // The sender is dropped rather than used, so this ends with an error that means "stop".
            let _ = stopped.await;
        });
        let task = tokio::spawn(server.into_future());
        Ok(Self {
            emulator,
            addr,
            url: format!("http://{addr}"),
            stop,
            task,
        })
    }

    /// Returns the address of the root, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the emulator behind it.
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Stops it and waits until the requests under way are answered.
    ///
    /// # Errors
    ///
    /// Fails where listening had failed.
    pub async fn stop(self) -> io::Result<()> {
        drop(self.stop);
        self.task.await.map_err(io::Error::other)?
    }
}

impl Deref for Server {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

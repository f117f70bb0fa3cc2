//! The emulator on a port of this machine.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::connection::{self, Stop, Stopped};
use crate::emulator::{Emulator, EmulatorBuilder};
use crate::service;

/// What a client is told for whom there is no room.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// How long to wait where the system has no more sockets to give.
const RESPITE: Duration = Duration::from_millis(100);

/// A listening emulator; dropping it stops it.
///
/// It can be used wherever an [`Emulator`] can.
#[derive(Debug)]
pub struct Server {
    emulator: Emulator,
    addr: SocketAddr,
    url: String,
    stop: Stop,
}

impl Emulator {
    /// Returns a router that serves all hosts, for use without a port.
    pub fn app(&self) -> Router {
        service::router(self.clone())
    }

    /// Listens on a loopback address; port 0 picks a free port.
    ///
    /// # Errors
    ///
    /// Fails if the address is not loopback, because the emulator is not meant to be exposed on a network, or if it is
    /// not available.
    pub async fn serve(&self, addr: SocketAddr) -> io::Result<Server> {
        Server::start(self.clone(), addr).await
    }
}

impl EmulatorBuilder {
    /// Builds the emulator, and listens on a free port of `127.0.0.1` until the server is dropped.
    ///
    /// # Errors
    ///
    /// Fails if no port is available.
    pub async fn start(self) -> io::Result<Server> {
        self.build().serve(([127, 0, 0, 1], 0).into()).await
    }
}

impl Server {
    pub(crate) async fn start(emulator: Emulator, addr: SocketAddr) -> io::Result<Self> {
        let listener = if emulator.shared().settings.control_token.is_some() {
            TcpListener::bind(addr).await?
        } else {
            bind(addr).await?
        };
        let addr = listener.local_addr()?;
        let (stop, stopped) = Stop::new();
        tokio::spawn(listen(listener, emulator.clone(), stopped, serve));
        Ok(Self {
            emulator,
            addr,
            url: format!("http://{addr}"),
            stop,
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

    /// Stops the server and waits until the requests in flight have been answered.
    pub async fn stop(self) {
        self.stop.and_wait().await;
    }
}

impl Deref for Server {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

/// Listens on loopback addresses only.
pub(crate) async fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    if !addr.ip().is_loopback() {
        let message = format!("{addr} is not a loopback address; use 127.0.0.1 or [::1]");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    TcpListener::bind(addr).await
}

/// Has every connection served, so many at a time, until it is stopped.
pub(crate) async fn listen<S, F>(
    listener: TcpListener,
    emulator: Emulator,
    stopped: Stopped,
    serve: S,
) where
    S: Fn(Emulator, TcpStream, Stopped) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let connections = emulator.shared().settings.limits.connections;
    let room = Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped.wait() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                if emulator.shared().faults.refuses_connection() {
                    continue;
                }
                let Ok(permit) = room.clone().try_acquire_owned() else {
                    tracing::warn!(%peer, connections, "no room for another connection");
                    tokio::spawn(refuse(stream));
                    continue;
                };
                // Answers are small and waited for; holding them back to fill packets costs 40 ms each.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                let served = serve(emulator.clone(), stream, stopped.clone());
                tokio::spawn(async move {
                    served.await;
                    drop(permit);
                });
            }
            // The client was gone already.
            Err(error) if is_of_one_connection(&error) => {
                tracing::debug!(%error, "connection lost");
            }
            Err(error) => {
                tracing::error!(%error, "cannot accept a connection");
                tokio::time::sleep(RESPITE).await;
            }
        }
    }
}

async fn serve(emulator: Emulator, stream: TcpStream, stopped: Stopped) {
    connection::serve(&emulator, stream, stopped).await;
}

async fn refuse(mut stream: TcpStream) {
    if let Err(error) = stream.write_all(FULL).await {
        tracing::debug!(%error, "cannot say that there is no room");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

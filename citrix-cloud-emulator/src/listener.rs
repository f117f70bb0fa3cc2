//! A local port and its incoming connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::connection::{Stop, Stopped};
use crate::emulator::Emulator;

/// The response to a client above the connection limit.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// How long to wait when the system has run out of sockets.
const RESPITE: Duration = Duration::from_millis(100);

/// A listening port, which is closed when this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) addr: SocketAddr,
    pub(crate) url: String,
    stop: Stop,
}

impl Listener {
    /// Serves every connection to a port with `serve`.
    pub(crate) fn start<S, F>(port: TcpListener, emulator: Emulator, serve: S) -> io::Result<Self>
    where
        S: Fn(Emulator, TcpStream, Stopped) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let addr = port.local_addr()?;
        let (stop, stopped) = Stop::new();
        tokio::spawn(accept(port, emulator, stopped, serve));
        Ok(Self {
            addr,
            url: format!("http://{addr}"),
            stop,
        })
    }

    /// Stops listening, and waits until the requests in progress have responses.
    pub(crate) async fn stop(self) {
        self.stop.and_wait().await;
    }
}

/// Binds to loopback addresses only.
pub(crate) async fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    if !addr.ip().is_loopback() {
        let message = format!("{addr} is not a loopback address; use 127.0.0.1 or [::1]");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    TcpListener::bind(addr).await
}

/// Accepts connections until it is stopped, up to the limit at a time.
async fn accept<S, F>(port: TcpListener, emulator: Emulator, stopped: Stopped, serve: S)
where
    S: Fn(Emulator, TcpStream, Stopped) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let connections = emulator.shared().settings.limits.connections;
    let room = Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS)));
    loop {
        let accepted = tokio::select! {
            accepted = port.accept() => accepted,
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
                // Responses are small, and clients wait for them; Nagle's algorithm would delay each by 40 ms.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                let served = serve(emulator.clone(), stream, stopped.clone());
                tokio::spawn(async move {
                    served.await;
                    drop(permit);
                });
            }
            // The client had already disconnected.
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

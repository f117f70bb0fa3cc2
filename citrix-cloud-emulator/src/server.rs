//! The emulator on a local port.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};

use crate::connection::{self, Stopped};
use crate::emulator::{Emulator, EmulatorBuilder};
use crate::listener::{self, Listener};
use crate::service;

/// A listening emulator; dropping it stops it.
///
/// It can be used wherever an [`Emulator`] can.
#[derive(Debug)]
pub struct Server {
    emulator: Emulator,
    listener: Listener,
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
    /// Fails if the port is not available, or if the address is not loopback: the emulator is not meant to be exposed
    /// on a network.
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
        let port = if emulator.shared().settings.control_token.is_some() {
            TcpListener::bind(addr).await?
        } else {
            listener::bind(addr).await?
        };
        let listener = Listener::start(port, emulator.clone(), serve)?;
        Ok(Self { emulator, listener })
    }

    /// Returns the address of the root, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.listener.url
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr
    }

    /// Returns the emulator that it serves.
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Stops the server and waits until the requests in flight have responses.
    pub async fn stop(self) {
        self.listener.stop().await;
    }
}

impl Deref for Server {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

async fn serve(emulator: Emulator, stream: TcpStream, stopped: Stopped) {
    connection::serve(&emulator, stream, stopped).await;
}

//! One request on the wire: connections, and bodies within limits.

mod body;
mod client;
mod event;
mod log;
mod proxy;
mod tls;

pub(crate) use body::{Broken, DEFAULT_LIMIT, read as read_body};
pub(crate) use client::{
    HttpClient, HttpSettings, OnRequest, SendError, broken, cut_short, timed_out,
};
pub use event::RequestEvent;
pub(crate) use log::Sending;
pub(crate) use proxy::Proxy;
pub(crate) use tls::Tls;
#[cfg(all(feature = "__rustls", feature = "redis"))]
pub(crate) use tls::provider;

//! One request on the wire: connections, and bodies within limits.

mod body;
mod client;
mod event;

pub(crate) use body::{Broken, DEFAULT_LIMIT, read as read_body};
pub(crate) use client::{HttpClient, OnRequest, broken, cut_short, timed_out};
pub use event::RequestEvent;

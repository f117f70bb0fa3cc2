//! Client for TITLE.
//!
//! Generated from an OpenAPI document. [`connect`] makes a [`Client`]; each operation is a method of
//! it that returns a builder, and [`types`] has the models.

#![allow(mixed_script_confusables, uncommon_codepoints)]
// Models that lie deep in one another.
#![recursion_limit = "1024"]

pub mod hooks;
pub mod http;
pub mod model;
pub mod multipart;
pub mod wire;

#[rustfmt::skip]
#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_pub, unused_imports, unused_variables)]
#[allow(dead_code, deprecated, elided_lifetimes_in_paths, irrefutable_let_patterns, unused_mut)]
#[allow(non_camel_case_types, non_snake_case)]
pub mod client;

use std::sync::Arc;

pub use client::{Client, builder, types};
pub use hooks::{Transport, exists};
pub use progenitor_client::{ByteStream, Error, ResponseValue};
pub use wire::Secret;

/// Where the document says that the service is; empty when it does not.
pub const BASE_URL: &str = "BASE_URL";

/// Makes a client for the service at `base_url` ([`BASE_URL`], mostly) whose requests `transport`
/// sends: [`http::Http`], or one of your own.
#[must_use]
pub fn connect(base_url: &str, transport: impl Transport + 'static) -> Client {
    let link = hooks::Link::new(Arc::new(transport));
    Client::new_with_client(base_url, reqwest::Client::new(), link)
}

/// Sends every operation through the client's [`hooks::Link`].
impl progenitor_client::ClientHooks<hooks::Link> for Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &progenitor_client::OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        use progenitor_client::ClientInfo as _;
        self.inner().exec(request, info.operation_id).await
    }
}

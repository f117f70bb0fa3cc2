//! Citrix Cloud and Citrix DaaS for Rust.
//!
//! A [`Client`] signs in with the credentials of an API client and makes typed calls to resource
//! locations, service entitlement, notifications, service principals and Citrix DaaS. It sets the
//! headers that Citrix requires, knows the hosts of each region and both versions of the API,
//! caches and refreshes the token, and turns every error body into one readable [`Error`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
//! # use citrix_cloud_emulator::ids;
//! # let client = citrix_cloud::Client::builder()
//! #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
//! #     .endpoint(emulator.url())
//! #     .build()?;
//! let site = client.daas().only_site().await?;
//! for machine in site.machine_catalog(ids::CATALOG_ID).machines().all().await? {
//!     println!("{:?} has {:?} sessions", machine.name, machine.session_count);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Client::from_env`] reads the credentials from `CITRIX_CLIENT_ID`, `CITRIX_CLIENT_SECRET` and
//! `CITRIX_CUSTOMER_ID`, or from the same names without the prefix, as Citrix's walkthrough has
//! them.
//!
//! # Where things are
//!
//! | task | start with |
//! |---|---|
//! | sign in, choose region, proxy, certificates | [`Client::builder`], [`Credentials`], [`Endpoints`] |
//! | many customers in one process | [`Client::for_customer`], [`Client::with_credentials`] |
//! | share a token between processes or hosts | [`FileTokenStore`], `RedisTokenStore`, [`TokenStore`] |
//! | administrators, connectors, resource locations, entitlement, principals, notifications, webhooks | the methods of [`Client`] |
//! | machines, sessions, catalogs and everything else in Citrix DaaS | [`daas`], [`handles`] |
//! | the models that an area sends and returns | the modules of [`handles`] |
//! | an operation by its name in Citrix's documents | [`operations`], [`Client::send`] |
//! | a path that no document describes | [`Client::send_raw`] |
//! | lists, pages and streams | [`paging`] |
//! | wait for a job | [`daas::JobPoller`] |
//! | act on many machines safely | [`bulk`] |
//! | keep a copy of a list up to date | [`watch`] |
//! | usage and performance over time, and who changed what | `monitor`, [`system_log`] |
//! | handle errors by kind | [`Error`], [`ErrorKind`] |
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `rustls-ring` (default), `rustls-aws-lc`, `native-tls` | TLS: by rustls with ring, by rustls with AWS-LC, or by the system's library |
//! | `daas-admin`, `daas-app-v`, `daas-applications`, `daas-backup`, `daas-delivery-groups`, `daas-hosting`, `daas-identity`, `daas-images`, `daas-policies`, `daas-storefront`, `daas-zones-and-tags` | the handles and operations of these areas; machines, catalogs, sessions, jobs and sites are always included |
//! | `daas-full` | all areas |
//! | `monitor` | the Monitor service: usage and performance over time |
//! | `redis` | a token store shared by many hosts |
//! | `schemars` | JSON Schema for every model |
//!
//! This is not a Citrix product, and Citrix does not endorse it.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "__fuzz")]
#[doc(hidden)]
pub mod __fuzz;
mod auth;
pub mod bulk;
mod client;
mod config;
mod credentials;
pub mod daas;
mod deadline;
mod decode;
mod endpoints;
mod error;
mod escapes;
/// Every operation of Citrix DaaS as a method of the object it belongs to, by area; generated.
///
/// Start at a [`Site`](daas::Site): `site.machines()` for many, `site.machine(name)` for one.
#[rustfmt::skip]
#[allow(clippy::all, clippy::doc_markdown, rustdoc::all, unused_imports)]
pub mod handles;
mod json_path;
mod key;
mod mask;
pub mod models;
pub mod operations;
pub mod paging;
mod pipeline;
mod raw;
mod region;
mod replace;
mod request;
mod retry;
pub mod search;
mod services;
mod stream;
mod task;
pub mod watch;
mod wire;

#[cfg(feature = "redis")]
pub use auth::RedisTokenStore;
pub use auth::{
    FileTokenStore, LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore,
};
pub use citrix_cloud_gen::{DateTime, Secret};
pub use client::{Client, ClientBuilder};
pub use credentials::Credentials;
pub use endpoints::{Endpoints, Service};
pub use error::{Error, ErrorKind};
#[doc(no_inline)]
pub use http;
#[doc(no_inline)]
pub use jiff;
pub use key::Key;
pub use raw::RawOperation;
pub use region::{ApiVersion, Region};
pub use request::{BoxRequest, Request};
#[cfg(feature = "monitor")]
pub use services::monitor;
pub use services::notifications::CreateNotification;
pub use services::resource_locations::{CreateResourceLocation, UpdateResourceLocation};
pub use services::webhooks::CreateWebhookSubscription;
pub use services::{
    administrators, connectors, licensing, notifications, resource_locations, service_principals,
    service_states, system_log, webhooks,
};
pub use wire::RequestEvent;

/// The default `User-Agent`.
pub const USER_AGENT: &str = concat!("citrix-cloud-rust/", env!("CARGO_PKG_VERSION"));

/// Runs the code blocks of the README and the guide as tests.
#[cfg(doctest)]
mod blocks {
    macro_rules! pages {
        ($($name:ident = $path:literal;)*) => {
            $(#[doc = include_str!(concat!("../../", $path))] mod $name {})*
        };
    }

    pages! {
        readme = "README.md";
        crate_readme = "citrix-cloud/README.md";
        getting_started = "docs/src/getting-started.md";
        signing_in = "docs/src/signing-in.md";
        platform_services = "docs/src/platform-services.md";
        machines = "docs/src/machines.md";
        reboot_idle = "docs/src/reboot-idle.md";
        bulk = "docs/src/bulk.md";
        errors = "docs/src/errors.md";
        transport = "docs/src/transport.md";
        lists = "docs/src/lists.md";
        jobs = "docs/src/jobs.md";
        batch = "docs/src/batch.md";
        operations = "docs/src/operations.md";
        features = "docs/src/features.md";
        testing = "docs/src/testing.md";
        command_line = "docs/src/command-line.md";
        emulator = "docs/src/emulator.md";
        faults = "docs/src/faults.md";
        regen = "docs/src/regen.md";
    }

    #[cfg(feature = "monitor")]
    pages! {
        monitor = "docs/src/monitor.md";
    }
}

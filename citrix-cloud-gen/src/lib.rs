//! The operations and models of the Citrix Cloud REST APIs.
//!
//! [`ops`] has one struct per operation, and each service has a module with its models. They are
//! generated from OpenAPI documents by `cargo xtask regen`; only this file, [`operation`],
//! [`model`], [`wire`] and [`DateTime`] are written by hand. This crate does no I/O: an operation
//! builds its request, and a client handles tokens, hosts and errors. Most programs want the client
//! in the `citrix-cloud` crate.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod date_time;
pub mod model;
pub mod operation;
pub mod wire;

pub use date_time::DateTime;
pub use wire::Secret;

/// Declares the generated modules, with the lint allowances that only they have.
macro_rules! generated {
    ($($(#[$attribute:meta])* $module:ident;)*) => {
        $(
            $(#[$attribute])*
            #[rustfmt::skip]
            #[allow(clippy::all, missing_docs, rustdoc::all, unreachable_pub, unused_imports)]
            #[allow(elided_lifetimes_in_paths, clippy::doc_markdown)]
            pub mod $module;
        )*
    };
}

generated! {
    /// One struct per operation.
    ops;
    /// Services on `api.cloud.com`: tokens, service principals, resource locations, notifications.
    platform;
    /// Service entitlement, `core.citrixworkspacesapi.net`.
    entitlement;
    /// Resource locations, as used by the walkthrough, `registry.citrixworkspacesapi.net`.
    registry;
    /// Notifications, as used by the walkthrough, `notifications.citrixworkspacesapi.net`.
    notifications;
    /// Administrators, `api.cloud.com/administrators`.
    administrators;
    /// The system log, `api.cloud.com/systemlog`.
    system_log;
    /// License usage, `api.cloud.com/licensing`.
    licensing;
    /// Cloud connectors, `api.cloud.com/connectors`.
    connectors;
    /// Webhook subscriptions, `webhooks.citrixworkspacesapi.net`.
    webhooks;
    /// Citrix DaaS (CVAD), relative to a site, `api.cloud.com/cvad/manage`.
    daas;
}

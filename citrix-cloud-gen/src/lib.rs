//! The operations and models of the Citrix Cloud REST APIs.
//!
//! [`ops`] has one value for each operation, and each service a module with its models. They are
//! generated from OpenAPI documents by `cargo xtask regen`; only this file, [`operation`], [`model`],
//! [`wire`] and [`DateTime`] are written by hand. Nothing here sends: an operation builds its request, and a
//! client such as that of `citrix-cloud`, which most programs want, knows tokens, hosts and errors.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod date_time;
pub mod model;
pub mod operation;
pub mod wire;

pub use date_time::DateTime;
pub use wire::Secret;

/// Declares the machine-written modules with the allowances that only they have.
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
    /// One value for each operation.
    ops;
    /// Services behind `api.cloud.com`: tokens, service principals, resource locations, notifications.
    platform;
    /// Service entitlement, `core.citrixworkspacesapi.net`.
    entitlement;
    /// Resource locations as the walkthrough has them, `registry.citrixworkspacesapi.net`.
    registry;
    /// Notifications as the walkthrough has them, `notifications.citrixworkspacesapi.net`.
    notifications;
    /// Administrators, `api.cloud.com/administrators`.
    administrators;
    /// The system log, `api.cloud.com/systemlog`.
    system_log;
    /// Licence usage, `api.cloud.com/licensing`.
    licensing;
    /// Cloud connectors, `api.cloud.com/connectors`.
    connectors;
    /// Webhook subscriptions, `webhooks.citrixworkspacesapi.net`.
    webhooks;
    /// Citrix DaaS (CVAD) below a site, `api.cloud.com/cvad/manage`.
    daas;
}

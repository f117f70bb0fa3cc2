//! The raw client for the Citrix Cloud REST APIs.
//!
//! Each module below is generated from OpenAPI documents by `cargo xtask regen`; only this file,
//! [`hooks`], `operation`, [`model`] and [`wire`] are written by hand. The generated clients send nothing themselves: they
//! build requests and hand them to a [`hooks::Transport`], of which `citrix-cloud` has the one that
//! knows tokens, headers, hosts and errors. Most programs want that crate and reach this one
//! through its `raw()`.

pub mod hooks;
pub mod model;
#[cfg(feature = "operations")]
pub mod operation;
#[cfg(feature = "operations")]
#[rustfmt::skip]
#[allow(clippy::all, clippy::doc_markdown, missing_docs, rustdoc::all, unused_imports)]
pub mod ops;
pub mod wire;

pub use progenitor_client::{Error, ResponseValue};
pub use wire::Secret;

/// Declares the machine-written modules with the allowances that only they have.
macro_rules! generated {
    ($($(#[$attribute:meta])* $module:ident;)*) => {
        $(
            $(#[$attribute])*
            #[rustfmt::skip]
            #[allow(clippy::all, missing_docs, rustdoc::all, unreachable_pub, unused_imports)]
            #[allow(elided_lifetimes_in_paths, clippy::doc_markdown, clippy::unwrap_used)]
            #[allow(clippy::needless_pass_by_value, clippy::redundant_closure_for_method_calls)]
            pub mod $module;
            impl_hooks!($module);
        )*
    };
}

/// Sends every operation of a generated client through its [`hooks::Link`].
macro_rules! impl_hooks {
    ($module:ident) => {
        impl progenitor_client::ClientHooks<hooks::Link> for $module::Client {
            async fn exec(
                &self,
                request: reqwest::Request,
                info: &progenitor_client::OperationInfo,
            ) -> reqwest::Result<reqwest::Response> {
                use progenitor_client::ClientInfo as _;
                self.inner().exec(request, info.operation_id).await
            }
        }
    };
}

generated! {
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
    /// Webhook subscriptions, `webhooks.citrixworkspacesapi.net`.
    webhooks;
    /// Citrix DaaS (CVAD) below a site, `api.cloud.com/cvad/manage`.
    daas;
}

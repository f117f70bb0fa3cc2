//! Client for TITLE.
//!
//! Generated from an OpenAPI document: [`ops`] has one value for each operation, [`types`] the
//! models, and [`Client::send`] sends an operation and decodes its response.

#![allow(mixed_script_confusables, uncommon_codepoints)]
// Models that lie deep in one another.
#![recursion_limit = "1024"]

pub mod client;
pub mod model;
pub mod multipart;
pub mod operation;
pub mod wire;

/// Declares the machine-written modules with the allowances that only they have.
macro_rules! generated {
    ($($(#[$attribute:meta])* $module:ident;)*) => {
        $(
            $(#[$attribute])*
            #[rustfmt::skip]
            #[allow(clippy::all, missing_docs, rustdoc::all, unreachable_pub, unused_imports)]
            #[allow(dead_code, deprecated, elided_lifetimes_in_paths, irrefutable_let_patterns)]
            #[allow(non_camel_case_types, non_snake_case, unused_mut, unused_variables)]
            pub mod $module;
        )*
    };
}

generated! {
    /// One value for each operation.
    ops;
    /// The models.
    types;
}

pub use client::{Client, Error};
pub use wire::Secret;

/// Where the document says that the service is; empty when it does not.
pub const BASE_URL: &str = "BASE_URL";

//! The models that operations send and return.
//!
//! The models of Citrix DaaS are in this module, those of the platform services in submodules. A
//! model that is returned has a plain noun as its name (`Machine`); one that is sent is named
//! `CreateX`, `UpdateX` or `XInput`. Every field of a response may be missing or null. A value that
//! an enum does not list is kept in its `Unlisted` variant, and a time that cannot be parsed is
//! kept as text in its [`DateTime`](crate::DateTime). All models are generated from the documents.
//! The modules of [`handles`](crate::handles) list the models of each area.
#![cfg_attr(feature = "daas-full", doc = "")]
#![cfg_attr(feature = "daas-full", doc = include_str!("models.md"))]

pub use citrix_cloud_gen::administrators::types as administrators;
pub use citrix_cloud_gen::connectors::types as connectors;
#[doc(inline)]
pub use citrix_cloud_gen::daas::types::*;
pub use citrix_cloud_gen::entitlement::types as entitlement;
pub use citrix_cloud_gen::licensing::types as licensing;
pub use citrix_cloud_gen::model::Update;
pub use citrix_cloud_gen::platform::types as platform;
pub use citrix_cloud_gen::system_log::types as system_log;
pub use citrix_cloud_gen::webhooks::types as webhooks;

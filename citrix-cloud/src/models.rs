//! The models: what operations send and return.
//!
//! Those of Citrix DaaS are here, those of the platform's services in modules of their own. What is
//! returned is called by its noun (`Machine`), what is sent `CreateX`, `UpdateX` or `XInput`. Every
//! field of an answer may be missing or null; a value that an enum does not list is kept in its
//! `Unlisted` variant, and a time that cannot be parsed in its [`DateTime`](crate::DateTime). They are
//! generated from the documents. The modules of [`handles`](crate::handles) list those of each area.
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

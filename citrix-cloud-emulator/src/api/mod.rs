//! Citrix's hosts, the families of paths they serve, and where a path names customer and site. Everything else relies
//! on this module for that.

mod family;
mod hosts;
mod place;

pub(crate) use family::{ApiFamily, DIRECT, MONITOR_DIRECT, customer_in};
#[cfg(feature = "proxy")]
pub(crate) use hosts::{DOMAINS, certificate_names};
pub(crate) use hosts::{Host, is_gov};
pub(crate) use place::{CustomerIn, Place, SiteIn};

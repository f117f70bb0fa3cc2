//! The platform services of Citrix Cloud, one module each.

pub mod administrators;
pub mod connectors;
pub mod licensing;
#[cfg(feature = "monitor")]
pub mod monitor;
pub mod notifications;
pub mod resource_locations;
pub mod service_principals;
pub mod service_states;
pub mod system_log;
pub mod webhooks;

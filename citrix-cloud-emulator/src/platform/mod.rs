//! The platform's services, one file each, and signing in.

mod activation;
mod administrators;
mod connectors;
mod context;
mod dispatch;
mod licensing;
mod notifications;
mod older_lists;
mod resource_locations;
mod service_principals;
mod service_states;
mod system_log;
mod token;
mod webhooks;
mod writes;

pub(crate) use dispatch::{by_header, by_path, open};
#[cfg(test)]
pub(crate) use dispatch::{is_emulated, operations};

//! The `DaaS` API: one set of operations behind several families of paths.

mod administration;
mod admission;
mod app_library;
mod applications;
mod backups;
mod batch;
mod call;
mod catalogs;
mod checks;
mod configuration_log;
mod context;
mod deferred;
mod delegation;
mod delivery_groups;
mod directory;
mod dispatch;
mod folders;
mod hypervisors;
mod identity;
mod images;
mod jobs;
mod machines;
mod maintenance_cycles;
mod membership;
mod permissions;
mod policies;
mod pvs_streaming;
mod reboot_cycles;
mod resource;
mod search;
mod service;
mod sessions;
mod sites;
mod specs;
mod storefront;
mod tags;
#[cfg(test)]
mod tests;
mod times;
mod user_view;
mod zones;

pub(crate) use admission::respond;
pub(crate) use call::SiteCall;
pub(crate) use deferred::happen;

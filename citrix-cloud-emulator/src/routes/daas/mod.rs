//! The `DaaS` API: one set of operations behind two generations of paths.

mod administration;
mod admission;
mod applications;
mod autoscale;
mod backups;
mod batch;
mod catalog_writes;
mod catalogs;
mod configuration_log;
mod delivery_groups;
mod folders;
mod handlers;
mod hypervisor_resources;
mod hypervisors;
mod icons;
mod identity;
mod images;
mod job_kinds;
mod jobs;
mod machine_parts;
mod machine_settings;
mod machine_view;
mod machine_writes;
mod machines;
mod membership;
mod objects;
mod policies;
mod policy_settings;
mod power;
mod pvs_streaming;
mod search;
mod search_filter;
mod session_view;
mod sessions;
mod site_settings;
mod sites;
mod storefront;
mod tags;
#[cfg(test)]
mod tests;
mod turn;
mod user_view;
mod zones;

pub(crate) use admission::{by_header, by_path, directly};
pub(crate) use jobs::{end_job, start_job};
pub(crate) use turn::SiteCall;

//! The `DaaS` API: one set of operations behind two generations of paths.

mod admission;
mod batch;
mod catalog_view;
mod catalogs;
mod handlers;
mod jobs;
mod machine_parts;
mod machine_view;
mod machines;
mod power;
mod session_view;
mod sessions;
mod sites;
mod turn;
mod user_view;

pub(crate) use admission::{by_header, by_path, directly};
pub(crate) use jobs::{end_job, start_job};
pub(crate) use turn::SiteCall;

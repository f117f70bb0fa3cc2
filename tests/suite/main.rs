//! One binary with all tests that span several crates.

// In tests, a failed `unwrap` is a failed test.
#![allow(clippy::unwrap_used)]

mod coverage;
mod diff;
mod drift;
mod facts;
mod faults;
mod generate;
mod links;
mod modules;
mod monitor;
mod operations;
mod regen;
mod short_names;
mod snapshots;
mod stories;
mod wire;

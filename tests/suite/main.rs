//! One binary with every test that spans crates.

// A test that unwraps has failed, which is what it is for.
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

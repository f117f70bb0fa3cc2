//! One binary with every test that spans crates.

mod regen;
mod snapshots;
mod stories;
mod wire;

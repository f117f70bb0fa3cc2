//! The Monitor service over HTTP: its wire format, and whether its responses are correct.

#![cfg(feature = "bin")]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "monitor/client.rs"]
mod client;
#[path = "monitor/customers.rs"]
mod customers;
#[path = "monitor/metadata.rs"]
mod metadata;
#[path = "monitor/questions.rs"]
mod questions;
#[path = "monitor/raw.rs"]
mod raw;
#[path = "monitor/wire.rs"]
mod wire;

//! The program as its users run it, against the emulator.

// A failed `unwrap` fails the test, as it should.
#![allow(clippy::unwrap_used)]

mod api;
#[cfg(unix)]
mod batch_interrupted;
mod between;
mod bodies;
mod bulk;
mod bulk_limits;
mod completions;
mod consent;
mod demo;
mod errors;
mod every_operation;
mod exit_codes;
mod fleet;
mod help;
mod home;
mod input;
#[cfg(unix)]
mod interrupted;
mod jobs;
mod lists;
mod login;
mod man;
mod mcp;
mod monitor;
mod operations;
mod output;
mod overview;
mod pages;
mod profiles;
mod readme;
mod reboot_idle;
mod report_lock;
mod secrets;
mod selectors;
mod stage;
#[cfg(target_os = "linux")]
mod typed_secret;
mod verbose;
mod verify;

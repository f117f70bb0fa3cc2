//! Unmodified third-party programs against the emulator, through its proxy.

#![cfg(feature = "bin")]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "unmodified/exec.rs"]
mod exec;
#[cfg(target_os = "linux")]
#[path = "unmodified/isolated.rs"]
mod isolated;
#[path = "unmodified/programs.rs"]
mod programs;
#[path = "unmodified/proxy.rs"]
mod proxy;
#[path = "unmodified/run.rs"]
mod run;
#[cfg(unix)]
#[path = "unmodified/signals.rs"]
mod signals;
#[path = "unmodified/variables.rs"]
mod variables;

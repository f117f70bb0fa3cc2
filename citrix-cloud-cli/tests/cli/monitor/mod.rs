//! `monitor`: what the Monitor service says, of the office on its Monday morning.

mod export;
mod known;
pub(crate) mod office;
mod query;
mod reports;
#[cfg(unix)]
mod watch;

//! `monitor`: the Monitor service's data about the office on its Monday morning.

mod export;
mod known;
pub(crate) mod office;
mod query;
mod reports;
#[cfg(unix)]
mod watch;

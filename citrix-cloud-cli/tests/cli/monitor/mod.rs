//! `monitor`: what the Monitor service says, of the office on its Monday morning.

mod known;
mod office;
mod query;
mod reports;

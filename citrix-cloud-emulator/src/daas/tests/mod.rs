//! Every operation in daily use, called in a sensible order, and rejected where it should be.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod beyond;
mod converge;
mod declared;
mod effects;
mod evidence;
mod readback;
mod refusals;
mod site;
mod story;

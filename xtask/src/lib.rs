//! The workspace's automation: [`pipeline`] turns documents into code, and [`tasks`] are the
//! commands.

pub mod pipeline;
pub mod tasks;

//! The workspace's own automation: [`pipeline`] turns documents into code, [`tasks`] are the commands.

pub mod pipeline;
pub mod tasks;

//! Error bodies: one module for each shape that the service returns.

pub(crate) mod common;
pub(crate) mod gateway;
pub(crate) mod legacy;
pub(crate) mod oauth;
pub(crate) mod orchestration;
pub(crate) mod problem;

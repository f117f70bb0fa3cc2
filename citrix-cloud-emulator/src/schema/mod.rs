//! Models of the wire format: the fields of requests and responses.
//!
//! They are read from tables, so no operation needs code of its own to reject a wrong body or to return all the fields
//! that a client of the real service expects.

mod check;
mod fill;
mod table;

pub(crate) use check::{Binding, body, cleared, parameters, unknown};
pub(crate) use fill::filled;
#[cfg(test)]
pub(crate) use table::Field;
pub(crate) use table::{Model, Parameter, Type, model};

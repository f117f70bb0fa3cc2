//! The Monitor service: the history of a customer's sites, over `OData`.
//!
//! It reads the same world as the rest of the emulator through [`Monitor`], and generates the history before the
//! emulator started.

mod admission;
mod history;
mod in_flight;
mod kept;
mod memory;
mod metadata;
mod odata;
mod schema;
mod service;
mod target;
mod value;

pub(crate) use memory::Monitor;
pub(crate) use service::respond;
pub(crate) use target::Target;

/// Parses a text as every part of a query. Only for fuzzing.
#[cfg(feature = "__fuzz")]
#[doc(hidden)]
pub fn fuzz_query(text: &str) {
    odata::fuzz(text);
}

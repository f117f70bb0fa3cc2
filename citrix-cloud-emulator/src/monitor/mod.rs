//! The Monitor service: what happened in the sites of a customer, by `OData`.
//!
//! It looks at the same world as the rest of the emulator through [`Monitor`], and makes up what happened before the
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

/// Reads a text as every part of a query. Not for programs: a fuzzer needs a way in.
#[cfg(feature = "__fuzz")]
#[doc(hidden)]
pub fn fuzz_query(text: &str) {
    odata::fuzz(text);
}

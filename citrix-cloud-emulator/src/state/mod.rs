//! The state file: what keeps a world over restarts.
//!
//! The world lives in memory; the file is a snapshot of it followed by every change since, one line for each time that
//! changes reached the disk. A response goes out only after the changes behind it did.

mod error;
mod keeper;
mod line;
mod load;
mod log;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::clock::Reading;
use crate::world::{Administrator, Outline};

pub use error::StateError;
pub(crate) use keeper::{Keeper, Lost};

/// What a world has besides its collections. It is small, and written whole whenever it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    administrator: Administrator,
    customers: Vec<Outline>,
    clock: Reading,
}

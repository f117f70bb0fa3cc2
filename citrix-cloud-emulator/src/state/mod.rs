//! The state file, which keeps a world across restarts.
//!
//! The world is in memory. The file is a snapshot of it followed by every later change, one line for each flush to
//! disk. A response is sent only after its changes are on disk.

mod error;
mod line;
mod load;
mod log;
mod store;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::clock::Reading;
use crate::world::{Administrator, Outline};

pub use error::StateError;
pub(crate) use store::{NotSaved, StateStore};

/// The parts of a world besides its collections. They are small, and written whole after each change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    administrator: Administrator,
    customers: Vec<Outline>,
    clock: Reading,
}

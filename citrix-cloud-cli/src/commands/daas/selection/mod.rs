//! Selects the machines or sessions of a command, for lists and actions alike: selectors, names, ids.

mod choice;
mod list;
mod named;
mod names;
mod selectors;

pub(super) use choice::{MachineChoice, SessionChoice};
pub(super) use list::List;
pub(crate) use named::{Missing, Named};
pub(super) use selectors::{MachineSelectors, SessionSelectors};

//! What only documents of others need.

mod doubles;
pub mod fitting;
pub mod size;

//! Code that is needed only for other people's documents.

mod doubles;
pub mod fitting;
pub mod size;

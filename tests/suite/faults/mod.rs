//! The client with everything that can go wrong, using the emulator's faults.

mod every_fault;
mod every_operation;
mod frozen;
mod matrix;
mod soak;

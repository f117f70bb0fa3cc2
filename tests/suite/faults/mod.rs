//! The client against everything that can go wrong, on the emulator's faults.

mod every_fault;
mod every_operation;
mod frozen;
mod matrix;
mod soak;

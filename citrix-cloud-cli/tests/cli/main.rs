//! The program as its users run it, against the emulator.

mod demo;
mod help;
mod input;
mod lists;
mod readme;
mod reboot_idle;
mod secrets;
mod stage;

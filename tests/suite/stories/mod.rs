//! Stories against the emulator.

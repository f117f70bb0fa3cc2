//! Options of a query to the emulated Monitor service.

#![no_main]

use citrix_cloud_emulator::fuzz_query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| fuzz_query(text));

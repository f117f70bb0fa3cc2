//! The text of a `Retry-After` header.

#![no_main]

use citrix_cloud::__fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    __fuzz::retry_delay(text);
});

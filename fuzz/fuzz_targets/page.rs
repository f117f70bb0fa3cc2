//! A page of a list.

#![no_main]

use citrix_cloud::__fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok((_, Some(token))) = __fuzz::page(body) {
        assert!(!token.is_empty());
    }
});

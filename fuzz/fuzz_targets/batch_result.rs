//! The response to a batch.

#![no_main]

use citrix_cloud::__fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(items) = __fuzz::batch_result(body) {
        // The shortest item is `{"Reference":1}` and a comma.
        assert!(items <= body.len());
    }
});

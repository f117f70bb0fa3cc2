//! An error response: a status and a body of any family, or of none.

#![no_main]

use citrix_cloud::__fuzz;
use http::StatusCode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|response: (u16, &[u8])| {
    let (number, body) = response;
    let Ok(status) = StatusCode::from_u16(400 + number % 200) else {
        return;
    };
    let error = __fuzz::error_body(status, body);
    assert!(!error.message().is_empty());
    assert!(!error.message().contains(char::is_control));
});

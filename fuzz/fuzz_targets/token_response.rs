//! The response of the token endpoint.

#![no_main]

use citrix_cloud::__fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    match __fuzz::token_response(body) {
        Ok((token, _)) => assert!(http::HeaderValue::from_str(&token).is_ok()),
        // One text whatever the body: nothing of a token can be in it.
        Err(error) => assert_eq!(
            error.message(),
            "the token response has no usable access_token"
        ),
    }
});

//! Shared code of the tests: a server with scripted replies that records its requests.

mod scripted;

pub use scripted::{Reply, Scripted, Seen};

use std::time::Duration;

use citrix_cloud::{ApiVersion, Client, ClientBuilder, Credentials};

/// The client secret in every test; only the token request may contain it.
pub const SECRET: &str = "s3cr3tNeverShown";

/// The token in [`Reply::token`].
pub const TOKEN: &str = "t0kenNeverShown";

/// The customer of every scripted test.
pub const CUSTOMER: &str = "abcd1024xyz";

/// The site of every scripted test.
pub const SITE: &str = "12345678-1234-1234-1234-12345678abcd";

/// Returns the settings of a client for a server at `url`.
///
/// # Panics
///
/// If the credentials are not valid.
pub fn client(url: &str) -> ClientBuilder {
    Client::builder()
        .credentials(Credentials::new("client-1", SECRET, CUSTOMER).expect("credentials"))
        .endpoint(url)
}

/// Creates a request that no document describes.
///
/// # Panics
///
/// If the method or path is not valid.
#[must_use]
pub fn raw(method: &str, path: &str, body: &str) -> citrix_cloud::http::Request<String> {
    let request = citrix_cloud::http::Request::builder()
        .method(method)
        .uri(path);
    request.body(body.to_owned()).expect("a request")
}

/// Returns a client for one version of the API and a server at `url`. It does not retry failures or
/// wait long, so that a test sees the result of a single reply.
///
/// # Panics
///
/// If the settings are not valid.
#[must_use]
pub fn client_of(url: &str, api_version: ApiVersion) -> Client {
    client(url)
        .api_version(api_version)
        .max_attempts(1)
        .timeout(Duration::from_secs(5))
        .build()
        .expect("a client")
}

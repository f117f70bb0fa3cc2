//! What the suite's tests share: a server that answers from a script and keeps what it was sent.

mod scripted;

pub use scripted::{Answer, Scripted, Seen};

use std::time::Duration;

use citrix_cloud::{ApiVersion, Client, ClientBuilder, Credentials};

/// The client secret of every test; it must show up nowhere but in the token form.
pub const SECRET: &str = "s3cr3tNeverShown";

/// The token that [`Answer::token`] gives.
pub const TOKEN: &str = "t0kenNeverShown";

/// The customer of every scripted test.
pub const CUSTOMER: &str = "abcd1024xyz";

/// The site of every scripted test.
pub const SITE: &str = "12345678-1234-1234-1234-12345678abcd";

/// Settings of a client for a server at `url`.
///
/// # Panics
///
/// When the credentials are none.
pub fn client(url: &str) -> ClientBuilder {
    Client::builder()
        .credentials(Credentials::new("client-1", SECRET, CUSTOMER).expect("credentials"))
        .endpoint(url)
}

/// A request that nobody described.
///
/// # Panics
///
/// When method or path cannot be one.
#[must_use]
pub fn raw(method: &str, path: &str, body: &str) -> citrix_cloud::http::Request<String> {
    let request = citrix_cloud::http::Request::builder()
        .method(method)
        .uri(path);
    request.body(body.to_owned()).expect("a request")
}

/// A client for one version of the API, of a server at `url`, which repeats no failure and waits for
/// nothing long: what a test sees is what one answer became.
///
/// # Panics
///
/// When the settings do not make a client.
#[must_use]
pub fn client_of(url: &str, api_version: ApiVersion) -> Client {
    client(url)
        .api_version(api_version)
        .max_attempts(1)
        .timeout(Duration::from_secs(5))
        .build()
        .expect("a client")
}

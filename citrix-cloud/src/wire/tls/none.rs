//! No TLS: only loopback addresses, or the caller's own client.

use reqwest::ClientBuilder;

use super::{Tls, Trust};
use crate::Error;

/// Rejects settings that need TLS.
pub(super) fn apply(
    tls: &Tls,
    builder: ClientBuilder,
    trust: Trust,
) -> Result<ClientBuilder, Error> {
    let needs = match (trust, &tls.client) {
        (Trust::SystemAndRoots, _) => "https",
        (_, Some(_)) => "client_certificate",
        _ if !tls.roots.is_empty() => "root_certificate",
        _ => return Ok(builder),
    };
    Err(Error::config(format!(
        "{needs} needs TLS: turn on feature rustls-ring, rustls-aws-lc or native-tls of citrix-cloud"
    )))
}

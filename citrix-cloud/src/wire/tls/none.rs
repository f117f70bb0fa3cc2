//! No TLS: loopback addresses, or a client of the caller's.

use reqwest::ClientBuilder;

use super::{Tls, Trust};
use crate::Error;

/// Refuses what needs TLS.
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

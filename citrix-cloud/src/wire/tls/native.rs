//! TLS with the system's library: OpenSSL, Secure Transport or SChannel.

use std::error::Error as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::tls::Version;
use reqwest::{Certificate, ClientBuilder, Identity};
use rustls_pki_types::PrivateKeyDer;

use super::{ClientCertificate, Tls, Trust, refuse};
use crate::Error;

/// Configures a client builder.
pub(super) fn apply(
    tls: &Tls,
    builder: ClientBuilder,
    trust: Trust,
) -> Result<ClientBuilder, Error> {
    let builder = builder
        .tls_backend_native()
        .tls_version_min(Version::TLS_1_2);
    let roots = tls.roots.iter().map(|der| Certificate::from_der(der));
    let roots = roots
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable("root_certificate", "has a certificate that cannot", &error))?;
    let builder = match trust {
        Trust::Nothing => builder.tls_certs_only([]),
        Trust::SystemAndRoots => builder.tls_certs_merge(roots),
    };
    Ok(match &tls.client {
        None => builder,
        Some(client) => builder.identity(identity(client)?),
    })
}

fn identity(client: &ClientCertificate) -> Result<Identity, Error> {
    let field = "client_certificate";
    let PrivateKeyDer::Pkcs8(key) = &client.key else {
        return Err(refuse(
            field,
            "has a private key in an older format; convert it, as with `openssl pkcs8 -topk8 -nocrypt`",
        ));
    };
    let chain: String = client
        .chain
        .iter()
        .map(|it| pem("CERTIFICATE", it))
        .collect();
    let key = pem("PRIVATE KEY", key.secret_pkcs8_der());
    Identity::from_pkcs8_pem(chain.as_bytes(), key.as_bytes())
        .map_err(|error| unusable(field, "cannot", &error))
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = &*STANDARD.encode(der);
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

fn unusable(field: &str, cannot: &str, error: &reqwest::Error) -> Error {
    let why = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    refuse(field, &format!("{cannot} be used: {why}"))
}

//! TLS with rustls.

use std::sync::Arc;

use reqwest::ClientBuilder;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::{Tls, Trust, refuse};
use crate::Error;

/// Configures a client builder.
///
/// The configuration is built here rather than by reqwest, which panics if no crypto provider is
/// installed for the whole process. Installing one is not a library's job.
pub(super) fn apply(
    tls: &Tls,
    builder: ClientBuilder,
    trust: Trust,
) -> Result<ClientBuilder, Error> {
    let provider = match CryptoProvider::get_default() {
        Some(chosen) => chosen.clone(),
        None => Arc::new(provider()),
    };
    check_roots(tls)?;
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::config(format!("TLS cannot be used: {error}")))?;
    let config = match trust {
        Trust::Nothing => config.with_root_certificates(RootCertStore::empty()),
        Trust::SystemAndRoots => config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier(tls, provider)?)),
    };
    let mut config = match &tls.client {
        None => config.with_no_client_auth(),
        Some(client) => config
            .with_client_auth_cert(client.chain.clone(), client.key.clone_key())
            .map_err(|error| refuse("client_certificate", &format!("cannot be used: {error}")))?,
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(config))
}

/// Returns the crypto provider chosen by features. If both are enabled, it is AWS-LC, because ring
/// is the default and somebody must have asked for AWS-LC.
pub(crate) fn provider() -> CryptoProvider {
    #[cfg(feature = "rustls-aws-lc")]
    use rustls::crypto::aws_lc_rs as cryptography;
    #[cfg(not(feature = "rustls-aws-lc"))]
    use rustls::crypto::ring as cryptography;
    cryptography::default_provider()
}

fn check_roots(tls: &Tls) -> Result<(), Error> {
    let mut store = RootCertStore::empty();
    for root in &tls.roots {
        store.add(root.clone()).map_err(|error| {
            refuse(
                "root_certificate",
                &format!("has a certificate that cannot be used: {error}"),
            )
        })?;
    }
    Ok(())
}

/// Returns a verifier that trusts the system's trust store and the configured roots.
fn verifier(tls: &Tls, provider: Arc<CryptoProvider>) -> Result<Verifier, Error> {
    let made = match tls.roots.is_empty() {
        true => Verifier::new(provider),
        false => with_roots(tls, provider)?,
    };
    made.map_err(|error| Error::config(format!("the system's trust store cannot be used: {error}")))
}

#[cfg(not(target_os = "android"))]
fn with_roots(
    tls: &Tls,
    provider: Arc<CryptoProvider>,
) -> Result<Result<Verifier, rustls::Error>, Error> {
    Ok(Verifier::new_with_extra_roots(tls.roots.clone(), provider))
}

#[cfg(target_os = "android")]
fn with_roots(_: &Tls, _: Arc<CryptoProvider>) -> Result<Result<Verifier, rustls::Error>, Error> {
    Err(refuse(
        "root_certificate",
        "cannot be used on Android, where only the system decides which certificates to trust",
    ))
}

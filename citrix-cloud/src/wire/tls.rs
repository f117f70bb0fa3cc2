//! TLS: the certificates that a client trusts, and the one that it presents.

use reqwest::ClientBuilder;
use rustls_pki_types::pem::{self, PemObject as _, SectionKind};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::Error;

#[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
mod native;
#[cfg(not(any(feature = "native-tls", feature = "__rustls")))]
mod none;
#[cfg(feature = "__rustls")]
mod rustls;

#[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
use native as backend;
#[cfg(not(any(feature = "native-tls", feature = "__rustls")))]
use none as backend;
#[cfg(feature = "__rustls")]
use rustls as backend;
#[cfg(all(feature = "__rustls", feature = "redis"))]
pub(crate) use rustls::provider;

/// The certificates that a client trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// None: the client only uses plain HTTP to loopback addresses.
    Nothing,
    /// The system's trust store, and [`Tls`]'s own roots.
    SystemAndRoots,
}

/// Roots in addition to the system's, and the client's own certificate.
#[derive(Default)]
pub(crate) struct Tls {
    roots: Vec<CertificateDer<'static>>,
    client: Option<ClientCertificate>,
}

/// A certificate chain, starting with the client's own certificate, and its key.
#[cfg_attr(
    not(any(feature = "native-tls", feature = "__rustls")),
    expect(dead_code, reason = "only TLS needs it")
)]
struct ClientCertificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Tls {
    /// Parses the texts passed to `root_certificate` and `client_certificate`.
    pub(crate) fn read(roots: &[Vec<u8>], client: Option<&[u8]>) -> Result<Self, Error> {
        let mut tls = Self::default();
        for pem in roots {
            let (certificates, _) = sections("root_certificate", pem)?;
            tls.roots.extend(certificates);
        }
        tls.client = client.map(client_certificate).transpose()?;
        Ok(tls)
    }

    /// Applies the settings to a client builder.
    pub(super) fn apply(
        &self,
        builder: ClientBuilder,
        trust: Trust,
    ) -> Result<ClientBuilder, Error> {
        backend::apply(self, builder, trust)
    }
}

fn client_certificate(pem: &[u8]) -> Result<ClientCertificate, Error> {
    let field = "client_certificate";
    let (chain, mut keys) = sections(field, pem)?;
    match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => Ok(ClientCertificate { chain, key }),
        (Some(_), false) => Err(refuse(field, "has more than one private key")),
        (None, _) if pem.windows(21).any(|it| it == b"ENCRYPTED PRIVATE KEY") => Err(refuse(
            field,
            "has an encrypted private key; decrypt it first, as with `openssl pkey`",
        )),
        (None, _) => Err(refuse(
            field,
            "has no private key; give certificate and key in one PEM text",
        )),
    }
}

type Sections = (Vec<CertificateDer<'static>>, Vec<PrivateKeyDer<'static>>);

/// Returns the certificates in a PEM text, at least one, and its private keys.
fn sections(field: &str, pem: &[u8]) -> Result<Sections, Error> {
    let (mut certificates, mut keys) = (Vec::new(), Vec::new());
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
        // The details of the error may contain a part of the key.
        let (kind, der) = section.map_err(|error| {
            refuse(
                field,
                match error {
                    pem::Error::MissingSectionEnd { .. } => "is cut off: a PEM section has no end",
                    pem::Error::IllegalSectionStart { .. } => {
                        "is not PEM: a BEGIN line is malformed"
                    }
                    pem::Error::Base64Decode(_) => "is not PEM: a section is not base64",
                    _ => "is not PEM",
                },
            )
        })?;
        match kind {
            SectionKind::Certificate => certificates.push(der.into()),
            SectionKind::PrivateKey => keys.push(PrivateKeyDer::Pkcs8(der.into())),
            SectionKind::RsaPrivateKey => keys.push(PrivateKeyDer::Pkcs1(der.into())),
            SectionKind::EcPrivateKey => keys.push(PrivateKeyDer::Sec1(der.into())),
            _ => {}
        }
    }
    match certificates.is_empty() {
        false => Ok((certificates, keys)),
        true => Err(refuse(
            field,
            "has no certificate; give PEM text with `-----BEGIN CERTIFICATE-----`",
        )),
    }
}

fn refuse(field: &str, why: &str) -> Error {
    Error::config(format!("{field} {why}"))
}

//! A certificate authority for one run, and the one certificate it issues.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;

use crate::api;

/// The clocks of containers and virtual machines are not always accurate.
const SLACK: Duration = Duration::from_secs(24 * 3600);

/// Longer than anyone keeps an emulator running, and short enough that clients do not find it suspicious.
const LIFETIME: Duration = Duration::from_secs(90 * 24 * 3600);

const NAME: &str = "Citrix Cloud emulator";

/// The certificates that clients trust and see. Keys are kept in memory only.
pub(super) struct Authority {
    /// The authority's certificate.
    pub(super) pem: String,
    pub(super) tls: Arc<ServerConfig>,
}

impl Authority {
    pub(super) fn new() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let issuer = CertifiedIssuer::self_signed(authority_params(), KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = host_params()?.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let mut tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            pem: issuer.pem(),
            tls: Arc::new(tls),
        })
    }
}

fn authority_params() -> CertificateParams {
    let mut params = timely(CertificateParams::default());
    params.distinguished_name = named(&format!("{NAME} (this run only)"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // Wherever it ends up being trusted, it is valid only for these names.
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: api::DOMAINS
            .map(|domain| GeneralSubtree::DnsName(domain.to_owned()))
            .to_vec(),
        excluded_subtrees: Vec::new(),
    });
    params
}

/// Creates one certificate for all hosts, as a gateway would have.
fn host_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = timely(CertificateParams::new(api::certificate_names())?);
    params.distinguished_name = named(NAME);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn timely(mut params: CertificateParams) -> CertificateParams {
    let now = SystemTime::now();
    params.not_before = (now - SLACK).into();
    params.not_after = (now + LIFETIME).into();
    params
}

fn named(name: &str) -> DistinguishedName {
    let mut full = DistinguishedName::new();
    full.push(DnType::CommonName, name);
    full
}

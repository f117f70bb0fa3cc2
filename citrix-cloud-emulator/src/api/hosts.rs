//! Citrix's hosts, and the services that each of them serves.

/// The gateways: global, regional, Japan and Gov.
const GATEWAYS: [&str; 6] = [
    "api.cloud.com",
    "api-us.cloud.com",
    "api-eu.cloud.com",
    "api-ap-s.cloud.com",
    "api.citrixcloud.jp",
    "api.cloud.us",
];

/// Older services: the host's label, its domains, and the segments that follow the customer in its paths.
const SERVICES: [(&str, &[&str], &[&str]); 16] = [
    ("activeuse", &[NET], &[]),
    ("agenthub", &[NET], &["EdgeServers"]),
    ("cloudlicense", &[NET], &[]),
    ("customers", &[NET], &[]),
    ("fashub", &[NET], &[]),
    ("licensing", &[NET], &[]),
    ("partner", &[NET], &[]),
    ("core", &[NET], &["serviceStates", "administrators"]),
    ("cws", &[NET, JP, GOV], &["identityProviders"]),
    ("delegatedadministration", &[NET], &["secureclients"]),
    ("notifications", &[NET], &["notifications"]),
    ("registry", &[NET, GOV], &["resourcelocations"]),
    ("registry-eu", &[NET], &["resourcelocations"]),
    ("trust", &[NET, GOV], &["tokens"]),
    ("trust-us", &[NET], &["tokens"]),
    ("webhooks", &[NET], &["subscriptions"]),
];

const NET: &str = "citrixworkspacesapi.net";
const JP: &str = "citrixworkspacesapi.jp";
const GOV: &str = "citrixworkspacesapi.us";

/// The domains that follow the customer's name where `DaaS` and Monitor are reached without the gateway.
const CUSTOMER_DOMAINS: [&str; 3] = [
    "xendesktop.net",
    "xendesktop.us",
    "apps.citrixworkspacesapi.jp",
];

/// Documented by Citrix, but not emulated: Workspace Environment Management and Global App Configuration.
const OTHERS: [&str; 8] = [
    "adm.cloud.com",
    "downloads.cloud.com",
    "las.cloud.com",
    "api.wem.cloud.com",
    "eu-api.wem.cloud.com",
    "aps-api.wem.cloud.com",
    "jp-api.wem.citrixcloud.jp",
    "wsaca.cloud.com",
];

/// The suffix of the hosts of Workspace Environment Management.
const WEM: &str = ".wem.cloud.com";

/// Citrix's domains; every host is below one of them.
pub(crate) const DOMAINS: [&str; 8] = [
    "cloud.com",
    "cloud.us",
    "citrixcloud.jp",
    NET,
    JP,
    GOV,
    "xendesktop.net",
    "xendesktop.us",
];

/// A host as seen from the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    /// The API gateway, with customer and site in headers.
    Gateway,
    /// An older host with the customer in the path, and the segments that may follow it.
    Service(&'static [&'static str]),
    /// A customer's own host, with the customer's id.
    Customer(String),
    /// A host on which nothing is emulated.
    Unemulated,
    /// A host in one of Citrix's domains that is not an API host.
    Unknown,
    /// A host that is not Citrix's, such as `127.0.0.1`.
    Foreign,
}

impl Host {
    /// Classifies the value of a `Host` header or the authority of a URL.
    pub(crate) fn of(authority: &str) -> Self {
        let name = name_of(authority);
        let name = name.as_str();
        if GATEWAYS.contains(&name) {
            return Self::Gateway;
        }
        if OTHERS.contains(&name) || name.ends_with(WEM) {
            return Self::Unemulated;
        }
        if let Some((label, domain)) = name.split_once('.') {
            if CUSTOMER_DOMAINS.contains(&domain) && is_label(label) {
                return Self::Customer(label.to_owned());
            }
            let mut services = SERVICES.iter();
            let service =
                services.find(|(it, domains, _)| *it == label && domains.contains(&domain));
            match service {
                Some((_, _, [])) => return Self::Unemulated,
                Some((_, _, segments)) => return Self::Service(segments),
                None => {}
            }
        }
        let below = |domain: &&str| {
            let rest = name.strip_suffix(domain);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if DOMAINS.iter().any(below) {
            Self::Unknown
        } else {
            Self::Foreign
        }
    }

    /// Returns whether Citrix documents it as an API host.
    #[cfg(any(feature = "proxy", test))]
    pub(crate) fn is_documented(&self) -> bool {
        !matches!(self, Self::Unknown | Self::Foreign)
    }
}

/// Returns the segments after the customer, which identify an older service by its path.
pub(crate) fn legacy_segments() -> impl Iterator<Item = &'static str> {
    SERVICES
        .iter()
        .flat_map(|(_, _, segments)| *segments)
        .copied()
}

/// Lists the names that a certificate for all documented hosts contains.
#[cfg(feature = "proxy")]
pub(crate) fn certificate_names() -> Vec<String> {
    let services = SERVICES.iter().flat_map(|(label, domains, _)| {
        let name = move |domain: &&str| format!("{label}.{domain}");
        domains.iter().map(name)
    });
    let customers = CUSTOMER_DOMAINS.map(|domain| format!("*.{domain}"));
    let customers = customers.into_iter().chain([format!("*{WEM}")]);
    let fixed = GATEWAYS.iter().chain(&OTHERS).copied().map(str::to_owned);
    fixed.chain(services).chain(customers).collect()
}

/// Returns whether a host belongs to Citrix Cloud Government.
pub(crate) fn is_gov(authority: &str) -> bool {
    name_of(authority).ends_with(".us")
}

/// Strips the port and a trailing dot, and lowercases the rest.
fn name_of(authority: &str) -> String {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => authority,
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_host_is_known() {
        for (host, want) in [
            ("api.cloud.com", Host::Gateway),
            ("API-US.cloud.com:443", Host::Gateway),
            ("api.citrixcloud.jp.", Host::Gateway),
            (
                "core.citrixworkspacesapi.net",
                Host::Service(&["serviceStates", "administrators"]),
            ),
            (
                "cws.citrixworkspacesapi.jp",
                Host::Service(&["identityProviders"]),
            ),
            (
                "registry.citrixworkspacesapi.us",
                Host::Service(&["resourcelocations"]),
            ),
            ("activeuse.citrixworkspacesapi.net", Host::Unemulated),
            (
                "Abcd1024xyz.xendesktop.net:443",
                Host::Customer("abcd1024xyz".to_owned()),
            ),
            ("a-b.xendesktop.us", Host::Customer("a-b".to_owned())),
            ("wsaca.cloud.com", Host::Unemulated),
        ] {
            assert_eq!(Host::of(host), want, "{host}");
            assert!(want.is_documented(), "{host}");
        }
    }

    #[test]
    fn lookalike_hosts_are_not_citrix() {
        for (host, want) in [
            ("core.citrixworkspacesapi.us", Host::Unknown),
            ("a.b.xendesktop.net", Host::Unknown),
            (".xendesktop.net", Host::Unknown),
            ("xendesktop.net", Host::Unknown),
            ("console.cloud.com", Host::Unknown),
            ("api.cloud.com.example.com", Host::Foreign),
            ("evilcloud.com", Host::Foreign),
            ("127.0.0.1:8080", Host::Foreign),
            ("[::1]:8080", Host::Foreign),
            ("", Host::Foreign),
            (":", Host::Foreign),
        ] {
            assert_eq!(Host::of(host), want, "{host}");
            assert!(!want.is_documented(), "{host}");
        }
    }
}

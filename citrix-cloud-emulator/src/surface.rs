//! Which of Citrix's services a path belongs to, and which host serves it.

use crate::http::Call;

/// A family of paths with the same headers and error bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// `/cctrustoauth2/...`
    Token,
    /// `/{customer}/tokens/clients`, the older form
    LegacyToken,
    /// `/resourcelocations`, `/notifications`, `/serviceprincipals`
    Platform,
    /// `/{customer}/...` on a host of its own for each service
    Legacy(&'static str),
    /// `/cvad/manage/...`
    DaasCurrent,
    /// `/cvadapis/...`
    DaasWalkthrough,
}

/// Legacy hosts and the segment that follows the customer there.
const LEGACY: [(&str, &str); 3] = [
    ("registry.citrixworkspacesapi.net", "resourcelocations"),
    ("core.citrixworkspacesapi.net", "serviceStates"),
    ("notifications.citrixworkspacesapi.net", "notifications"),
];

const TRUST_HOST: &str = "trust.citrixworkspacesapi.net";

const API_HOSTS: [&str; 5] = [
    "api.cloud.com",
    "api-us.cloud.com",
    "api-eu.cloud.com",
    "api-ap-s.cloud.com",
    "api.citrixcloud.jp",
];

const CITRIX_DOMAINS: [&str; 7] = [
    ".cloud.com",
    ".cloud.us",
    ".citrixcloud.jp",
    ".citrixworkspacesapi.net",
    ".citrixworkspacesapi.us",
    ".xendesktop.net",
    ".xendesktop.us",
];

impl Surface {
    /// Tells the surface from the path alone; the paths of different hosts do not collide.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        const PLATFORM: [&str; 3] = ["resourcelocations", "notifications", "serviceprincipals"];
        if call.starts_with(&["cctrustoauth2"]) {
            Some(Self::Token)
        } else if call.starts_with(&["cvad", "manage"]) {
            Some(Self::DaasCurrent)
        } else if call.starts_with(&["cvadapis"]) {
            Some(Self::DaasWalkthrough)
        } else if PLATFORM.iter().any(|first| call.starts_with(&[first])) {
            Some(Self::Platform)
        } else if call
            .segments
            .get(1)
            .is_some_and(|it| it.eq_ignore_ascii_case("tokens"))
        {
            Some(Self::LegacyToken)
        } else {
            let second = call.segments.get(1)?;
            let mut services = LEGACY.iter();
            let found = services.find(|(_, service)| service.eq_ignore_ascii_case(second));
            found.map(|(_, service)| Self::Legacy(service))
        }
    }

    /// Says whether a host serves this surface. Hosts that are not Citrix's, such as `127.0.0.1`, serve all.
    pub(crate) fn is_served_by(self, host: Option<&str>) -> bool {
        let Some(host) = host else { return true };
        let name = host
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !CITRIX_DOMAINS.iter().any(|domain| name.ends_with(domain)) {
            return true;
        }
        match self {
            Self::Legacy(service) => LEGACY.contains(&(name.as_str(), service)),
            Self::LegacyToken => name == TRUST_HOST,
            _ => API_HOSTS.contains(&name.as_str()),
        }
    }

    /// The header that carries the transaction id.
    pub(crate) fn transaction_header(self) -> &'static str {
        match self {
            Self::Token | Self::LegacyToken | Self::Legacy(_) => "X-Cws-TransactionId",
            _ => "Citrix-TransactionId",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_hosts_serve_only_their_own_paths() {
        let registry = Surface::Legacy("resourcelocations");
        assert!(registry.is_served_by(Some("registry.citrixworkspacesapi.net")));
        assert!(!registry.is_served_by(Some("core.citrixworkspacesapi.net")));
        assert!(!registry.is_served_by(Some("api.cloud.com")));
        assert!(registry.is_served_by(Some("127.0.0.1:8080")));
        assert!(Surface::DaasCurrent.is_served_by(Some("API-US.cloud.com:443")));
        assert!(!Surface::DaasCurrent.is_served_by(Some("wsaca.cloud.com")));
    }
}

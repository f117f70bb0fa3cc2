//! Which of Citrix's services a path belongs to, and which host serves it.

use super::hosts::{Host, legacy_segments};
use crate::http::Call;

/// A family of paths with the same headers and error bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiFamily {
    /// `/cctrustoauth2/...`
    Token,
    /// `/{customer}/tokens/clients`, the older form
    LegacyToken,
    /// `/resourcelocations` and others, which take the customer from a header
    Platform(&'static str),
    /// `/{customer}/...`, with a separate host for each service
    Legacy(&'static str),
    /// `/cvad/manage/...`
    DaasCurrent,
    /// `/cvadapis/...`
    DaasPreview,
    /// `/citrix/orchestration/api/...`, which bypasses the gateway or is on premises
    DaasDirect,
    /// `/citrix/orchestration/api/tokens`, only on premises
    DirectToken,
    /// `/resourceprovider/{customer}/site/activation`
    Activation,
    /// `/monitorodata/...`
    Monitor,
    /// `/Citrix/Monitor/``OData``/...`, which bypasses the gateway or is on premises
    MonitorDirect,
    /// Documented by Citrix, but not emulated
    Absent(&'static str),
}

/// First segments of the gateway's platform services.
const PLATFORM: [&str; 7] = [
    "administrators",
    "connectors",
    "licensing",
    "notifications",
    "resourcelocations",
    "serviceprincipals",
    "systemlog",
];

/// First segments of services that are known but not emulated.
const ABSENT: [&str; 3] = ["accessSecurity", "aca", "maintenance"];

/// The first segments of paths of [`ApiFamily::DaasDirect`].
pub(crate) const DIRECT: [&str; 3] = ["citrix", "orchestration", "api"];

/// The first segments of paths of [`ApiFamily::MonitorDirect`].
pub(crate) const MONITOR_DIRECT: [&str; 3] = ["citrix", "monitor", "odata"];

/// Segments that may precede the customer in a path.
const BEFORE_THE_CUSTOMER: [&str; 2] = ["cctrustoauth2", "resourceprovider"];

/// Finds the customer in a path, for services that have it there.
pub(crate) fn customer_in(call: &Call) -> Option<&str> {
    let is_before = |it: &str| {
        let mut words = BEFORE_THE_CUSTOMER.iter();
        words.any(|word| it.eq_ignore_ascii_case(word))
    };
    let mut segments = call.segments.iter().map(String::as_str);
    segments.find(|it| !is_before(it))
}

impl ApiFamily {
    /// Determines the family from the path; the paths of different hosts do not collide.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        let named = |names: &[&'static str], at: usize| {
            let have = call.segments.get(at)?;
            let mut names = names.iter().copied();
            names.find(|name| name.eq_ignore_ascii_case(have))
        };
        if Host::of(call.host.as_deref().unwrap_or_default()) == Host::Unemulated {
            Some(Self::Absent("This host"))
        } else if call.starts_with(&["cctrustoauth2"]) {
            Some(Self::Token)
        } else if call.starts_with(&["cvad", "manage", "tokens"]) {
            Some(Self::DirectToken)
        } else if call.starts_with(&["cvad", "manage"]) {
            Some(Self::DaasCurrent)
        } else if call.starts_with(&["cvadapis"]) {
            Some(Self::DaasPreview)
        } else if call.starts_with(&["techpreview"]) {
            Some(Self::DaasDirect)
        } else if call.starts_with(&DIRECT) {
            let token = named(&["tokens"], DIRECT.len()).is_some();
            Some(if token {
                Self::DirectToken
            } else {
                Self::DaasDirect
            })
        } else if call.starts_with(&["monitorodata"]) {
            Some(Self::Monitor)
        } else if call.starts_with(&MONITOR_DIRECT) {
            Some(Self::MonitorDirect)
        } else if call.starts_with(&["resourceprovider"]) {
            Some(Self::Activation)
        } else if let Some(service) = named(&PLATFORM, 0) {
            Some(Self::Platform(service))
        } else if let Some(service) = named(&ABSENT, 0) {
            Some(Self::Absent(service))
        } else {
            let second = call.segments.get(1)?;
            let service = legacy_segments().find(|it| it.eq_ignore_ascii_case(second))?;
            let token = service == "tokens";
            Some(if token {
                Self::LegacyToken
            } else {
                Self::Legacy(service)
            })
        }
    }

    /// Returns whether a host serves this family. Hosts that are not Citrix's, such as `127.0.0.1`, serve all families.
    pub(crate) fn is_served_by(self, host: Option<&str>) -> bool {
        match Host::of(host.unwrap_or_default()) {
            Host::Foreign => true,
            Host::Unknown => false,
            Host::Unemulated => matches!(self, Self::Absent(_)),
            Host::Customer(_) => matches!(
                self,
                Self::DaasDirect | Self::MonitorDirect | Self::Activation
            ),
            Host::Service(segments) => match self {
                Self::LegacyToken => segments.contains(&"tokens"),
                Self::Legacy(service) => segments.contains(&service),
                _ => false,
            },
            Host::Gateway => matches!(
                self,
                Self::Token
                    | Self::Platform(_)
                    | Self::DaasCurrent
                    | Self::DaasPreview
                    | Self::Monitor
                    | Self::Activation
                    | Self::Absent(_)
            ),
        }
    }

    /// Returns the name of the header that carries the transaction id.
    pub(crate) fn transaction_header(self) -> &'static str {
        match self {
            Self::Token | Self::LegacyToken | Self::Legacy(_) => "X-Cws-TransactionId",
            Self::Platform("licensing" | "systemlog") => "CC-TransactionId",
            _ => "Citrix-TransactionId",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_hosts_serve_only_their_own_paths() {
        let registry = ApiFamily::Legacy("resourcelocations");
        assert!(registry.is_served_by(Some("registry.citrixworkspacesapi.net")));
        assert!(!registry.is_served_by(Some("core.citrixworkspacesapi.net")));
        assert!(!registry.is_served_by(Some("api.cloud.com")));
        assert!(registry.is_served_by(Some("127.0.0.1:8080")));
        assert!(ApiFamily::DaasCurrent.is_served_by(Some("API-US.cloud.com:443")));
        assert!(!ApiFamily::DaasCurrent.is_served_by(Some("wsaca.cloud.com")));
        assert!(!ApiFamily::DaasCurrent.is_served_by(Some("abcd1024xyz.xendesktop.net")));
        assert!(ApiFamily::DaasDirect.is_served_by(Some("abcd1024xyz.xendesktop.net")));
        assert!(!ApiFamily::DaasDirect.is_served_by(Some("api.cloud.com")));
        assert!(!ApiFamily::DirectToken.is_served_by(Some("abcd1024xyz.xendesktop.net")));
    }
}

//! Which origin serves which service.

use std::fmt;

use citrix_cloud_gen::ops;
use reqwest::Url;

use crate::{Error, Region};

/// A host family: services that share an origin, the way the customer is passed and the shape of
/// errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// `api.cloud.com` and its regional forms: tokens, service principals, resource locations,
    /// notifications.
    Platform,
    /// `core.citrixworkspacesapi.net`: service entitlement.
    Entitlement,
    /// `registry.citrixworkspacesapi.net`: resource locations, as used by the walkthrough.
    Registry,
    /// `notifications.citrixworkspacesapi.net`: notifications, as used by the walkthrough.
    Notifications,
    /// `webhooks.citrixworkspacesapi.net`: webhook subscriptions.
    Webhooks,
    /// Citrix DaaS, on the same host as the platform.
    Daas,
}

impl Service {
    /// Returns the host family of an operation.
    pub(crate) fn of(service: ops::Service) -> Self {
        match service {
            ops::Service::Platform
            | ops::Service::Administrators
            | ops::Service::SystemLog
            | ops::Service::Licensing
            | ops::Service::Connectors => Self::Platform,
            ops::Service::Entitlement => Self::Entitlement,
            ops::Service::Registry => Self::Registry,
            ops::Service::Notifications => Self::Notifications,
            ops::Service::Webhooks => Self::Webhooks,
            ops::Service::Daas => Self::Daas,
        }
    }

    /// Returns whether the customer goes in the path rather than the `Citrix-CustomerId` header.
    pub(crate) fn has_customer_in_path(self) -> bool {
        matches!(
            self,
            Self::Entitlement | Self::Registry | Self::Notifications | Self::Webhooks
        )
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Platform => "platform",
            Self::Entitlement => "entitlement",
            Self::Registry => "registry",
            Self::Notifications => "notifications",
            Self::Webhooks => "webhooks",
            Self::Daas => "DaaS",
        })
    }
}

/// The origins that a client talks to, one per host family.
///
/// Plain `http` is only accepted for loopback addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoints {
    api: Url,
    entitlement: Option<Url>,
    registry: Option<Url>,
    notifications: Option<Url>,
    webhooks: Option<Url>,
}

impl Endpoints {
    /// Uses the documented hosts of a region.
    ///
    /// No document names the hosts in Japan for entitlement and for the walkthrough's paths, so
    /// these services have no origin there; set one with [`Endpoints::service`].
    #[must_use]
    pub fn region(region: Region) -> Self {
        let legacy = |service: &str| {
            (region != Region::Japan)
                .then(|| known(&format!("https://{service}.citrixworkspacesapi.net")))
        };
        Self {
            api: known(&format!("https://{}", region.api_host())),
            entitlement: legacy("core"),
            registry: legacy("registry"),
            notifications: legacy("notifications"),
            webhooks: legacy("webhooks"),
        }
    }

    /// Uses one origin for every service, such as an emulator or your own gateway.
    ///
    /// `url` consists of scheme, host and optional port. If it has a path, that path is prepended
    /// to the path of every request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if `url` is not an absolute URL, uses plain
    /// http to a host that is not loopback, or contains credentials, a query or a fragment.
    pub fn single(url: &str) -> Result<Self, Error> {
        let url = parse(url)?;
        Ok(Self {
            entitlement: Some(url.clone()),
            registry: Some(url.clone()),
            notifications: Some(url.clone()),
            webhooks: Some(url.clone()),
            api: url,
        })
    }

    /// Sets the origin of one host family; [`Service::Daas`] and [`Service::Platform`] share one.
    ///
    /// # Errors
    ///
    /// The same as [`Endpoints::single`].
    pub fn service(mut self, service: Service, url: &str) -> Result<Self, Error> {
        let url = parse(url)?;
        match service {
            Service::Platform | Service::Daas => self.api = url,
            Service::Entitlement => self.entitlement = Some(url),
            Service::Registry => self.registry = Some(url),
            Service::Notifications => self.notifications = Some(url),
            Service::Webhooks => self.webhooks = Some(url),
        }
        Ok(self)
    }

    /// Returns the origin of the platform, DaaS and the token endpoint.
    pub(crate) fn api(&self) -> &Url {
        &self.api
    }

    /// Returns the origin of a host family.
    ///
    /// # Errors
    ///
    /// If the region has no documented host for it.
    pub(crate) fn of(&self, service: Service) -> Result<&Url, Error> {
        let origin = match service {
            Service::Platform | Service::Daas => Some(&self.api),
            Service::Entitlement => self.entitlement.as_ref(),
            Service::Registry => self.registry.as_ref(),
            Service::Notifications => self.notifications.as_ref(),
            Service::Webhooks => self.webhooks.as_ref(),
        };
        origin.ok_or_else(|| {
            Error::config(format!(
                "no document names the {service} host of this region; set it with \
                 Endpoints::service, or avoid the walkthrough's paths"
            ))
        })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Url> {
        let legacy = [
            &self.entitlement,
            &self.registry,
            &self.notifications,
            &self.webhooks,
        ]
        .into_iter();
        std::iter::once(&self.api).chain(legacy.flatten())
    }
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &Option<Url>| url.as_ref().map(Url::to_string);
        f.debug_struct("Endpoints")
            .field("api", &self.api.as_str())
            .field("entitlement", &shown(&self.entitlement))
            .field("registry", &shown(&self.registry))
            .field("notifications", &shown(&self.notifications))
            .field("webhooks", &shown(&self.webhooks))
            .finish()
    }
}

/// Returns whether a URL's host is this machine, by address or by the name `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || address
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    })
}

fn known(url: &str) -> Url {
    Url::parse(url).unwrap_or_else(|error| unreachable!("{url}: {error}"))
}

fn parse(text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| Error::config(format!("endpoint `{}` {why}", without_userinfo(text)));
    let url = Url::parse(text).map_err(|error| {
        refuse(&format!(
            "is not an absolute URL ({error}); write it like https://api.cloud.com"
        ))
    })?;
    if url.scheme() != "https" && url.scheme() != "http" {
        return Err(refuse("must begin with https://"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(refuse("has no host"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(refuse(
            "uses plain http, which is only allowed for loopback addresses; use https",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("must not contain credentials"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("must not have a query or a fragment"));
    }
    Ok(url)
}

/// Removes anything that may be a password from a text.
pub(crate) fn without_userinfo(text: &str) -> String {
    match (text.find("://"), text.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}***{}", &text[..scheme + 3], &text[at..])
        }
        (None, Some(at)) => format!("***{}", &text[at..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_only() {
        for url in [
            "http://127.0.0.1:8080",
            "http://[::1]:1",
            "http://localhost",
            "https://x.test",
        ] {
            assert!(Endpoints::single(url).is_ok(), "{url}");
        }
        for url in [
            "http://api.cloud.com",
            "ftp://127.0.0.1",
            "api.cloud.com",
            "",
            "https://",
        ] {
            let error = Endpoints::single(url).unwrap_err();
            assert!(
                error.to_string().contains(&format!("endpoint `{url}`")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_password_in_an_endpoint_is_not_repeated() {
        let error = Endpoints::single("https://pat:hunter2@api.cloud.com").unwrap_err();
        assert_eq!(
            error.to_string(),
            "endpoint `https://***@api.cloud.com` must not contain credentials"
        );
    }

    #[test]
    fn japan_has_no_documented_legacy_hosts() {
        let japan = Endpoints::region(Region::Japan);
        assert_eq!(japan.api().as_str(), "https://api.citrixcloud.jp/");
        assert!(
            japan
                .of(Service::Registry)
                .unwrap_err()
                .to_string()
                .contains("Endpoints::service")
        );
        let set = japan
            .service(Service::Registry, "https://registry.example.test")
            .unwrap();
        assert!(set.of(Service::Registry).is_ok());
    }
}

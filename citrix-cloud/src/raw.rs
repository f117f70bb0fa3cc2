//! The generated clients, for what the ergonomic ones do not have.
//!
//! They send through the same transport as everything else: token, headers, hosts, path
//! generation, the repeat after a 401. Only this module's signatures name types of the generator;
//! [`Raw::explain`] turns its errors into [`Error`].

use std::fmt;
use std::sync::Arc;

use citrix_cloud_gen::hooks::{Link, Sending, Transport};
pub use citrix_cloud_gen::{daas, entitlement, notifications, platform, registry};

use crate::transport::{Call, Options, Shared};
use crate::{Client, Error, Service};

/// Where the generated code believes to send to; the transport puts the real origin in.
pub(crate) const PLACEHOLDER: &str = "http://origin.invalid";

/// Hands out the generated clients.
#[derive(Clone)]
pub struct Raw {
    client: Client,
}

impl Raw {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The platform services behind `api.cloud.com`.
    #[must_use]
    pub fn platform(&self) -> platform::Client {
        let (http, link) = self.parts(Service::Platform, None);
        platform::Client::new_with_client(PLACEHOLDER, http, link)
    }

    /// Service entitlement.
    #[must_use]
    pub fn entitlement(&self) -> entitlement::Client {
        let (http, link) = self.parts(Service::Entitlement, None);
        entitlement::Client::new_with_client(PLACEHOLDER, http, link)
    }

    /// Resource locations with the walkthrough's path.
    #[must_use]
    pub fn registry(&self) -> registry::Client {
        let (http, link) = self.parts(Service::Registry, None);
        registry::Client::new_with_client(PLACEHOLDER, http, link)
    }

    /// Notifications with the walkthrough's path.
    #[must_use]
    pub fn notifications(&self) -> notifications::Client {
        let (http, link) = self.parts(Service::Notifications, None);
        notifications::Client::new_with_client(PLACEHOLDER, http, link)
    }

    /// Citrix DaaS below a site. `me_get_me` does not need one and takes any.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) when `site` cannot be a site id.
    pub fn daas(&self, site: &str) -> Result<daas::Client, Error> {
        crate::daas::check_site(site)?;
        let (http, link) = self.parts(Service::Daas, Some(site.to_owned()));
        Ok(daas::Client::new_with_client(PLACEHOLDER, http, link))
    }

    /// The [`Error`] behind an error of a generated client, with the service's words.
    pub async fn explain(&self, error: citrix_cloud_gen::Error<()>) -> Error {
        Call::new(
            self.client.shared.clone(),
            Service::Platform,
            None,
            Options::default(),
        )
        .explain(error)
        .await
    }

    fn parts(&self, service: Service, site: Option<String>) -> (reqwest::Client, Link) {
        let shared = self.client.shared.clone();
        let http = shared.connections.any();
        (
            http,
            Link::new(Arc::new(RawTransport {
                shared,
                service,
                site,
            })),
        )
    }
}

/// Makes a call of its own of every request of a raw client.
struct RawTransport {
    shared: Arc<Shared>,
    service: Service,
    site: Option<String>,
}

impl Transport for RawTransport {
    fn send<'a>(&'a self, request: reqwest::Request, operation: &'static str) -> Sending<'a> {
        let (shared, site) = (self.shared.clone(), self.site.clone());
        let call = Call::new(shared, self.service, site, Options::default());
        Box::pin(async move { call.send(request, operation).await })
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw").field("client", &self.client).finish()
    }
}

impl Call {
    fn parts(self: &Arc<Self>) -> (reqwest::Client, Link) {
        (self.shared.connections.any(), Link::new(self.clone()))
    }

    pub(crate) fn platform(self: &Arc<Self>) -> platform::Client {
        let (http, link) = self.parts();
        platform::Client::new_with_client(PLACEHOLDER, http, link)
    }

    pub(crate) fn entitlement(self: &Arc<Self>) -> entitlement::Client {
        let (http, link) = self.parts();
        entitlement::Client::new_with_client(PLACEHOLDER, http, link)
    }

    pub(crate) fn registry(self: &Arc<Self>) -> registry::Client {
        let (http, link) = self.parts();
        registry::Client::new_with_client(PLACEHOLDER, http, link)
    }

    pub(crate) fn notifications(self: &Arc<Self>) -> notifications::Client {
        let (http, link) = self.parts();
        notifications::Client::new_with_client(PLACEHOLDER, http, link)
    }

    pub(crate) fn daas(self: &Arc<Self>) -> daas::Client {
        let (http, link) = self.parts();
        daas::Client::new_with_client(PLACEHOLDER, http, link)
    }
}

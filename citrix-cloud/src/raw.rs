//! The generated clients, for what the ergonomic ones do not have.
//!
//! They send through the same transport as everything else: token, headers, hosts, path
//! generation, the repeat after a 401. Only this module's signatures name types of the generator;
//! [`Raw::explain`] turns its errors into [`Error`].

use std::fmt;
use std::sync::Arc;

use citrix_cloud_gen::hooks::{self, Link, Sending, Transport};
pub use citrix_cloud_gen::{
    administrators, daas, entitlement, licensing, notifications, platform, registry, system_log,
    webhooks,
};

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

    /// What a `HEAD` operation says: whether there is such a thing. 404 means no.
    ///
    /// # Errors
    ///
    /// Every other error of the operation, as [`Raw::explain`] makes it.
    pub async fn exists<T>(
        &self,
        answer: Result<citrix_cloud_gen::ResponseValue<T>, citrix_cloud_gen::Error<()>>,
    ) -> Result<bool, Error> {
        match hooks::exists(answer) {
            Ok(exists) => Ok(exists),
            Err(error) => Err(self.explain(error).await),
        }
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
        let json = hooks::reads_json(&request);
        Box::pin(async move {
            let answer = call.send(request, operation).await?;
            Ok(if json {
                hooks::null_if_empty(answer)
            } else {
                answer
            })
        })
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw").field("client", &self.client).finish()
    }
}

/// One generated client per module, for users and for the ergonomic handles.
macro_rules! clients {
    ($($(#[$doc:meta])* $module:ident => $service:ident;)*) => {
        impl Raw {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $module(&self) -> $module::Client {
                    let (http, link) = self.parts(Service::$service, None);
                    $module::Client::new_with_client(PLACEHOLDER, http, link)
                }
            )*
        }

        impl Call {
            $(
                pub(crate) fn $module(self: &Arc<Self>) -> $module::Client {
                    let http = self.shared.connections.any();
                    $module::Client::new_with_client(PLACEHOLDER, http, Link::new(self.clone()))
                }
            )*
        }
    };
}

clients! {
    /// The platform services behind `api.cloud.com`.
    platform => Platform;
    /// Service entitlement.
    entitlement => Entitlement;
    /// Resource locations with the walkthrough's path.
    registry => Registry;
    /// Notifications with the walkthrough's path.
    notifications => Notifications;
    /// Administrators.
    administrators => Platform;
    /// The system log.
    system_log => Platform;
    /// Licence usage.
    licensing => Platform;
    /// Webhook subscriptions.
    webhooks => Webhooks;
}

impl Call {
    pub(crate) fn daas(self: &Arc<Self>) -> daas::Client {
        let http = self.shared.connections.any();
        daas::Client::new_with_client(PLACEHOLDER, http, Link::new(self.clone()))
    }
}

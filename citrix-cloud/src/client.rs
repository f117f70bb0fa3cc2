//! The client: one customer of Citrix Cloud.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use citrix_cloud_gen::operation::{Listed, Operation};
use serde::de::DeserializeOwned;

use crate::daas::Daas;
use crate::paging::{List, RawList};
use crate::pipeline::{Call, Shared};
use crate::raw::{self, RawOperation};
use crate::services::administrators::Administrators;
use crate::services::connectors::Connectors;
use crate::services::licensing::Licensing;
#[cfg(feature = "monitor")]
use crate::services::monitor::Monitor;
use crate::services::notifications::Notifications;
use crate::services::resource_locations::ResourceLocations;
use crate::services::service_principals::ServicePrincipals;
use crate::services::service_states::ServiceStates;
use crate::services::system_log::SystemLog;
use crate::services::webhooks::Webhooks;
use crate::{ApiVersion, Error, Request, Service};

mod builder;
mod customer;

pub use builder::ClientBuilder;

/// A client for one customer of Citrix Cloud.
///
/// Cheap to clone; clones share connections and the token. Building a client sends nothing: the
/// first call signs in.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// use citrix_cloud::{Client, Credentials};
///
/// # use citrix_cloud_emulator::ids;
/// let client = Client::builder()
///     .credentials(Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
///     .endpoint(emulator.url())
///     .build()?;
/// for location in client.resource_locations().list().all().await? {
///     println!("{}", location.name.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Builds a client from the environment.
    ///
    /// Reads the credentials as [`Credentials::from_env`](crate::Credentials::from_env) does, and
    /// `CITRIX_CLOUD_ENDPOINT`, `CITRIX_CLOUD_REGION` and `CITRIX_CLOUD_API_VERSION` if they are
    /// set.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable and its value.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env()?.build()
    }

    /// Returns a handle to the customer's resource locations.
    #[must_use]
    pub fn resource_locations(&self) -> ResourceLocations {
        ResourceLocations::new(self.clone())
    }

    /// Returns a handle to the connectors that link resource locations to Citrix Cloud.
    #[must_use]
    pub fn connectors(&self) -> Connectors {
        Connectors::new(self.clone())
    }

    /// Returns a handle to the services that the customer is entitled to.
    #[must_use]
    pub fn service_states(&self) -> ServiceStates {
        ServiceStates::new(self.clone())
    }

    /// Returns a handle to the notifications shown in the console.
    #[must_use]
    pub fn notifications(&self) -> Notifications {
        Notifications::new(self.clone())
    }

    /// Returns a handle to the customer's service principals.
    #[must_use]
    pub fn service_principals(&self) -> ServicePrincipals {
        ServicePrincipals::new(self.clone())
    }

    /// Returns a handle to the customer's administrators.
    #[must_use]
    pub fn administrators(&self) -> Administrators {
        Administrators::new(self.clone())
    }

    /// Returns a handle to the system log, which records who changed what.
    #[must_use]
    pub fn system_log(&self) -> SystemLog {
        SystemLog::new(self.clone())
    }

    /// Returns a handle to license usage.
    #[must_use]
    pub fn licensing(&self) -> Licensing {
        Licensing::new(self.clone())
    }

    /// Returns a handle to the Monitor service: sessions, logons, failures, load and usage.
    #[cfg(feature = "monitor")]
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        Monitor::new(self.clone())
    }

    /// Returns a handle to webhook subscriptions.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.clone())
    }

    /// Returns a handle to Citrix DaaS: sites, machine catalogs, machines, sessions, jobs.
    #[must_use]
    pub fn daas(&self) -> Daas {
        Daas::new(self.clone())
    }

    /// Creates a request for any operation of a platform service; nothing is sent until it is
    /// awaited.
    ///
    /// [`operations`](crate::operations) lists all operations. Pass those of a Citrix DaaS site to
    /// [`Site::send`](crate::daas::Site::send) instead.
    pub fn send<O: Operation>(&self, operation: O) -> Request<O> {
        Request::new(Call::new(&self.shared, O::META), operation, None)
    }

    /// Creates a list from any operation of a platform service that returns one; nothing is sent
    /// yet.
    pub fn list<O: Listed>(&self, operation: O) -> List<O> {
        List::new(self.send(operation))
    }

    /// Creates a request that no document describes, from a method and a path relative to the
    /// service.
    ///
    /// It gets the token, headers, host, rate limiting and retries of every other call. Awaiting it
    /// returns the response as JSON, or `null` if the body is empty. A body is sent as JSON unless
    /// its `Content-Type` says otherwise. GET, HEAD and OPTIONS are retried as reads.
    ///
    /// # Errors
    ///
    /// Awaiting it fails with [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is
    /// sent, if the method, path or body cannot be sent as given.
    pub fn send_raw(
        &self,
        service: Service,
        request: http::Request<impl Into<Bytes>>,
    ) -> Request<RawOperation> {
        raw::request(&self.shared, service, request)
    }

    /// Creates a list that no document describes; nothing is sent yet. Each page must be an object
    /// with `Items` and, except on the last page, a `ContinuationToken`; the case of the names does
    /// not matter.
    ///
    /// Each item is deserialized into `R`, for example `serde_json::Value`. An endless list is an
    /// error, as for a [`List`].
    pub fn list_raw<R: DeserializeOwned + Send + 'static>(
        &self,
        service: Service,
        request: http::Request<impl Into<Bytes>>,
    ) -> RawList<R> {
        RawList::new(self.send_raw(service, request))
    }

    /// Signs in now instead of on the first call, to check the credentials.
    ///
    /// The token is cached for later calls. This does not check that the credentials have access to
    /// the customer; the first call does.
    ///
    /// # Errors
    ///
    /// The same as any call: [`ErrorKind::Auth`](crate::ErrorKind::Auth) if the credentials are
    /// rejected.
    pub async fn sign_in(&self) -> Result<(), Error> {
        let deadline = tokio::time::Instant::now() + self.shared.settings.timeout;
        self.shared.tokens.get(deadline).await.map(drop)
    }

    /// Returns the id of the customer this client works for.
    #[must_use]
    pub fn customer(&self) -> &str {
        self.shared.settings.credentials.customer()
    }

    /// Returns the API version that was chosen.
    #[must_use]
    pub fn api_version(&self) -> ApiVersion {
        self.shared.settings.api_version
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.shared.settings;
        f.debug_struct("Client")
            .field("credentials", &settings.credentials)
            .field("endpoints", &settings.endpoints)
            .field("api_version", &settings.api_version)
            .field("timeout", &settings.timeout)
            .finish_non_exhaustive()
    }
}

//! The client: one customer of Citrix Cloud.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use citrix_cloud_gen::operation::{Listed, Operation};
use serde::de::DeserializeOwned;

use crate::daas::Daas;
use crate::paging::{List, RawList};
use crate::pipeline::Shared;
use crate::raw::{self, RawOperation};
use crate::services::administrators::Administrators;
use crate::services::connectors::Connectors;
use crate::services::licensing::Licensing;
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
/// Cheap to clone; clones share connections and token. Building one sends nothing: the first call
/// signs in.
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
    /// Starts the settings of a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Makes a client from the environment.
    ///
    /// Credentials as in [`Credentials::from_env`](crate::Credentials::from_env); `CITRIX_CLOUD_ENDPOINT`,
    /// `CITRIX_CLOUD_REGION` and `CITRIX_CLOUD_API_VERSION` where they are set.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable and its value.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env()?.build()
    }

    /// The resource locations of the customer.
    #[must_use]
    pub fn resource_locations(&self) -> ResourceLocations {
        ResourceLocations::new(self.clone())
    }

    /// The connectors that link resource locations with Citrix Cloud.
    #[must_use]
    pub fn connectors(&self) -> Connectors {
        Connectors::new(self.clone())
    }

    /// The services that the customer is entitled to.
    #[must_use]
    pub fn service_states(&self) -> ServiceStates {
        ServiceStates::new(self.clone())
    }

    /// The notifications in the console.
    #[must_use]
    pub fn notifications(&self) -> Notifications {
        Notifications::new(self.clone())
    }

    /// The service principals of the customer.
    #[must_use]
    pub fn service_principals(&self) -> ServicePrincipals {
        ServicePrincipals::new(self.clone())
    }

    /// The administrators of the customer.
    #[must_use]
    pub fn administrators(&self) -> Administrators {
        Administrators::new(self.clone())
    }

    /// The system log: what was changed, by whom.
    #[must_use]
    pub fn system_log(&self) -> SystemLog {
        SystemLog::new(self.clone())
    }

    /// Licence usage.
    #[must_use]
    pub fn licensing(&self) -> Licensing {
        Licensing::new(self.clone())
    }

    /// The Monitor service: sessions, logons, failures, load and use.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        Monitor::new(self.clone())
    }

    /// Webhook subscriptions.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.clone())
    }

    /// Citrix DaaS: sites, machine catalogs, machines, sessions, jobs.
    #[must_use]
    pub fn daas(&self) -> Daas {
        Daas::new(self.clone())
    }

    /// Any operation of a platform service, as a request; nothing is sent until it is awaited.
    ///
    /// [`operations`](crate::operations) has all of them. Those of Citrix DaaS that are below a site
    /// go to [`Site::send`](crate::daas::Site::send).
    pub fn send<O: Operation>(&self, operation: O) -> Request<O> {
        Request::new(&self.shared, operation)
    }

    /// Any operation of a platform service that returns a list; nothing is sent.
    pub fn list<O: Listed>(&self, operation: O) -> List<O> {
        List::new(self.send(operation))
    }

    /// A request that nobody described, by method and path below the service.
    ///
    /// It gets token, headers, host, pace and retries as every other call; awaiting it gives the
    /// JSON of its answer, or `null` when there is none. A body is JSON unless its `Content-Type`
    /// says otherwise. GET, HEAD and OPTIONS are retried as reads.
    ///
    /// # Errors
    ///
    /// When awaited: [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, for a
    /// method, a path or a body that cannot be sent as it is.
    pub fn send_raw(
        &self,
        service: Service,
        request: http::Request<impl Into<Bytes>>,
    ) -> Request<RawOperation> {
        raw::request(&self.shared, service, request)
    }

    /// A list that nobody described; nothing is sent. A page of it is an object with `Items` and, unless
    /// it is the last page, a `ContinuationToken`, in any case.
    ///
    /// `R` is what an item is read into, such as `serde_json::Value`. A list without an end is an error
    /// as for a [`List`].
    pub fn list_raw<R: DeserializeOwned + Send + 'static>(
        &self,
        service: Service,
        request: http::Request<impl Into<Bytes>>,
    ) -> RawList<R> {
        RawList::new(self.send_raw(service, request))
    }

    /// Signs in now instead of with the first call, to see whether the credentials are right.
    ///
    /// The token is kept for later calls. Whether the customer is one that these credentials are for
    /// shows with the first call.
    ///
    /// # Errors
    ///
    /// As any call: [`ErrorKind::Auth`](crate::ErrorKind::Auth) when the credentials are refused.
    pub async fn sign_in(&self) -> Result<(), Error> {
        let deadline = tokio::time::Instant::now() + self.shared.settings.timeout;
        self.shared.tokens.get(deadline).await.map(drop)
    }

    /// The customer this client works for.
    #[must_use]
    pub fn customer(&self) -> &str {
        self.shared.settings.credentials.customer()
    }

    /// The version of the API that was chosen.
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

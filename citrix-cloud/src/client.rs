//! The client and its settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use citrix_cloud_gen::operation::{Listed, Operation};
use serde::de::DeserializeOwned;

use crate::auth::{Fetcher, NoStore, TokenCache, TokenKey, TokenStore};
use crate::config::Settings;
use crate::daas::Daas;
use crate::mask::KnownSecrets;
use crate::paging::{List, RawList};
use crate::pipeline::{FixedRate, Limiters, Router, Shared};
use crate::raw::{self, RawOperation};
use crate::retry::Retries;
use crate::services::administrators::Administrators;
use crate::services::licensing::Licensing;
use crate::services::monitor::Monitor;
use crate::services::notifications::Notifications;
use crate::services::resource_locations::ResourceLocations;
use crate::services::service_principals::ServicePrincipals;
use crate::services::service_states::ServiceStates;
use crate::services::system_log::SystemLog;
use crate::services::webhooks::Webhooks;
use crate::wire::{DEFAULT_LIMIT, HttpClient, OnRequest};
use crate::{
    ApiVersion, Credentials, Endpoints, Error, Region, Request, RequestEvent, Secret, Service,
};

/// The time a call may take unless it is told otherwise; DaaS's gateway gives up after about 90 s.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// How often a request is sent that fails: with one failure in five, one call in 400,000 fails.
const DEFAULT_ATTEMPTS: u32 = 8;

/// A client for one customer of Citrix Cloud.
///
/// Cheap to clone; clones share connections and token. Building one sends nothing: the first call
/// signs in.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// use citrix_cloud::Client;
///
/// # use citrix_cloud_emulator::ids;
/// let client = Client::builder()
///     .credentials(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
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
    /// Credentials as in [`Credentials::from_env`]; `CITRIX_CLOUD_ENDPOINT`,
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

/// The settings of a [`Client`].
#[derive(Clone, Default)]
#[must_use = "settings do nothing until `build`"]
pub struct ClientBuilder {
    credentials: Option<(String, Secret, String)>,
    region: Region,
    api_version: ApiVersion,
    endpoints: Option<Endpoints>,
    endpoint: Option<String>,
    timeout: Option<Duration>,
    list_timeout: Option<Duration>,
    user_agent: Option<String>,
    on_request: Option<OnRequest>,
    max_attempts: Option<u32>,
    max_response_size: Option<usize>,
    requests_per_second: Option<f64>,
    follow_region: bool,
    token_store: Option<Arc<dyn TokenStore>>,
}

impl ClientBuilder {
    /// Sets the id and secret of the API client, and the customer.
    pub fn credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        customer: impl Into<String>,
    ) -> Self {
        self.credentials = Some((client_id.into(), client_secret.into(), customer.into()));
        self
    }

    /// Sets the region; default [`Region::Global`]. [`ClientBuilder::endpoints`] goes before it.
    pub fn region(mut self, region: Region) -> Self {
        self.region = region;
        self
    }

    /// Sets the version of the API; default [`ApiVersion::Auto`].
    pub fn api_version(mut self, api_version: ApiVersion) -> Self {
        self.api_version = api_version;
        self
    }

    /// Sets the origins by hand.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = Some(endpoints);
        self
    }

    /// Sends everything to one origin, as [`Endpoints::single`].
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Sets how long a call may take, token and repeats included; default 120 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets how long all pages of one list may take together; default no limit, since nobody knows
    /// how long a customer's lists are.
    ///
    /// [`List::timeout`](crate::paging::List::timeout) changes it for one list and says what counts.
    pub fn list_timeout(mut self, timeout: Duration) -> Self {
        self.list_timeout = Some(timeout);
        self
    }

    /// Sets the `User-Agent`; default `citrix-cloud-rust/` and the version of this crate.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Shows every request to `on_request` once it is answered or has failed.
    ///
    /// An [`RequestEvent`] has no headers and no bodies, so nothing secret.
    pub fn on_request(
        mut self,
        on_request: impl Fn(&RequestEvent) + Send + Sync + 'static,
    ) -> Self {
        self.on_request = Some(Arc::new(on_request));
        self
    }

    /// Sets how often a failing request is sent at most, the first time included; default 8, and 1
    /// never repeats a failure.
    ///
    /// A request that never left and, where it does no harm, one that failed are sent again after
    /// 0.1 s, doubling up to 10 s, with jitter, within the call's timeout. Waiting because the
    /// service asks to (429, 503 with a delay) is bounded by the timeout alone. A write that may have
    /// run is never sent again; see [`Request::idempotent`](crate::Request::idempotent).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }

    /// Sets a fixed number of requests per second for all clones together; default none.
    ///
    /// Without it the client finds out by itself what each host accepts, and keeps to that.
    pub fn requests_per_second(mut self, rate: f64) -> Self {
        self.requests_per_second = Some(rate);
        self
    }

    /// Sets the longest answer that is read, in bytes after decompression; default 256 MiB.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = Some(bytes);
        self
    }

    /// Sets whether a 307 to another region is followed: once per call, with the same path, and only
    /// to a host of Citrix's. Default: it is an error that names the region's base URL.
    pub fn follow_region(mut self, follow: bool) -> Self {
        self.follow_region = follow;
        self
    }

    /// Shares the token through a store, such as [`FileTokenStore`](crate::FileTokenStore); default
    /// memory, shared by clones alone.
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.token_store = Some(Arc::new(store));
        self
    }

    /// Takes from the environment what [`Client::from_env`] reads.
    ///
    /// # Errors
    ///
    /// As [`Client::from_env`].
    pub fn from_env(self) -> Result<Self, Error> {
        let credentials = Credentials::from_env()?;
        let mut builder = self.credentials(
            credentials.client_id(),
            credentials.client_secret().clone(),
            credentials.customer(),
        );
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(url) = set("CITRIX_CLOUD_ENDPOINT") {
            builder = builder.endpoint(url);
        }
        if let Some(region) = set("CITRIX_CLOUD_REGION") {
            builder = builder.region(region.parse()?);
        }
        if let Some(api_version) = set("CITRIX_CLOUD_API_VERSION") {
            builder = builder.api_version(api_version.parse()?);
        }
        Ok(builder)
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when credentials are missing or cannot be
    /// right, when an endpoint cannot be used, or when no HTTP client comes about (an unreadable
    /// trust store).
    pub fn build(self) -> Result<Client, Error> {
        let (client_id, client_secret, customer) = self.credentials.ok_or_else(|| {
            Error::config("no credentials: call `credentials`, or use `Client::from_env`")
        })?;
        let endpoints = match (self.endpoint, self.endpoints) {
            (Some(url), _) => Endpoints::single(&url)?,
            (None, Some(endpoints)) => endpoints,
            (None, None) => Endpoints::region(self.region),
        };
        let user_agent = self
            .user_agent
            .unwrap_or_else(|| concat!("citrix-cloud-rust/", env!("CARGO_PKG_VERSION")).to_owned());
        let http = Arc::new(HttpClient::new(&endpoints, &user_agent, self.on_request)?);
        let fixed = self.requests_per_second.map(FixedRate::new).transpose()?;
        let limiters = Limiters::new(endpoints.all(), fixed);
        let credentials = Credentials::new(client_id, client_secret, customer)?;
        let key = TokenKey::new(
            &endpoints.api().origin().ascii_serialization(),
            &credentials,
        );
        let store = self.token_store.unwrap_or_else(|| Arc::new(NoStore));
        let settings = Arc::new(Settings {
            credentials,
            endpoints,
            api_version: self.api_version,
            timeout: self.timeout.unwrap_or(DEFAULT_TIMEOUT),
            list_timeout: self.list_timeout,
            max_response_size: self.max_response_size.unwrap_or(DEFAULT_LIMIT),
            follow_region: self.follow_region,
        });
        let retries = Arc::new(Retries::new(self.max_attempts.unwrap_or(DEFAULT_ATTEMPTS)));
        let secrets = settings.credentials.client_secret().expose();
        let secrets = Arc::new(KnownSecrets::new(secrets));
        let fetcher = Fetcher {
            settings: settings.clone(),
            http: http.clone(),
            retries: retries.clone(),
            secrets: secrets.clone(),
        };
        Ok(Client {
            shared: Arc::new(Shared {
                settings,
                http,
                tokens: Arc::new(TokenCache::new(fetcher, key, store, secrets.clone())),
                limiters,
                retries,
                router: Router::default(),
                monitor: tokio::sync::Mutex::default(),
                secrets,
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let customer = self.credentials.as_ref().map(|(_, _, customer)| customer);
        f.debug_struct("ClientBuilder")
            .field("customer", &customer)
            .field("region", &self.region)
            .field("api_version", &self.api_version)
            .field("endpoints", &self.endpoints)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

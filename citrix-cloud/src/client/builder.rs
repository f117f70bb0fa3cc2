//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use super::Client;
use crate::auth::{Fetcher, NoStore, TokenCache, TokenKey, TokenStore};
use crate::config::{Settings, Traceparent};
use crate::mask::KnownSecrets;
use crate::pipeline::{FixedRate, Limiters, Router, Shared, Turns};
use crate::retry::Retries;
use crate::wire::{DEFAULT_LIMIT, HttpClient, HttpSettings, OnRequest, Proxy, Tls};
use crate::{ApiVersion, Credentials, Endpoints, Error, Region, RequestEvent};

/// Default time limit of a call; DaaS's gateway gives up after about 90 s.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// How often a request is sent that fails: with one failure in five, one call in 400,000 fails.
const DEFAULT_ATTEMPTS: u32 = 8;

/// The settings of a [`Client`].
#[derive(Clone, Default)]
#[must_use = "settings do nothing until `build`"]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    region: Region,
    api_version: ApiVersion,
    endpoints: Option<Endpoints>,
    endpoint: Option<String>,
    timeout: Option<Duration>,
    list_timeout: Option<Duration>,
    user_agent: Option<String>,
    proxy: Option<String>,
    root_certificates: Vec<Vec<u8>>,
    client_certificate: Option<Vec<u8>>,
    http_client: Option<reqwest::Client>,
    on_request: Option<OnRequest>,
    max_attempts: Option<u32>,
    max_response_size: Option<usize>,
    requests_per_second: Option<f64>,
    follow_region: bool,
    token_store: Option<Arc<dyn TokenStore>>,
    traceparent: Option<Traceparent>,
}

impl ClientBuilder {
    /// Sets the credentials, and with them the customer.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets the region; default [`Region::Global`]. [`ClientBuilder::endpoints`] takes precedence.
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

    /// Sets the whole `User-Agent`; default [`USER_AGENT`](crate::USER_AGENT).
    ///
    /// To be told apart and still name the library, put your program's name in front:
    /// `format!("inventory/1.2 {}", citrix_cloud::USER_AGENT)`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sends requests through the HTTP proxy at `url`: `http://` or `https://`, with
    /// `user:password@` before the host where it asks for them.
    ///
    /// Requests to loopback addresses never go through a proxy. Without this setting, those to other
    /// hosts use the system's: `HTTPS_PROXY` or `ALL_PROXY`, except for the hosts in `NO_PROXY`, and
    /// where they are not set, the settings of Windows or macOS. With it, none of these count.
    ///
    /// What goes through the proxy is encrypted for the service: it sees the host's name alone.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Trusts the certificates of a PEM text as well as the system's trust store; one or several,
    /// and once or several times.
    ///
    /// This is for networks whose proxy opens TLS with an authority of its own.
    pub fn root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.root_certificates.push(pem.as_ref().to_vec());
        self
    }

    /// Shows a certificate to servers that ask for one, such as a gateway of the network's own.
    ///
    /// `pem` has the certificate, those that lead to its root, and its private key, not encrypted.
    pub fn client_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.client_certificate = Some(pem.as_ref().to_vec());
        self
    }

    /// Sends every request with a client of your own, for what this builder has no setting for, such
    /// as a resolver, a SOCKS proxy or connections shared with other code.
    ///
    /// The client keeps what it was built with; [`proxy`](Self::proxy),
    /// [`root_certificate`](Self::root_certificate) and
    /// [`client_certificate`](Self::client_certificate) belong to it then, and are refused here.
    /// These promises become yours, since a finished client cannot be asked about them:
    ///
    /// - `redirect(Policy::none())`. One that follows a redirect repeats a write at another place. It
    ///   is noticed only afterwards, and fails the call.
    /// - No `danger_accept_invalid_certs`, and `tls_version_min(Version::TLS_1_2)`.
    /// - `no_proxy()` where loopback addresses are asked: it sends those to a proxy, too.
    /// - `no_gzip()` and the like where those features of reqwest are on. It decompresses without
    ///   the limits of [`max_response_size`](Self::max_response_size) otherwise.
    /// - `connect_timeout`, and no `timeout` shorter than this builder's.
    ///
    /// This crate turns on reqwest's feature `rustls-no-provider`: building a client of your own
    /// panics in reqwest unless your program turns on its feature `rustls` or `native-tls`, or has
    /// installed a provider of cryptography for rustls.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # #[cfg(feature = "rustls-ring")]
    /// # rustls::crypto::ring::default_provider().install_default().ok();
    /// # if cfg!(not(any(feature = "rustls-ring", feature = "native-tls"))) { return Ok(()) }
    /// use citrix_cloud::{Client, Credentials};
    ///
    /// let http = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .connect_timeout(std::time::Duration::from_secs(15))
    /// #   .no_proxy()
    ///     .build()?;
    /// let client = Client::builder()
    ///     .credentials(Credentials::new("client id", "client secret", "abcd1024xyz")?)
    ///     .http_client(http)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
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

    /// Passes a trace on: each call has the header `traceparent` that `current` gives, in the form of W3C
    /// Trace Context; default none.
    ///
    /// It is asked once for each call, inside the call's span `citrix_cloud.call`, so that with
    /// `tracing-opentelemetry` the service's part of the trace belongs to that call:
    ///
    /// ```
    /// # fn traceparent_of(_: &tracing::Span) -> Option<String> { None }
    /// // `traceparent_of` reads `span.context().span().span_context()`.
    /// let builder = citrix_cloud::Client::builder()
    ///     .traceparent(|| traceparent_of(&tracing::Span::current()));
    /// ```
    ///
    /// Requests for tokens have none, since a token is for many calls. A text that is not valid is logged
    /// and left out.
    pub fn traceparent(
        mut self,
        current: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.traceparent = Some(Arc::new(current));
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
        let mut builder = self.credentials(Credentials::from_env()?);
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
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting: without credentials, for
    /// an endpoint, a proxy or a certificate that cannot be used, for settings that cannot be
    /// combined, or when the HTTP client cannot be built (an unreadable trust store).
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self.credentials.clone().ok_or_else(|| {
            Error::config("no credentials: call `credentials`, or use `Client::from_env`")
        })?;
        let endpoints = match (&self.endpoint, &self.endpoints) {
            (Some(url), _) => Endpoints::single(url)?,
            (None, Some(endpoints)) => endpoints.clone(),
            (None, None) => Endpoints::region(self.region),
        };
        let proxy = self.proxy.as_deref().map(Proxy::read).transpose()?;
        let http = Arc::new(self.http(&endpoints, proxy.clone())?);
        let fixed = self.requests_per_second.map(FixedRate::new).transpose()?;
        let limiters = Limiters::new(endpoints.all(), fixed);
        let store = self.token_store.unwrap_or_else(|| Arc::new(NoStore));
        let settings = Arc::new(Settings {
            credentials,
            endpoints,
            api_version: self.api_version,
            timeout: self.timeout.unwrap_or(DEFAULT_TIMEOUT),
            list_timeout: self.list_timeout,
            max_response_size: self.max_response_size.unwrap_or(DEFAULT_LIMIT),
            follow_region: self.follow_region,
            proxy,
            traceparent: self.traceparent,
        });
        let retries = Arc::new(Retries::new(self.max_attempts.unwrap_or(DEFAULT_ATTEMPTS)));
        let secrets = known_secrets(&settings);
        let tokens = token_cache(&settings, &http, &retries, &secrets, store);
        Ok(Client {
            shared: Arc::new(Shared {
                monitor: Turns::of(&settings),
                settings,
                http,
                tokens,
                limiters,
                retries,
                router: Router::default(),
                secrets,
            }),
        })
    }

    /// What requests are sent with.
    fn http(&self, endpoints: &Endpoints, proxy: Option<Proxy>) -> Result<HttpClient, Error> {
        let user_agent = self.user_agent.as_deref().unwrap_or(crate::USER_AGENT);
        let user_agent = HeaderValue::from_str(user_agent).map_err(|_| {
            Error::config(format!(
                "user_agent {user_agent:?} cannot be sent in a header; use visible ASCII characters"
            ))
        })?;
        let on_request = self.on_request.clone();
        if let Some(client) = &self.http_client {
            let other = [
                ("proxy", self.proxy.is_some()),
                ("root_certificate", !self.root_certificates.is_empty()),
                ("client_certificate", self.client_certificate.is_some()),
            ];
            if let Some((name, _)) = other.into_iter().find(|(_, given)| *given) {
                return Err(Error::config(format!(
                    "`{name}` and `http_client` cannot be combined; set it where that client is built"
                )));
            }
            return Ok(HttpClient::of(client.clone(), user_agent, on_request));
        }
        let settings = HttpSettings {
            user_agent,
            proxy,
            tls: Tls::read(&self.root_certificates, self.client_certificate.as_deref())?,
            on_request,
        };
        HttpClient::new(endpoints, settings)
    }
}

/// What no error of a client may show, before it has a token.
pub(super) fn known_secrets(settings: &Settings) -> Arc<KnownSecrets> {
    let secrets = KnownSecrets::new(settings.credentials.client_secret().expose());
    if let Some(proxy) = &settings.proxy {
        secrets.add_headers(&proxy.headers());
    }
    Arc::new(secrets)
}

/// The token of the settings' credentials.
pub(super) fn token_cache(
    settings: &Arc<Settings>,
    http: &Arc<HttpClient>,
    retries: &Arc<Retries>,
    secrets: &Arc<KnownSecrets>,
    store: Arc<dyn TokenStore>,
) -> Arc<TokenCache> {
    let origin = settings.endpoints.api().origin().ascii_serialization();
    let key = TokenKey::new(&origin, &settings.credentials);
    let fetcher = Fetcher {
        settings: settings.clone(),
        http: http.clone(),
        retries: retries.clone(),
        secrets: secrets.clone(),
    };
    Arc::new(TokenCache::new(fetcher, key, store, secrets.clone()))
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("region", &self.region)
            .field("api_version", &self.api_version)
            .field("endpoints", &self.endpoints)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

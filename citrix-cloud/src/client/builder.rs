//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use super::Client;
use crate::auth::{Fetcher, NoStore, TokenCache, TokenKey, TokenStore};
use crate::config::{Settings, Traceparent};
use crate::mask::KnownSecrets;
#[cfg(feature = "monitor")]
use crate::pipeline::Turns;
use crate::pipeline::{FixedRate, Limiters, Router, Shared};
use crate::retry::Retries;
use crate::wire::{DEFAULT_LIMIT, HttpClient, HttpSettings, OnRequest, Proxy, Tls};
use crate::{ApiVersion, Credentials, Endpoints, Error, Region, RequestEvent};

/// Default time limit for a call; the DaaS gateway gives up after about 90 s.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// Default number of attempts: if one request in five fails, one call in 400,000 fails.
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

    /// Sets the origins explicitly.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = Some(endpoints);
        self
    }

    /// Sends everything to one origin, like [`Endpoints::single`].
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Sets the time limit for a call, including the token request and retries; default 120 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the time limit for all pages of one list together; unlimited by default, because the
    /// length of a customer's lists is unknown.
    ///
    /// [`List::timeout`](crate::paging::List::timeout) changes it for one list and says what counts.
    pub fn list_timeout(mut self, timeout: Duration) -> Self {
        self.list_timeout = Some(timeout);
        self
    }

    /// Sets the whole `User-Agent`; default [`USER_AGENT`](crate::USER_AGENT).
    ///
    /// To identify your program as well as the library, put its name in front:
    /// `format!("inventory/1.2 {}", citrix_cloud::USER_AGENT)`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sends requests through the HTTP proxy at `url`, which starts with `http://` or `https://`
    /// and has `user:password@` before the host if the proxy requires credentials.
    ///
    /// Requests to loopback addresses never go through a proxy. Without this setting, requests to
    /// other hosts use the system's proxy: `HTTPS_PROXY` or `ALL_PROXY`, except for the hosts in
    /// `NO_PROXY`, or else the settings of Windows or macOS. This setting overrides all of these.
    ///
    /// The proxy sees only host names; everything else is encrypted end to end between client and
    /// service.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Trusts the certificates in a PEM text in addition to the system's trust store. The text can
    /// hold several, and this can be called several times.
    ///
    /// Use this on networks whose proxy intercepts TLS with its own certificate authority.
    pub fn root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.root_certificates.push(pem.as_ref().to_vec());
        self
    }

    /// Presents a certificate to servers that request one, such as a gateway on your own network.
    ///
    /// `pem` contains the certificate, its chain up to the root, and its unencrypted private key.
    pub fn client_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.client_certificate = Some(pem.as_ref().to_vec());
        self
    }

    /// Sends every request with your own client, for anything this builder has no setting for, such
    /// as a resolver, a SOCKS proxy or connections shared with other code.
    ///
    /// The client keeps its own settings, so [`proxy`](Self::proxy),
    /// [`root_certificate`](Self::root_certificate) and
    /// [`client_certificate`](Self::client_certificate) cannot be combined with it. A finished
    /// client cannot be inspected, so you are responsible for these settings:
    ///
    /// - `redirect(Policy::none())`. A client that follows redirects may repeat a write at another
    ///   address. This is only detected afterwards, and fails the call.
    /// - No `danger_accept_invalid_certs`, and `tls_version_min(Version::TLS_1_2)`.
    /// - `no_proxy()` if requests go to loopback addresses; reqwest sends those through the proxy
    ///   too.
    /// - `no_gzip()`, `no_brotli()` and so on for the decompression features of reqwest that are
    ///   enabled. Otherwise it decompresses without the limit of
    ///   [`max_response_size`](Self::max_response_size).
    /// - `connect_timeout`, and either no `timeout` or one that is not shorter than this builder's.
    ///
    /// This crate enables reqwest's feature `rustls-no-provider`, so building your own client
    /// panics inside reqwest unless your program enables its feature `rustls` or `native-tls`, or
    /// has installed a crypto provider for rustls.
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

    /// Calls `on_request` for every request once it has a response or has failed.
    ///
    /// A [`RequestEvent`] has no headers and no bodies, and therefore no secrets.
    pub fn on_request(
        mut self,
        on_request: impl Fn(&RequestEvent) + Send + Sync + 'static,
    ) -> Self {
        self.on_request = Some(Arc::new(on_request));
        self
    }

    /// Propagates a trace: each call carries the `traceparent` header that `current` returns, in
    /// the format of W3C Trace Context; default none.
    ///
    /// `current` is called once for each call, inside the call's span `citrix_cloud.call`. With
    /// `tracing-opentelemetry`, the service's spans then become children of that call:
    ///
    /// ```
    /// # fn traceparent_of(_: &tracing::Span) -> Option<String> { None }
    /// // `traceparent_of` reads `span.context().span().span_context()`.
    /// let builder = citrix_cloud::Client::builder()
    ///     .traceparent(|| traceparent_of(&tracing::Span::current()));
    /// ```
    ///
    /// Token requests carry no `traceparent`, because many calls share a token. An invalid value is
    /// logged and not sent.
    pub fn traceparent(
        mut self,
        current: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.traceparent = Some(Arc::new(current));
        self
    }

    /// Sets the maximum number of attempts for a failing request, including the first; default 8.
    /// With 1, failures are never retried.
    ///
    /// A request is retried if it was never sent, or if it failed and is safe to repeat: after 0.1
    /// s, doubling up to 10 s, with jitter, within the call's timeout. Waits that the service asks
    /// for (429, 503 with a delay) are limited only by the timeout. A write that may have run is
    /// never sent again; see [`Request::idempotent`](crate::Request::idempotent).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }

    /// Sets a fixed rate in requests per second, shared by all clones; default none.
    ///
    /// Without it, the client adapts to what each host accepts.
    pub fn requests_per_second(mut self, rate: f64) -> Self {
        self.requests_per_second = Some(rate);
        self
    }

    /// Sets the maximum size of a response, in bytes after decompression; default 256 MiB.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = Some(bytes);
        self
    }

    /// Sets whether a 307 to another region is followed: once per call, with the same path, and
    /// only to a Citrix host. By default, it is an error that names the region's base URL.
    pub fn follow_region(mut self, follow: bool) -> Self {
        self.follow_region = follow;
        self
    }

    /// Shares the token through a store, such as [`FileTokenStore`](crate::FileTokenStore). By
    /// default it is kept in memory and shared only by clones.
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.token_store = Some(Arc::new(store));
        self
    }

    /// Reads the same settings from the environment as [`Client::from_env`].
    ///
    /// # Errors
    ///
    /// The same as [`Client::from_env`].
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

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting, if there are no
    /// credentials, if an endpoint, proxy or certificate cannot be used, if two settings cannot be
    /// combined, or if the HTTP client cannot be built (for example because the trust store is
    /// unreadable).
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
                #[cfg(feature = "monitor")]
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

    /// Returns the HTTP client that requests are sent with.
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

/// The secrets that no error may show, as far as they are known before the first token.
pub(super) fn known_secrets(settings: &Settings) -> Arc<KnownSecrets> {
    let secrets = KnownSecrets::new(settings.credentials.client_secret().expose());
    if let Some(proxy) = &settings.proxy {
        secrets.add_headers(&proxy.headers());
    }
    Arc::new(secrets)
}

/// The token cache for the credentials in the settings.
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

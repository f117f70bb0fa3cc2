//! What every command works with.

use std::path::PathBuf;
use std::time::Duration;

use citrix_cloud::{Client, ClientBuilder, FileTokenStore};
use jiff::tz::TimeZone;

use crate::credentials::{self, Environment};
use crate::exit::Failure;
use crate::logging;
use crate::options::Options;
use crate::output::{Output, Screen};
use crate::requests::Requests;
use crate::terminal::Terminal;

/// How long a call may take unless `--timeout` says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// A list may take as long as this many calls at their longest unless `--list-timeout` says
/// otherwise. Pages take a small part of that, so only a list without an end gets there.
const PAGES_IN_TIME: u32 = 10;

/// Output, terminal, settings and the record of requests.
///
/// Commands read neither the environment nor the standard streams themselves.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) out: Output,
    pub(crate) terminal: Terminal,
    pub(crate) requests: Requests,
    pub(crate) options: Options,
    environment: Environment,
}

impl Context {
    /// The context of this process.
    pub(crate) fn new(options: Options) -> Self {
        let terminal = Terminal::detect();
        let environment: Environment = credentials::process_environment;
        let screen = Screen {
            width: terminal.width(),
            colored: terminal.stdout && environment("NO_COLOR").is_none(),
            zone: TimeZone::system(),
        };
        Self {
            out: Output::to_stdout(options.view.clone(), screen),
            terminal,
            requests: Requests::default(),
            options,
            environment,
        }
    }

    /// Starts to log, as far as `--verbose` wants it.
    pub(crate) fn start_logging(&self) {
        let colored = self.terminal.stderr && (self.environment)("NO_COLOR").is_none();
        logging::start(self.options.verbose, colored);
    }

    /// A client for the configured customer; nothing is sent.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let builder = self.located(self.builder())?;
        let customer = self.options.customer.as_deref();
        let mut builder = credentials::add(builder, customer, self.environment, self.terminal)?;
        if let Some(store) = self.token_store()? {
            builder = builder.token_store(store);
        }
        Ok(builder.build()?)
    }

    /// A client that knows where requests would go, to show them: it cannot sign in. A customer that
    /// nobody named is `CUSTOMER_ID`.
    pub(crate) fn unsigned_client(&self) -> Result<Client, Failure> {
        let customer = self.options.customer.clone();
        let customer = customer.or_else(|| credentials::customer(self.environment));
        let customer = customer.unwrap_or_else(|| "CUSTOMER_ID".to_owned());
        let builder = self.located(self.builder())?;
        Ok(builder
            .credentials(citrix_cloud::Credentials::new("-", "-", customer)?)
            .build()?)
    }

    /// The store that tokens are shared through, where one is wanted.
    fn token_store(&self) -> Result<Option<FileTokenStore>, Failure> {
        let set = || (self.environment)("CITRIX_CLOUD_TOKEN_CACHE").map(PathBuf::from);
        Ok(match self.options.token_cache.clone().or_else(set) {
            None => None,
            Some(folder) if folder.as_os_str() == "user" => Some(FileTokenStore::in_user_cache()?),
            Some(folder) => Some(FileTokenStore::new(folder)?),
        })
    }

    /// The settings of a client that goes nowhere yet and has no credentials.
    pub(crate) fn builder(&self) -> ClientBuilder {
        let mut builder = Client::builder()
            .user_agent(concat!("citrix-cloud-cli/", env!("CARGO_PKG_VERSION")))
            .api_version(self.options.api_version.unwrap_or_default());
        let timeout = self.options.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let list_timeout = self.options.list_timeout.unwrap_or(timeout * PAGES_IN_TIME);
        builder = builder.timeout(timeout).list_timeout(list_timeout);
        if let Some(rate) = self.options.requests_per_second {
            builder = builder.requests_per_second(rate);
        }
        self.requests.watch(builder)
    }

    /// Adds where to go, from the options or else from the environment.
    fn located(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Failure> {
        if let Some(region) = self.chosen(self.options.region, "CITRIX_CLOUD_REGION")? {
            builder = builder.region(region);
        }
        if let Some(api_version) =
            self.chosen(self.options.api_version, "CITRIX_CLOUD_API_VERSION")?
        {
            builder = builder.api_version(api_version);
        }
        let endpoint = match (&self.options.endpoint, self.options.region) {
            (Some(url), _) => Some(url.clone()),
            // An argument goes before the environment, so a region is not overruled by it.
            (None, Some(_)) => None,
            (None, None) => (self.environment)("CITRIX_CLOUD_ENDPOINT"),
        };
        Ok(match endpoint {
            Some(url) => builder.endpoint(url),
            None => builder,
        })
    }

    fn chosen<T>(&self, option: Option<T>, variable: &str) -> Result<Option<T>, Failure>
    where
        T: std::str::FromStr<Err = citrix_cloud::Error>,
    {
        match (option, (self.environment)(variable)) {
            (Some(option), _) => Ok(Some(option)),
            (None, None) => Ok(None),
            (None, Some(text)) => match text.parse() {
                Ok(value) => Ok(Some(value)),
                Err(error) => Err(Failure::Usage(format!("{variable}: {error}"))),
            },
        }
    }
}

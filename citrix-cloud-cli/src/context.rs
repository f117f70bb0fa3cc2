//! The context that every command runs in.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use citrix_cloud::{Client, ClientBuilder, Credentials, FileTokenStore, Secret};
use jiff::tz::TimeZone;

use crate::credentials::{self, Environment};
use crate::errors::ErrorReport;
use crate::exit::Failure;
use crate::logging;
use crate::options::{Options, for_programs};
use crate::output::{Output, Pager, Screen};
use crate::profiles::{Config, ConfigFile, Field, Folders, Missing, Settings};
use crate::requests::Requests;
use crate::secrets::{FileSecrets, SecretKey, SecretStore, StoreKind};
use crate::terminal::Terminal;

/// How long a call may take unless `--timeout` says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// The time limit of a list, as a multiple of the time limit of a call, unless `--list-timeout` says
/// otherwise. Pages take a small part of that, so only an endless list reaches it.
const PAGES_IN_TIME: u32 = 10;

/// The environment variable for where `login` stores secrets.
const SECRET_STORE: &str = "CITRIX_CLOUD_SECRET_STORE";

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
    /// Whether errors are printed as JSON, for programs.
    errors_as_json: bool,
    /// The client to use, if one exists already.
    client: Option<Client>,
}

impl Context {
    /// Returns the context of this process.
    pub(crate) fn new(options: Options) -> Self {
        let terminal = Terminal::detect();
        let environment: Environment = credentials::process_environment;
        let screen = Screen {
            width: terminal.width(),
            colored: terminal.stdout && environment("NO_COLOR").is_none(),
            zone: TimeZone::system,
        };
        let pages = !options.view.no_pager && options.view.watch.is_none();
        let height = terminal.height().filter(|_| pages);
        let pager = height.and_then(|height| Pager::of_user(environment, height));
        Self {
            out: Output::to_stdout(options.view.clone(), screen).paged(pager),
            terminal,
            requests: Requests::default(),
            errors_as_json: for_programs(std::env::args_os()),
            options,
            environment,
            client: None,
        }
    }

    /// Uses an existing client, also in contexts derived from this one.
    pub(crate) fn with_client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// Returns a context that collects rows instead of printing them, and never prompts.
    pub(crate) fn collecting(&self, options: Options) -> Self {
        let terminal = Terminal {
            can_ask: false,
            ..self.terminal
        };
        Self {
            out: Output::collecting(options.view.clone(), self.out.screen().clone()),
            terminal,
            requests: self.requests.clone(),
            errors_as_json: self.errors_as_json,
            options,
            environment: self.environment,
            client: self.client.clone(),
        }
    }

    /// Never prompts, not even for credentials.
    pub(crate) fn asking_nobody(mut self) -> Self {
        self.terminal.can_ask = false;
        self
    }

    /// Returns a context that prints to `on`, and never prompts.
    pub(crate) fn drawing(&self, options: Options, on: Box<dyn Write + Send>) -> Self {
        let collecting = self.collecting(options.clone());
        Self {
            out: Output::to(options.view, self.out.screen().clone(), on),
            ..collecting
        }
    }

    /// Prints on standard error why something was not done, and returns the exit code for it.
    pub(crate) fn report_failure(&self, failure: &Failure) -> u8 {
        let code = failure.code(self.requests.any());
        self.print_error(&ErrorReport::of(failure, code));
        code
    }

    /// Prints an error on standard error, as text or as JSON.
    pub(crate) fn print_error(&self, error_report: &ErrorReport) {
        self.out.note(&match self.errors_as_json {
            true => error_report.json_line(),
            false => error_report.text(),
        });
    }

    /// Starts logging at the level of `--verbose`.
    pub(crate) fn start_logging(&self) {
        let colored = self.terminal.stderr && (self.environment)("NO_COLOR").is_none();
        logging::start(self.options.verbose, colored);
    }

    /// Returns the settings from options, environment and profile.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        let config = self.config()?;
        Settings::resolve(&self.options, self.environment, &config, Missing::Refused)
    }

    /// Returns the settings for a profile that need not exist yet.
    pub(crate) fn settings_of_new(&self, config: &Config) -> Result<Settings, Failure> {
        Settings::resolve(&self.options, self.environment, config, Missing::Fine)
    }

    /// Returns the profiles: none if there is no folder for them, as in some containers.
    fn config(&self) -> Result<Config, Failure> {
        let named = self.options.profile.is_some();
        match self.folders() {
            Ok(folders) => ConfigFile::new(&folders.config).read(),
            Err(failure) if named => Err(failure),
            Err(_) => Ok(Config::default()),
        }
    }

    /// Returns the file with the profiles.
    pub(crate) fn config_file(&self) -> Result<ConfigFile, Failure> {
        Ok(ConfigFile::new(&self.folders()?.config))
    }

    fn folders(&self) -> Result<Folders, Failure> {
        Folders::of_user(self.environment)
    }

    /// Creates a client for the configured customer; nothing is sent.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let settings = self.settings()?;
        let builder = settings.locate(self.builder())?;
        let stored = |key: &SecretKey| self.stored_secret(&settings, key);
        let found = credentials::find(&settings, self.environment, self.terminal, stored)?;
        let mut builder = builder.credentials(found);
        if let Some(store) = self.token_store(&settings)? {
            builder = builder.token_store(store);
        }
        Ok(builder.build()?)
    }

    /// Creates a client that can show where requests would go, but cannot sign in. Without a configured
    /// customer, it uses `CUSTOMER_ID`.
    pub(crate) fn unsigned_client(&self) -> Result<Client, Failure> {
        let settings = self.settings()?;
        let customer = settings.value(Field::Customer).unwrap_or("CUSTOMER_ID");
        let builder = settings.locate(self.builder())?;
        let nobody = Credentials::new("-", "-", customer)?;
        Ok(builder.credentials(nobody).build()?)
    }

    fn stored_secret(
        &self,
        settings: &Settings,
        key: &SecretKey,
    ) -> Result<Option<Secret>, Failure> {
        match settings.value(Field::SecretStore) {
            None => Ok(None),
            Some(kind) => self
                .secret_store(kind.parse().map_err(Failure::Usage)?)?
                .get(key),
        }
    }

    /// Returns the secret in the environment, and the name of its variable.
    pub(crate) fn secret_set(&self) -> Option<(Secret, &'static str)> {
        credentials::secret_of(self.environment)
    }

    /// Returns the folder for the program's state.
    pub(crate) fn state_folder(&self) -> Result<PathBuf, Failure> {
        Ok(self.folders()?.state)
    }

    /// Returns a store for secrets.
    pub(crate) fn secret_store(&self, kind: StoreKind) -> Result<Box<dyn SecretStore>, Failure> {
        match kind {
            StoreKind::File => Ok(Box::new(FileSecrets::new(&self.folders()?.config))),
            #[cfg(feature = "keyring")]
            StoreKind::Keyring => Ok(Box::new(crate::secrets::Keyring)),
            #[cfg(not(feature = "keyring"))]
            StoreKind::Keyring => Err(Failure::Usage(
                "this program was built without support for the system's keyring; sign in with \
                 `citrix-cloud login --secret-store file`"
                    .to_owned(),
            )),
        }
    }

    /// Returns the stores to try for a new secret, in this order, or only the chosen one.
    pub(crate) fn secret_stores(
        &self,
        wanted: Option<StoreKind>,
    ) -> Result<Vec<Box<dyn SecretStore>>, Failure> {
        let wanted = match (wanted, (self.environment)(SECRET_STORE)) {
            (Some(kind), _) => Some(kind),
            (None, None) => None,
            (None, Some(text)) => {
                let kind = text.parse();
                Some(kind.map_err(|words| Failure::Usage(format!("{SECRET_STORE}: {words}")))?)
            }
        };
        let kinds = match wanted {
            Some(kind) => vec![kind],
            None if cfg!(feature = "keyring") => vec![StoreKind::Keyring, StoreKind::File],
            None => vec![StoreKind::File],
        };
        kinds.into_iter().map(|it| self.secret_store(it)).collect()
    }

    /// Returns the token store: the configured one, or else the profile's own.
    fn token_store(&self, settings: &Settings) -> Result<Option<FileTokenStore>, Failure> {
        if self.token_cache().is_some() {
            return self.named_token_store();
        }
        let profile = credentials::secret_key(settings).map(|(key, _)| key.profile);
        Ok(profile.and_then(|profile| self.token_store_of(&profile)))
    }

    /// Returns the folder for tokens from the option or the environment.
    fn token_cache(&self) -> Option<PathBuf> {
        let set = || (self.environment)("CITRIX_CLOUD_TOKEN_CACHE").map(PathBuf::from);
        self.options.token_cache.clone().or_else(set)
    }

    /// Returns the token store in that folder.
    pub(crate) fn named_token_store(&self) -> Result<Option<FileTokenStore>, Failure> {
        let Some(folder) = self.token_cache() else {
            return Ok(None);
        };
        match folder.to_str() {
            Some("off") => Ok(None),
            Some("user") => Ok(Some(FileTokenStore::in_user_cache()?)),
            _ => Ok(Some(FileTokenStore::new(folder)?)),
        }
    }

    /// Returns the folder for cached data: the folder of the tokens, if they are stored.
    pub(crate) fn cache_folder(&self, settings: &Settings) -> Option<PathBuf> {
        let own = || Some(self.folders().ok()?.tokens);
        match self.token_cache() {
            Some(folder) => match folder.to_str() {
                Some("off") => None,
                Some("user") => own(),
                _ => Some(folder),
            },
            None => {
                let (key, _) = credentials::secret_key(settings)?;
                Some(own()?.join(key.profile))
            }
        }
    }

    /// Returns a profile's token store. It is optional, so commands continue without one if it cannot be created.
    pub(crate) fn token_store_of(&self, profile: &str) -> Option<FileTokenStore> {
        let folder = self.folders().ok()?.tokens.join(profile);
        let store = FileTokenStore::new(folder);
        let warn = |error: &citrix_cloud::Error| tracing::warn!(target: "citrix_cloud", %error, "tokens are not cached");
        store.inspect_err(warn).ok()
    }

    /// Returns where the current secret comes from, for people.
    pub(crate) fn secret_place(&self, settings: &Settings) -> Result<String, Failure> {
        let set = self.secret_set().map(|(_, name)| name.to_owned());
        let asked = || "asked for".to_owned();
        let Some((key, first)) = credentials::secret_key(settings) else {
            return Ok(set.unwrap_or_else(asked));
        };
        match set {
            Some(name) if !first || self.stored_secret(settings, &key)?.is_none() => Ok(name),
            _ => match settings.value(Field::SecretStore) {
                Some(kind) => {
                    let kind = kind.parse().map_err(Failure::Usage)?;
                    Ok(self.secret_store(kind)?.place())
                }
                None => Ok(asked()),
            },
        }
    }

    /// Returns a client builder with the options' settings, without endpoint and credentials.
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
}

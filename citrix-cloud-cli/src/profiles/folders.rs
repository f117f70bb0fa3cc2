//! The folders for the user's settings and for data that can be fetched again.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use crate::credentials::Environment;
use crate::exit::Failure;

/// The variable for another settings folder.
const CONFIG_FOLDER: &str = "CITRIX_CLOUD_CONFIG_DIR";

const OURS: &str = "citrix-cloud";

/// The folders of this program: `$XDG_CONFIG_HOME`, `$XDG_CACHE_HOME` and `$XDG_STATE_HOME` (or `~/.config`,
/// `~/.cache` and `~/.local/state`), on Windows `%APPDATA%` and `%LOCALAPPDATA%`.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// Profiles, and secrets if there is no keyring.
    pub(crate) config: PathBuf,
    /// One folder of tokens for each profile.
    pub(crate) tokens: PathBuf,
    /// Records of actions.
    pub(crate) state: PathBuf,
}

impl Folders {
    /// Returns the folders of this user.
    pub(crate) fn of_user(environment: Environment) -> Result<Self, Failure> {
        let base = etcetera::choose_base_strategy().map_err(|error| {
            Failure::Usage(format!("no folder for profiles: {error}; set HOME"))
        })?;
        let config = environment(CONFIG_FOLDER).map(PathBuf::from);
        Ok(Self {
            config: config.unwrap_or_else(|| base.config_dir().join(OURS)),
            tokens: base.cache_dir().join(OURS).join("tokens"),
            state: base
                .state_dir()
                .unwrap_or_else(|| base.cache_dir())
                .join(OURS),
        })
    }
}

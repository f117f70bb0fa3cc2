//! What the emulated cloud is to be like, the same for every command that starts one.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use citrix_cloud_emulator::faults::Fault;
use citrix_cloud_emulator::{Emulator, EmulatorBuilder, World};
use clap::Args;

use super::limits::LimitOptions;

#[derive(Args)]
pub(super) struct CloudOptions {
    /// Fills the catalog with this many idle machines instead of the default ones.
    #[arg(long, value_name = "N")]
    machines: Option<usize>,

    /// Keeps the world in this file over restarts, however the program ends. If the file is there, its world takes
    /// the place of what other options describe.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// How long a token is good for.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    token_lifetime: u64,

    /// How long every answer is held back.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,

    /// A YAML or JSON file with rules by which requests go wrong.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,

    #[command(flatten)]
    limits: LimitOptions,
}

impl CloudOptions {
    pub(super) fn builder(&self) -> io::Result<EmulatorBuilder> {
        let world = self
            .machines
            .map_or_else(World::default, World::with_machines);
        let faults = self.faults.as_deref().map(read_faults).transpose()?;
        Ok(Emulator::builder()
            .world(world)
            .token_lifetime(Duration::from_secs(self.token_lifetime))
            .latency(Duration::from_millis(self.latency))
            .faults(faults.unwrap_or_default())
            .limits(self.limits.limits()))
    }

    /// Builds the emulator, with the state file if there is to be one.
    pub(super) fn build(&self, builder: EmulatorBuilder) -> io::Result<Emulator> {
        match &self.state {
            Some(file) => builder.build_with_state(file).map_err(|error| {
                let cause = error.source().map(|cause| format!(": {cause}"));
                io::Error::other(format!("{error}{}", cause.unwrap_or_default()))
            }),
            None => Ok(builder.build()),
        }
    }
}

fn read_faults(path: &Path) -> io::Result<Vec<Fault>> {
    let refused = |why: &str| {
        let message = format!("{}: {}", path.display(), why.trim_start_matches("error: "));
        io::Error::new(io::ErrorKind::InvalidInput, message)
    };
    let text = fs::read_to_string(path).map_err(|error| refused(&error.to_string()))?;
    serde_saphyr::from_str(&text).map_err(|error| refused(&error.to_string()))
}

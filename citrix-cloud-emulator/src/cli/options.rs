//! The settings of the emulated cloud, shared by every command that starts one.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use citrix_cloud_emulator::faults::Fault;
use citrix_cloud_emulator::{Emulator, EmulatorBuilder, World, WorldFile};
use clap::Args;
use serde::de::DeserializeOwned;

use super::limits::LimitOptions;

#[derive(Args)]
pub(super) struct CloudOptions {
    /// Fills the catalog with this many idle machines, a million at most, instead of the default ones.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    machines: Option<u32>,

    /// A YAML file that describes the world; `world example` prints one.
    #[arg(long, value_name = "FILE", conflicts_with = "machines")]
    world: Option<PathBuf>,

    /// Keeps the world in this file across restarts, however the program ends. If the file exists, its world is used,
    /// and options that describe a world are ignored.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// How long a token is valid, in seconds [default: 3600, or what the world file says].
    #[arg(long, value_name = "SECONDS")]
    token_lifetime: Option<u64>,

    /// How long a job or a power action takes, in seconds, such as `0.5` [default: 2, or what the world file says].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    job_duration: Option<Duration>,

    /// How long every response is delayed, in milliseconds.
    #[arg(long, value_name = "MS")]
    latency: Option<u64>,

    /// Accepts only what Citrix documents, instead of everything that the service accepts from working programs.
    #[arg(long)]
    strict: bool,

    /// A YAML or JSON file with fault rules.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,

    #[command(flatten)]
    limits: LimitOptions,
}

impl CloudOptions {
    pub(super) fn builder(&self) -> io::Result<EmulatorBuilder> {
        let mut builder = match (&self.world, self.machines) {
            (Some(file), _) => described(file)?,
            (None, Some(count)) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                Emulator::builder().world(World::with_machines(count))
            }
            (None, None) => Emulator::builder(),
        };
        if let Some(seconds) = self.token_lifetime {
            builder = builder.token_lifetime(Duration::from_secs(seconds));
        }
        if let Some(duration) = self.job_duration {
            builder = builder.job_duration(duration);
        }
        if let Some(milliseconds) = self.latency {
            builder = builder.latency(Duration::from_millis(milliseconds));
        }
        if self.strict {
            builder = builder.strict();
        }
        if let Some(file) = &self.faults {
            builder = builder.faults(read::<Vec<Fault>>(file)?);
        }
        Ok(builder.limits(self.limits.limits()))
    }

    /// Builds the emulator, with a state file if one was given.
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

/// Parses a time in seconds, which may have a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().map(Duration::try_from_secs_f64);
    match seconds {
        Some(Ok(duration)) => Ok(duration),
        _ => Err("write a number of seconds, such as 2 or 0.5".to_owned()),
    }
}

/// Reads a world file.
pub(super) fn described(path: &Path) -> io::Result<EmulatorBuilder> {
    let file: WorldFile = read(path)?;
    file.builder()
        .map_err(|error| refused(path, &error.to_string()))
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let text = fs::read_to_string(path).map_err(|error| refused(path, &error.to_string()))?;
    serde_saphyr::from_str(&text).map_err(|error| refused(path, &error.to_string()))
}

fn refused(path: &Path, why: &str) -> io::Error {
    // After its first line, the error quotes the file, which may contain secrets.
    let why = why.lines().next().unwrap_or_default();
    let message = format!("{}: {}", path.display(), why.trim_start_matches("error: "));
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

//! The programs, and how to run them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::cloud::Cloud;
use super::curl;

/// One of the programs, with its arguments.
#[derive(Clone, Copy)]
pub(super) enum Program {
    /// `citrix-cloud/benches/programs`: bare reqwest, or the library.
    Speed(&'static [&'static str]),
    /// The command-line program; the catalog's id comes last.
    Cli(&'static [&'static str]),
    /// Python with `requests`.
    Script,
    /// curl, with the same requests as the command-line program.
    Curl,
}

/// The paths of the programs.
pub(super) struct Programs {
    pub(super) emulator: PathBuf,
    speed: PathBuf,
    cli: PathBuf,
    script: PathBuf,
}

/// One run.
#[derive(Clone)]
pub(super) struct Sample {
    /// Of the whole process, or of one round if the program measures rounds.
    pub(super) milliseconds: f64,
    /// The number of objects that it processed, by its own output.
    pub(super) objects: usize,
    /// The peak memory.
    pub(super) megabytes: Option<u64>,
}

/// The output of a program at its end.
#[derive(Deserialize)]
struct Said {
    objects: usize,
    #[serde(default)]
    round: Option<f64>,
    #[serde(default)]
    megabytes: Option<u64>,
}

impl Programs {
    pub(super) fn below(target: &Path, root: &Path) -> Self {
        let built = target.join("dist");
        let named = |name: &str| {
            built
                .join(name)
                .with_extension(std::env::consts::EXE_EXTENSION)
        };
        Self {
            emulator: named("citrix-cloud-emulator"),
            speed: named("speed"),
            cli: named("citrix-cloud"),
            script: root.join("citrix-cloud/benches/programs/script.py"),
        }
    }

    /// Runs a program until it exits.
    pub(super) fn run(&self, program: Program, cloud: &Cloud) -> Result<Sample> {
        let cloud = &cloud.identity;
        let mut stdin = String::new();
        let mut command = match program {
            Program::Speed(arguments) => with(&self.speed, arguments),
            Program::Cli(arguments) => {
                let mut command = with(&self.cli, arguments);
                command.arg(&cloud.catalog_id);
                command
            }
            Program::Script => {
                let mut command = Command::new("python3");
                command.arg(&self.script);
                command
            }
            Program::Curl => {
                stdin = curl::script(cloud)?;
                with("curl", &["--config", "-"])
            }
        };
        command
            .env("CITRIX_CLOUD_ENDPOINT", &cloud.url)
            .env("CITRIX_CLIENT_ID", &cloud.client_id)
            .env("CITRIX_CLIENT_SECRET", &cloud.client_secret)
            .env("CITRIX_CUSTOMER_ID", &cloud.customer_id)
            .env("BENCH_SITE", &cloud.site_id)
            .env("BENCH_CATALOG", &cloud.catalog_id);
        let (said, milliseconds) = timed(&mut command, &stdin)?;
        let said = match program {
            Program::Speed(_) | Program::Script => {
                serde_json::from_slice(&said).context("it did not say what it did")?
            }
            Program::Cli(_) | Program::Curl => Said {
                objects: objects(&said),
                round: None,
                megabytes: None,
            },
        };
        Ok(Sample {
            milliseconds: said.round.unwrap_or(milliseconds),
            objects: said.objects,
            megabytes: said.megabytes,
        })
    }
}

fn with(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// The output of a program, and its running time in milliseconds.
fn timed(command: &mut Command, stdin: &str) -> Result<(Vec<u8>, f64)> {
    let began = Instant::now();
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} does not start", command.get_program().display()))?;
    // A program that does not read its input reports itself what is missing.
    let _ = process
        .stdin
        .take()
        .map(|mut it| it.write_all(stdin.as_bytes()));
    let ended = process.wait_with_output()?;
    let took = began.elapsed().as_secs_f64() * 1000.0;
    let why = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.success(), "{}: {}", ended.status, why.trim());
    Ok((ended.stdout, took))
}

/// Counts the machines in the output: objects of an array or of `Items`, or lines about a reboot.
fn objects(printed: &[u8]) -> usize {
    let last = |value: Value| match value {
        Value::Array(items) => Some(items.len()),
        value => value.get("Items").and_then(Value::as_array).map(Vec::len),
    };
    let values = serde_json::Deserializer::from_slice(printed).into_iter::<Value>();
    let counted = values.map_while(Result::ok).filter_map(last).last();
    counted.unwrap_or_else(|| {
        let lines = String::from_utf8_lossy(printed);
        lines.lines().filter(|it| it.ends_with("success")).count()
    })
}

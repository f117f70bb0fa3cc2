//! An emulator for one run, and the requests that it received.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::cases::Case;

/// A running emulator, which is stopped on drop.
pub(super) struct Cloud {
    process: Child,
    pub(super) identity: Identity,
}

/// Its address and contents.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) url: String,
    pub(super) customer_id: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) site_id: String,
    pub(super) catalog_id: String,
}

/// A line of the journal.
#[derive(Deserialize)]
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) acted: bool,
}

impl Cloud {
    /// Starts an emulator for the case, and waits until it accepts connections.
    pub(super) fn start(program: &Path, case: &Case) -> Result<Self> {
        let mut process = Command::new(program)
            .arg("serve")
            .args(["--machines", &case.machines.to_string()])
            .args(["--latency", &case.latency.to_string()])
            .env("RUST_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let mut line = String::new();
        let read = match process.stdout.take() {
            Some(stdout) => BufReader::new(stdout).read_line(&mut line),
            None => Ok(0),
        };
        let identity = read.map_err(anyhow::Error::from);
        match identity.and_then(|_| Ok(serde_json::from_str(&line)?)) {
            Ok(identity) => Ok(Self { process, identity }),
            Err(error) => {
                end(&mut process);
                Err(error.context("the emulator did not say where it listens"))
            }
        }
    }

    /// Returns every request that it received, except for those that read the journal.
    pub(super) fn journal(&self) -> Result<Vec<Exchange>> {
        #[derive(Deserialize)]
        struct Journal {
            exchanges: Vec<Exchange>,
            more: usize,
        }
        let url = &self.identity.url;
        let told = Command::new("curl")
            .args(["--silent", "--show-error", "--fail"])
            .arg(format!(
                "{url}/_emulator/journal?details=false&limit=100000"
            ))
            .output()
            .context("curl does not start")?;
        let said = String::from_utf8_lossy(&told.stderr);
        ensure!(told.status.success(), "the journal was not told: {said}");
        let journal: Journal = serde_json::from_slice(&told.stdout)?;
        ensure!(journal.more == 0, "the journal is longer than can be read");
        Ok(journal.exchanges)
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Stops an emulator, or does nothing if it has ended by itself.
fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}

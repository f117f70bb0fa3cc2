//! Limits on the resources that one document may use.
//!
//! A document of a few hundred bytes can expand to fill any memory, with aliases of aliases or
//! models that extend each other. It is rejected, and the error names the limit and the option that
//! raises it. The contents are counted before anything is generated; time and memory are monitored
//! too, for cases that counting misses.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// For deeply nested documents: code that walks them recurses once per level.
pub const STACK: usize = 1 << 30;

/// How often running work is checked.
const LOOK: Duration = Duration::from_millis(20);

/// The limits for a document.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Limits {
    /// Most values in the document, after aliases and merge keys are expanded
    #[arg(long, value_name = "N", default_value_t = Self::default().max_nodes)]
    pub max_nodes: usize,
    /// Most operations
    #[arg(long, value_name = "N", default_value_t = Self::default().max_operations)]
    pub max_operations: usize,
    /// Most parameters of all operations together
    #[arg(long, value_name = "N", default_value_t = Self::default().max_parameters)]
    pub max_parameters: usize,
    /// Most models, including unnamed ones
    #[arg(long, value_name = "N", default_value_t = Self::default().max_models)]
    pub max_models: usize,
    /// Most fields and alternatives of all models together
    #[arg(long, value_name = "N", default_value_t = Self::default().max_fields)]
    pub max_fields: usize,
    /// Most enum values, all together
    #[arg(long, value_name = "N", default_value_t = Self::default().max_values)]
    pub max_values: usize,
    /// Most seconds of processor time to use (of wall-clock time except on Linux)
    #[arg(long, value_name = "SECONDS", default_value_t = Self::default().max_seconds)]
    pub max_seconds: u64,
    /// Most memory to use (only measured on Linux)
    #[arg(long, value_name = "MEGABYTES", default_value_t = Self::default().max_megabytes)]
    pub max_megabytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_nodes: 500_000,
            max_operations: 1_200,
            max_parameters: 6_000,
            max_models: 5_000,
            max_fields: 25_000,
            max_values: 20_000,
            max_seconds: 5,
            max_megabytes: 600,
        }
    }
}

impl Limits {
    /// Runs `work` on its own thread with a large stack, and gives up if it takes more time or
    /// memory than allowed.
    ///
    /// The thread cannot be stopped; it ends with the program.
    ///
    /// # Errors
    ///
    /// The errors of `work`, or the limit that it exceeded, with the option that raises it.
    pub fn watch<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (done, outcome) = mpsc::channel();
        let (began, before) = (Instant::now(), resident_megabytes().unwrap_or_default());
        let worked = processor_time();
        let thread = std::thread::Builder::new().stack_size(STACK);
        let spawned = thread.spawn(move || drop(done.send(work())));
        spawned.context("no thread can be made")?;
        loop {
            match outcome.recv_timeout(LOOK) {
                Ok(outcome) => return outcome,
                Err(RecvTimeoutError::Disconnected) => bail!("a fault of this program"),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let taken = resident_megabytes().unwrap_or_default();
            if taken.saturating_sub(before) > self.max_megabytes {
                bail!(
                    "it takes more than {} MB of memory; `--max-megabytes` allows for more",
                    self.max_megabytes
                );
            }
            // Processor time, so that the result does not depend on how busy the machine is.
            let time = match (worked, processor_time()) {
                (Some(before), Some(now)) => now.saturating_sub(before),
                _ => began.elapsed(),
            };
            if time > Duration::from_secs(self.max_seconds) {
                bail!(
                    "it takes more than {} s; `--max-seconds` allows for more",
                    self.max_seconds
                );
            }
        }
    }
}

/// The parser's error for a document with too many values.
pub(crate) fn too_many_nodes(max_nodes: usize) -> anyhow::Error {
    anyhow::anyhow!("the document has more than {max_nodes} values; `--max-nodes` allows for more")
}

/// The parser's error for a document whose aliases and merge keys expand to too much.
pub(crate) fn too_many_aliases(max_nodes: usize) -> anyhow::Error {
    anyhow::anyhow!(
        "aliases and merge keys of the document stand for more than {} values, a quarter of what \
         `--max-nodes` allows for",
        replayed(max_nodes)
    )
}

/// The parser's error for a document that is too long to be parsed again after each repair.
pub(crate) fn too_many_readings(max_nodes: usize) -> String {
    format!(
        "the document is too long to be read again for each of its errors; fix this line, or allow for \
         more than {max_nodes} values with `--max-nodes`"
    )
}

/// How many values aliases and merge keys may expand to; expanding them takes longer than parsing.
pub(crate) fn replayed(max_nodes: usize) -> usize {
    max_nodes / 4
}

/// Returns the processor time that this program has used. Linux counts it in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name comes first, in brackets, and may contain spaces and brackets.
    let (_, counts) = stat.rsplit_once(')')?;
    let mut counts = counts.split_whitespace().skip(11);
    let mut ticks = || counts.next()?.parse::<u64>().ok();
    let (user, system) = (ticks()?, ticks()?);
    Some(Duration::from_millis(10 * (user + system)))
}

/// Returns the memory that this program uses now.
fn resident_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024)
}

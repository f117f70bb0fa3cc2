//! The office: more than a hundred machines with 90 days of history.

use std::path::Path;
use std::time::Duration;

use citrix_cloud_emulator::{Clock, Limits, WorldFile};
use jiff::Timestamp;
use serde_json::Value;

use crate::stage::{Ran, Stage};

/// The time of the office's clock.
pub(crate) const NOW: &str = "2026-01-05T08:30:00Z";

/// Creates the office with a frozen clock and no limit on queries.
pub(crate) async fn office() -> Stage {
    office_with(u64::MAX).await
}

/// Creates the office with a limit on the rows that a query reads.
pub(crate) async fn office_with(monitor_rows: u64) -> Stage {
    office_at(NOW.parse().unwrap(), monitor_rows).await
}

/// Creates the office at another time.
pub(crate) async fn office_at(now: Timestamp, monitor_rows: u64) -> Stage {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = manifest.join("../citrix-cloud-emulator/worlds/office.yml");
    let text = std::fs::read_to_string(file).unwrap();
    let world: WorldFile = serde_saphyr::from_str(&text).unwrap();
    let limits = Limits {
        monitor_rows,
        ..Limits::default()
    };
    let builder = world.builder().unwrap();
    let builder = builder
        .clock(Clock::manual(now))
        .latency(Duration::ZERO)
        .limits(limits);
    Stage::with(builder.build()).await
}

impl Stage {
    /// Runs `monitor` with these arguments.
    pub(crate) fn monitor(&self, words: &[&str]) -> Ran {
        Ran::of(self.command().arg("monitor").args(words))
    }

    /// Returns the rows of `monitor query` as JSON.
    pub(crate) fn rows(&self, words: &[&str]) -> Vec<Value> {
        let query = [&["query"], words, &["--output", "json"]].concat();
        match self.monitor(&query).json() {
            Value::Array(rows) => rows,
            other => panic!("{words:?}: {other}"),
        }
    }
}

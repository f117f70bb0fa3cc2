//! Waivers: changes that were reviewed and count for less, each with a reason.
//!
//! ```toml
//! [[waiver]]
//! name = "MachinesGetMachine"
//! part = "parameter"
//! member = "fields"
//! effect = "patch"
//! reason = "nobody could use it: the service refused every value"
//! ```

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::change::{Change, Effect, Kind, Part};

/// The contents of a file of waivers; an unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    /// The waivers; the first match counts.
    #[serde(default, rename = "waiver")]
    pub waivers: Vec<Waiver>,
}

/// A waiver. Keys that it omits match anything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The operation or model; a trailing `*` matches any end.
    pub name: String,
    /// How it changed.
    pub change: Option<Kind>,
    /// The changed part.
    pub part: Option<Part>,
    /// The parameter, field or value.
    pub member: Option<String>,
    /// What the change counts as; if omitted, it does not count.
    pub effect: Option<Effect>,
    /// The reason.
    pub reason: String,
}

impl Waivers {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If an entry is not a valid waiver or has no reason; the error names file and line.
    pub fn read(path: &Path) -> Result<Self> {
        let file = path.display();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {file}"))?;
        let waivers: Self =
            toml::from_str(&text).with_context(|| format!("{file} does not parse"))?;
        for waiver in &waivers.waivers {
            ensure!(
                !waiver.reason.trim().is_empty(),
                "{file}: the waiver for `{}` must have a reason",
                waiver.name
            );
        }
        Ok(waivers)
    }

    /// Applies each waiver, and returns the names of those that match no change.
    pub fn apply(&self, changes: &mut [Change]) -> Vec<String> {
        let mut used = vec![false; self.waivers.len()];
        for change in changes {
            let mut waivers = self.waivers.iter().enumerate();
            if let Some((index, waiver)) = waivers.find(|(_, waiver)| waiver.covers(change)) {
                used[index] = true;
                change.effect = waiver.effect.unwrap_or(Effect::None);
                change.waived = Some(waiver.reason.clone());
            }
        }
        let unused = self.waivers.iter().zip(used).filter(|(_, used)| !used);
        unused.map(|(waiver, _)| waiver.name.clone()).collect()
    }
}

impl Waiver {
    fn covers(&self, change: &Change) -> bool {
        let named = match self.name.strip_suffix('*') {
            Some(start) => change.name.starts_with(start),
            None => change.name == self.name,
        };
        named
            && self.change.is_none_or(|kind| kind == change.change)
            && self.part.is_none_or(|part| part == change.part)
            && (self.member.is_none() || self.member == change.member)
    }
}

//! Changes that were looked at and count for less, each with its reason.
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

/// The whole of a file of waivers; an unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    /// The waivers; the first that fits counts.
    #[serde(default, rename = "waiver")]
    pub waivers: Vec<Waiver>,
}

/// One waiver. What it leaves out fits anything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The operation or model; it may end with `*`, which stands for any end.
    pub name: String,
    /// What happened.
    pub change: Option<Kind>,
    /// To which part.
    pub part: Option<Part>,
    /// The parameter, field or value.
    pub member: Option<String>,
    /// What the change counts as; without it, for nothing.
    pub effect: Option<Effect>,
    /// Why.
    pub reason: String,
}

impl Waivers {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Names the file and the line of what is not a waiver, and one without a reason.
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

    /// Applies each waiver, and returns the names of those that concern no change.
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

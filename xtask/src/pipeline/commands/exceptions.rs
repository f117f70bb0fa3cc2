//! `openapi/commands.toml`: what the rule for commands cannot know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The whole of `commands.toml`; an unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// Modules whose commands stand below a word of their own, each with that word.
    #[serde(default)]
    pub below: BTreeMap<String, String>,
    /// Operations that no rule gives words, or bad ones.
    #[serde(default, rename = "command")]
    pub commands: Vec<Named>,
    /// Operations whose command is written by hand, or that have none on purpose.
    #[serde(default, rename = "hand")]
    pub by_hand: Vec<ByHand>,
}

/// An operation with its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The operationId.
    pub operation: String,
    /// The words, without the module's own.
    pub words: String,
    /// Why the rule is wrong; a service without handles needs none.
    #[serde(default)]
    pub reason: String,
}

/// An operation that is not in the generated table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// The operationId.
    pub operation: String,
    /// The words of its command, unless the rule finds them.
    #[serde(default)]
    pub words: String,
    /// Whether there is no command at all.
    #[serde(default, rename = "no-command")]
    pub no_command: bool,
    /// What the command does that the table cannot, or why there is none.
    pub reason: String,
}

impl Exceptions {
    /// Reads `commands.toml`.
    ///
    /// # Errors
    ///
    /// Names the file, the line of an unknown key or a wrong type, and the entry without a reason.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let exceptions: Self = toml::from_str(&text)?;
        for hand in &exceptions.by_hand {
            ensure!(
                !hand.reason.trim().is_empty(),
                "`{}` must have a reason",
                hand.operation
            );
        }
        Ok(exceptions)
    }

    /// Returns whether an operation is left out of the generated table.
    #[must_use]
    pub fn is_by_hand(&self, id: &str) -> bool {
        self.by_hand.iter().any(|it| it.operation == id)
    }

    /// Holds that every entry concerns an operation.
    ///
    /// # Errors
    ///
    /// Names the one that does not.
    pub fn check<'a>(&self, known: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let known: BTreeSet<&str> = known.into_iter().collect();
        let named = self.commands.iter().map(|it| &it.operation);
        for id in named.chain(self.by_hand.iter().map(|it| &it.operation)) {
            ensure!(known.contains(id.as_str()), "there is no operation `{id}`");
        }
        Ok(())
    }
}

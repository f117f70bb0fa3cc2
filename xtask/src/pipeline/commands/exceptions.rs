//! `openapi/commands.toml`: exceptions to the rule that names commands.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The contents of `commands.toml`; an unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// Modules whose commands are grouped under a word of their own, each with that word.
    #[serde(default)]
    pub below: BTreeMap<String, String>,
    /// Operations that the rule gives no words or bad ones.
    #[serde(default, rename = "command")]
    pub commands: Vec<Named>,
    /// Operations whose command is hand-written, or that deliberately have none.
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
    /// Why the rule is wrong; not needed for a service without handles.
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
    /// What the command does that a generated one cannot, or why there is none.
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

    /// Checks that every entry refers to an existing operation.
    ///
    /// # Errors
    ///
    /// If an entry does not; the error names it.
    pub fn check<'a>(&self, known: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let known: BTreeSet<&str> = known.into_iter().collect();
        let named = self.commands.iter().map(|it| &it.operation);
        for id in named.chain(self.by_hand.iter().map(|it| &it.operation)) {
            ensure!(known.contains(id.as_str()), "there is no operation `{id}`");
        }
        Ok(())
    }
}

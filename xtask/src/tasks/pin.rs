//! The pin of the upstream document, so that it cannot change unnoticed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

use crate::tasks::config::Upstream;

/// Returns the lower-case hexadecimal SHA-256 of a file.
///
/// # Errors
///
/// If the file cannot be read; the error names it.
pub fn sha256(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }))
}

/// Compares the upstream document with its pin.
///
/// # Errors
///
/// If they differ; the error shows both sums, and the command that accepts the change.
pub fn verify(openapi: &Path, upstream: &Upstream) -> Result<()> {
    let found = sha256(&openapi.join(&upstream.file))?;
    ensure!(
        found == upstream.sha256,
        "openapi/{} does not match its pin in openapi/regen.toml\n  pinned {}\n  found  {found}\n\
         if the new document is meant, take it in with `cargo xtask regen --accept-upstream`",
        upstream.file,
        upstream.sha256,
    );
    Ok(())
}

/// Returns the text of `regen.toml` with a new pin for the document.
///
/// # Errors
///
/// If the text does not contain the old sum exactly once.
pub fn repin(text: &str, old: &str, new: &str) -> Result<String> {
    ensure!(
        text.matches(old).count() == 1,
        "openapi/regen.toml: upstream.sha256 `{old}` must stand there exactly once"
    );
    Ok(text.replacen(old, new, 1))
}

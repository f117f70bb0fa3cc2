//! The generated files of the workspace: checks and updates them.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use similar::TextDiff;

use crate::pipeline::template::BANNER;

/// The longest difference that `--check` prints per file, in lines.
const DIFF_LINES: usize = 200;

/// Files that should have a certain content, or should not exist.
#[derive(Debug, Default)]
pub(super) struct Files(Vec<File>);

#[derive(Debug)]
struct File {
    path: PathBuf,
    /// `None` if it should not exist.
    content: Option<String>,
}

/// A file that is stale, with its current content.
type Stale<'a> = (&'a File, Option<String>);

impl Files {
    /// Expects a file with this content.
    pub(super) fn put(&mut self, path: PathBuf, content: String) {
        self.0.push(File {
            path,
            content: Some(content),
        });
    }

    /// The same for a file of a module.
    ///
    /// # Errors
    ///
    /// If the file of a module is hand-written; the error names the module.
    pub(super) fn put_generated(
        &mut self,
        module: &str,
        path: PathBuf,
        content: String,
    ) -> Result<()> {
        ensure!(
            !path.exists() || is_generated(&path)?,
            "openapi/regen.toml: module `{module}` would overwrite a file written by hand"
        );
        self.put(path, content);
        Ok(())
    }

    /// Expects that generated files in these folders do not exist unless they have been generated
    /// now.
    ///
    /// # Errors
    ///
    /// If a file cannot be read; the error names it.
    pub(super) fn drop_orphans(&mut self, folders: &[PathBuf]) -> Result<()> {
        let mut orphans = Vec::new();
        for folder in folders.iter().filter(|folder| folder.exists()) {
            for entry in fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))? {
                let path = entry?.path();
                let source = path.extension().is_some_and(|end| end == "rs") && path.is_file();
                let known = self.0.iter().any(|file| file.path == path);
                if source && !known && is_generated(&path)? {
                    orphans.push(path);
                }
            }
        }
        orphans.sort();
        self.0.extend(orphans.into_iter().map(|path| File {
            path,
            content: None,
        }));
        Ok(())
    }

    /// Fails with the differences if a file is stale.
    ///
    /// # Errors
    ///
    /// If there are stale files; the error names them all.
    pub(super) fn check(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        let stale = self.stale()?;
        for (file, old) in &stale {
            let (old, new) = (old.as_deref(), file.content.as_deref());
            print_difference(out, &file.shown(root), old, new)?;
        }
        if !stale.is_empty() {
            let names: Vec<String> = stale.iter().map(|(file, _)| file.shown(root)).collect();
            bail!("stale: {}\nrun `cargo xtask regen`", names.join(", "));
        }
        self.say_all_is_well(out)
    }

    /// Writes the files that have changed.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or written; the error names it.
    pub(super) fn write(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        let stale = self.stale()?;
        for (file, _) in &stale {
            match &file.content {
                Some(content) => {
                    let folder = file.path.parent().unwrap_or(root);
                    fs::create_dir_all(folder).and_then(|()| fs::write(&file.path, content))
                }
                None => fs::remove_file(&file.path),
            }
            .with_context(|| format!("cannot write {}", file.path.display()))?;
            let verb = match file.content {
                Some(_) => "wrote",
                None => "removed",
            };
            writeln!(out, "{verb} {}", file.shown(root))?;
        }
        match stale.is_empty() {
            true => self.say_all_is_well(out),
            false => Ok(()),
        }
    }

    fn stale(&self) -> Result<Vec<Stale<'_>>> {
        let mut stale = Vec::new();
        for file in &self.0 {
            let old = match fs::read_to_string(&file.path) {
                Ok(text) => Some(text.replace("\r\n", "\n")),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("cannot read {}", file.path.display()));
                }
            };
            if old != file.content {
                stale.push((file, old));
            }
        }
        Ok(stale)
    }

    fn say_all_is_well(&self, out: &mut dyn Write) -> Result<()> {
        Ok(writeln!(
            out,
            "{} generated files are up to date",
            self.0.len()
        )?)
    }
}

impl File {
    /// The path to display.
    fn shown(&self, root: &Path) -> String {
        let path = self.path.strip_prefix(root).unwrap_or(&self.path);
        path.to_string_lossy().replace('\\', "/")
    }
}

/// The banner of a page of the guide.
pub(in crate::tasks) fn page_banner() -> String {
    format!("<!-- {} -->", BANNER.trim_start_matches("// "))
}

fn is_generated(path: &Path) -> Result<bool> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    // In a page, the banner is in another kind of comment.
    let page = page_banner();
    Ok(text.starts_with(BANNER) || text.starts_with(page.as_str()))
}

fn print_difference(
    out: &mut dyn Write,
    name: &str,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<()> {
    let text = difference(name, old.unwrap_or_default(), new.unwrap_or_default());
    for line in text.lines().take(DIFF_LINES) {
        writeln!(out, "{line}")?;
    }
    let more = text.lines().count().saturating_sub(DIFF_LINES);
    if more > 0 {
        writeln!(out, "... and {more} more lines")?;
    }
    Ok(())
}

/// Returns the unified difference of two texts.
#[must_use]
pub fn difference(name: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(2)
        .header(
            &format!("{name} (as it is)"),
            &format!("{name} (as generated)"),
        )
        .to_string()
}

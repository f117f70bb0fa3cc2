//! Reads tables of operations: one per line, with columns separated by tabs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The module whose paths are relative to the site, so they could be those of another module.
pub const SITE_MODULE: &str = "daas";

/// A table of facts, and the operations that it covers.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// File name in `tests/facts`.
    pub file: &'static str,
    /// The module that its operations belong to.
    pub module: &'static str,
    /// The base of its paths; the table covers all operations of the module below it.
    pub base: &'static str,
}

/// The tables to use if they are checked in.
pub const FACTS: [Facts; 3] = [
    Facts {
        file: "daas-operations.tsv",
        module: SITE_MODULE,
        base: "",
    },
    Facts {
        file: "administrators-operations.tsv",
        module: "administrators",
        base: "/administrators",
    },
    Facts {
        file: "resource-locations-operations.tsv",
        module: "platform",
        base: "/resourcelocations",
    },
];

/// An operation in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The tag, if the table has one.
    pub tag: String,
    /// The operation's name.
    pub name: String,
    /// Upper-case method.
    pub method: String,
    /// Its path template.
    pub path: String,
}

/// Reads a table of facts; `None` if it is not checked in.
///
/// # Errors
///
/// If a line has too few columns; the error names file and line.
pub fn facts(root: &Path, table: Facts) -> Result<Option<Vec<Line>>> {
    let path = root.join("tests").join("facts").join(table.file);
    if !path.exists() {
        return Ok(None);
    }
    let mut lines = read(&path, ["tag", "operation", "method", "path"])?;
    for line in &mut lines {
        line.path = format!("{}{}", table.base, line.path.trim_end_matches('/'));
    }
    Ok(Some(lines))
}

/// Reads the emulator's tables; returns each operation, and whether it is below a site.
///
/// # Errors
///
/// If the folder has no tables, or a line has too few columns; the error names them.
pub fn emulator(sources: &Path) -> Result<Vec<(bool, Line)>> {
    let mut found = Vec::new();
    for (file, site) in [
        ("cloud_operations.tsv", false),
        ("daas_operations.tsv", true),
    ] {
        let lines = read(&sources.join(file), ["operation", "method", "path"])?;
        found.extend(lines.into_iter().map(|line| (site, line)));
    }
    Ok(found)
}

/// Reads the names of the emulated operations from the emulator's table of evidence. A test of the
/// emulator compares that table with its responses.
///
/// # Errors
///
/// If a line says neither yes nor no; the error names file and line.
pub fn emulated(table: &Path) -> Result<BTreeSet<String>> {
    let text =
        fs::read_to_string(table).with_context(|| format!("cannot read {}", table.display()))?;
    let mut names = BTreeSet::new();
    for (index, line) in rows(&text) {
        let mut columns = line.split('\t').skip(1);
        match (columns.next(), columns.next()) {
            (Some(name), Some("yes")) => {
                names.insert(name.to_owned());
            }
            (Some(_), Some("no")) => {}
            _ => bail!(
                "{}: line {}: the third column says whether the operation is emulated, yes or no",
                table.display(),
                index + 1
            ),
        }
    }
    Ok(names)
}

/// Returns the lines of a table that are not comments, each with its index.
fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines.filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
}

fn read<const N: usize>(path: &Path, columns: [&str; N]) -> Result<Vec<Line>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    rows(&text)
        .map(|(index, line)| {
            let column = |name: &str| {
                let at = columns.iter().position(|column| *column == name);
                at.map_or(Some(""), |at| line.split('\t').nth(at))
                    .map(str::to_owned)
                    .with_context(|| {
                        format!("{}: line {}: no column `{name}`", path.display(), index + 1)
                    })
            };
            Ok(Line {
                tag: column("tag")?,
                name: column("operation")?,
                method: column("method")?,
                path: column("path")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_evidence_says_what_is_emulated() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("evidence.tsv");
        let lines =
            "# service, operation, emulated\ndaas\tA\tyes\tclient\tstory\ndaas\tB\tno\tshape\t\n";
        fs::write(&table, lines).unwrap();
        let names: Vec<_> = emulated(&table).unwrap().into_iter().collect();
        assert_eq!(names, ["A"]);
        fs::write(&table, "daas\tA\tperhaps\tclient\tstory\n").unwrap();
        let error = emulated(&table).unwrap_err().to_string();
        assert!(
            error.contains("line 1") && error.contains("yes or no"),
            "{error}"
        );
    }
}

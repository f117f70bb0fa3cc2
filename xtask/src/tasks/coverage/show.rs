//! The three formats of the table.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use super::fields::Fields;
use super::rows::{COLUMNS, Coverage, Row};

/// The counts of one area, of a service, or of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// The service, or `all`.
    pub service: String,
    /// The area, or `all`.
    pub area: String,
    /// Operations in the facts.
    pub facts: usize,
    /// Operations in the documents.
    pub documents: usize,
    /// Operations that the SDK calls.
    #[serde(rename = "crate")]
    pub sdk: usize,
    /// Operations that the emulator has.
    pub emulator: usize,
    /// Whether the facts are a table, rather than the documents.
    #[serde(rename = "facts_from_table")]
    pub told: bool,
}

const ALL: &str = "all";

const UNTOLD: &str = "no table of facts is checked in: the documents' own are counted";

/// Returns counts by area, with a line for each service that has several areas, and one for
/// everything.
#[must_use]
pub fn count(coverage: &Coverage) -> Vec<Counts> {
    let rows = &coverage.rows;
    let mut found: Vec<Counts> = Vec::new();
    for of_service in rows.chunk_by(|a, b| a.service == b.service) {
        let areas: Vec<&[Row]> = of_service.chunk_by(|a, b| a.area == b.area).collect();
        for area in &areas {
            found.push(counts(&area[0].service, &area[0].area, area));
        }
        if areas.len() > 1 {
            found.push(counts(&of_service[0].service, ALL, of_service));
        }
    }
    found.push(counts(ALL, ALL, rows));
    found
}

fn counts(service: &str, area: &str, rows: &[Row]) -> Counts {
    let column = |at: usize| rows.iter().filter(|row| row.columns()[at]).count();
    Counts {
        service: service.to_owned(),
        area: area.to_owned(),
        facts: column(0),
        documents: column(1),
        sdk: column(2),
        emulator: column(3),
        told: rows.iter().all(|row| row.told || !row.facts),
    }
}

/// Returns the operations that are in one column but not in another.
fn missing(coverage: &Coverage) -> impl Iterator<Item = &Row> {
    let rows = coverage.rows.iter();
    rows.filter(|row| row.columns().contains(&false))
}

/// Returns the columns that contain an operation, and those that do not.
fn sides(row: &Row) -> (String, String) {
    let named = |wanted: bool| {
        let columns = COLUMNS.iter().zip(row.columns());
        let names: Vec<&str> = columns
            .filter(|(_, is)| *is == wanted)
            .map(|(name, _)| *name)
            .collect();
        names.join(", ")
    };
    (named(true), named(false))
}

fn explained(fields: &Fields) -> String {
    let percent = fields.percent();
    format!(
        "fields explained: {} of {} ({percent} %)",
        fields.explained, fields.all
    )
}

fn cells(counts: &Counts) -> [String; 6] {
    let star = if counts.told { "" } else { "*" };
    [
        counts.service.clone(),
        counts.area.clone(),
        format!("{}{star}", counts.facts),
        counts.documents.to_string(),
        counts.sdk.to_string(),
        counts.emulator.to_string(),
    ]
}

fn heads() -> [String; 6] {
    let [facts, documents, sdk, emulator] = COLUMNS;
    ["service", "area", facts, documents, sdk, emulator].map(str::to_owned)
}

/// Prints the table in columns and, with `list`, the operations that are missing in some column.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn text(coverage: &Coverage, list: bool, out: &mut dyn Write) -> Result<()> {
    let counted = count(coverage);
    let mut lines = vec![heads()];
    lines.extend(counted.iter().map(cells));
    let width = |at: usize| lines.iter().map(|line| line[at].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    for line in &lines {
        let padded: Vec<String> = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (cell, &width))| match at {
                0 | 1 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        writeln!(out, "{}", padded.join("  "))?;
    }
    if counted.iter().any(|counts| !counts.told) {
        writeln!(out, "* {UNTOLD}")?;
    }
    writeln!(out, "\n{}", explained(&coverage.fields))?;
    if list {
        writeln!(out)?;
        for row in missing(coverage) {
            let (has, lacks) = sides(row);
            writeln!(
                out,
                "{}/{} {} ({} {}): in {has}; not in {lacks}",
                row.service, row.area, row.operation, row.method, row.path
            )?;
        }
        for field in &coverage.fields.unexplained {
            writeln!(out, "{field}: not explained")?;
        }
    }
    Ok(())
}

/// Prints the counts and, with `list`, the operations that are missing in some column, as one JSON
/// object.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn json(coverage: &Coverage, list: bool, out: &mut dyn Write) -> Result<()> {
    let counted = count(coverage);
    let mut value = json!({ "coverage": counted, "fields": coverage.fields });
    if list {
        value["missing"] = json!(missing(coverage).collect::<Vec<_>>());
        value["unexplained"] = json!(coverage.fields.unexplained);
    }
    writeln!(out, "{}", serde_json::to_string_pretty(&value)?)?;
    Ok(())
}

/// Prints the table for a page and, with `list`, the operations that are missing in some column.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn markdown(coverage: &Coverage, list: bool, out: &mut dyn Write) -> Result<()> {
    let counted = count(coverage);
    writeln!(out, "| {} |", heads().join(" | "))?;
    writeln!(out, "|---|---|---:|---:|---:|---:|")?;
    for counts in &counted {
        let cells = cells(counts).map(|cell| cell.replace('*', "\\*"));
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    if counted.iter().any(|counts| !counts.told) {
        writeln!(out, "\n\\* {UNTOLD}")?;
    }
    writeln!(out, "\n{}", explained(&coverage.fields))?;
    if list {
        writeln!(out, "\n| operation | in | not in |\n|---|---|---|")?;
        for row in missing(coverage) {
            let (has, lacks) = sides(row);
            let call = format!("`{} {}`", row.method, row.path);
            writeln!(out, "| {} {call} | {has} | {lacks} |", row.operation)?;
        }
        for field in &coverage.fields.unexplained {
            writeln!(out, "| `{field}` | | explained |")?;
        }
    }
    Ok(())
}

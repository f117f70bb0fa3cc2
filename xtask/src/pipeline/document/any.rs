//! Reads documents as other people write them: YAML or JSON with mistakes, each of which is
//! repaired and reported.
//!
//! Documents of whole APIs are edited by hand, and by programs that hardly know YAML: keys are
//! repeated, files begin with a byte order mark, tabs indent lines, unquoted text contains colons.
//! A strict reader would lose every operation to one such line.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::de::DeserializeSeed as _;
use serde_json::Value;

use super::tolerant::{Found, Tolerant};
use super::{mapping, mend, yaml};
use crate::pipeline::limits::{too_many_aliases, too_many_nodes, too_many_readings};
use crate::pipeline::normalize::Report;

/// Reads a document, and reports each repair.
///
/// # Errors
///
/// If it cannot be repaired, with the file, line and column; or if it has more than `max_nodes`
/// values.
pub fn read(path: &Path, max_nodes: usize) -> Result<(Value, Report)> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&bytes, max_nodes).with_context(|| format!("{} does not parse", path.display()))
}

/// Parses the bytes of a document, and reports each repair.
///
/// # Errors
///
/// If they cannot be repaired, with line and column; if there are more than `max_nodes` values; or
/// if the document is not a mapping.
pub fn parse(bytes: &[u8], max_nodes: usize) -> Result<(Value, Report)> {
    let mut report = Report::default();
    let text = decoded(bytes, &mut report);
    let found = RefCell::new(Found::new(max_nodes));
    let value = match json(&text, &found) {
        Some(value) => value,
        None if found.borrow().full() => return Err(too_many_nodes(max_nodes)),
        None => mended(text, &found, max_nodes, &mut report)?,
    };
    let notes = found.into_inner().notes;
    report.applied += notes.len();
    report.notes.extend(notes);
    Ok((mapping(value)?, report))
}

/// Decodes the text, whatever its encoding.
fn decoded(bytes: &[u8], report: &mut Report) -> String {
    let wide = |order: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..]
            .chunks_exact(2)
            .map(|pair| order([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        bytes => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            let text = String::from_utf8_lossy(bytes);
            if let Err(error) = std::str::from_utf8(bytes) {
                let before = &bytes[..error.valid_up_to()];
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                report.applied += 1;
                report.notes.push(format!(
                    "line {line}: is not UTF-8, what cannot be read is replaced by `\u{FFFD}`"
                ));
            }
            text.into_owned()
        }
    }
}

/// Parses JSON with its own parser, which is faster and accepts tabs; `None` if it is not JSON.
fn json(text: &str, found: &RefCell<Found>) -> Option<Value> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Tolerant { found }.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    if value.is_err() && !found.borrow().full() {
        found.borrow_mut().again();
    }
    value.ok()
}

/// Parses YAML, repairing one line at a time until it parses.
fn mended(
    text: String,
    found: &RefCell<Found>,
    max_nodes: usize,
    report: &mut Report,
) -> Result<Value> {
    let mut mending = mend::Mending::new(text);
    loop {
        let read = serde_saphyr::with_deserializer_from_str_with_options(
            mending.text(),
            yaml::tolerant(max_nodes),
            |reader| Tolerant { found }.deserialize(reader),
        );
        let error = match read {
            Ok(value) => {
                report.applied += mending.notes.len();
                report.notes.append(&mut mending.notes);
                return Ok(value);
            }
            Err(error) => error,
        };
        if found.borrow().full() {
            return Err(too_many_nodes(max_nodes));
        }
        if yaml::is_too_much(&error) {
            return Err(too_many_aliases(max_nodes));
        }
        if found.borrow().read_too_much() {
            return Err(yaml::told(&error).context(too_many_readings(max_nodes)));
        }
        found.borrow_mut().again();
        let line = error.location().map(|location| location.line());
        if !mending.line(line) {
            return Err(yaml::told(&error));
        }
    }
}

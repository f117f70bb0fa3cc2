//! Adds descriptions of fields, from hand-written tables.
//!
//! A description of a single field is in its document. A description of a name that many models
//! share is in a table, once: `*`, the field and the text. A line with a model in place of `*`
//! applies to that model only.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::normalize::Report;

/// Stands for every model.
const ANY: &str = "*";

/// The longest description, in bytes; a longer one belongs in a document.
const LONGEST: usize = 240;

/// Characters that would begin a link, a tag or a list in documentation.
const MARKUP: [&str; 6] = ["[", "]", "<", "://", "* ", "- "];

/// All descriptions in a module's tables.
#[derive(Debug, Default)]
pub struct Explanations {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// File and line number.
    place: String,
    model: String,
    field: String,
    text: String,
}

impl Explanations {
    /// Reads tables in a folder.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or a line is malformed; the error names it.
    pub fn read(folder: &Path, tables: &[String]) -> Result<Self> {
        let mut found = Self::default();
        for table in tables {
            let text = fs::read_to_string(folder.join(table))
                .with_context(|| format!("cannot read {table}"))?;
            found.add(table, &text)?;
        }
        Ok(found)
    }

    /// Adds the lines of a table.
    ///
    /// # Errors
    ///
    /// If a line does not have three columns, if its text cannot be used in documentation, or if an
    /// earlier line is about the same field.
    pub fn add(&mut self, table: &str, text: &str) -> Result<()> {
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let place = format!("{table}, line {}", index + 1);
            let columns: Vec<&str> = line.split('\t').collect();
            let [model, field, text] = columns[..] else {
                bail!(
                    "{place}: it takes a model or `*`, a field and a description, with tabs between"
                );
            };
            readable(text).with_context(|| place.clone())?;
            self.lines.push(Line {
                place,
                model: model.to_owned(),
                field: field.to_owned(),
                text: text.to_owned(),
            });
        }
        Ok(())
    }

    /// Adds descriptions to the fields of a document's models that have none.
    ///
    /// # Errors
    ///
    /// If a line refers to no field, or only to fields that have a description.
    pub fn apply(&self, document: &mut Value) -> Result<Report> {
        let mut lines = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            let key = (line.model.as_str(), line.field.as_str());
            if let Some(earlier) = lines.insert(key, index) {
                bail!(
                    "{}: `{}` of `{}` is described in {} already",
                    line.place,
                    line.field,
                    line.model,
                    self.lines[earlier].place
                );
            }
        }
        let mut uses: Vec<Use> = self.lines.iter().map(|_| Use::NoField).collect();
        let mut report = Report::default();
        let schemas = document.pointer_mut("/components/schemas");
        let schemas = schemas.and_then(Value::as_object_mut);
        for (model, schema) in schemas.into_iter().flatten() {
            let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
            for (name, field) in fields.into_iter().flatten() {
                let Some(field) = field.as_object_mut() else {
                    continue;
                };
                let own = lines.get(&(model.as_str(), name.as_str())).copied();
                let any = lines.get(&(ANY, name.as_str())).copied();
                let free = !is_explained(name, field);
                for index in own.into_iter().chain(any) {
                    let needed = free && own.is_none_or(|own| own == index);
                    uses[index] = uses[index].max(if needed {
                        Use::Described
                    } else {
                        Use::Needless
                    });
                }
                if let (Some(own), Some(any)) = (own, any)
                    && self.lines[own].text == self.lines[any].text
                {
                    uses[own] = Use::Needless;
                }
                if let Some(index) = own.or(any).filter(|_| free) {
                    describe(field, &self.lines[index].text);
                    report.applied += 1;
                }
            }
        }
        let wrong = self.lines.iter().zip(&uses).filter_map(|(line, found)| {
            let fault = match found {
                Use::Described => return None,
                Use::NoField => "there is no such field",
                Use::Needless => "the line can go: what it is about is described without it",
            };
            Some(format!(
                "{}: `{}` of `{}`: {fault}",
                line.place, line.field, line.model
            ))
        });
        let wrong: Vec<String> = wrong.collect();
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(report)
    }
}

/// How a line was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    NoField,
    Needless,
    Described,
}

/// Returns whether the document describes a field by more than its name.
#[must_use]
pub fn is_explained(name: &str, field: &Map<String, Value>) -> bool {
    let text = field.get("description").and_then(Value::as_str);
    text.is_some_and(|text| {
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        let said = words.filter(|word| !["the", "a", "an"].contains(&word.to_lowercase().as_str()));
        let said: String = said.collect();
        !said.is_empty() && !said.eq_ignore_ascii_case(&name.replace('_', ""))
    })
}

/// Adds a description to a field. Next to a reference it would have no effect.
fn describe(field: &mut Map<String, Value>, text: &str) {
    if let Some(reference) = field.shift_remove("$ref") {
        field.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
    field.insert("description".into(), json!(text));
}

/// Returns whether documentation shows a text as it is.
fn readable(text: &str) -> Result<()> {
    ensure!(
        text.len() <= LONGEST,
        "a description has at most {LONGEST} bytes; say more in the document"
    );
    let first = text.chars().next();
    ensure!(
        first.is_some_and(|letter| letter.is_uppercase() || letter.is_numeric() || letter == '`')
            && text.ends_with(['.', '!', '?']),
        "a description begins with a capital and ends with a full stop"
    );
    // Text in backticks is shown as it is.
    let plain = text.split('`').step_by(2).collect::<Vec<_>>().join("``");
    ensure!(
        text.matches('`').count().is_multiple_of(2),
        "a backtick has no other one"
    );
    let marked = MARKUP.into_iter().find(|mark| plain.contains(mark));
    ensure!(
        marked.is_none(),
        "`{}` would be read as markup: say it otherwise, or put it in backticks",
        marked.unwrap_or_default()
    );
    Ok(())
}

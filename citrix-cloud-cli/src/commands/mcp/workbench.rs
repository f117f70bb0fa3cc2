//! The shared state of the tools.

use std::ffi::OsString;
use std::io::Write as _;

use rmcp::model::JsonObject;
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::sync::RwLock;

use super::audit::Audit;
use super::command_line::Line;
use super::parameter::{self, Parameter};
use super::plan::Plans;
use super::selectors::NAMES;
use super::tool::{FIELDS, LIMIT, Recipe, Tool};
use super::tool_result::ROWS;
use crate::context::Context;
use crate::exit::Failure;
use crate::operations::{self, Chosen, Operation};
use crate::options::Asked;

/// The context of tool calls.
#[derive(Debug)]
pub(super) struct Workbench {
    pub(super) context: Context,
    pub(super) site: Option<String>,
    pub(super) writes: bool,
    pub(super) tools: Vec<Tool>,
    pub(super) plans: Plans,
    pub(super) audit: Audit,
    /// Held for reading by every change in progress.
    pub(super) changes: RwLock<()>,
}

impl Workbench {
    /// Builds the command of a tool from the arguments and further words. The file with names must be kept until the
    /// command has run.
    pub(super) fn line(
        &self,
        recipe: &'static Recipe,
        parameters: &[Parameter],
        given: &JsonObject,
        more: &[&str],
    ) -> Result<(Line<'_>, Option<NamedTempFile>), Failure> {
        let words = |given: &JsonObject| parameter::words(parameters, given);
        if let Some(operation) = operations::by_words(recipe.words).filter(|it| !it.by_hand) {
            let chosen = self.chosen(operation, words(&of_command(given)), None)?;
            return Ok((Line::of(&self.context, Asked::Operation(chosen)), None));
        }
        let mut line: Vec<OsString> = recipe.words.iter().map(Into::into).collect();
        if recipe.words.first() != Some(&"monitor") {
            line.extend(self.site_words().map(Into::into));
        }
        line.extend(more.iter().map(Into::into));
        let names = names(given)?;
        if let Some(names) = &names {
            let mut option = OsString::from("--ids=");
            option.push(names.path());
            line.push(option);
        }
        line.extend(words(&of_command(given)).into_iter().map(Into::into));
        Ok((Line::read(&self.context, line)?, names))
    }

    /// Builds an operation with arguments and a body, for the site of this server.
    pub(super) fn chosen(
        &self,
        operation: &'static Operation,
        mut arguments: Vec<String>,
        body: Option<Value>,
    ) -> Result<Chosen, Failure> {
        if operation.is_of_a_site() {
            arguments.splice(0..0, self.site_words());
        }
        Chosen::read(operation, arguments, body)
    }

    /// Returns the option for the site, if the program was started with one.
    pub(super) fn site_words(&self) -> impl Iterator<Item = String> {
        self.site.iter().map(|site| format!("--site={site}"))
    }
}

/// Returns the given arguments that belong to the command.
fn of_command(given: &JsonObject) -> JsonObject {
    let ours = [FIELDS, LIMIT].into_iter().chain(NAMES);
    let ours: Vec<&str> = ours.collect();
    let given = given
        .iter()
        .filter(|(name, _)| !ours.contains(&name.as_str()));
    given.map(|(name, it)| (name.clone(), it.clone())).collect()
}

pub(super) fn limit(given: &JsonObject) -> usize {
    let limit = given.get(LIMIT).and_then(Value::as_u64);
    limit.and_then(|it| it.try_into().ok()).unwrap_or(ROWS)
}

pub(super) fn fields(given: &JsonObject) -> Vec<String> {
    let fields = given.get(FIELDS).and_then(Value::as_array);
    let fields = fields.into_iter().flatten().filter_map(Value::as_str);
    fields.map(str::to_owned).collect()
}

/// Writes the objects named one by one to a file, as the command reads them.
fn names(given: &JsonObject) -> Result<Option<NamedTempFile>, Failure> {
    let given = NAMES.into_iter().find_map(|it| Some((it, given.get(it)?)));
    let Some((argument, names)) = given else {
        return Ok(None);
    };
    let names: Vec<&str> = names
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if names.is_empty() || names.iter().any(|it| it.trim().is_empty()) {
        let words = format!("argument `{argument}` is empty or contains an empty name");
        return Err(Failure::Usage(words));
    }
    let mut file = NamedTempFile::new()?;
    writeln!(file, "id")?;
    for name in names {
        writeln!(file, "\"{}\"", name.replace('"', "\"\""))?;
    }
    file.flush()?;
    Ok(Some(file))
}

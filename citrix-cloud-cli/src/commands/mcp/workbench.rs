//! What the tools work with, and the way from a call to its answer.

use std::ffi::OsString;
use std::io::Write as _;

use rmcp::model::{CallToolResult, JsonObject};
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;
use tokio::sync::RwLock;

use super::answer::{self, ROWS};
use super::audit::{Audit, Entry};
use super::command_line::Line;
use super::parameter::{self, Parameter};
use super::plan::Plans;
use super::tool::{self, Answer, FIELDS, LIMIT, NAMES, Recipe, Tool, Work};
use crate::context::Context;
use crate::errors::Told;
use crate::exit::Failure;
use crate::operations;
use crate::options::Asked;

/// Everything that a call needs.
#[derive(Debug)]
pub(super) struct Workbench {
    pub(super) context: Context,
    pub(super) site: Option<String>,
    pub(super) writes: bool,
    pub(super) tools: Vec<Tool>,
    pub(super) plans: Plans,
    pub(super) audit: Audit,
    /// Held for reading by every change that is under way.
    pub(super) changes: RwLock<()>,
}

/// The answer to a call, and what the audit file says of it.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) answer: Value,
    pub(super) status: &'static str,
    pub(super) plan: Option<String>,
    pub(super) more: Value,
}

impl Answered {
    pub(super) fn read(answer: Value) -> Self {
        Self {
            answer,
            status: "ok",
            plan: None,
            more: Value::Null,
        }
    }
}

impl Workbench {
    pub(super) fn new(context: Context, site: Option<String>, writes: bool, audit: Audit) -> Self {
        Self {
            context,
            site,
            writes,
            tools: tool::all(writes),
            plans: Plans::default(),
            audit,
            changes: RwLock::default(),
        }
    }

    /// Does what a call asks for. Every call has its line in the audit file; what cannot have one has no
    /// answer.
    pub(super) async fn call(&self, tool: &Tool, given: JsonObject) -> CallToolResult {
        let answered = match parameter::check(&tool.parameters, &given) {
            Ok(()) => self.work(tool, &given).await,
            Err(failure) => Err(failure),
        };
        let (entry, result) = match answered {
            Ok(answered) => {
                let entry = Entry {
                    tool: tool.name,
                    arguments: &given,
                    status: answered.status,
                    plan: answered.plan.as_deref(),
                    more: answered.more,
                };
                (self.audit.write(entry), answer::result(answered.answer))
            }
            Err(failure) => {
                let told = answer::told(&failure)
                    .reworded(|text| parameter::in_json_words(&tool.parameters, text));
                let entry = Entry {
                    tool: tool.name,
                    arguments: &given,
                    status: "error",
                    plan: None,
                    more: error_line(&told),
                };
                (self.audit.write(entry), answer::error(&told))
            }
        };
        match (entry, tool.work) {
            (Ok(()), _) => result,
            // What was done is said all the same.
            (Err(failure), Work::Confirm) => answer::with_note(result, &failure.to_string()),
            (Err(failure), _) => answer::error(&answer::told(&failure)),
        }
    }

    async fn work(&self, tool: &Tool, given: &JsonObject) -> Result<Answered, Failure> {
        match tool.work {
            Work::Recipe(recipe) => match recipe.answer {
                Answer::PlanOfMany => self.plan_of_many(tool, recipe, given).await,
                Answer::PlanOfOne => self.plan_of_recipe(tool, recipe, given),
                _ => self.read(tool, recipe, given).await.map(Answered::read),
            },
            Work::Find => self.find(given).map(Answered::read),
            Work::Describe => self.describe(given).map(Answered::read),
            Work::Call => self.call_operation(given).await,
            Work::Confirm => self.confirm(given).await,
        }
    }

    async fn read(
        &self,
        tool: &Tool,
        recipe: &'static Recipe,
        given: &JsonObject,
    ) -> Result<Value, Failure> {
        let (line, _names) = self.line(recipe, &tool.parameters, given, &[])?;
        let limit = limit(given);
        let fields = fields(given);
        match recipe.answer {
            Answer::Rows { read, how } => {
                let rows = line.rows(&fields, read).await?;
                let rows = rows.condensed(&fields, recipe.columns, FIELDS)?;
                Ok(answer::list(rows, limit, read, how))
            }
            Answer::Object => {
                let collected = line.rows(&fields, 1).await?;
                let mut rows = collected.condensed(&fields, &[], FIELDS)?;
                Ok(answer::filled(rows.pop().unwrap_or_default()))
            }
            _ => {
                let (report, _) = line.json().await?;
                Ok(answer::bounded(as_object(report), limit))
            }
        }
    }

    /// The command of a recipe with what was given, and more words. The file with the names must be kept
    /// until it has run.
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

    /// The option for the site, where the program was given one.
    pub(super) fn site_words(&self) -> impl Iterator<Item = String> {
        self.site.iter().map(|site| format!("--site={site}"))
    }
}

/// What failed, as far as the audit file tells it.
pub(super) fn error_line(told: &Told) -> Value {
    let told = told.json();
    answer::filled(json!({
        "error": told["what"],
        "why": told["why"],
        "http_status": told["status"],
        "transaction_id": told["transaction_id"],
    }))
}

/// What was given but what is not the command's.
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

/// The objects that are named one by one, in a file as the command reads it.
fn names(given: &JsonObject) -> Result<Option<NamedTempFile>, Failure> {
    let Some(names) = NAMES.into_iter().find_map(|it| given.get(it)) else {
        return Ok(None);
    };
    let names: Vec<&str> = names
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if names.is_empty() || names.iter().any(|it| it.trim().is_empty()) {
        return Err(Failure::Usage(
            "a name is empty, or there is none".to_owned(),
        ));
    }
    let mut file = NamedTempFile::new()?;
    writeln!(file, "id")?;
    for name in names {
        writeln!(file, "\"{}\"", name.replace('"', "\"\""))?;
    }
    file.flush()?;
    Ok(Some(file))
}

/// A report, as an object.
fn as_object(report: Value) -> Value {
    match report {
        Value::Object(_) => report,
        other => Value::Object(Map::from_iter([("rows".to_owned(), other)])),
    }
}

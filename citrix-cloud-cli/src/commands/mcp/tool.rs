//! A tool: a command of this program with some of its arguments, or one without a command.

use std::sync::Arc;

use clap::Command;
use rmcp::model::{Tool as Described, ToolAnnotations};

use super::parameter::{self, Form, Parameter};
use super::selectors::NAMES;
use crate::operations;

/// The definition of a tool.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// The words of the command.
    pub(super) words: &'static [&'static str],
    /// The ids of the command's arguments that a model may set.
    pub(super) arguments: &'static [&'static [&'static str]],
    /// The columns of a row for which the program defines none.
    pub(super) columns: &'static [&'static str],
    pub(super) result: ResultKind,
}

/// The kind of result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultKind {
    /// Rows, and how many of them are read in order to count them.
    Rows { read: usize, how: &'static str },
    /// One object.
    Object,
    /// A report of several parts.
    Report,
    /// A plan for an action on many objects.
    PlanOfMany,
}

/// The work that a tool call does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    Recipe(&'static Recipe),
    Find,
    Describe,
    Call,
    Confirm,
}

/// A tool with its parameters.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    title: &'static str,
    description: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) work: Work,
}

/// The name of the argument that selects columns.
pub(super) const FIELDS: &str = "fields";

/// The name of the argument that limits the number of rows.
pub(super) const LIMIT: &str = "limit";

impl Tool {
    pub(super) fn own(
        name: &'static str,
        title: &'static str,
        description: impl Into<String>,
        parameters: Vec<Parameter>,
        work: Work,
    ) -> Self {
        Self {
            name,
            title,
            description: description.into(),
            parameters,
            work,
        }
    }

    /// Builds the tool from its definition.
    pub(super) fn of(recipe: &'static Recipe, program: &Command) -> Self {
        let arguments = recipe.arguments.concat();
        let mut parameters = match operations::by_words(recipe.words) {
            Some(operation) if !operation.by_hand => {
                Parameter::of_command(&operations::command(operation), &arguments)
            }
            _ => Parameter::of_command(&find(program, recipe.words), &arguments),
        };
        match recipe.result {
            ResultKind::Rows { .. } => {
                parameters.push(fields());
                parameters.push(limit());
            }
            ResultKind::Object => parameters.push(fields()),
            ResultKind::Report => parameters.push(limit()),
            ResultKind::PlanOfMany => parameters.insert(0, names(recipe)),
        }
        Self {
            name: recipe.name,
            title: recipe.title,
            description: recipe.description.to_owned(),
            parameters: parameter::all_in_json_words(parameters),
            work: Work::Recipe(recipe),
        }
    }

    /// Returns the description for clients.
    pub(super) fn described(&self) -> Described {
        let confirms = matches!(self.work, Work::Confirm);
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(!confirms)
            .destructive(confirms)
            // A plan runs only once. The other tools may be repeated; a repeated plan just gets a new id.
            .idempotent(!confirms)
            .open_world(true);
        let schema = parameter::schema(&self.parameters);
        Described::new(self.name, self.description.clone(), Arc::new(schema))
            .with_title(self.title)
            .with_annotations(annotations)
    }
}

/// Finds a command by its words.
fn find(program: &Command, words: &[&str]) -> Command {
    let mut at = program;
    for word in words {
        let Some(found) = at.find_subcommand(word) else {
            break;
        };
        at = found;
    }
    at.clone()
}

pub(super) fn fields() -> Parameter {
    Parameter::new(
        FIELDS,
        Form::Texts,
        "Return these properties, such as Name or MachineCatalog.Name, instead of the default ones.",
    )
}

pub(super) fn limit() -> Parameter {
    let words = format!(
        "Maximum number of rows [default: {}].",
        super::tool_result::ROWS
    );
    Parameter::new(LIMIT, Form::Integer, &words).within(1, super::tool_result::MOST_ROWS as u64)
}

fn names(recipe: &Recipe) -> Parameter {
    let [machines, sessions] = NAMES;
    match recipe.words {
        ["daas", "sessions", ..] => Parameter::new(
            sessions,
            Form::Texts,
            "Sessions by id, as returned by list_sessions.",
        ),
        _ => Parameter::new(
            machines,
            Form::Texts,
            "Machines by id, or by name with or without the domain.",
        ),
    }
}

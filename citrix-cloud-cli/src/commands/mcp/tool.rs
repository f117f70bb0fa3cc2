//! What a tool is: a command of this program with some of its arguments, or a piece of its own.

use std::sync::Arc;

use clap::Command;
use rmcp::model::{Tool as Described, ToolAnnotations};

use super::parameter::{self, Form, Parameter};
use super::selectors::NAMES;
use crate::operations;

/// What a tool is made of.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// The words of the command.
    pub(super) words: &'static [&'static str],
    /// Those of its arguments that a model may give, by their ids.
    pub(super) arguments: &'static [&'static [&'static str]],
    /// What is shown of a row of which the program has no columns of its own.
    pub(super) columns: &'static [&'static str],
    pub(super) result: ResultKind,
}

/// What a tool gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultKind {
    /// Rows, of which as many are read to count them.
    Rows { read: usize, how: &'static str },
    /// One object.
    Object,
    /// A report of several parts.
    Report,
    /// The plan of something that is done to many objects.
    PlanOfMany,
}

/// What a call of a tool does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    Recipe(&'static Recipe),
    Find,
    Describe,
    Call,
    Confirm,
}

/// A tool with its arguments.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    title: &'static str,
    description: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) work: Work,
}

/// The name of the argument that chooses columns.
pub(super) const FIELDS: &str = "fields";

/// The name of the argument that says how many rows there are at most.
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

    /// The tool of a recipe.
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

    /// As clients see it.
    pub(super) fn described(&self) -> Described {
        let confirms = matches!(self.work, Work::Confirm);
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(!confirms)
            .destructive(confirms)
            // A plan is carried out once, and what is made anew each time has an id of its own.
            .idempotent(!confirms)
            .open_world(true);
        let schema = parameter::schema(&self.parameters);
        Described::new(self.name, self.description.clone(), Arc::new(schema))
            .with_title(self.title)
            .with_annotations(annotations)
    }
}

/// A command by its words.
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

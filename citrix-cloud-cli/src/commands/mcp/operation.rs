//! All other operations: finds, describes and calls them.

use rmcp::model::JsonObject;
use serde_json::{Value, json};

use super::command_line::Line;
use super::parameter::{self, Form, Parameter};
use super::tool::{FIELDS, LIMIT, Tool, Work, fields, limit};
use super::tool_result::{self, CallOutcome};
use super::workbench::{self, Workbench};
use crate::commands::search::has;
use crate::exit::Failure;
use crate::masking::is_secret;
use crate::near::near;
use crate::operations::{self, Operation, Place};
use crate::options::Asked;

/// Operations whose responses contain secrets.
const SHOWS_SECRETS: [&[&str]; 2] = [
    &["daas", "machine-catalogs", "enrollments"],
    &["service-principals", "create"],
];

/// Operations reserved for people: one can carry any other request, and one can delete the identity that this program
/// signs in with.
const OF_PERSONS: [&[&str]; 2] = [&["daas", "batch"], &["service-principals", "delete"]];

/// Operations for which there are safer tools, which check sessions and the state of each object.
const TOOLS: [(&[&str], &str); 10] = [
    (&["daas", "machines", "disconnect"], "disconnect_sessions"),
    (&["daas", "machines", "logoff"], "log_off_sessions"),
    (&["daas", "machines", "reboot"], "power_machines"),
    (&["daas", "machines", "resume"], "power_machines"),
    (&["daas", "machines", "shutdown"], "power_machines"),
    (&["daas", "machines", "start"], "power_machines"),
    (&["daas", "machines", "suspend"], "power_machines"),
    (&["daas", "sessions", "disconnect"], "disconnect_sessions"),
    (&["daas", "sessions", "hide"], "hide_sessions"),
    (&["daas", "sessions", "logoff"], "log_off_sessions"),
];

const OPERATION: &str = "operation";

pub(super) fn finding() -> Tool {
    let words = Parameter::new(
        "words",
        Form::Text,
        "Words, or beginnings of words, that must all occur in the name or summary, such as `reboot schedule`.",
    );
    Tool::own(
        "find_operation",
        "Find an operation",
        "Find operations of Citrix DaaS and the Citrix Cloud platform by words in their names and summaries, for \
         anything that no other tool covers. Then use describe_operation to see the arguments and \
         call_operation to call it.",
        vec![words.required(), limit()],
        Work::Find,
    )
}

pub(super) fn describing() -> Tool {
    Tool::own(
        "describe_operation",
        "Describe an operation",
        "Describe an operation: its arguments as a JSON Schema, and the schema of its body with an example.",
        vec![named().required()],
        Work::Describe,
    )
}

pub(super) fn calling(writes: bool) -> Tool {
    let mut parameters = vec![
        named().required(),
        Parameter::new(
            "arguments",
            Form::Object,
            "The arguments, as described by describe_operation.",
        ),
    ];
    let body = "The body, as described by describe_operation.";
    parameters.push(Parameter::new("body", Form::Object, body));
    parameters.push(fields());
    parameters.push(limit());
    let words = match writes {
        true => {
            "Call an operation that reads, or plan one that writes: that returns a plan, which confirm_plan \
             carries out. Arguments and body are validated first. Prefer a dedicated tool where there is one."
        }
        false => "Call an operation that reads. Arguments and body are validated first.",
    };
    Tool::own(
        "call_operation",
        "Call an operation",
        words,
        parameters,
        Work::Call,
    )
}

fn named() -> Parameter {
    Parameter::new(
        OPERATION,
        Form::Text,
        "The name of the operation from find_operation, such as `daas delivery-groups get`.",
    )
}

impl Workbench {
    pub(super) fn find(&self, given: &JsonObject) -> Result<Value, Failure> {
        let words = given["words"].as_str().unwrap_or_default().to_lowercase();
        let wanted: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let found = operations::all()
            .iter()
            .filter(|it| self.why_not(it).is_none());
        let mut found: Vec<&Operation> = found
            .filter(|it| has(&format!("{} {}", it.command(), it.summary), &wanted))
            .collect();
        found.sort_by_key(|it| !has(&it.command(), &wanted));
        let rows = found.iter().map(
            |it| json!({ "operation": it.command(), "summary": it.summary, "writes": writes(it) }),
        );
        let limit = workbench::limit(given);
        let how = "give more words";
        Ok(tool_result::list(rows.collect(), limit, usize::MAX, how))
    }

    pub(super) fn describe(&self, given: &JsonObject) -> Result<Value, Failure> {
        let operation = self.named(given)?;
        let mut described = json!({
            "operation": operation.command(),
            "summary": operation.summary,
            "description": operation.description,
            "writes": writes(operation),
            "request": operation.line(),
            "arguments": parameter::schema(&parameters(operation)),
        });
        if let Some(body) = &operation.body {
            described["body"] = operations::document(body.model).unwrap_or_default();
            described["body_is_required"] = json!(body.required);
        }
        Ok(described)
    }

    pub(super) async fn call_operation(&self, given: &JsonObject) -> Result<CallOutcome, Failure> {
        let operation = self.named(given)?;
        let parameters = parameters(operation);
        let arguments = given.get("arguments").and_then(Value::as_object);
        let arguments = arguments.cloned().unwrap_or_default();
        parameter::check(&parameters, &arguments)?;
        let body = given.get("body").cloned();
        if let Some(name) = body.as_ref().and_then(secret_in) {
            return Err(Failure::Usage(format!(
                "`{name}` is a secret, which this server does not handle"
            ))
            .advised("leave it out, or use the command line"));
        }
        let words = parameter::words(&parameters, &arguments);
        if writes(operation) {
            return self.plan_of_one("call_operation", operation, words, body);
        }
        let (limit, fields) = (workbench::limit(given), workbench::fields(given));
        let chosen = self.chosen(operation, words, body)?;
        let line = Line::of(&self.context, Asked::Operation(chosen));
        let read = limit + 1;
        let collected = line.rows(&fields, read).await?;
        let is_object = collected.is_object();
        let mut rows = collected.condensed(&fields, &[], FIELDS)?;
        let result = match (is_object, rows.len()) {
            (true, 0) => Value::Null,
            (true, 1) => {
                tool_result::bounded(tool_result::filled(rows.pop().unwrap_or_default()), limit)
            }
            _ => {
                let how = "narrow it with the arguments from describe_operation";
                tool_result::list(rows, limit, read, how)
            }
        };
        Ok(CallOutcome::read(match result {
            Value::Object(_) => result,
            other => json!({ "value": other }),
        }))
    }

    fn named(&self, given: &JsonObject) -> Result<&'static Operation, Failure> {
        let name = given[OPERATION].as_str().unwrap_or_default();
        let words: Vec<&str> = name.split_whitespace().collect();
        let words = match words.split_first() {
            Some((&"citrix-cloud", rest)) => rest,
            _ => &words,
        };
        let Some(operation) = operations::by_words(words) else {
            let names: Vec<String> = operations::all().iter().map(Operation::command).collect();
            let near = near(name, names.iter().map(String::as_str));
            let failure = Failure::Missing(format!("there is no operation `{name}`"));
            return Err(failure.advised(match near.is_empty() {
                true => "use find_operation to search by words".to_owned(),
                false => format!("did you mean {}?", near.join(" or ")),
            }));
        };
        match self.why_not(operation) {
            None => Ok(operation),
            Some((why, hint)) => {
                Err(Failure::Usage(format!("`{}` {why}", operation.command())).advised(hint))
            }
        }
    }

    /// Returns why an operation cannot be called from here, and what to do instead.
    fn why_not(&self, operation: &Operation) -> Option<(&'static str, String)> {
        let takes_secret = operation
            .parameters
            .iter()
            .any(|it| it.secret && it.required)
            || operation
                .body
                .as_ref()
                .is_some_and(|it| it.required && operations::needs_secret(it.model));
        if takes_secret || SHOWS_SECRETS.contains(&operation.words) {
            let hint = "a person can run it on the command line";
            return Some((
                "takes or returns secrets, which this server does not handle",
                hint.to_owned(),
            ));
        }
        if OF_PERSONS.contains(&operation.words) {
            let hint = "a person can run it on the command line";
            return Some(("is not for assistants", hint.to_owned()));
        }
        if !writes(operation) {
            return None;
        }
        if !self.writes {
            let hint = "this server is read-only; a person can start it with --allow-writes";
            return Some(("changes something", hint.to_owned()));
        }
        let tool = TOOLS.iter().find(|(words, _)| *words == operation.words);
        tool.map(|(_, tool)| {
            (
                "has a dedicated tool, which checks each object first",
                format!("use {tool}"),
            )
        })
    }
}

/// Returns whether an operation changes something.
fn writes(operation: &Operation) -> bool {
    !operation.meta.safe || operation.asks
}

/// Returns an operation's parameters besides its body, without secrets and without those that the tools set themselves.
fn parameters(operation: &'static Operation) -> Vec<Parameter> {
    let command = operations::command(operation);
    let mut site = operation.of_the_site;
    let taken = operation.parameters.iter().filter(|it| {
        // The first path parameter can be the site, which this server fixes.
        let is_site = it.place == Place::Path && std::mem::take(&mut site);
        let is_ours = it.place == Place::Query && [LIMIT, FIELDS].contains(&it.option);
        !is_site && !is_ours && !it.secret
    });
    let ids: Vec<&str> = taken.map(|it| it.option).collect();
    Parameter::of_command(&command, &ids)
}

/// Returns the name of a secret property in a body.
fn secret_in(body: &Value) -> Option<&str> {
    match body {
        Value::Object(fields) => {
            fields
                .iter()
                .find_map(|(name, it)| match is_secret(name) && !it.is_null() {
                    true => Some(name.as_str()),
                    false => secret_in(it),
                })
        }
        Value::Array(items) => items.iter().find_map(secret_in),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_schema_has_all_inputs_but_secrets_and_our_own_headers() {
        for operation in operations::all() {
            let names: Vec<String> = parameters(operation)
                .into_iter()
                .map(|it| it.name)
                .collect();
            let once: BTreeSet<&String> = names.iter().collect();
            assert_eq!(once.len(), names.len(), "{}", operation.command());
            let mut site = usize::from(operation.of_the_site);
            for it in operation.parameters {
                let is_site = it.place == Place::Path && site > 0;
                site -= usize::from(is_site);
                let is_ours = it.place == Place::Query && [LIMIT, FIELDS].contains(&it.option);
                let name = parameter::json_name(it.option);
                let expected = !is_site && !is_ours && !it.secret;
                assert_eq!(
                    names.contains(&name),
                    expected,
                    "{} {name}",
                    operation.command()
                );
            }
        }
    }

    #[test]
    fn excluded_operations_and_those_with_a_tool_exist() {
        let tools = TOOLS.iter().map(|(words, _)| *words);
        for words in SHOWS_SECRETS.into_iter().chain(OF_PERSONS).chain(tools) {
            assert!(operations::by_words(words).is_some(), "{words:?}");
        }
    }

    #[test]
    fn operations_that_take_a_secret_only_in_the_body_are_not_offered() {
        let needs = |it: &&Operation| {
            let body = it.body.as_ref();
            body.is_some_and(|it| operations::needs_secret(it.model))
        };
        let found: Vec<String> = operations::all()
            .iter()
            .filter(needs)
            .map(Operation::command)
            .collect();
        assert!(!found.is_empty());
        assert_eq!(
            secret_in(&json!({ "A": [{ "Password": "x" }] })),
            Some("Password")
        );
        assert_eq!(
            secret_in(&json!({ "PasswordFormat": "PlainText", "Password": null })),
            None
        );
    }
}

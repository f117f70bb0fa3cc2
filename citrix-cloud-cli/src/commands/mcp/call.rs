//! Runs a tool call.

use rmcp::model::{CallToolResult, JsonObject};
use serde_json::{Map, Value};

use super::audit::{Entry, error_line};
use super::parameter;
use super::tool::{FIELDS, Recipe, ResultKind, Tool, Work};
use super::tool_result::{self, CallOutcome};
use super::workbench::{Workbench, fields, limit};
use crate::exit::Failure;
use crate::requests::Transactions;

impl Workbench {
    /// Runs a call. Every call gets a line in the audit file; a call that cannot be recorded gets no result.
    pub(super) async fn call(&self, tool: &Tool, given: JsonObject) -> CallToolResult {
        let transactions = Transactions::default();
        let outcome = match parameter::check(&tool.parameters, &given) {
            Ok(()) => {
                let work = self.work(tool, &given, &transactions);
                transactions.of(work).await
            }
            Err(failure) => Err(failure),
        };
        let (entry, result) = match outcome {
            Ok(outcome) => {
                let entry = Entry {
                    tool: tool.name,
                    arguments: &given,
                    status: outcome.status,
                    plan: outcome.plan.as_deref(),
                    transactions: transactions.take(),
                    more: outcome.more,
                };
                (self.audit.write(&entry), tool_result::result(outcome.value))
            }
            Err(failure) => {
                let report = tool_result::report(&failure)
                    .reworded(|text| parameter::in_json_words(&tool.parameters, text));
                let entry = Entry {
                    tool: tool.name,
                    arguments: &given,
                    status: "error",
                    plan: None,
                    transactions: transactions.take(),
                    more: error_line(&report),
                };
                (self.audit.write(&entry), tool_result::error(&report))
            }
        };
        match (entry, tool.work) {
            (Ok(()), _) => result,
            // The outcome is returned even though it could not be recorded.
            (Err(failure), Work::Confirm) => tool_result::with_note(result, &failure.to_string()),
            (Err(failure), _) => tool_result::error(&tool_result::report(&failure)),
        }
    }

    async fn work(
        &self,
        tool: &Tool,
        given: &JsonObject,
        transactions: &Transactions,
    ) -> Result<CallOutcome, Failure> {
        match tool.work {
            Work::Recipe(recipe) => match recipe.result {
                ResultKind::PlanOfMany => self.plan_of_many(tool, recipe, given).await,
                _ => self.read(tool, recipe, given).await.map(CallOutcome::read),
            },
            Work::Find => self.find(given).map(CallOutcome::read),
            Work::Describe => self.describe(given).map(CallOutcome::read),
            Work::Call => self.call_operation(given).await,
            Work::Confirm => self.confirm(given, transactions).await,
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
        match recipe.result {
            ResultKind::Rows { read, how } => {
                let rows = line.rows(&fields, read).await?;
                let rows = rows.condensed(&fields, recipe.columns, FIELDS)?;
                Ok(tool_result::list(rows, limit, read, how))
            }
            ResultKind::Object => {
                let collected = line.rows(&fields, 1).await?;
                let mut rows = collected.condensed(&fields, &[], FIELDS)?;
                Ok(tool_result::filled(rows.pop().unwrap_or_default()))
            }
            _ => {
                let (report, _) = line.json().await?;
                Ok(tool_result::bounded(as_object(report), limit))
            }
        }
    }
}

/// Returns a report as an object.
fn as_object(report: Value) -> Value {
    match report {
        Value::Object(_) => report,
        other => Value::Object(Map::from_iter([("rows".to_owned(), other)])),
    }
}

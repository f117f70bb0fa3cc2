//! The way from a call of a tool to its answer.

use rmcp::model::{CallToolResult, JsonObject};
use serde_json::{Map, Value};

use super::answer::{self, Answered};
use super::audit::{Entry, error_line};
use super::parameter;
use super::tool::{Answer, FIELDS, Recipe, Tool, Work};
use super::workbench::{Workbench, fields, limit};
use crate::exit::Failure;
use crate::requests::Transactions;

impl Workbench {
    /// Does what a call asks for. Every call has its line in the audit file; what cannot have one has no
    /// answer.
    pub(super) async fn call(&self, tool: &Tool, given: JsonObject) -> CallToolResult {
        let transactions = Transactions::default();
        let answered = match parameter::check(&tool.parameters, &given) {
            Ok(()) => {
                let work = self.work(tool, &given, &transactions);
                transactions.of(work).await
            }
            Err(failure) => Err(failure),
        };
        let (entry, result) = match answered {
            Ok(answered) => {
                let entry = Entry {
                    tool: tool.name,
                    arguments: &given,
                    status: answered.status,
                    plan: answered.plan.as_deref(),
                    transactions: transactions.take(),
                    more: answered.more,
                };
                (self.audit.write(&entry), answer::result(answered.answer))
            }
            Err(failure) => {
                let told = answer::told(&failure)
                    .reworded(|text| parameter::in_json_words(&tool.parameters, text));
                let entry = Entry {
                    tool: tool.name,
                    arguments: &given,
                    status: "error",
                    plan: None,
                    transactions: transactions.take(),
                    more: error_line(&told),
                };
                (self.audit.write(&entry), answer::error(&told))
            }
        };
        match (entry, tool.work) {
            (Ok(()), _) => result,
            // What was done is said all the same.
            (Err(failure), Work::Confirm) => answer::with_note(result, &failure.to_string()),
            (Err(failure), _) => answer::error(&answer::told(&failure)),
        }
    }

    async fn work(
        &self,
        tool: &Tool,
        given: &JsonObject,
        transactions: &Transactions,
    ) -> Result<Answered, Failure> {
        match tool.work {
            Work::Recipe(recipe) => match recipe.answer {
                Answer::PlanOfMany => self.plan_of_many(tool, recipe, given).await,
                _ => self.read(tool, recipe, given).await.map(Answered::read),
            },
            Work::Find => self.find(given).map(Answered::read),
            Work::Describe => self.describe(given).map(Answered::read),
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
}

/// A report, as an object.
fn as_object(report: Value) -> Value {
    match report {
        Value::Object(_) => report,
        other => Value::Object(Map::from_iter([("rows".to_owned(), other)])),
    }
}

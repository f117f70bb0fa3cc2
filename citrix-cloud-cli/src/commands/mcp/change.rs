//! Plans changes, and runs plans.

use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

use super::audit::{Entry, error_line};
use super::command_line::Line;
use super::plan::{Intent, PLAN_ID, VALID};
use super::selectors::{NAMES, chooses};
use super::tool::{Recipe, Tool};
use super::tool_result::{self, CallOutcome, ROWS};
use super::workbench::Workbench;
use crate::exit::{Exit, Failure};
use crate::masking::hide;
use crate::operations::Operation;
use crate::options::Asked;
use crate::requests::Transactions;

/// The maximum number of machines whose sessions are listed; the others are only counted.
const MACHINES_LOOKED_AT: usize = 50;

impl Workbench {
    /// Returns a plan of the action on each object, and stores it.
    pub(super) async fn plan_of_many(
        &self,
        tool: &Tool,
        recipe: &'static Recipe,
        given: &JsonObject,
    ) -> Result<CallOutcome, Failure> {
        if !given.keys().any(|it| chooses(it)) {
            let names = tool.parameters.iter().map(|it| it.name.as_str());
            let names: Vec<&str> = names.filter(|it| chooses(it)).collect();
            let failure = Failure::Usage("nothing is selected; nothing was changed".to_owned());
            return Err(failure.advised(format!("give one or more of {}", names.join(", "))));
        }
        let (line, _names) = self.line(recipe, &tool.parameters, given, &["--dry-run"])?;
        let (report, _) = line.json().await?;
        let steps = report["plan"].as_array().cloned().unwrap_or_default();
        let (skipped, acted): (Vec<Value>, Vec<Value>) =
            steps.into_iter().partition(|it| it["decision"] == "skip");
        let ids = acted.iter().filter_map(|it| it["id"].as_str());
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        let mut result = Map::from_iter([
            ("tool".to_owned(), json!(tool.name)),
            ("arguments".to_owned(), Value::Object(given.clone())),
            ("would_change".to_owned(), objects(&acted)),
            ("left_out".to_owned(), objects(&skipped)),
        ]);
        if let Some(warning) = report.get("warning") {
            result.insert("warning".to_owned(), warning.clone());
        }
        if recipe.words.contains(&"machines") {
            let sessions = self.sessions_on(acted.iter().chain(&skipped)).await?;
            result.insert("logged_on".to_owned(), sessions);
        }
        if ids.is_empty() {
            let words = "this would change nothing, so there is no plan to confirm";
            result.insert("next".to_owned(), json!(words));
            return Ok(CallOutcome::read(Value::Object(result)));
        }
        let given = given.clone();
        Ok(self.planned(result, Intent::Many { recipe, given, ids }))
    }

    /// Returns a plan with the request, and stores it.
    pub(super) fn plan_of_one(
        &self,
        tool: &'static str,
        operation: &'static Operation,
        arguments: Vec<String>,
        body: Option<Value>,
    ) -> Result<CallOutcome, Failure> {
        let chosen = self.chosen(operation, arguments.clone(), body.clone())?;
        chosen.check()?;
        let mut shown = body.clone().unwrap_or_default();
        hide(&mut shown);
        let result = Map::from_iter([
            ("operation".to_owned(), json!(operation.command())),
            ("what".to_owned(), json!(operation.summary)),
            ("request".to_owned(), json!(operation.line())),
            ("arguments".to_owned(), json!(arguments)),
            ("body".to_owned(), shown),
        ]);
        let intent = Intent::One {
            tool,
            operation,
            arguments,
            body,
        };
        Ok(self.planned(result, intent))
    }

    fn planned(&self, mut result: Map<String, Value>, intent: Intent) -> CallOutcome {
        let id = self.plans.keep(intent);
        result.insert(PLAN_ID.to_owned(), json!(id));
        result.insert("expires_in_seconds".to_owned(), json!(VALID.as_secs()));
        let next = "nothing has changed yet; show this plan to the user, and call confirm_plan with its \
                    plan_id once they approve it";
        result.insert("next".to_owned(), json!(next));
        CallOutcome {
            value: Value::Object(result),
            status: "planned",
            plan: Some(id),
            more: Value::Null,
        }
    }

    /// Returns the users who are logged on to the machines.
    async fn sessions_on(&self, machines: impl Iterator<Item = &Value>) -> Result<Value, Failure> {
        let named = machines.filter_map(|it| it["name"].as_str());
        let names: Vec<&str> = named.collect();
        if names.is_empty() {
            return Ok(json!([]));
        }
        if names.len() > MACHINES_LOOKED_AT {
            let words = "too many machines to list their sessions here; use list_sessions";
            return Ok(json!(words));
        }
        let words = ["daas", "sessions", "list", "--allow-empty"].map(str::to_owned);
        let machines = names.iter().map(|name| format!("--machine={name}"));
        let line = words.into_iter().chain(self.site_words()).chain(machines);
        let line = Line::read(&self.context, line.map(Into::into).collect())?;
        let rows = line.rows(&[], ROWS).await?.condensed(&[], &[], "")?;
        Ok(Value::Array(rows))
    }

    /// Runs a plan. It is recorded in the audit file before anything is sent, and continues if the client disconnects.
    pub(super) async fn confirm(
        &self,
        given: &JsonObject,
        transactions: &Transactions,
    ) -> Result<CallOutcome, Failure> {
        let id = given[PLAN_ID].as_str().unwrap_or_default();
        let intent = self.plans.take(id)?;
        let _under_way = self.changes.read().await;
        let note = |status, more| {
            self.audit.write(&Entry {
                tool: intent.tool(),
                arguments: &intent.given(),
                status,
                plan: Some(id),
                transactions: transactions.take(),
                more,
            })
        };
        // A plan that cannot be recorded is not run.
        note("started", intent.about())?;
        match self.run(&intent).await {
            Ok(result) => {
                let outcomes = json!({ "counts": result["counts"], "failed": result["failed"] });
                // If this cannot be recorded, the result says so.
                let noted = note("ended", outcomes);
                noted
                    .inspect_err(|it| crate::output::note(&it.to_string()))
                    .ok();
                Ok(CallOutcome {
                    value: result,
                    status: "ok",
                    plan: Some(id.to_owned()),
                    more: Value::Null,
                })
            }
            Err(failure) => {
                let noted = note("failed", error_line(&tool_result::report(&failure)));
                noted
                    .inspect_err(|it| crate::output::note(&it.to_string()))
                    .ok();
                Err(failure)
            }
        }
    }

    async fn run(&self, intent: &Intent) -> Result<Value, Failure> {
        match intent {
            Intent::Many { recipe, given, ids } => {
                let mut given = given.clone();
                let [machines, sessions] = NAMES;
                let name = match recipe.words.contains(&"sessions") {
                    true => sessions,
                    false => machines,
                };
                given.insert(name.to_owned(), json!(ids));
                let tool = self.tools.iter().find(|it| it.name == recipe.name);
                let parameters = tool.map_or(&[][..], |it| it.parameters.as_slice());
                // Skipped objects are listed in the result.
                let mut more = vec!["--yes", "--allow-empty"];
                more.extend(recipe.words.contains(&"power").then_some("--skip-ok"));
                let (line, _names) = self.line(recipe, parameters, &given, &more)?;
                let (report, exit) = line.json().await?;
                Ok(outcomes(&report, exit))
            }
            Intent::One {
                operation,
                arguments,
                body,
                ..
            } => {
                let mut arguments = arguments.clone();
                if operation.asks {
                    arguments.insert(0, "--yes".to_owned());
                }
                let chosen = self.chosen(operation, arguments, body.clone())?;
                let line = Line::of(&self.context, Asked::Operation(chosen));
                let rows = line.rows(&[], ROWS).await?.condensed(&[], &[], "")?;
                let response: Vec<Value> = rows.into_iter().map(tool_result::filled).collect();
                Ok(json!({ "done": operation.command(), "response": response }))
            }
        }
    }
}

impl Intent {
    fn tool(&self) -> &'static str {
        match self {
            Self::Many { recipe, .. } => recipe.name,
            Self::One { tool, .. } => tool,
        }
    }

    fn given(&self) -> JsonObject {
        match self {
            Self::Many { given, .. } => given.clone(),
            Self::One {
                operation,
                arguments,
                body,
                ..
            } => Map::from_iter([
                ("operation".to_owned(), json!(operation.command())),
                ("arguments".to_owned(), json!(arguments)),
                ("body".to_owned(), json!(body)),
            ]),
        }
    }

    fn about(&self) -> Value {
        match self {
            Self::Many { ids, .. } => json!({ "objects": ids }),
            Self::One { .. } => Value::Null,
        }
    }
}

/// Returns the number of objects, and the first of them.
fn objects(steps: &[Value]) -> Value {
    let shown = steps.iter().take(ROWS).map(|step| {
        let parts = ["id", "name", "reason", "sessions"].into_iter();
        let parts = parts.map(|name| (name.to_owned(), step[name].clone()));
        Value::Object(parts.filter(|(_, it)| !it.is_null()).collect())
    });
    json!({ "count": steps.len(), "objects": shown.collect::<Vec<_>>() })
}

/// Returns the outcome of each object; if there are many, successes are only counted.
fn outcomes(report: &Value, exit: Exit) -> Value {
    let all = report["outcomes"].as_array().cloned().unwrap_or_default();
    let mut counts: Map<String, Value> = Map::new();
    for it in &all {
        let name = it["outcome"].as_str().unwrap_or("unknown");
        let count = counts.get(name).and_then(Value::as_u64).unwrap_or_default();
        counts.insert(name.to_owned(), json!(count + 1));
    }
    let failed = all.iter().filter(|it| it.get("error").is_some());
    let failed: Vec<Value> = failed.take(ROWS).cloned().collect();
    let (shown, of) = (all.iter().take(ROWS).cloned(), all.len());
    json!({
        "action": report["action"],
        "all_went_well": exit == Exit::Done,
        "counts": counts,
        "failed": failed,
        "objects": of,
        "outcomes": shown.collect::<Vec<_>>(),
    })
}

//! The JSON report of a run.

use std::collections::HashMap;

use citrix_cloud::bulk::{self, Action, Decision, NotAttempted, Outcome, Plan, SkipReason};
use serde_json::{Map, Value, json};

use super::consent;
use super::run::Ended;
use super::words;
use crate::errors::ErrorReport;
use crate::exit::Failure;
use crate::output::Output;

/// The plan and its outcomes as one object.
#[derive(Debug)]
pub(super) struct Report(Value);

impl Report {
    /// Creates a report without outcomes.
    pub(super) fn new(site: &str, dry_run: bool, plan: &Plan) -> Self {
        let steps = plan.steps().iter().map(|step| {
            let mut entry = Map::new();
            entry.insert("id".into(), json!(step.id));
            entry.insert("name".into(), json!(step.name));
            match &step.decision {
                Decision::Skip(reason) => {
                    entry.insert("decision".into(), json!("skip"));
                    add_reason(&mut entry, reason);
                }
                _ => {
                    let decision = words::of(plan.action()).decision;
                    entry.insert("decision".into(), json!(decision));
                    entry.insert("reason".into(), Value::Null);
                }
            }
            Value::Object(entry)
        });
        let mut report = json!({
            "site": site,
            "action": plan.action().to_string(),
            "dryRun": dry_run,
            "plan": steps.collect::<Vec<_>>(),
            "outcomes": [],
        });
        if let (true, Some(warning)) = (dry_run, consent::warning(plan)) {
            report["warning"] = json!(warning);
        }
        Self(report)
    }

    /// Adds the outcomes, one per machine, in the plan's order.
    pub(super) fn add(&mut self, ended: &Ended) {
        let unreported = ended.unreported.iter().map(|(id, name)| {
            json!({ "id": id, "name": name, "outcome": "notAttempted", "reason": "interrupted" })
        });
        let reports = ended.reports.iter();
        let reports = reports.map(|report| outcome(&ended.action, report));
        let mut outcomes: Vec<Value> = reports.chain(unreported).collect();
        let plan = self.0["plan"].as_array().into_iter().flatten();
        let places: HashMap<String, usize> = plan
            .zip(0..)
            .filter_map(|(step, place)| Some((step["id"].as_str()?.to_owned(), place)))
            .collect();
        outcomes.sort_by_key(|it| it["id"].as_str().and_then(|id| places.get(id)).copied());
        self.0["outcomes"] = Value::Array(outcomes);
    }

    /// Prints the report.
    pub(super) fn print(&self, out: &Output) -> Result<(), Failure> {
        out.json(&self.0)
    }
}

fn outcome(action: &Action, report: &bulk::Report) -> Value {
    let mut entry = Map::new();
    entry.insert("id".into(), json!(report.id));
    entry.insert("name".into(), json!(report.name));
    let (outcome, error) = match &report.outcome {
        Outcome::Done => (words::of(action).outcome, None),
        Outcome::Skipped(_) => ("skipped", None),
        Outcome::Failed(error) => ("failed", Some(error)),
        Outcome::Unknown(error) => ("unknown", Some(error)),
        Outcome::NotReady(_) => ("notReady", None),
        Outcome::NotAttempted(_) => ("notAttempted", None),
        // An outcome that this program does not know is uncertain.
        _ => ("unknown", None),
    };
    entry.insert("outcome".into(), json!(outcome));
    if let Outcome::Skipped(reason) = &report.outcome {
        add_reason(&mut entry, reason);
    }
    if let Outcome::NotAttempted(reason) = &report.outcome {
        entry.insert("reason".into(), json!(not_attempted(reason)));
    }
    if let Some(error) = &report.left_in_maintenance {
        entry.insert(
            "leftInMaintenance".into(),
            ErrorReport::of_error(error).json(),
        );
    }
    if let Some(error) = error {
        entry.insert("error".into(), ErrorReport::of_error(error).json());
    }
    Value::Object(entry)
}

fn add_reason(entry: &mut Map<String, Value>, reason: &SkipReason) {
    use SkipReason as R;
    let name = match reason {
        R::InUse(_) => "inUse",
        R::SessionCountUnknown => "sessionCountUnknown",
        R::InMaintenance => "inMaintenance",
        R::PowerActionPending => "powerActionPending",
        R::PoweredOff => "poweredOff",
        R::Suspended => "suspended",
        R::MaintenanceUnknown => "maintenanceUnknown",
        R::AlreadySo => "alreadySo",
        R::Gone => "gone",
        R::DoneBefore => "doneBefore",
        R::NoId => "noId",
        _ => "other",
    };
    entry.insert("reason".into(), json!(name));
    if let R::InUse(sessions) = reason {
        entry.insert("sessions".into(), json!(sessions));
    }
}

fn not_attempted(reason: &NotAttempted) -> &'static str {
    match reason {
        NotAttempted::TooManyFailures => "tooManyFailures",
        NotAttempted::TooFewRegistered => "tooFewRegistered",
        NotAttempted::RegisteredUnknown => "registeredUnknown",
        NotAttempted::Unreachable => "unreachable",
        NotAttempted::Aborted => "aborted",
        NotAttempted::Stopped => "stopped",
        NotAttempted::NotRecorded(_) => "notRecorded",
        _ => "other",
    }
}

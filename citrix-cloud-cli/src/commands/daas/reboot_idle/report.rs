//! The JSON of a run.

use citrix_cloud::Error;
use citrix_cloud::reboot_idle::{self, Decision, Outcome, Plan, SkipReason};
use serde_json::{Map, Value, json};

use super::run::Ended;
use crate::arguments::Guid;
use crate::exit::Failure;
use crate::output::Output;

/// Plan and outcomes as one object.
#[derive(Debug)]
pub(super) struct Report(Value);

impl Report {
    /// A report without outcomes.
    pub(super) fn new(site: &str, catalog: Guid, dry_run: bool, plan: &Plan) -> Self {
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
                    entry.insert("decision".into(), json!("reboot"));
                    entry.insert("reason".into(), Value::Null);
                }
            }
            Value::Object(entry)
        });
        Self(json!({
            "site": site,
            "catalog": catalog.to_string(),
            "dryRun": dry_run,
            "plan": steps.collect::<Vec<_>>(),
            "outcomes": [],
        }))
    }

    /// Adds what became of the machines.
    pub(super) fn add(&mut self, ended: &Ended) {
        self.0["outcomes"] = ended.told.iter().map(outcome).collect();
        if let Some(machines) = ended.not_reached {
            self.0["notReached"] = json!(machines);
        }
    }

    /// Prints it.
    pub(super) fn print(&self, out: &Output) -> Result<(), Failure> {
        out.json(&self.0)
    }
}

fn outcome(told: &reboot_idle::Report) -> Value {
    let mut entry = Map::new();
    entry.insert("id".into(), json!(told.id));
    entry.insert("name".into(), json!(told.name));
    let (outcome, error) = match &told.outcome {
        Outcome::Rebooted => ("rebooted", None),
        Outcome::Skipped(_) => ("skipped", None),
        Outcome::Failed(error) => ("failed", Some(error)),
        Outcome::Unknown(error) => ("unknown", Some(error)),
        // An outcome that this program does not know says nothing for sure.
        _ => ("unknown", None),
    };
    entry.insert("outcome".into(), json!(outcome));
    if let Outcome::Skipped(reason) = &told.outcome {
        add_reason(&mut entry, reason);
    }
    if let Some(error) = error {
        entry.insert("error".into(), error_object(error));
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
        R::NoId => "noId",
        _ => "other",
    };
    entry.insert("reason".into(), json!(name));
    if let R::InUse(sessions) = reason {
        entry.insert("sessions".into(), json!(sessions));
    }
}

fn error_object(error: &Error) -> Value {
    let kind = format!("{:?}", error.kind());
    let (first, rest) = kind.split_at(1);
    json!({
        "message": error.message(),
        "status": error.status(),
        "code": error.code(),
        "transactionId": error.transaction_id(),
        "kind": format!("{}{rest}", first.to_lowercase()),
    })
}

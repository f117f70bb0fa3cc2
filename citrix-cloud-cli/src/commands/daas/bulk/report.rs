//! The JSON of a run.

use citrix_cloud::bulk::{self, Action, Decision, NotAttempted, Outcome, Plan, SkipReason};
use serde_json::{Map, Value, json};

use super::run::Ended;
use super::words;
use crate::exit::Failure;
use crate::output::{Output, error_object};

/// Plan and outcomes as one object.
#[derive(Debug)]
pub(super) struct Report(Value);

impl Report {
    /// A report without outcomes.
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
        Self(json!({
            "site": site,
            "action": plan.action().to_string(),
            "dryRun": dry_run,
            "plan": steps.collect::<Vec<_>>(),
            "outcomes": [],
        }))
    }

    /// Adds what became of the machines.
    pub(super) fn add(&mut self, ended: &Ended) {
        self.0["outcomes"] = ended
            .told
            .iter()
            .map(|told| outcome(&ended.action, told))
            .collect();
        if let Some(machines) = ended.not_reached {
            self.0["notReached"] = json!(machines);
        }
    }

    /// Prints it.
    pub(super) fn print(&self, out: &Output) -> Result<(), Failure> {
        out.json(&self.0)
    }
}

fn outcome(action: &Action, told: &bulk::Report) -> Value {
    let mut entry = Map::new();
    entry.insert("id".into(), json!(told.id));
    entry.insert("name".into(), json!(told.name));
    let (outcome, error) = match &told.outcome {
        Outcome::Done => (words::of(action).outcome, None),
        Outcome::Skipped(_) => ("skipped", None),
        Outcome::Failed(error) => ("failed", Some(error)),
        Outcome::Unknown(error) => ("unknown", Some(error)),
        Outcome::NotReady(_) => ("notReady", None),
        Outcome::NotAttempted(_) => ("notAttempted", None),
        // An outcome that this program does not know says nothing for sure.
        _ => ("unknown", None),
    };
    entry.insert("outcome".into(), json!(outcome));
    if let Outcome::Skipped(reason) = &told.outcome {
        add_reason(&mut entry, reason);
    }
    if let Outcome::NotAttempted(reason) = &told.outcome {
        entry.insert("reason".into(), json!(not_asked(reason)));
    }
    if let Some(error) = &told.left_in_maintenance {
        entry.insert("leftInMaintenance".into(), error_object(error));
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

fn not_asked(reason: &NotAttempted) -> &'static str {
    match reason {
        NotAttempted::TooManyFailures => "tooManyFailures",
        NotAttempted::TooFewRegistered => "tooFewRegistered",
        NotAttempted::RegisteredUnknown => "registeredUnknown",
        NotAttempted::Aborted => "aborted",
        NotAttempted::Stopped => "stopped",
        NotAttempted::NotRecorded(_) => "notRecorded",
        _ => "other",
    }
}

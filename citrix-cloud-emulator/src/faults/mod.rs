//! Faults: what goes wrong on purpose, how often, and a record of what did.
//!
//! ```
//! use citrix_cloud_emulator::Emulator;
//! use citrix_cloud_emulator::faults::{Fault, FaultKind, RetryDelay};
//!
//! let faults = vec![
//!     Fault::new(FaultKind::throttled(RetryDelay::Seconds(2))).rate(0.05).seed(1),
//!     Fault::new(FaultKind::Status(502)).on("MachinesRebootMachine").after_acting().times(1),
//! ];
//! let emulator = Emulator::builder().faults(faults).build();
//! assert!(emulator.faults().injections().is_empty());
//! ```

mod bucket;
mod distort;
mod fates;
mod fault;
mod kind;
mod payload;
mod recent;
mod responses;
pub(crate) mod rows;
mod rules;
pub(crate) mod span;
mod tokens;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::clock::Clock;
use crate::http::{Call, Reply};
use fates::{Fates, JobFate};
use kind::Stage;
use recent::RecentObjects;
use rules::Rule;

pub use fault::Fault;
pub use kind::{FaultKind, Latency, RateLimit, RetryDelay, Shape, Time};

pub(crate) use distort::{Ending, after_acting, cuts_at_head};
pub(crate) use fates::JobEnding;
pub(crate) use fault::{Target, fits};
pub(crate) use payload::respond;
pub(crate) use responses::{before_acting, lacks_transaction};
pub(crate) use rules::{FaultDecision, InjectedFault};
pub(crate) use tokens::taken_out;

/// The fault rules of one emulator, and a record of the faults they injected. Clones share them.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Inner>);

/// One fault that a rule injected into a request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Injection {
    /// The time, by the emulator's clock.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// The index of the rule, counted from 0.
    pub rule: usize,
    /// What happened.
    pub kind: FaultKind,
    /// The affected operation, if any: for a job, that of its work; for a batch item, the item's.
    pub operation: Option<String>,
    /// The number of the exchange in the journal. Refused connections, jobs and batch items have none; jobs and items
    /// can be found by their operation.
    pub exchange: Option<u64>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    injections: VecDeque<Injection>,
    fates: Fates,
    recent: RecentObjects,
}

/// Beyond this many, the oldest records are dropped.
const CAPACITY: usize = 100_000;

impl Faults {
    pub(crate) fn new(rules: Vec<Fault>, clock: Clock) -> Self {
        let faults = Self(Arc::new(Inner {
            clock,
            state: Mutex::default(),
        }));
        faults.set(rules);
        faults
    }

    /// Remembers the object that a request created.
    pub(crate) fn note_made(&self, call: &Call, reply: &Reply) {
        let now = self.0.clock.now();
        let mut state = self.state();
        let is_late = |rule: &Rule| matches!(rule.fault.kind(), FaultKind::LateConsistency(_));
        if state.rules.iter().any(is_late) {
            state.recent.note(call, reply, now);
        }
    }

    /// Returns whether a request reads an object created less than `age` ago.
    pub(crate) fn reads_young(&self, call: &Call, age: Duration) -> bool {
        let now = self.0.clock.now();
        self.state().recent.is_young(call, age, now)
    }

    /// Adds a rule after the existing ones. For each request, the first rule that fires decides what happens.
    pub fn add(&self, fault: Fault) {
        self.state().rules.push(Rule::new(fault));
    }

    /// Replaces all rules. The new rules start counting from 0.
    pub fn set(&self, faults: Vec<Fault>) {
        self.state().rules = faults.into_iter().map(Rule::new).collect();
    }

    /// Removes all rules. The record of injected faults stays, and a hanging job keeps hanging.
    pub fn clear(&self) {
        self.set(Vec::new());
    }

    /// Returns the rules, in order.
    #[must_use]
    pub fn rules(&self) -> Vec<Fault> {
        let state = self.state();
        state.rules.iter().map(|rule| rule.fault.clone()).collect()
    }

    /// Returns the injected faults, oldest first, at most 100,000.
    #[must_use]
    pub fn injections(&self) -> Vec<Injection> {
        self.state().injections.iter().cloned().collect()
    }

    /// Clears the record of injected faults.
    pub fn forget(&self) {
        self.state().injections.clear();
    }

    /// Resets the rules, the record and the fates of jobs.
    pub(crate) fn reset(&self, rules: Vec<Fault>) {
        *self.state() = State::default();
        self.set(rules);
    }

    /// Returns whether a new connection is refused.
    pub(crate) fn refuses_connection(&self) -> bool {
        let now = self.0.clock.now();
        let mut state = self.state();
        let Some(rule) = rules::refusal(&mut state.rules, now) else {
            return false;
        };
        state.note(now, rule, FaultKind::RefuseConnection, None, None);
        true
    }

    /// Evaluates the rules for a request. The result is recorded once [`note`](Self::note) is called.
    pub(crate) fn decide(&self, target: Target<'_>) -> FaultDecision {
        let now = self.0.clock.now();
        rules::decide(&mut self.state().rules, target, Stage::Request, now)
    }

    /// Records a decision, with the number of the exchange it affected.
    pub(crate) fn note(&self, decision: FaultDecision, operation: Option<&str>, exchange: u64) {
        if decision.rules.is_empty() {
            return;
        }
        let now = self.0.clock.now();
        let mut state = self.state();
        for (rule, kind) in decision.rules {
            state.note(now, rule, kind, operation, Some(exchange));
        }
    }

    /// Schedules the activation of frozen sites, and returns whether any were not yet scheduled.
    pub(crate) fn wake_sites(&self, at: Timestamp) -> bool {
        rules::wake(&mut self.state().rules, at)
    }

    /// Evaluates the rules for a new job, and keeps its fate.
    pub(crate) fn meet_job(&self, operation: &str, job: &str) {
        if let Some(injected) = self.decide_inside(operation, Stage::Job) {
            self.state().fates.seal(job, &injected.kind, injected.acts);
        }
    }

    /// Runs the `work` of a job, unless the job got a fault when it was created.
    pub(crate) fn job(&self, job: &str, work: impl FnOnce() -> Reply) -> Reply {
        match self.fate(job) {
            None => work(),
            Some(fate) => {
                if fate.acts {
                    work();
                }
                responses::of_job()
            }
        }
    }

    /// Returns the fate of a job that got a fault.
    pub(crate) fn fate(&self, job: &str) -> Option<JobFate> {
        self.state().fates.of(job)
    }

    /// Returns the response of a batch item from `run`, unless a fault is injected.
    pub(crate) fn item(&self, operation: &str, run: impl FnOnce() -> Reply) -> Reply {
        match self.decide_inside(operation, Stage::Item) {
            None => run(),
            Some(injected) => {
                if injected.acts {
                    run();
                }
                responses::of_item(&injected.kind)
            }
        }
    }

    fn decide_inside(&self, operation: &str, stage: Stage) -> Option<InjectedFault> {
        let now = self.0.clock.now();
        let target = Target {
            operation: Some(operation),
            path: "",
            method: "",
        };
        let mut state = self.state();
        let decision = rules::decide(&mut state.rules, target, stage, now);
        for (rule, kind) in decision.rules {
            state.note(now, rule, kind, Some(operation), None);
        }
        decision.injected
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note(
        &mut self,
        at: Timestamp,
        rule: usize,
        kind: FaultKind,
        operation: Option<&str>,
        exchange: Option<u64>,
    ) {
        if self.injections.len() == CAPACITY {
            self.injections.pop_front();
        }
        self.injections.push_back(Injection {
            at,
            rule,
            kind,
            operation: operation.map(str::to_owned),
            exchange,
        });
    }
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

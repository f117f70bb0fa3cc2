//! Which rule fires for a request.

use std::time::Duration;

use jiff::Timestamp;

use super::bucket::Bucket;
use super::fault::{Fault, Target};
use super::kind::{FaultKind, Latency, Stage};
use crate::operations::daas;

/// The maximum of a randomly drawn latency.
const LONGEST: Duration = Duration::from_secs(600);

/// A fault rule with its counters.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) fault: Fault,
    asked: u64,
    fired: u64,
    dice: fastrand::Rng,
    bucket: Option<Bucket>,
    /// When a frozen site becomes active.
    awake: Option<Timestamp>,
}

/// The rules' decision about one request.
#[derive(Debug, Default)]
pub(crate) struct FaultDecision {
    pub(crate) hold_before: Duration,
    pub(crate) hold_after: Duration,
    pub(crate) injected: Option<InjectedFault>,
    /// The rules involved, by number.
    pub(super) rules: Vec<(usize, FaultKind)>,
}

/// The fault that is injected into a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InjectedFault {
    pub(crate) kind: FaultKind,
    /// Whether the request is carried out.
    pub(crate) acts: bool,
}

impl FaultDecision {
    /// Returns the kind that determined the response, or else the one that delayed it.
    pub(crate) fn decisive(&self) -> Option<&FaultKind> {
        self.rules.last().map(|(_, kind)| kind)
    }
}

impl Rule {
    pub(super) fn new(fault: Fault) -> Self {
        Self {
            dice: fastrand::Rng::with_seed(fault.first_seed()),
            fault,
            asked: 0,
            fired: 0,
            bucket: None,
            awake: None,
        }
    }

    fn concerns(&self, target: Target<'_>) -> bool {
        let is_daas = || target.operation.is_some_and(|it| daas(it).is_some());
        (*self.fault.kind() != FaultKind::FrozenSite || is_daas()) && self.fault.concerns(target)
    }

    /// Counts the request, and returns whether the rule fires.
    fn fires(&mut self, now: Timestamp) -> bool {
        self.asked += 1;
        if self.awake.is_some_and(|awake| awake <= now) {
            return false;
        }
        // Drawn for every request, so that its fate depends only on its position.
        let drawn = self.dice.f64();
        if drawn >= self.fault.share() || !self.fault.may_fire(self.asked, self.fired) {
            return false;
        }
        if let FaultKind::RateLimit(limit) = self.fault.kind() {
            let bucket = self.bucket.get_or_insert_with(|| Bucket::full(limit, now));
            if bucket.take(limit, now) {
                return false;
            }
        }
        self.fired += 1;
        true
    }
}

/// Evaluates the rules in order. The first one that fires decides, except for latency, which adds up.
pub(super) fn decide(
    rules: &mut [Rule],
    target: Target<'_>,
    stage: Stage,
    now: Timestamp,
) -> FaultDecision {
    let mut decision = FaultDecision::default();
    for (number, rule) in rules.iter_mut().enumerate() {
        let concerned = rule.fault.kind().stage() == stage
            && !is_of_connections(&rule.fault)
            && rule.concerns(target);
        if !concerned || !rule.fires(now) {
            continue;
        }
        let kind = rule.fault.kind().clone();
        decision.rules.push((number, kind.clone()));
        let kind = match kind {
            FaultKind::Latency(latency) => {
                let hold = if rule.fault.acts() {
                    &mut decision.hold_after
                } else {
                    &mut decision.hold_before
                };
                *hold = hold.saturating_add(draw(latency, &mut rule.dice));
                continue;
            }
            FaultKind::RateLimit(limit) => FaultKind::throttled(limit.delay),
            other => other,
        };
        let acts = rule.fault.acts();
        decision.injected = Some(InjectedFault { kind, acts });
        break;
    }
    decision
}

/// Schedules the activation of frozen sites, and returns whether there were any.
pub(super) fn wake(rules: &mut [Rule], at: Timestamp) -> bool {
    let mut any = false;
    for rule in rules {
        if *rule.fault.kind() == FaultKind::FrozenSite {
            any |= rule.awake.is_none();
            rule.awake.get_or_insert(at);
        }
    }
    any
}

/// Returns the rule that refuses a connection before anything is known about it.
pub(super) fn refusal(rules: &mut [Rule], now: Timestamp) -> Option<usize> {
    rules
        .iter_mut()
        .position(|rule| is_of_connections(&rule.fault) && rule.fires(now))
}

fn is_of_connections(fault: &Fault) -> bool {
    *fault.kind() == FaultKind::RefuseConnection && !fault.has_conditions()
}

fn draw(latency: Latency, dice: &mut fastrand::Rng) -> Duration {
    match latency {
        Latency::Fixed(time) => time,
        Latency::Uniform { from, to } => {
            let width = to.saturating_sub(from);
            from.saturating_add(scaled(width, dice.f64()))
        }
        Latency::LogNormal { median, sigma } => {
            // The Box-Muller transform, from two uniform draws to a normal one.
            let radius = (-2.0 * (1.0 - dice.f64()).ln()).sqrt();
            let normal = radius * (std::f64::consts::TAU * dice.f64()).cos();
            scaled(median, (sigma * normal).exp())
        }
    }
}

fn scaled(time: Duration, by: f64) -> Duration {
    let scaled = Duration::try_from_secs_f64(time.as_secs_f64() * by);
    scaled.unwrap_or(LONGEST).min(LONGEST)
}

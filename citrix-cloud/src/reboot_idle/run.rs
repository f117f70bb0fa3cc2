//! Carrying a plan out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{Either, FutureExt as _, select};
use futures_util::{Stream, StreamExt as _, stream};

use super::plan::{Decision, Look, Plan, SkipReason, Step, decide};
use crate::daas::Site;
use crate::error::Inner;
use crate::{Error, ErrorKind};

/// What became of one machine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The machine's id.
    pub id: String,
    /// The machine's name.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a machine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The service has taken the reboot up: its answer has no body, names the machine, or points to
    /// a job.
    Rebooted,
    /// It was left alone, by the plan or after a second look.
    Skipped(SkipReason),
    /// The service refused, or could not be asked; nothing was rebooted.
    Failed(Error),
    /// The request was sent, and no answer says for sure whether it ran.
    Unknown(Error),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rebooted => f.write_str("success"),
            Self::Skipped(reason) => write!(f, "skipped, {reason}"),
            Self::Failed(error) => write!(f, "failure: {}", error.message()),
            Self::Unknown(error) => write!(f, "unknown: {}", error.message()),
        }
    }
}

impl Plan {
    /// Reboots the idle machines and yields one report per machine, in the catalog's order.
    ///
    /// Several machines are dealt with at the same time, as [`RebootIdle::concurrency`] says; one
    /// that fails or is slow does not stop the others. Dropping the stream drops the requests under
    /// way with it, and with them the knowledge of what came of those: to stop a run, use
    /// [`Plan::run_until`].
    ///
    /// [`RebootIdle::concurrency`]: super::RebootIdle::concurrency
    pub fn run(self) -> impl Stream<Item = Report> + Send {
        self.run_until(std::future::pending(), std::future::pending())
    }

    /// As [`Plan::run`], but it can be stopped without losing what was asked for.
    ///
    /// Once `stop` is ready, no further machine is begun, those under way are brought to their end,
    /// and the stream ends with them. Once `give_up` is ready, nothing is waited for any more: a
    /// machine whose reboot was asked for and not answered is reported as [`Outcome::Unknown`].
    /// Machines that were not begun are not reported.
    pub fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
        give_up: impl Future<Output = ()> + Send + 'static,
    ) -> impl Stream<Item = Report> + Send {
        let (site, fresh_for) = (self.site, self.fresh_for);
        let give_up = give_up.boxed().shared();
        let reports = stream::iter(self.steps.into_iter().enumerate())
            .take_until(Box::pin(stop))
            .map(move |(place, step)| {
                let (site, give_up) = (site.clone(), give_up.clone());
                async move {
                    let outcome = unless(give_up, &site, &step, fresh_for).await;
                    (
                        place,
                        outcome.map(|outcome| Report {
                            id: step.id,
                            name: step.name,
                            outcome,
                        }),
                    )
                }
            })
            .buffer_unordered(self.concurrency.get());
        in_order(reports)
    }
}

/// Hands on what comes with its place in order of the places, each as soon as those before it are
/// there; at the end, what waits for a place that never came.
fn in_order(
    reports: impl Stream<Item = (usize, Option<Report>)> + Send,
) -> impl Stream<Item = Report> + Send {
    let end = stream::once(std::future::ready(None));
    reports
        .map(Some)
        .chain(end)
        .scan((0, BTreeMap::new()), |(next, waiting), report| {
            let mut ready = Vec::new();
            match report {
                Some((place, report)) => {
                    waiting.insert(place, report);
                    while let Some(report) = waiting.remove(next) {
                        ready.push(report);
                        *next += 1;
                    }
                }
                None => ready.extend(std::mem::take(waiting).into_values()),
            }
            std::future::ready(Some(stream::iter(ready.into_iter().flatten())))
        })
        .flatten()
}

/// Carries a step out unless `give_up` comes first; nothing when the machine was not asked for yet.
async fn unless(
    give_up: impl Future<Output = ()> + Send + Unpin,
    site: &Site,
    step: &Step,
    fresh_for: Duration,
) -> Option<Outcome> {
    let asked = AtomicBool::new(false);
    let carried_out = Box::pin(carry_out(site, step, fresh_for, &asked));
    match select(carried_out, give_up).await {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(_) => asked
            .load(Ordering::Relaxed)
            .then(|| Outcome::Unknown(unsure("interrupted before the answer came"))),
    }
}

async fn carry_out(site: &Site, step: &Step, fresh_for: Duration, asked: &AtomicBool) -> Outcome {
    if let Decision::Skip(reason) = &step.decision {
        return Outcome::Skipped(reason.clone());
    }
    let machine = site.machine(&step.id);
    if step.listed.elapsed() >= fresh_for {
        match machine.get_fields(super::FIELDS).await {
            Ok(seen) if !step.is(seen.id.as_deref()) => {
                return Outcome::Failed(Error::decode("a second look showed another machine"));
            }
            Ok(seen) => {
                if let Decision::Skip(reason) = decide(&Look::from(&seen)) {
                    return Outcome::Skipped(reason);
                }
            }
            Err(error) => return Outcome::Failed(error),
        }
    }
    asked.store(true, Ordering::Relaxed);
    match machine.reboot().await {
        Ok(None) => Outcome::Rebooted,
        Ok(Some(answer)) if step.is(answer.id.as_deref()) => Outcome::Rebooted,
        Ok(Some(_)) => Outcome::Unknown(unsure("the answer does not name the machine")),
        Err(error) => match error.kind() {
            ErrorKind::JobStarted => Outcome::Rebooted,
            // Whoever answered with a success did not answer as the service does.
            ErrorKind::Decode | ErrorKind::OutcomeUnknown => Outcome::Unknown(error),
            _ => Outcome::Failed(error),
        },
    }
}

fn unsure(message: &str) -> Error {
    Inner::new(ErrorKind::OutcomeUnknown, message).into()
}

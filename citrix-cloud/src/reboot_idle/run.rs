//! Carrying a plan out.

use std::fmt;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};

use super::plan::{Decision, Look, Plan, SkipReason, Step, decide};
use crate::daas::Site;
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
    /// The service has taken the reboot up.
    Rebooted,
    /// It was left alone, by the plan or after a second look.
    Skipped(SkipReason),
    /// The service refused, or could not be asked; nothing was rebooted.
    Failed(Error),
    /// The request was sent and no answer says whether it ran.
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
    /// that fails does not stop the others. Dropping the stream drops the requests under way with
    /// it, and with them the knowledge of what came of those: to stop a run, use
    /// [`Plan::run_until`].
    ///
    /// [`RebootIdle::concurrency`]: super::RebootIdle::concurrency
    pub fn run(self) -> impl Stream<Item = Report> + Send {
        self.run_until(std::future::pending())
    }

    /// As [`Plan::run`], until `stop` is ready: then no further machine is begun, those under way
    /// are brought to their end, and the stream ends with them.
    pub fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> impl Stream<Item = Report> + Send {
        let (site, fresh_for) = (self.site, self.fresh_for);
        stream::iter(self.steps)
            .take_until(Box::pin(stop))
            .map(move |step| {
                let site = site.clone();
                async move {
                    let outcome = carry_out(&site, &step, fresh_for).await;
                    Report {
                        id: step.id,
                        name: step.name,
                        outcome,
                    }
                }
            })
            .buffered(self.concurrency.get())
    }
}

async fn carry_out(site: &Site, step: &Step, fresh_for: Duration) -> Outcome {
    if let Decision::Skip(reason) = &step.decision {
        return Outcome::Skipped(reason.clone());
    }
    let machine = site.machine(&step.id);
    if step.listed.elapsed() >= fresh_for {
        match machine.get_fields(super::FIELDS).await {
            Ok(seen) => {
                if let Decision::Skip(reason) = decide(&Look::from(&seen)) {
                    return Outcome::Skipped(reason);
                }
            }
            Err(error) => return Outcome::Failed(error),
        }
    }
    match machine.reboot().await {
        Ok(_) => Outcome::Rebooted,
        // The service took the request up and said so with a status of success.
        Err(error) if matches!(error.kind(), ErrorKind::JobStarted | ErrorKind::Decode) => {
            Outcome::Rebooted
        }
        Err(error) if error.is_outcome_unknown() => Outcome::Unknown(error),
        Err(error) => Outcome::Failed(error),
    }
}

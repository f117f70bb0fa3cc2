//! Maintenance mode for the duration of an action.
//!
//! A request that was sent is never abandoned, because a later one must not overtake it. Its result
//! is awaited first, in its response or by checking until the effect shows.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument as _;

use super::action::{Action, SubmitResult, unsure};
use super::snapshot::Snapshot;
use super::task::RunContext;
use crate::pipeline::PermitUse;
use crate::task::detached;
use crate::{Error, deadline};

/// How long maintenance mode may take to show after the request, and how long restoring a machine
/// may take after a run has been aborted.
pub(super) const MAINTENANCE_TIMEOUT: Duration = Duration::from_secs(30);

/// How many times the end of maintenance mode is requested without a response.
const TIMES: u32 = 8;

/// The pause before the second check; each further pause is 1.5 times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two checks.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The result of a request for maintenance mode.
#[derive(Debug)]
enum Switched {
    Accepted,
    /// It was refused and never ran.
    Refused(Error),
    /// No response says whether it ran.
    Unknown(Error),
}

/// The maintenance mode of one machine, as far as this run is responsible for it.
pub(super) struct Maintenance {
    run: Arc<RunContext>,
    id: String,
    /// This run may have put the machine into maintenance mode.
    ours: bool,
    /// The request for it, while it is in progress.
    switching: Option<oneshot::Receiver<Switched>>,
    /// It was requested without a response and has not shown since, so it may take effect late.
    unseen: bool,
}

/// Why a machine could not be put into maintenance mode.
pub(super) enum NotDrained {
    Refused(Error),
    /// It was requested but did not show in time.
    NotSeen(Error),
    /// A check failed permanently.
    Look(Error),
}

impl Maintenance {
    pub(super) fn new(run: Arc<RunContext>, id: &str, ours: bool) -> Self {
        Self {
            run,
            id: id.to_owned(),
            ours,
            switching: None,
            unseen: false,
        }
    }

    /// Returns whether this run may have put the machine into maintenance mode.
    pub(super) fn is_ours(&self) -> bool {
        self.ours
    }

    /// Puts the machine into maintenance mode, and returns the snapshot that shows it.
    pub(super) async fn begin(&mut self) -> Result<(Snapshot, Instant), NotDrained> {
        self.ours = true;
        let (told, switched) = oneshot::channel();
        let requested = switch(self.run.clone(), self.id.clone(), true);
        // A separate task, which outlives its caller.
        let requested = async move {
            let _ = told.send(requested.await);
        };
        detached(requested.in_current_span());
        let switched = result(self.switching.insert(switched)).await;
        self.switching = None;
        let error = match switched {
            Switched::Refused(error) => {
                self.ours = false;
                return Err(NotDrained::Refused(error));
            }
            Switched::Accepted => {
                unsure("maintenance mode was requested, but the machine does not show it")
            }
            Switched::Unknown(error) => {
                self.unseen = true;
                error
            }
        };
        match self.shows(true).await {
            Shown::Yes(snapshot, taken) => {
                self.unseen = false;
                Ok((snapshot, taken))
            }
            Shown::Gone(error) => {
                self.ours = false;
                Err(NotDrained::Look(error))
            }
            Shown::No => Err(NotDrained::NotSeen(error)),
        }
    }

    /// Takes the machine out of maintenance mode, and checks until that shows.
    ///
    /// # Errors
    ///
    /// The reason why it may still be in maintenance mode, or enter it later.
    pub(super) async fn end(&mut self) -> Result<(), Error> {
        if let Some(switching) = &mut self.switching {
            let switched = timeout(MAINTENANCE_TIMEOUT, result(switching)).await;
            self.switching = None;
            match switched {
                Ok(Switched::Accepted) => {}
                Ok(Switched::Refused(_)) => {
                    self.ours = false;
                    return Ok(());
                }
                Ok(Switched::Unknown(_)) | Err(_) => self.unseen = true,
            }
        }
        if self.unseen && matches!(self.shows(true).await, Shown::Yes(..)) {
            self.unseen = false;
        }
        for _ in 0..TIMES {
            let switched = switch(self.run.clone(), self.id.clone(), false).await;
            if let Switched::Refused(error) = switched {
                return match error.is_not_found() {
                    true => self.ended(),
                    false => Err(error),
                };
            }
            match self.shows(false).await {
                Shown::Yes(..) => return self.ended(),
                Shown::Gone(_) => return self.ended(),
                Shown::No => {}
            }
        }
        Err(unsure("the machine still shows maintenance mode"))
    }

    fn ended(&mut self) -> Result<(), Error> {
        if self.unseen {
            return Err(unsure(
                "the request for maintenance mode got no response, and the mode may still begin",
            ));
        }
        self.ours = false;
        Ok(())
    }

    /// Checks until the machine shows that it is in maintenance mode, or that it is not.
    async fn shows(&self, on: bool) -> Shown {
        let end = deadline::after(MAINTENANCE_TIMEOUT);
        let mut pause = FIRST_PAUSE;
        loop {
            let taken = Instant::now();
            match self.run.look(&self.id, PermitUse::Own).await {
                Ok(snapshot) if snapshot.in_maintenance == Some(on) => {
                    return Shown::Yes(snapshot, taken);
                }
                Ok(_) => {}
                Err(error) if error.is_not_found() => return Shown::Gone(error),
                Err(error) => tracing::debug!(%error, "a check for maintenance mode failed"),
            }
            if taken >= end {
                return Shown::No;
            }
            sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }
}

enum Shown {
    Yes(Snapshot, Instant),
    Gone(Error),
    No,
}

async fn result(switching: &mut oneshot::Receiver<Switched>) -> Switched {
    let lost = |_| Switched::Unknown(unsure("the request for maintenance mode was lost"));
    switching.await.unwrap_or_else(lost)
}

async fn switch(run: Arc<RunContext>, id: String, on: bool) -> Switched {
    match run.submit(&Action::MaintenanceMode(on), &id, None).await {
        SubmitResult::Accepted => Switched::Accepted,
        // An earlier attempt of the same call may have run.
        SubmitResult::Refused(error) if error.attempts() > 1 && !error.is_not_found() => {
            Switched::Unknown(error)
        }
        SubmitResult::Refused(error) => Switched::Refused(error),
        SubmitResult::Unsure(error) => Switched::Unknown(error),
    }
}

//! Runs a plan.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::Instant;

use super::decision::Decision;
use super::limits::Admission;
use super::plan::{Plan, Step};
use super::report::{NotAttempted, Outcome, Report};
use super::task::{ObjectTask, RunContext};
use crate::Error;
use crate::models::Machine;
use crate::stream::outcomes;

/// The properties needed to count registered machines.
const COUNTED: [&str; 4] = [
    "Id",
    "DeliveryGroup",
    "RegistrationState",
    "InMaintenanceMode",
];

/// How many counts may fail before machines that depend on one are no longer started.
const FAILED_COUNTS: u32 = 3;

outcomes! {
    /// The reports of a run.
    ///
    /// Nothing is sent until the stream is polled. Dropping it aborts the requests in flight, whose
    /// outcome then remains unknown; use [`Plan::run_until`] to stop a run.
    Reports of Report;
}

impl Plan {
    /// Runs the plan and yields one report per object, as soon as its outcome is known or, with
    /// [`Bulk::ordered`](super::Bulk::ordered), in the plan's order.
    ///
    /// Many objects are processed at the same time; one that fails or is slow does not stop the
    /// others. Dropping the stream aborts the requests in flight, whose outcome then remains
    /// unknown, and leaves machines that are being drained in maintenance mode. To stop a run, use
    /// [`Plan::run_until`].
    pub fn run(self) -> Reports {
        self.run_until(std::future::pending(), std::future::pending())
    }

    /// Works like [`Plan::run`], but can be stopped without losing the outcomes of requests in
    /// flight.
    ///
    /// Once `stop` is ready, no more objects are started and no request is sent again; objects in
    /// progress are finished, and the stream ends. If evidence then shows that a request did not
    /// run, its object is reported as [`NotAttempted::Stopped`]. Once `give_up` is ready, the run
    /// no longer waits: requests without a response are reported as [`Outcome::Unknown`], and
    /// machines that are being drained are taken out of maintenance mode. Only this is still
    /// awaited, for at most 30 s; a machine that does not show it by then has a
    /// [`Report::left_in_maintenance`]. Objects that were not started are not reported.
    pub fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
        give_up: impl Future<Output = ()> + Send + 'static,
    ) -> Reports {
        let ordered = self.options.ordered;
        let scheduler = Scheduler::new(self, stop.boxed(), give_up.boxed());
        let reports = stream::unfold(scheduler, |mut scheduler| async move {
            scheduler.next().await.map(|report| (report, scheduler))
        });
        match ordered {
            true => Reports::new(in_order(reports)),
            false => Reports::new(as_they_end(reports)),
        }
    }
}

/// The result of one of the run's futures.
enum Ended {
    ObjectTask(usize, Option<Report>),
    Count(Instant, Result<Vec<Machine>, Error>),
}

/// Starts tasks as the limits allow, and passes on their results.
struct Scheduler {
    run: Arc<RunContext>,
    waiting: VecDeque<(usize, Step)>,
    under_way: FuturesUnordered<BoxFuture<'static, Ended>>,
    stop: BoxFuture<'static, ()>,
    give_up: Shared<BoxFuture<'static, ()>>,
    counting: bool,
    failed_counts: u32,
}

impl Scheduler {
    fn new(plan: Plan, stop: BoxFuture<'static, ()>, give_up: BoxFuture<'static, ()>) -> Self {
        let run = Arc::new(RunContext::new(&plan));
        let (first, then): (Vec<_>, Vec<_>) = plan
            .steps
            .into_iter()
            .enumerate()
            .partition(|(_, step)| step.unconfirmed.is_some() || step.drained);
        Self {
            run,
            waiting: first.into_iter().chain(then).collect(),
            under_way: FuturesUnordered::new(),
            stop,
            give_up: give_up.shared(),
            counting: false,
            failed_counts: 0,
        }
    }

    /// Returns the next finished object with its index.
    async fn next(&mut self) -> Option<(usize, Option<Report>)> {
        loop {
            // Before anything is started, so that a run that is stopped immediately starts nothing.
            let stopped = self.run.is_stopped()
                || self.stop.as_mut().now_or_never().is_some()
                || self.give_up.clone().now_or_never().is_some();
            self.run.stopped.store(stopped, Ordering::Relaxed);
            if let Some(told) = self.begin() {
                return Some(told);
            }
            if self.under_way.is_empty() && self.waiting.is_empty() {
                return None;
            }
            let run = self.run.clone();
            tokio::select! {
                biased;
                () = &mut self.stop, if !run.is_stopped() => {
                    run.stopped.store(true, Ordering::Relaxed);
                }
                Some(ended) = self.under_way.next() => match ended {
                    Ended::ObjectTask(place, report) => return Some((place, report)),
                    Ended::Count(began, counted) => self.take_count(began, counted),
                },
                () = run.limits.changed.notified() => {}
            }
        }
    }

    /// Starts the objects that may start; returns one that is finished without starting.
    fn begin(&mut self) -> Option<(usize, Option<Report>)> {
        if self.run.is_stopped() {
            self.waiting.clear();
            return None;
        }
        if self.run.limits.has_too_many_failures() {
            return self.tell_front(NotAttempted::TooManyFailures);
        }
        if self.run.limits.is_unreachable() {
            return self.tell_front(NotAttempted::Unreachable);
        }
        if let Some((_, step)) = self.waiting.front()
            && let Decision::Skip(reason) = &step.decision
            && !step.drained
        {
            let reason = reason.clone();
            return self.tell(0, Outcome::Skipped(reason));
        }
        if !self.waiting.is_empty() && self.run.limits.must_count() {
            if self.failed_counts >= FAILED_COUNTS {
                return self.tell_front(NotAttempted::RegisteredUnknown);
            }
            self.count();
            return None;
        }
        self.admit();
        // None of our machines is on its way back, so waiting longer would never end.
        match self.under_way.is_empty() {
            true => self.tell_front(NotAttempted::TooFewRegistered),
            false => None,
        }
    }

    fn admit(&mut self) {
        let mut small = HashSet::new();
        let mut place = 0;
        while let Some((_, step)) = self.waiting.get(place) {
            let known_small = step
                .snapshot
                .group
                .as_ref()
                .is_some_and(|it| small.contains(it));
            let has_turn = step.decision == Decision::Act || step.drained;
            if !has_turn || (known_small && step.snapshot.serves()) {
                place += 1;
                continue;
            }
            match self.run.limits.admit(step) {
                Admission::Full => return,
                Admission::GroupTooSmall => {
                    small.extend(step.snapshot.group.clone());
                    place += 1;
                }
                Admission::Permit(permit) => {
                    let Some((number, step)) = self.waiting.remove(place) else {
                        return;
                    };
                    let turn = ObjectTask::new(self.run.clone(), step, permit);
                    let give_up = self.give_up.clone();
                    self.under_way.push(
                        async move { Ended::ObjectTask(number, turn.take(give_up).await) }.boxed(),
                    );
                }
            }
        }
    }

    /// Starts counting the registered machines, before anything else may start.
    fn count(&mut self) {
        if !std::mem::replace(&mut self.counting, true) {
            let list = self
                .run
                .site
                .machines()
                .list()
                .fields(COUNTED)
                .page_size(1000);
            let began = Instant::now();
            self.under_way
                .push(list.all().map(move |all| Ended::Count(began, all)).boxed());
        }
    }

    fn take_count(&mut self, began: Instant, counted: Result<Vec<Machine>, Error>) {
        self.counting = false;
        match counted {
            Ok(machines) => {
                self.failed_counts = 0;
                self.run.limits.count(&machines, began);
            }
            Err(error) => {
                tracing::warn!(%error, "the registered machines could not be counted");
                self.failed_counts += 1;
            }
        }
    }

    fn tell_front(&mut self, reason: NotAttempted) -> Option<(usize, Option<Report>)> {
        let (_, step) = self.waiting.front()?;
        let outcome = match &step.decision {
            Decision::Skip(reason) => Outcome::Skipped(reason.clone()),
            Decision::Act => Outcome::NotAttempted(reason),
        };
        self.tell(0, outcome)
    }

    fn tell(&mut self, place: usize, outcome: Outcome) -> Option<(usize, Option<Report>)> {
        let (number, step) = self.waiting.remove(place)?;
        Some((number, Some(self.run.end(step, outcome, None))))
    }
}

/// Passes reports on as they arrive.
fn as_they_end(
    reports: impl Stream<Item = (usize, Option<Report>)> + Send,
) -> impl Stream<Item = Report> + Send {
    reports.filter_map(|(_, report)| std::future::ready(report))
}

/// Passes reports on in the order of their indexes, each as soon as all before it are known. At the
/// end, the remaining ones follow, even if an index before them is missing.
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

//! `async=true`: calls that run later, and other scheduled events.

use jiff::Timestamp;
use serde_json::Value;

use super::call::SiteCall;
use super::jobs::reply_body;
use super::{batch, dispatch, zones};
use crate::daas::jobs::kinds::kind;
use crate::faults::JobEnding;
use crate::http::{Outcome, Reply};
use crate::shared::Shared;
use crate::world::{Event, Job, JobStatus, Site, SiteParts};

/// Carries out an event that is due.
pub(crate) fn happen(shared: &Shared, parts: SiteParts<'_>, event: Event, at: Timestamp) {
    let site = &mut *parts.site;
    match event {
        Event::PowerHalfway { machine, action } => site.power_halfway(&machine, action, at),
        Event::PowerDone { machine, action } => site.power_done(&machine, action),
        Event::Arrival { arrivals } => site.arrive(arrivals, at),
        Event::Location { location } => zones::follow(parts.platform, site, &location),
        Event::Departure { session } => {
            if let Some(session) = site.end_session(&session) {
                shared.monitor.departed(parts.customer, &session, at);
            }
        }
        Event::JobStart { job } => start(shared, parts, &job, at),
        Event::JobEnd { job } => match shared.faults.fate(&job).map(|fate| fate.ending) {
            Some(JobEnding::Hangs) => {}
            Some(JobEnding::Vanishes) => drop(site.jobs.remove(&job)),
            Some(JobEnding::Fails) | None => end(site, &job, at),
        },
    }
}

/// Turns a call into a job, which starts after a quarter of its time. Returns 202 with the job's address and no body.
pub(super) fn accept(site: &mut Site, now: Timestamp, shared: &Shared, call: SiteCall) -> Outcome {
    let mut job = Job::new(kind(call.operation.name), now);
    if job.kind == "Batch" {
        let items = batch::parse(&call)?;
        job.sub_jobs = items
            .iter()
            .map(|item| Job::new(item.job_kind(), now))
            .collect();
    }
    let location = format!("{}/Jobs/{}", call.scope.base, job.id());
    let duration = shared.settings.job_duration;
    site.schedule.plan(
        now,
        duration / 4,
        Event::JobStart {
            job: job.id().to_owned(),
        },
    );
    site.schedule.plan(
        now,
        duration,
        Event::JobEnd {
            job: job.id().to_owned(),
        },
    );
    shared.faults.meet_job(call.operation.name, job.id());
    job.call = Some(call);
    site.add_job(job);
    Ok(Reply::empty(202).with("Location", location))
}

/// Runs a job's work, unless the job was cancelled or deleted.
fn start(shared: &Shared, mut parts: SiteParts<'_>, id: &str, at: Timestamp) {
    let waiting = parts
        .site
        .jobs
        .get_mut(id)
        .filter(|job| job.status == JobStatus::NotStarted);
    let Some(call) = waiting.and_then(|mut job| {
        job.reach(JobStatus::InProgress, at);
        job.call.take()
    }) else {
        return;
    };
    let work = || dispatch::run(shared, parts.lend(), at, &call).unwrap_or_else(|refusal| refusal);
    let reply = shared.faults.job(id, work);
    if let Some(mut job) = parts.site.jobs.get_mut(id) {
        job.reply = Some(reply);
    }
}

/// Sets a job's final status.
fn end(site: &mut Site, id: &str, at: Timestamp) {
    let Some(mut job) = site.jobs.get_mut(id) else {
        return;
    };
    let succeeded = job.reply.as_ref().is_some_and(Reply::is_success);
    let body: Value = reply_body(&job);
    let items = body["Items"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for (part, item) in job.sub_jobs.iter_mut().zip(items) {
        let succeeded = item["Code"]
            .as_u64()
            .is_some_and(|code| (200..300).contains(&code));
        part.reach(ending(succeeded), at);
    }
    job.reach(ending(succeeded), at);
}

fn ending(succeeded: bool) -> JobStatus {
    if succeeded {
        JobStatus::Complete
    } else {
        JobStatus::Failed
    }
}

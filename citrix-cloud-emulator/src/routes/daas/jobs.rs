//! `async=true` and `/Jobs`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::batch;
use super::handlers::Handler;
use super::job_kinds::kind;
use super::turn::{SiteCall, Turn, run};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::shared::Shared;
use crate::world::{Event, Job, JobStatus, Site, SiteParts};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "JobsGetJobs" => list,
        "JobsGetJob" => get,
        "JobsGetJobResults" => results,
        "JobsCancelJob" => cancel,
        "JobsDeleteJob" => delete,
        _ => return None,
    })
}

/// Turns a call into a job, which starts after a quarter of its time: 202, no body, the job's address.
pub(super) fn accept(site: &mut Site, now: Timestamp, shared: &Shared, call: SiteCall) -> Outcome {
    let mut job = Job::new(kind(call.operation), now);
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
    shared.faults.meet_job(call.operation, job.id());
    job.call = Some(call);
    site.add_job(job);
    Ok(Reply::empty(202).with("Location", location))
}

/// Answers a call that is a job without `async`, too: its work is done, and the job shows progress for its time.
pub(super) fn answer_done(turn: &mut Turn<'_>) -> Outcome {
    if turn.call.query.flag("async")? == Some(true) {
        return Ok(Reply::empty(200));
    }
    let mut job = Job::new(kind(turn.call.operation), turn.now);
    job.reply = Some(Reply::empty(200));
    let id = job.id().to_owned();
    let duration = turn.shared.settings.job_duration;
    let (start, end) = (id.clone(), id.clone());
    let schedule = &mut turn.site.schedule;
    schedule.plan(turn.now, duration / 4, Event::JobStart { job: start });
    schedule.plan(turn.now, duration, Event::JobEnd { job: end });
    turn.site.add_job(job);
    let job = turn.site.jobs.get(&id);
    let job = job.ok_or_else(|| orchestration::not_found("Job", &id))?;
    Ok(Reply::json(200, &view(job, turn)))
}

/// Does a job's work, unless it was cancelled or deleted before.
pub(crate) fn start_job(shared: &Shared, mut parts: SiteParts<'_>, id: &str, at: Timestamp) {
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
    let work = || run(shared, parts.lend(), at, &call).unwrap_or_else(|refusal| refusal);
    let reply = shared.faults.job(id, work);
    if let Some(mut job) = parts.site.jobs.get_mut(id) {
        job.reply = Some(reply);
    }
}

/// Gives a job its final status.
pub(crate) fn end_job(site: &mut Site, id: &str, at: Timestamp) {
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

fn list(turn: &mut Turn<'_>) -> Outcome {
    let jobs = &turn.site.jobs;
    let query = &turn.call.query;
    turn.shared.pager.page_after(
        &["Jobs"],
        query,
        || jobs.len(),
        |after| {
            let jobs = jobs.after(after);
            jobs.map(|(serial, job)| (serial, view(job, turn)))
        },
    )
}

fn get(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(200, &view(named(turn)?, turn)))
}

/// Answers what the call would have answered without `async`: JSON text, whatever it is.
fn results(turn: &mut Turn<'_>) -> Outcome {
    let job = named(turn)?;
    match &job.reply {
        Some(reply) if job.status.is_final() => Ok(Reply::text(
            200,
            "application/json; charset=utf-8",
            reply.body.clone(),
        )),
        _ => Err(orchestration::bad_request("The job has no results yet.")),
    }
}

/// Cancels a job that is not over; what it has begun goes on.
fn cancel(turn: &mut Turn<'_>) -> Outcome {
    let (name, now) = (turn.name().to_owned(), turn.now);
    let job = turn.site.jobs.get_mut(&name);
    job.ok_or_else(|| orchestration::not_found("Job", &name))?
        .reach(JobStatus::Canceled, now);
    get(turn)
}

fn delete(turn: &mut Turn<'_>) -> Outcome {
    let name = turn.name().to_owned();
    let job = turn.site.jobs.remove(&name);
    job.map(|_| Reply::empty(200))
        .ok_or_else(|| orchestration::not_found("Job", &name))
}

fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t Job, Reply> {
    let job = turn.site.jobs.get(turn.name());
    job.ok_or_else(|| orchestration::not_found("Job", turn.name()))
}

fn ending(succeeded: bool) -> JobStatus {
    if succeeded {
        JobStatus::Complete
    } else {
        JobStatus::Failed
    }
}

fn reply_body(job: &Job) -> Value {
    let body = job
        .reply
        .as_ref()
        .map(|reply| reply.body.as_ref())
        .unwrap_or_default();
    serde_json::from_slice(body).unwrap_or_default()
}

fn view(job: &Job, turn: &Turn<'_>) -> Value {
    let base = &turn.call.scope.base;
    let progress = match job.status {
        JobStatus::NotStarted | JobStatus::Canceled => 0,
        JobStatus::InProgress => progress(job, turn),
        JobStatus::Complete | JobStatus::Failed => 100,
    };
    let mut view = json!({
        "Id": job.id(),
        "Type": job.kind,
        "OverallProgressPercent": progress,
        "IsCancellable": !job.status.is_final(),
        "Parameters": [],
        "SubJobs": job.sub_jobs.iter().map(|part| view(part, turn)).collect::<Vec<_>>(),
        "Status": format!("{:?}", job.status),
        "ResultLocation": null,
        "ErrorString": null,
        "ErrorParameters": [],
        "CreationTime": spoken(Some(job.created)),
        "FormattedCreationTime": formatted(Some(job.created)),
        "StartTime": spoken(job.started),
        "FormattedStartTime": formatted(job.started),
        "EndTime": spoken(job.ended),
        "FormattedEndTime": formatted(job.ended),
    });
    match job.status {
        JobStatus::Complete if job.reply.is_some() => {
            view["ResultLocation"] = json!(format!("{base}/Jobs/{}/Results", job.id()));
        }
        JobStatus::Failed => {
            let message = reply_body(job)["ErrorMessage"].as_str().map(str::to_owned);
            let message = message.unwrap_or_else(|| "The operation failed.".to_owned());
            view["ErrorString"] = json!(message);
            view["ErrorCode"] = json!("UnknownError");
            view["ErrorParameters"] = json!([{ "Name": "ErrorDetails", "Value": message }]);
        }
        _ => {}
    }
    view
}

/// How much of its time a job has had, in percent; never all of it while it runs.
fn progress(job: &Job, turn: &Turn<'_>) -> i128 {
    let had = turn.now.duration_since(job.created).as_millis();
    let all = turn.shared.settings.job_duration.as_millis().max(1);
    (had * 100 / all).clamp(1, 99)
}

/// Formats a time as the service's plain time fields do; only the `Formatted...` ones are RFC 3339.
pub(super) fn spoken(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string())
}

pub(super) fn formatted(at: Option<Timestamp>) -> Option<String> {
    at.and_then(|at| Timestamp::from_second(at.as_second()).ok())
        .map(|at| at.to_string())
}

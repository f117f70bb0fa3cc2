//! `/Jobs`.

use serde_json::{Value, json};

use self::kinds::kind;
use super::context::{Context, Handler};
use super::times::{formatted, spoken};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::world::{Event, Job, JobStatus};

pub(super) mod kinds;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "JobsGetJobs" => list,
        "JobsGetJob" => get,
        "JobsGetJobResults" => results,
        "JobsCancelJob" => cancel,
        "JobsDeleteJob" => delete,
        "JobsSkipRemainingSubtasks" => skip_remaining,
        _ => return None,
    })
}

/// Responds to a call that is a job even without `async`. Its work is already done, and the job shows progress for its
/// time.
pub(super) fn respond_done(context: &mut Context<'_>) -> Outcome {
    if context.call.query.flag("async")? == Some(true) {
        return Ok(Reply::empty(200));
    }
    respond_with(context, Reply::empty(200))
}

/// Responds to such a call when its work cannot be done: the job fails.
pub(super) fn respond_failed(context: &mut Context<'_>, refusal: Reply) -> Outcome {
    if context.call.query.flag("async")? == Some(true) {
        return Err(refusal);
    }
    respond_with(context, refusal)
}

fn respond_with(context: &mut Context<'_>, reply: Reply) -> Outcome {
    let mut job = Job::new(kind(context.call.operation.name), context.now);
    job.reply = Some(reply);
    let id = job.id().to_owned();
    let duration = context.shared.settings.job_duration;
    let (start, end) = (id.clone(), id.clone());
    let schedule = &mut context.site.schedule;
    schedule.plan(context.now, duration / 4, Event::JobStart { job: start });
    schedule.plan(context.now, duration, Event::JobEnd { job: end });
    context.site.add_job(job);
    let job = context.site.jobs.get(&id);
    let job = job.ok_or_else(|| orchestration::not_found("Job", &id))?;
    Ok(Reply::json(200, &view(job, context)))
}

fn list(context: &mut Context<'_>) -> Outcome {
    let jobs = &context.site.jobs;
    let query = &context.call.query;
    context.shared.pager.page_after(
        &["Jobs"],
        query,
        || jobs.len(),
        |after| {
            let jobs = jobs.after(after);
            jobs.map(|(serial, job)| (serial, view(job, context)))
        },
    )
}

fn get(context: &mut Context<'_>) -> Outcome {
    Ok(Reply::json(200, &view(named(context)?, context)))
}

/// Returns the result that the call would have returned without `async`, as JSON text.
fn results(context: &mut Context<'_>) -> Outcome {
    let job = named(context)?;
    match &job.reply {
        Some(reply) if job.status.is_final() => Ok(Reply::text(
            200,
            "application/json; charset=utf-8",
            reply.body.clone(),
        )),
        _ => Err(orchestration::bad_request("The job has no results yet.")),
    }
}

/// Cancels a job that is not finished; work that has started continues.
fn cancel(context: &mut Context<'_>) -> Outcome {
    let (name, now) = (context.name().to_owned(), context.now);
    let job = context.site.jobs.get_mut(&name);
    job.ok_or_else(|| orchestration::not_found("Job", &name))?
        .reach(JobStatus::Canceled, now);
    get(context)
}

/// Cancels the parts of a job that have not started.
fn skip_remaining(context: &mut Context<'_>) -> Outcome {
    let (name, now) = (context.name().to_owned(), context.now);
    let job = context.site.jobs.get_mut(&name);
    let mut job = job.ok_or_else(|| orchestration::not_found("Job", &name))?;
    let parts = job.sub_jobs.iter_mut();
    for part in parts.filter(|it| it.status == JobStatus::NotStarted) {
        part.reach(JobStatus::Canceled, now);
    }
    drop(job);
    get(context)
}

fn delete(context: &mut Context<'_>) -> Outcome {
    let name = context.name().to_owned();
    let job = context.site.jobs.remove(&name);
    job.map(|_| Reply::empty(200))
        .ok_or_else(|| orchestration::not_found("Job", &name))
}

fn named<'t>(context: &'t Context<'_>) -> Result<&'t Job, Reply> {
    let job = context.site.jobs.get(context.name());
    job.ok_or_else(|| orchestration::not_found("Job", context.name()))
}

pub(super) fn reply_body(job: &Job) -> Value {
    let body = job
        .reply
        .as_ref()
        .map(|reply| reply.body.as_ref())
        .unwrap_or_default();
    serde_json::from_slice(body).unwrap_or_default()
}

fn view(job: &Job, context: &Context<'_>) -> Value {
    let base = &context.call.scope.base;
    let progress = match job.status {
        JobStatus::NotStarted | JobStatus::Canceled => 0,
        JobStatus::InProgress => progress(job, context),
        JobStatus::Complete | JobStatus::Failed => 100,
    };
    let mut view = json!({
        "Id": job.id(),
        "Type": job.kind,
        "OverallProgressPercent": progress,
        "IsCancellable": !job.status.is_final(),
        "Parameters": [],
        "SubJobs": job.sub_jobs.iter().map(|part| view(part, context)).collect::<Vec<_>>(),
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

/// Returns a job's progress in percent, which stays below 100 while it runs.
fn progress(job: &Job, context: &Context<'_>) -> i128 {
    let had = context.now.duration_since(job.created).as_millis();
    let all = context.shared.settings.job_duration.as_millis().max(1);
    (had * 100 / all).clamp(1, 99)
}

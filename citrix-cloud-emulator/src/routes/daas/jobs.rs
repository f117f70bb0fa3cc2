//! `async=true` and `/Jobs`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::batch;
use super::turn::{SiteCall, Turn, run};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::shared::Shared;
use crate::world::{Event, Job, JobStatus, World};

/// Turns a call into a job, which starts after a quarter of its time: 202, no body, the job's address.
pub(super) fn accept(
    world: &mut World,
    now: Timestamp,
    shared: &Shared,
    call: SiteCall,
) -> Outcome {
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
    world.schedule.plan(
        now,
        duration / 4,
        Event::JobStart {
            job: job.id().to_owned(),
        },
    );
    world.schedule.plan(
        now,
        duration,
        Event::JobEnd {
            job: job.id().to_owned(),
        },
    );
    shared.faults.meet_job(call.operation, job.id());
    job.call = Some(call);
    world.jobs.push(job);
    Ok(Reply::empty(202).with("Location", location))
}

/// Does a job's work, unless it was cancelled or deleted before.
pub(crate) fn start_job(shared: &Shared, world: &mut World, id: &str, at: Timestamp) {
    let waiting = world
        .jobs
        .get_mut(id)
        .filter(|job| job.status == JobStatus::NotStarted);
    let Some(call) = waiting.and_then(|mut job| {
        job.reach(JobStatus::InProgress, at);
        job.call.take()
    }) else {
        return;
    };
    let work = || run(shared, world, at, &call).unwrap_or_else(|refusal| refusal);
    let reply = shared.faults.job(id, work);
    if let Some(mut job) = world.jobs.get_mut(id) {
        job.reply = Some(reply);
    }
}

/// Gives a job its final status.
pub(crate) fn end_job(world: &mut World, id: &str, at: Timestamp) {
    let Some(mut job) = world.jobs.get_mut(id) else {
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

pub(super) fn list(turn: &mut Turn<'_>) -> Outcome {
    let base = &turn.call.scope.base;
    let views = turn.world.jobs.iter().map(|job| view(job, base));
    turn.shared.pager.page(&["Jobs"], &turn.call.query, views)
}

pub(super) fn get(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(200, &view(named(turn)?, &turn.call.scope.base)))
}

/// Answers what the call would have answered without `async`: JSON text, whatever it is.
pub(super) fn results(turn: &mut Turn<'_>) -> Outcome {
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
pub(super) fn cancel(turn: &mut Turn<'_>) -> Outcome {
    let (name, now) = (turn.name().to_owned(), turn.now);
    let job = turn.world.jobs.get_mut(&name);
    job.ok_or_else(|| orchestration::not_found("Job", &name))?
        .reach(JobStatus::Canceled, now);
    get(turn)
}

pub(super) fn delete(turn: &mut Turn<'_>) -> Outcome {
    let name = turn.name().to_owned();
    let job = turn.world.jobs.remove(&name);
    job.map(|_| Reply::empty(200))
        .ok_or_else(|| orchestration::not_found("Job", &name))
}

/// Names the kind of job an operation makes, as the `JobType` enumeration does.
pub(super) fn kind(operation: &str) -> &'static str {
    match operation {
        "BatchDoBatchRequest" => "Batch",
        "MachinesStartMachine" => "StartMachines",
        "MachinesShutdownMachine" => "ShutDownMachines",
        "MachinesRebootMachine" => "RebootMachines",
        "MachinesSuspendMachine" => "SuspendMachines",
        "MachinesResumeMachine" => "ResumeMachines",
        "MachinesLogoffMachineSessions" => "LogoffMachineSessions",
        "MachinesDisconnectSessions" | "SessionsDisconnectSession" => "DisconnectSessions",
        "MachinesUpdateMachineCatalogMachine" => "UpdateMachineCatalogMachine",
        "MachinesGetMachines" | "MachinesGetMachinesV2" => "GetMachines",
        "MachineCatalogsGetMachineCatalogs" | "MachineCatalogsGetMachineCatalogsV2" => {
            "GetMachineCatalogs"
        }
        "MachineCatalogsGetMachineCatalog" => "GetMachineCatalogDetails",
        "MachineCatalogsGetMachineCatalogMachines" => "GetMachineCatalogMachines",
        "SessionsGetSessions" | "SessionsGetSessionsV2" => "GetSessions",
        "SessionsLogoffSession" => "LogoffSessions",
        "SessionsHideSession" => "HideSession",
        "SessionsUnhideSession" => "UnhideSession",
        "SessionsSendSessionMessage" => "SendSessionMessage",
        _ => "Unknown",
    }
}

fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t Job, Reply> {
    let job = turn.world.jobs.get(turn.name());
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

fn view(job: &Job, base: &str) -> Value {
    let progress = match job.status {
        JobStatus::NotStarted | JobStatus::Canceled => 0,
        JobStatus::InProgress => 50,
        JobStatus::Complete | JobStatus::Failed => 100,
    };
    let mut view = json!({
        "Id": job.id(),
        "Type": job.kind,
        "OverallProgressPercent": progress,
        "IsCancellable": !job.status.is_final(),
        "Parameters": [],
        "SubJobs": job.sub_jobs.iter().map(|part| view(part, base)).collect::<Vec<_>>(),
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

/// Formats a time as the service's plain time fields do; only the `Formatted...` ones are RFC 3339.
pub(super) fn spoken(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string())
}

pub(super) fn formatted(at: Option<Timestamp>) -> Option<String> {
    at.and_then(|at| Timestamp::from_second(at.as_second()).ok())
        .map(|at| at.to_string())
}

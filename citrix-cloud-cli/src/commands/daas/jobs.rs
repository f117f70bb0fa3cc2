//! `daas jobs`.

use std::time::Duration;

use citrix_cloud::Client;
use citrix_cloud::handles::jobs::JobHandle;
use citrix_cloud::models::{Job, JobStatus};
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Where, show_all};
use crate::arguments::{duration, id_or_name};
use crate::completion::NameKind;
use crate::context::Context;
use crate::exit::Failure;
use crate::operations::UNKNOWN_SITE;
use crate::output::{Table, escaped};
use crate::sending::Consent;

pub(crate) const TABLE: Table<'_> = Table::new(
    "jobs",
    &[
        ("TYPE", "/Type"),
        ("STATUS", "/Status"),
        ("PERCENT", "/OverallProgressPercent"),
        ("CREATED", "/FormattedCreationTime|/CreationTime"),
        ("ERROR", "/ErrorString"),
        ("ID", "/Id"),
    ],
)
.wide(&[
    ("STARTED", "/FormattedStartTime|/StartTime"),
    ("ENDED", "/FormattedEndTime|/EndTime"),
]);

/// Jobs, which the service continues after it has responded: list, watch and cancel them.
#[derive(Debug, Args)]
pub(crate) struct Jobs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the jobs that the service still remembers.
    List {
        #[command(flatten)]
        place: Where,
    },
    /// Show the current state of a job.
    Get(One),
    /// Wait until a job has finished; fail if it did not complete.
    ///
    /// Reaching the deadline or pressing Ctrl-C does not cancel the job.
    Wait {
        #[command(flatten)]
        job: One,
        /// How long to wait.
        #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
        deadline: Duration,
        /// Report progress on standard error whenever it changes.
        #[arg(long)]
        progress: bool,
    },
    /// Print the results of a finished job, as JSON.
    Results(One),
    /// Ask the service to cancel a job; what it has already done is not undone.
    Cancel {
        #[command(flatten)]
        job: One,
        #[command(flatten)]
        consent: Consent,
    },
}

/// A job.
#[derive(Debug, Args)]
struct One {
    /// The id of the job.
    #[arg(value_parser = id_or_name)]
    #[arg(add = NameKind::Listed("/Jobs").completer())]
    id: String,
    #[command(flatten)]
    place: Where,
}

impl One {
    async fn job(self, context: &Context) -> Result<JobHandle, Failure> {
        Ok(self
            .place
            .site(context, &context.client()?)
            .await?
            .job(self.id))
    }
}

impl Jobs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let out = &context.out;
        match self.command {
            Command::List { place } => {
                let site = place.site(context, &context.client()?).await?;
                show_all(context, &TABLE, site.jobs().list()).await
            }
            Command::Get(job) => {
                let job = job.job(context).await?.get().json().await?;
                out.object(&TABLE, &job)
            }
            Command::Wait {
                job,
                deadline,
                progress,
            } => {
                let job = job.job(context).await?;
                if progress {
                    watch(context, &job, deadline).await?;
                }
                // If the job has already finished, this polls once.
                job.wait(deadline).await?;
                out.object(&TABLE, &job.get().json().await?)
            }
            Command::Results(job) => {
                let results = job.job(context).await?.results().await?;
                match results {
                    Value::Null => out.note("the job has no results"),
                    results => out.any(&TABLE, &results)?,
                }
                Ok(())
            }
            Command::Cancel { job, consent } => {
                let site = job.place.id(context)?;
                let site = site.unwrap_or_else(|| UNKNOWN_SITE.to_owned());
                let cancel = |client: &Client| client.daas().site(site).job(&job.id).cancel();
                if consent.dry.shows(context, cancel)? {
                    return Ok(());
                }
                let question = format!("Cancel the job {}; what it has done stays done.", job.id);
                consent
                    .given(context, "daas jobs cancel", &question)
                    .await?;
                let job = job.job(context).await?;
                job.cancel().await?;
                out.object(&TABLE, &job.get().json().await?)
            }
        }
    }
}

/// Reports a job's progress until it has finished.
async fn watch(context: &Context, job: &JobHandle, deadline: Duration) -> Result<(), Failure> {
    let mut looks = job.wait(deadline).updates();
    let mut said = String::new();
    while let Some(now) = looks.try_next().await? {
        let words = glimpse(&now);
        if words != said {
            context.out.note(&words);
            said = words;
        }
    }
    Ok(())
}

fn glimpse(job: &Job) -> String {
    let status = job.status.as_ref().map_or("Unknown", JobStatus::as_str);
    let mut words = escaped(status);
    if let Some(percent) = job.overall_progress_percent {
        words += &format!(", {percent} %");
    }
    let parts = job.sub_jobs.as_deref().unwrap_or_default();
    if !parts.is_empty() {
        let over = |part: &&Job| {
            use JobStatus as S;
            !matches!(
                part.status,
                None | Some(S::Unknown | S::NotStarted | S::InProgress)
            )
        };
        let over = parts.iter().filter(over).count();
        words += &format!(", {over} of {} parts finished", parts.len());
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_preview_of_a_credential_shows_only_its_ends() {
        for (job, words) in [
            (json!({}), "Unknown"),
            (
                json!({ "Status": "InProgress", "OverallProgressPercent": 40 }),
                "InProgress, 40 %",
            ),
            (
                json!({ "Status": "InProgress", "SubJobs": [{ "Status": "Failed" }, {}] }),
                "InProgress, 1 of 2 parts finished",
            ),
        ] {
            assert_eq!(glimpse(&serde_json::from_value(job).unwrap()), words);
        }
    }
}

//! `daas batch`: calls from a file, many in one request.

use std::num::NonZeroUsize;
use std::pin::pin;
use std::time::Duration;

use citrix_cloud::daas::ItemOutcome;
use clap::Args;
use clap::builder::{RangedU64ValueParser, TypedValueParser};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::Where;
use crate::arguments::duration;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::{error_object, escaped};
use crate::source::{Source, source};

mod input;

use input::Line;

const AFTER_HELP: &str = r#"A line of the file is a call, and an empty one is skipped:

  {"path": "/Machines/7?fields=Id,Name"}
  {"method": "POST", "path": "/Machines/7/$reboot?force=false"}
  {"method": "PATCH", "path": "/Machines/7", "body": {"InMaintenanceMode": true}}

`path` begins below the site, with its query, percent-encoded; `method` is GET unless given. All lines
are read and judged before anything is sent. The calls act at once, without a question.

Each call has one line on standard output, in the order of the file, with `line`, `ok`, and `body` or
`error`. An error of kind `outcomeUnknown` means that the call may have run, one of kind
`notAttempted` that it was not sent because the run was interrupted.

Ctrl-C sends no further call and waits for those that were sent; a second one reports them as
unknown.

Exit code 3 also says that some calls failed or are unknown."#;

/// Send the calls of a file, many in one request, and print what came of each.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Batch {
    /// The calls, a JSON object per line; `-` is standard input.
    #[arg(value_name = "FILE|-", value_parser = source)]
    file: Source,
    /// How many calls go in one request.
    #[arg(long, value_name = "N", default_value = "50", value_parser = count(1000))]
    size: NonZeroUsize,
    /// How many requests are under way at the same time.
    #[arg(long, value_name = "N", default_value = "2", value_parser = count(20))]
    concurrency: NonZeroUsize,
    /// Have the service make a job of each request; for calls that take long.
    #[arg(long)]
    as_job: bool,
    /// How long a job is waited for.
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = duration)]
    deadline: Duration,
    #[command(flatten)]
    place: Where,
}

impl Batch {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let calls = input::calls(&self.file)?;
        let client = context.client()?;
        let anywhere = client.daas().site("anywhere");
        for call in &calls {
            if let Some(error) = call.request(&anywhere).refused() {
                return Err(input::refusal(&self.file, call.number, error.message()));
            }
        }
        if calls.is_empty() {
            context.out.note("no calls");
            return Ok(Exit::Done);
        }
        let site = self.place.site(&client).await?;
        let mut batch = site
            .batch(calls.iter().map(|call| call.request(&site)))
            .size(self.size)
            .concurrency(self.concurrency)
            .deadline(self.deadline);
        if self.as_job {
            batch = batch.as_job();
        }
        let mut outcomes = pin!(batch.outcomes());
        let mut failed = 0_usize;
        let mut unprinted = None;
        while let Some(outcome) = outcomes.next().await {
            failed += usize::from(outcome.result.is_err());
            let line = told(&calls, &outcome);
            let printed = match unprinted {
                None => context.out.json_line(&line),
                Some(_) => Ok(()),
            };
            unprinted = unprinted.or(printed.err());
            if unprinted.is_some() {
                // What came of a call must be known.
                context.out.note(&escaped(&line.to_string()));
            }
        }
        if failed > 0 {
            let all = calls.len();
            context
                .out
                .note(&format!("{failed} of {all} calls did not succeed"));
        }
        match (unprinted, failed) {
            (Some(failure), _) => Err(failure),
            (None, 0) => Ok(Exit::Done),
            (None, _) => Ok(Exit::SomeFailed),
        }
    }
}

/// What is said of a call.
fn told(calls: &[Line], outcome: &ItemOutcome<Value>) -> Value {
    let line = calls.get(outcome.index).map(|call| call.number);
    match &outcome.result {
        Ok(body) => json!({ "line": line, "ok": true, "body": body }),
        Err(error) => {
            let mut told = json!({ "line": line, "ok": false, "error": error_object(error) });
            if let Some(job) = error.job_id() {
                told["error"]["jobId"] = json!(job);
            }
            told
        }
    }
}

fn count(most: u64) -> impl TypedValueParser<Value = NonZeroUsize> {
    RangedU64ValueParser::<usize>::new()
        .range(1..=most)
        .map(|number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN))
}

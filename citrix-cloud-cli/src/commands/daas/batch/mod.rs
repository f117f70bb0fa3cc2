//! `daas batch`: sends calls from a file, many in one request.

use std::num::NonZeroUsize;
use std::time::Duration;

use citrix_cloud::daas::{self, ItemOutcome};
use citrix_cloud::http::Method;

use clap::Args;
use clap::builder::{RangedU64ValueParser, TypedValueParser};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::Where;
use crate::arguments::duration;
use crate::context::Context;
use crate::errors::ErrorReport;
use crate::exit::{Exit, Failure};
use crate::interrupt::interrupt;
use crate::output::escaped;
use crate::source::{Source, source};

mod input;

use input::Line;

const AFTER_HELP: &str = r#"Each line of the file is a call; empty lines are skipped:

  {"path": "/Machines/7?fields=Id,Name"}
  {"method": "POST", "path": "/Machines/7/$reboot?force=false"}
  {"method": "PATCH", "path": "/Machines/7", "body": {"InMaintenanceMode": true}}

`path` is relative to the site and includes the query, percent-encoded; `method` defaults to GET. All
lines are read and checked before anything is sent. Calls other than GET and HEAD need consent.

Each call produces one line on standard output, in the order of the file, with `line`, `ok`, and `body` or
`error`. An error of kind `outcomeUnknown` means that the call may have run; one of kind `notAttempted`
means that it was not sent because the run was interrupted.

Ctrl-C stops sending and waits for the calls in flight; a second Ctrl-C reports them as unknown.

Exit code 3 also means that some calls failed or are unknown."#;

const STOPPING: &str = "stopping: waiting for the calls in flight; \
                        Ctrl-C again reports them as unknown";

/// Send the calls in a file, many per request, and print the result of each.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Batch {
    /// The calls, one JSON object per line; `-` reads standard input.
    #[arg(value_name = "FILE|-", value_parser = source)]
    file: Source,
    /// Number of calls per request.
    #[arg(long, value_name = "N", default_value = "50", value_parser = count(1000))]
    size: NonZeroUsize,
    /// Number of concurrent requests.
    #[arg(long, value_name = "N", default_value = "2", value_parser = count(20))]
    concurrency: NonZeroUsize,
    /// Run each request as a job, for calls that take long.
    #[arg(long)]
    as_job: bool,
    /// How long to wait for a job.
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = duration)]
    deadline: Duration,
    /// Print the calls without sending anything.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation before calls that change something.
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    place: Where,
}

impl Batch {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let calls = input::calls(&self.file)?;
        let client = context.unsigned_client()?;
        let anywhere = client.daas().site("anywhere");
        for call in &calls {
            if let Some(error) = anywhere.send_raw(call.request.clone()).refused() {
                return Err(input::refusal(&self.file, call.number, error.message()));
            }
        }
        if calls.is_empty() {
            context.out.note("no calls");
            return Ok(Exit::Done);
        }
        let reads = |call: &&Line| [Method::GET, Method::HEAD].contains(call.request.method());
        let writes = calls.len() - calls.iter().filter(reads).count();
        if self.dry_run {
            for call in &calls {
                let (method, path) = (call.request.method(), call.request.uri());
                context
                    .out
                    .line(&escaped(&format!("Would send {method} {path}")))?;
            }
            return Ok(Exit::Done);
        }
        if writes > 0 && !self.yes {
            let question = format!(
                "{writes} of {} calls change something.\nContinue?",
                calls.len()
            );
            context.terminal.consent("`daas batch`", &question).await?;
        }
        let client = context.client()?;
        let site = tokio::select! {
            biased;
            () = interrupt() => return Err(Failure::Interrupted),
            site = self.place.site(context, &client) => site?,
        };
        let mut batch = site
            .batch(calls.iter().map(|call| site.send_raw(call.request.clone())))
            .size(self.size)
            .concurrency(self.concurrency)
            .deadline(self.deadline);
        if self.as_job {
            batch = batch.as_job();
        }
        follow(context, &calls, batch).await
    }
}

/// Prints the outcomes as they arrive, until the end or until the user stops it.
///
/// On the first interrupt, it sends no further calls and waits for the pending ones; on the second, it stops waiting.
/// In the end, every call has a line.
async fn follow(
    context: &Context,
    calls: &[Line],
    batch: daas::Batch<Value>,
) -> Result<Exit, Failure> {
    let (stop, stopped) = oneshot::channel();
    let (give_up, given_up) = oneshot::channel();
    let (mut stop, mut give_up) = (Some(stop), Some(give_up));
    let mut outcomes = batch.outcomes_until(signal(stopped), signal(given_up));
    let mut interrupted = Box::pin(interrupt());
    let mut printer = Printer::new(context, calls);
    loop {
        tokio::select! {
            biased;
            () = &mut interrupted => {
                match stop.take() {
                    Some(stop) => {
                        context.out.note(STOPPING);
                        let _ = stop.send(());
                    }
                    None => {
                        give_up.take().map(|give_up| give_up.send(()));
                    }
                }
                interrupted.set(interrupt());
            }
            outcome = outcomes.next() => match outcome {
                Some(outcome) => printer.print(&outcome),
                None => break,
            }
        }
    }
    printer.end(stop.is_none())
}

/// Completes when a signal is sent; never if the sender is dropped.
async fn signal(receiver: oneshot::Receiver<()>) {
    if receiver.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Prints and counts the outcomes of calls.
struct Printer<'a> {
    context: &'a Context,
    calls: &'a [Line],
    reported: Vec<bool>,
    failed: usize,
    unknown: usize,
    unprinted: Option<Failure>,
}

impl<'a> Printer<'a> {
    fn new(context: &'a Context, calls: &'a [Line]) -> Self {
        Self {
            context,
            calls,
            reported: vec![false; calls.len()],
            failed: 0,
            unknown: 0,
            unprinted: None,
        }
    }

    fn print(&mut self, outcome: &ItemOutcome<Value>) {
        if let Some(reported) = self.reported.get_mut(outcome.index) {
            *reported = true;
        }
        match &outcome.result {
            Ok(_) => {}
            Err(error) if error.is_outcome_unknown() => self.unknown += 1,
            Err(_) => self.failed += 1,
        }
        self.line(&outcome_json(self.calls, outcome));
    }

    fn line(&mut self, line: &Value) {
        let printed = match self.unprinted {
            None => self.context.out.json_line(line),
            Some(_) => Ok(()),
        };
        self.unprinted = self.unprinted.take().or(printed.err());
        if self.unprinted.is_some() {
            // The outcome of a call must be reported somewhere.
            self.context.out.note(&escaped(&line.to_string()));
        }
    }

    /// Lists the calls that were not sent, prints the summary, and returns the exit code.
    fn end(mut self, interrupted: bool) -> Result<Exit, Failure> {
        let unreported = self.reported.iter().zip(self.calls);
        let unreported: Vec<usize> = unreported
            .filter_map(|(reported, call)| (!reported).then_some(call.number))
            .collect();
        for number in &unreported {
            self.line(&not_attempted(*number));
        }
        let (failed, unknown, missing) = (self.failed, self.unknown, unreported.len());
        let succeeded = self.calls.len() - failed - unknown - missing;
        if let Some(failure) = &self.unprinted {
            self.context.report_failure(failure);
        }
        if succeeded < self.calls.len() {
            self.context.out.note(&format!(
                "succeeded {succeeded}, failed {failed}, unknown {unknown}, not attempted {missing}"
            ));
        }
        Ok(if interrupted && missing == self.calls.len() {
            Exit::Interrupted
        } else if failed + unknown > 0 {
            Exit::SomeFailed
        } else if missing > 0 || self.unprinted.is_some() {
            Exit::Failed
        } else {
            Exit::Done
        })
    }
}

fn not_attempted(line: usize) -> Value {
    let message = "it was not sent, because the run was interrupted";
    let error = json!({ "what": message, "kind": "notAttempted" });
    json!({ "line": line, "ok": false, "error": error })
}

/// Formats the outcome of a call.
fn outcome_json(calls: &[Line], outcome: &ItemOutcome<Value>) -> Value {
    let line = calls.get(outcome.index).map(|call| call.number);
    match &outcome.result {
        Ok(body) => json!({ "line": line, "ok": true, "body": body }),
        Err(error) => {
            let mut report =
                json!({ "line": line, "ok": false, "error": ErrorReport::of_error(error).json() });
            if let Some(job) = error.job_id() {
                report["error"]["job_id"] = json!(job);
            }
            report
        }
    }
}

fn count(most: u64) -> impl TypedValueParser<Value = NonZeroUsize> {
    RangedU64ValueParser::<usize>::new()
        .range(1..=most)
        .map(|number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN))
}

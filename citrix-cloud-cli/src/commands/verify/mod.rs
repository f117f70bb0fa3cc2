//! `verify`: compares the service with the documents.
//!
//! [`plan`] selects the operations, [`known`] holds the ids from lists, and [`request`] builds the requests.
//! [`compare`] compares a response with [`documents`], and [`report`] prints the [`finding`]s, as far as [`discretion`]
//! allows.

use std::path::PathBuf;
use std::time::Duration;

use citrix_cloud::Client;
use citrix_cloud::daas::Site;
use citrix_cloud::http::{self, header};
use citrix_cloud::operations::Scope;
use clap::Args;
use indicatif::ProgressBar;
use serde_json::Value;
use tokio::time::MissedTickBehavior;

use crate::commands::daas::Where;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::interrupt::interrupt;
use crate::operations::Operation;
use crate::output::{Table, escaped};

mod compare;
mod discretion;
mod documents;
mod finding;
mod known;
mod plan;
mod report;
mod request;

use compare::Comparison;
use discretion::Discretion;
use documents::Documents;
use finding::{Difference, Findings};
use known::Known;
use report::{Outcome, Report};

/// The default number of requests per second.
const PER_SECOND: f64 = 2.0;

/// The maximum length of a media type in the report.
const LONGEST_MEDIA_TYPE: usize = 40;

const PLANNED: Table<'_> = Table::new(
    "operations",
    &[
        ("AREA", "/area"),
        ("REQUEST", "/request"),
        ("WHAT", "/what"),
    ],
);

/// Check where the service differs from the documents that this program is built from.
///
/// Calls read-only operations, each at most once and for few objects, and compares the structure of
/// the responses: fields, types, enumeration values, nulls, status. The report contains no values,
/// names or ids of your objects. Please read it and send it to the project; the guide says how.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud verify --dry-run
  citrix-cloud verify --report verify.json
  citrix-cloud verify --areas policies,policy-sets --yes --output json

The exit code is 1 if there are differences.")]
pub(crate) struct Verify {
    /// The areas to check, named like the commands, or `all` [default: the areas used daily].
    #[arg(long, value_name = "AREA", value_delimiter = ',', value_parser = plan::known)]
    areas: Vec<String>,

    #[command(flatten)]
    place: Where,

    /// Also write the report to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Replace unknown names with hashes, even if they look like names of the service.
    #[arg(long)]
    hash_names: bool,

    /// Print the calls without sending anything.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask for confirmation before the first request.
    #[arg(short, long)]
    yes: bool,
}

impl Verify {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut areas = self.areas.clone();
        if areas.is_empty() {
            areas = plan::USUAL.map(str::to_owned).to_vec();
        }
        areas.sort();
        areas.dedup();
        let steps = plan::operations_of(&areas);
        if self.dry_run {
            context.out.list(&PLANNED, &report::plan_lines(&steps))?;
            return Ok(Exit::Done);
        }
        context.out.check_report()?;
        let rate = context.options.requests_per_second.unwrap_or(PER_SECOND);
        if !self.yes {
            let question = format!(
                "{} read-only operations are called, each at most once and at most {rate} per second.\nThe report contains no values, names or ids, and is not sent anywhere.\nContinue?",
                steps.len()
            );
            context.terminal.consent("`verify`", &question).await?;
        }
        let client = context.client()?;
        let site = match steps.iter().any(|it| it.meta.scope == Scope::Site) {
            true => Some(self.place.site(context, &client).await?),
            false => None,
        };
        let mut run = Run {
            client,
            site,
            documents: Documents::read(),
            known: Known::default(),
            report: Report {
                areas,
                outcomes: Vec::new(),
                findings: Findings::default(),
                discretion: Discretion::new(self.hash_names),
            },
        };
        // Hidden automatically if standard error is not a terminal.
        let progress = ProgressBar::new(steps.len() as u64);
        let stopped = run.steps(&steps, rate, &progress).await;
        progress.finish_and_clear();
        self.give(context, &run.report)?;
        Ok(match (stopped, run.report.differences()) {
            (true, _) => Exit::Interrupted,
            (false, 0) => Exit::Done,
            (false, _) => Exit::Failed,
        })
    }

    fn give(&self, context: &Context, report: &Report) -> Result<(), Failure> {
        let json = report.json();
        if let Some(file) = &self.report {
            let text = serde_json::to_string_pretty(&json).map_err(std::io::Error::other)?;
            std::fs::write(file, text + "\n").map_err(|error| {
                let name = escaped(&file.display().to_string());
                Failure::Machine(std::io::Error::new(
                    error.kind(),
                    format!("--report {name}: {error}"),
                ))
            })?;
        }
        match context.out.is_json() {
            true => context.out.json(&json),
            false => context.out.line(&report.text()),
        }
    }
}

struct Run {
    client: Client,
    site: Option<Site>,
    documents: Documents,
    known: Known,
    report: Report,
}

impl Run {
    /// Runs all steps, and returns whether the user stopped it.
    async fn steps(
        &mut self,
        steps: &[&'static Operation],
        rate: f64,
        progress: &ProgressBar,
    ) -> bool {
        let mut pace = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stop = std::pin::pin!(interrupt());
        for (at, operation) in steps.iter().copied().enumerate() {
            progress.inc(1);
            let step = async {
                let built =
                    request::request(&self.client, self.site.as_ref(), operation, &self.known);
                match built {
                    Err(unknown) => Err(Outcome::Skipped(unknown)),
                    Ok(request) => {
                        pace.tick().await;
                        request
                            .response()
                            .await
                            .map_err(|error| match error.status() {
                                Some(status) if !(200..300).contains(&status) => {
                                    Outcome::Refused(status)
                                }
                                _ => Outcome::NoResponse,
                            })
                    }
                }
            };
            let step_result = tokio::select! {
                biased;
                () = &mut stop => {
                    let rest = steps.iter().skip(at);
                    self.report.outcomes.extend(rest.map(|it| (*it, Outcome::Stopped)));
                    return true;
                }
                step_result = step => step_result,
            };
            let outcome = match step_result {
                Ok(response) => self.compare(operation, &response),
                Err(outcome) => outcome,
            };
            self.report.outcomes.push((operation, outcome));
        }
        false
    }

    /// Compares a response, and records its ids and texts.
    fn compare(
        &mut self,
        operation: &'static Operation,
        response: &http::Response<impl AsRef<[u8]>>,
    ) -> Outcome {
        let id = operation.meta.id;
        let status = response.status().as_u16();
        let responses = self.documents.responses(id);
        let findings = &mut self.report.findings;
        let Some(documented_response) = responses
            .iter()
            .find(|it| it.status == status)
            .or(responses.first())
        else {
            return Outcome::Compared { status, objects: 0 };
        };
        if responses.iter().all(|it| it.status != status) {
            let documented: Vec<String> =
                responses.iter().map(|it| it.status.to_string()).collect();
            let expected = documented.join(" or ");
            findings.add(
                id,
                "",
                Difference::Status {
                    expected,
                    found: status,
                },
            );
        }
        let body = response.body().as_ref().trim_ascii();
        let Some(ty) = &documented_response.body else {
            if !body.is_empty() {
                findings.add(id, "", Difference::Body { expected: false });
            }
            return Outcome::Compared { status, objects: 0 };
        };
        if body.is_empty() {
            findings.add(id, "", Difference::Body { expected: true });
            return Outcome::Compared { status, objects: 0 };
        }
        if let Some(found) = no_json(response.headers()) {
            findings.add(id, "", Difference::ContentType { found });
        }
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            findings.add(id, "", Difference::NoJson);
            return Outcome::Compared { status, objects: 0 };
        };
        let mut comparison = Comparison {
            documents: &self.documents,
            response: documented_response,
            operation: id,
            findings,
            discretion: &mut self.report.discretion,
        };
        comparison.value(&value, ty, "");
        self.known.add(operation, &value);
        let objects = known::objects(operation, &value);
        Outcome::Compared { status, objects }
    }
}

/// Returns the media type of a response that does not claim to be JSON.
fn no_json(headers: &http::HeaderMap) -> Option<String> {
    let Some(found) = headers.get(header::CONTENT_TYPE) else {
        return Some("no media type".to_owned());
    };
    let text = found.to_str().unwrap_or_default();
    let media = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if media == "application/json" || media.ends_with("+json") {
        return None;
    }
    // Any other characters are not shown.
    let of_a_type = |it: char| it.is_ascii_lowercase() || "/-+.".contains(it);
    let is_media_type = media.len() <= LONGEST_MEDIA_TYPE
        && media.chars().all(of_a_type)
        && media.matches('/').count() == 1;
    Some(match is_media_type {
        true => media,
        false => "another media type".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_shown_if_it_is_one() {
        let of = |value: &'static str| {
            let mut headers = http::HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            no_json(&headers)
        };
        assert_eq!(of("application/json; charset=utf-8"), None);
        assert_eq!(of("application/problem+json"), None);
        assert_eq!(of("text/html;x=secret").as_deref(), Some("text/html"));
        for odd in ["jdoe", "text/CORP7", "a/b/c", "text/häl"] {
            assert_eq!(of(odd).as_deref(), Some("another media type"), "{odd}");
        }
        let none = no_json(&http::HeaderMap::new());
        assert_eq!(none.as_deref(), Some("no media type"));
    }
}

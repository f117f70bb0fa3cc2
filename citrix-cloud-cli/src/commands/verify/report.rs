//! The report, which shows structure only: no value, no name and no id.

use citrix_cloud::http::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::discretion::Discretion;
use super::finding::{Difference, Findings};
use super::known::Unknown;
use super::plan;
use crate::operations::{self, Operation};

/// The outcome of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The service responded; includes the number of objects compared.
    Compared { status: u16, objects: usize },
    /// The service returned an error.
    Refused(u16),
    /// No response came.
    NoResponse,
    /// It was not called, because a parameter's value was unknown.
    Skipped(Unknown),
    /// It was not called, because the run was stopped.
    Stopped,
}

/// The complete report.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) areas: Vec<String>,
    pub(super) outcomes: Vec<(&'static Operation, Outcome)>,
    pub(super) findings: Findings,
    pub(super) discretion: Discretion,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    operation: &'static str,
    request: String,
    place: String,
    kind: &'static str,
    words: String,
    times: usize,
}

impl Report {
    /// Returns the number of differences.
    pub(super) fn differences(&self) -> usize {
        self.findings.iter().count()
    }

    /// Returns the report as JSON.
    pub(super) fn json(&self) -> Value {
        let operations = self.outcomes.iter().map(|(operation, outcome)| {
            let mut line = json!({
                "operation": operation.meta.id,
                "request": operation.line(),
                "outcome": outcome.word(),
            });
            match outcome {
                Outcome::Compared { status, objects } => {
                    line["status"] = json!(status);
                    line["objects"] = json!(objects);
                }
                Outcome::Refused(status) => line["status"] = json!(status),
                Outcome::Skipped(unknown) => line["reason"] = json!(unknown.words()),
                Outcome::NoResponse | Outcome::Stopped => {}
            }
            line
        });
        json!({
            "program": concat!("citrix-cloud ", env!("CARGO_PKG_VERSION")),
            "areas": self.areas,
            "differences": self.lines(),
            "operations": operations.collect::<Vec<_>>(),
        })
    }

    /// Returns the report as lines of text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut operation = "";
        for line in self.lines() {
            if line.operation != operation {
                operation = line.operation;
                text += &format!("{} ({operation})\n", line.request);
            }
            let place = match line.place.as_str() {
                "" => "the response",
                place => place,
            };
            let times = match line.times {
                1 => String::new(),
                times => format!(", {times} times"),
            };
            text += &format!("  {place}: {}{times}\n", line.words);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let of =
            |kind: fn(&Outcome) -> bool| self.outcomes.iter().filter(|(_, it)| kind(it)).count();
        let compared = of(|it| matches!(it, Outcome::Compared { .. }));
        let differences = match self.differences() {
            0 => "no difference".to_owned(),
            1 => "1 difference".to_owned(),
            more => format!("{more} differences"),
        };
        text += &format!(
            "{differences}; {compared} of {} operations compared",
            self.outcomes.len()
        );
        for (number, words) in [
            (
                of(|it| matches!(it, Outcome::Refused(_))),
                "refused by the service",
            ),
            (of(|it| *it == Outcome::NoResponse), "without a response"),
            (
                of(|it| matches!(it, Outcome::Skipped(_))),
                "with no object to request",
            ),
            (of(|it| *it == Outcome::Stopped), "not attempted"),
        ] {
            if number > 0 {
                text += &format!(", {number} {words}");
            }
        }
        text
    }

    fn lines(&self) -> Vec<Line> {
        let lines = self.findings.iter().map(|(id, place, difference, times)| {
            let mut all = operations::all().iter();
            let operation = all.find(|it| it.meta.id == id);
            Line {
                operation: id,
                request: operation.map(Operation::line).unwrap_or_default(),
                place: place.to_owned(),
                kind: difference.kind(),
                words: self.words(difference),
                times,
            }
        });
        lines.collect()
    }

    /// Describes a difference; undocumented names are shown only as far as allowed.
    fn words(&self, difference: &Difference) -> String {
        match difference {
            Difference::UnknownField { name, found } => {
                format!("unknown field {}, {found}", self.discretion.shown(name))
            }
            Difference::Casing { documented } => format!("`{documented}` in a different case"),
            Difference::UnlistedValue { value } => {
                format!("unlisted value {}", self.discretion.shown(value))
            }
            Difference::Type { expected, found } => format!("{found} instead of {expected}"),
            Difference::Form { expected } => format!("text that is not {expected}"),
            Difference::Null => "null, which is not documented".to_owned(),
            Difference::Missing { name } => format!("`{name}` is required and missing"),
            Difference::Status { expected, found } => {
                format!("status {found} instead of {expected}")
            }
            Difference::ContentType { found } => format!("{found} instead of JSON"),
            Difference::NoJson => "content that is not JSON".to_owned(),
            Difference::Body { expected: true } => "no content".to_owned(),
            Difference::Body { expected: false } => "content where there should be none".to_owned(),
        }
    }
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Compared { .. } => "compared",
            Self::Refused(_) => "refused",
            Self::NoResponse => "noResponse",
            Self::Skipped(_) => "skipped",
            Self::Stopped => "notAttempted",
        }
    }
}

impl Unknown {
    fn words(self) -> String {
        match self {
            Self::NoList => "no list returned the id that it needs".to_owned(),
            Self::Empty => "the list that its id comes from is empty".to_owned(),
            Self::Query(name) => format!("it needs `{name}`, which is not in any list"),
        }
    }
}

/// Returns the calls that would be sent, for a dry run.
pub(super) fn plan_lines(steps: &[&'static Operation]) -> Vec<Value> {
    let lines = steps.iter().map(|it| {
        let reads = match it.meta.method {
            Method::GET => "reads",
            _ => "searches",
        };
        json!({ "area": plan::area(it), "request": it.line(), "what": reads })
    });
    lines.collect()
}

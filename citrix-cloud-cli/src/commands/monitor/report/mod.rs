//! `monitor report`: reports for administrators, with the right queries and the right arithmetic.
//!
//! Each report is a file with its queries, and a function that turns their rows into a [`Report`].

use std::path::PathBuf;
use std::time::Duration;

use citrix_cloud::monitor::Monitor;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::period::{self, Period};
use super::scope::{self, Source};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Table, escaped};
use crate::page::{self, model};

mod applications;
mod clients;
mod concurrency;
mod day;
mod failures;
mod load;
mod logon;
mod machines;
mod names;
mod savings;
mod sessions;
mod text;

use model::Report as Made;

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// Print a report: sessions, logons, failures, machines, load and more.
///
/// Means are computed from total sums and counts, not from other means. A peak is the highest value
/// of its intervals. Days are UTC days. In JSON, durations are in milliseconds (`...Ms`) or minutes
/// (`...Minutes`), and shares range from 0 to 1.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The report.
    #[arg(value_enum)]
    name: Name,
    #[command(flatten)]
    period: Period,
    /// Only this delivery group, by name or id.
    #[arg(long, value_name = "NAME|ID")]
    group: Option<String>,
    /// For `sessions`: list the sessions of this user, by name without a domain.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// For `sessions`: list sessions that have been disconnected for longer than this.
    #[arg(long, value_name = "LENGTH", default_value = "8h", value_parser = period::length)]
    disconnected_for: Duration,
    /// Print only the rows of this section, in any format, by its name in JSON: `byHour`, `groups`
    /// and so on.
    #[arg(long, value_name = "NAME", conflicts_with = "html")]
    section: Option<String>,
    /// Write a page with charts to this file instead; an existing file is replaced.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// A report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Concurrent sessions: peaks by group, day and hour [7 days].
    Concurrency,
    /// Logon durations by phase, group and hour, and the slowest logons [7 days].
    Logon,
    /// Failed connections by reason, user and machine, the failure rate, and black holes [7 days].
    Failures,
    /// Machines that are failed, unregistered, in maintenance mode, idle or unused [30 days].
    Machines,
    /// Application usage, and applications that nobody used [30 days].
    Applications,
    /// Sessions: long disconnected, idle, or of one user, and users by day [7 days].
    Sessions,
    /// Machine load: current, average, and by hour [7 days].
    Load,
    /// Client platforms and versions [30 days].
    Clients,
    /// Savings by power management [30 days].
    Savings,
}

impl Name {
    /// Returns the default length of its period.
    fn length(self) -> Duration {
        match self {
            Self::Concurrency | Self::Logon | Self::Failures | Self::Sessions | Self::Load => WEEK,
            Self::Machines | Self::Applications | Self::Clients | Self::Savings => MONTH,
        }
    }
}

/// Prints the rows of a section as a list.
fn rows(context: &Context, section: &model::Section) -> Result<(), Failure> {
    let pointers: Vec<String> = section
        .columns
        .iter()
        .map(|it| format!("/{}", it.name))
        .collect();
    let columns: Vec<(&str, &str)> = section
        .columns
        .iter()
        .zip(&pointers)
        .map(|(column, pointer)| (column.heading, pointer.as_str()))
        .collect();
    let rows = match context.out.is_grid() {
        true => section.shown(),
        false => section.json(),
    };
    context.out.list(&Table::new("rows", &columns), &rows)
}

impl Report {
    /// Returns whether it writes a single file, which cannot be shared by several profiles.
    pub(crate) fn writes_a_file(&self) -> bool {
        self.html.is_some()
    }

    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if self.user.is_some() && self.name != Name::Sessions {
            let words = "--user can only be used with `monitor report sessions`";
            return Err(Failure::Usage(words.to_owned()));
        }
        let now = Timestamp::now();
        let span = self.period.span_or(now, self.name.length())?;
        let monitor = context.client()?.monitor();
        let made = self.make(monitor, span, now).await?;
        let about = self.about(span);
        let out = &context.out;
        if let Some(file) = &self.html {
            return page::write(file, &made, &about, out);
        }
        let rows_of = match &self.section {
            Some(name) => Some(made.find(name)?),
            None if out.check_report().is_ok() && !out.is_collecting() => None,
            // Formats that have only rows, such as CSV, get those of the first section.
            None => made.sections.first(),
        };
        if let Some(section) = rows_of {
            return rows(context, section);
        }
        if out.is_grid() {
            out.line(&escaped(&about))?;
            return out.line(&text::text(&made, context.terminal.stdout));
        }
        let mut json = made.json();
        if let Some(object) = json.as_object_mut() {
            object.insert("since".to_owned(), span.0.to_string().into());
            object.insert("until".to_owned(), span.1.to_string().into());
            object.insert("group".to_owned(), self.group.clone().into());
        }
        out.json(&json)
    }

    fn about(&self, (since, until): (Timestamp, Timestamp)) -> String {
        let shown = |it: Timestamp| model::Cell::At(it).shown();
        let mut about = format!("From {} to {} UTC", shown(since), shown(until));
        if let Some(group) = &self.group {
            about += &format!(", delivery group {group}");
        }
        if let Some(user) = &self.user {
            about += &format!(", user {user}");
        }
        about
    }

    async fn make(
        &self,
        monitor: Monitor,
        span: (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Made, Failure> {
        let source = Source::open(monitor, span, self.group.as_deref()).await?;
        match self.name {
            Name::Concurrency => concurrency::report(&source, now).await,
            Name::Logon => logon::report(&source).await,
            Name::Failures => failures::report(&source).await,
            Name::Machines => machines::report(&source).await,
            Name::Applications => applications::report(&source).await,
            Name::Sessions => {
                let wanted = sessions::Wanted {
                    disconnected_for: self.disconnected_for,
                    user: self.user.clone(),
                };
                sessions::report(&source, &wanted).await
            }
            Name::Load => load::report(&source).await,
            Name::Clients => clients::report(&source).await,
            Name::Savings => savings::report(&source).await,
        }
    }
}

//! `monitor export`.

use std::path::PathBuf;
use std::time::Duration;

use citrix_cloud::monitor::{Export as Running, ExportProgress};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::json;

use super::catalog::Catalog;
use super::period::{self, Period, time_column};
use super::selection::Selection;
use super::unknown::explained;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Table, escaped};

/// Export all rows of a period to a file; after an interruption, the same command continues.
///
/// Rows are written in order of time. Until the export is complete, they are in FILE.part, next to
/// FILE.watermark, which records the progress. A run that continues keeps the period of the first
/// one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud monitor export Sessions --since 90d --to sessions.csv
  citrix-cloud monitor export LoadIndexes --since 2026-01-01 --until 2026-02-01 --window 6h \\
    --select MachineId,CreatedDate,EffectiveLoadIndex,Machine/Name --to load.jsonl")]
pub(crate) struct Export {
    /// The set, such as Sessions; `monitor sets` lists them.
    set: String,
    /// The file to write; it appears once the export is complete.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    period: Period,
    /// The format of the file [default: by the file extension, or else jsonl].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only rows that match this OData filter.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Only these columns; a path such as User/UserName includes a column of a related row.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    select: Vec<String>,
    /// The time column for the period [default: depends on the set].
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// The time span of one query; if a query takes the service too long, the span is halved.
    #[arg(long, value_name = "LENGTH", default_value = "1d", value_parser = period::length)]
    window: Duration,
}

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns with a header row; null is empty.
    Csv,
    /// One JSON object per line, as the service sent it.
    Jsonl,
}

impl Export {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let span = self.period.span(Timestamp::now())?;
        let (from, until) = span.ok_or_else(|| {
            Failure::Usage("--since sets the start; data is kept for at most 90 days".to_owned())
        })?;
        let by = time_column(&self.set, self.by.as_deref())?;
        let selection = Selection::of(&self.set, self.select.iter().map(String::as_str));
        let set = Catalog::get().set(&self.set);
        let columns = match (selection.paths.is_empty(), set) {
            (false, _) => selection.paths.clone(),
            (true, Some(set)) => set.columns.iter().map(|it| it.name.to_owned()).collect(),
            (true, None) => Vec::new(),
        };
        let format = self.format();
        if format == Format::Csv && columns.is_empty() {
            let words = "a CSV of a set that this program does not know needs --select";
            return Err(Failure::Usage(words.to_owned()));
        }
        let name = set.map_or(self.set.as_str(), |it| it.name);
        let mut query = selection.apply(context.client()?.monitor().query(name));
        if let Some(filter) = &self.filter {
            query = query.filter_text(filter);
        }
        let export = query
            .windowed(by, from, until, self.window)
            .export(&self.to);
        let export = match set {
            Some(set) => export.key(set.key()),
            None => export,
        };
        let export = match format {
            Format::Csv => export.csv(columns),
            Format::Jsonl => export.json_lines(),
        };
        let done = watched(export, context).run().await.map_err(|error| {
            let texts = [&self.filter, &self.by].into_iter().flatten();
            let texts = texts.chain(&self.select).map(String::as_str);
            explained(error.into(), &self.set, &texts.collect::<Vec<_>>())
        })?;
        self.report(context, &done)
    }

    fn format(&self) -> Format {
        let ending = self.to.extension().and_then(|it| it.to_str());
        let by_ending = match ending {
            Some(ending) if ending.eq_ignore_ascii_case("csv") => Format::Csv,
            _ => Format::Jsonl,
        };
        self.format.unwrap_or(by_ending)
    }

    fn report(&self, context: &Context, done: &ExportProgress) -> Result<(), Failure> {
        let file = self.to.display().to_string();
        if context.out.is_whole() {
            let told = json!({
                "file": file,
                "rows": done.rows,
                "since": done.from.to_string(),
                "until": done.until.to_string(),
            });
            return context.out.any(&Table::new("exports", &[]), &told);
        }
        context.out.line(&format!(
            "{} rows from {} to {} are in {}",
            done.rows,
            done.from,
            done.until,
            escaped(&file)
        ))
    }
}

/// Shows the progress on a terminal.
fn watched(export: Running, context: &Context) -> Running {
    if !context.terminal.stderr {
        return export;
    }
    let style = ProgressStyle::with_template("{bar:30} {msg} ({elapsed})");
    let bar =
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(500));
    export.on_progress(move |progress| {
        let seconds =
            |until: Timestamp| until.duration_since(progress.from).unsigned_abs().as_secs();
        bar.set_length(seconds(progress.until));
        bar.set_position(seconds(progress.done));
        bar.set_message(format!("{} rows before {}", progress.rows, progress.done));
        if progress.done >= progress.until {
            bar.finish_and_clear();
        }
    })
}

//! Output options, which every command has.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::query::Query;
use super::sort::SortKey;
use crate::arguments::at_least_one;

/// How output is printed, and which part of it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output options")]
pub(crate) struct View {
    /// The output format.
    #[arg(short, long, global = true, value_enum, default_value_t)]
    pub(crate) output: Format,

    /// Only these columns, by property (MachineCatalog.Name) or heading; case is ignored.
    #[arg(long, global = true, value_name = "A,B.C", value_delimiter = ',')]
    #[arg(value_parser = column)]
    pub(crate) columns: Vec<String>,

    /// Sort by these columns, descending if prefixed with -; all pages are read first.
    #[arg(long, global = true, value_name = "[-]A,B", value_delimiter = ',')]
    #[arg(allow_hyphen_values = true, value_parser = SortKey::read)]
    pub(crate) sort: Vec<SortKey>,

    /// Print at most N rows; later pages are not read, except with --sort and --query.
    #[arg(long, global = true, value_name = "N", value_parser = at_least_one)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) limit: Option<NonZeroUsize>,

    /// Apply this JMESPath expression to the array of all rows, or to the object, and print the
    /// result; all pages are read first.
    #[arg(long, global = true, value_name = "EXPRESSION", value_parser = Query::read)]
    pub(crate) query: Option<Query>,

    /// Never show long output in a pager.
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,

    /// Refresh every N seconds until Ctrl-C; for lists, single objects and overview.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = every)]
    pub(crate) watch: Option<Duration>,
}

fn every(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("a whole number of seconds from 1 to 86400".to_owned()),
    }
}

/// An output format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The most useful columns, fitted to the terminal; for one object, its properties.
    #[default]
    Table,
    /// Like table, with more columns and nothing truncated.
    Wide,
    /// Everything the service returned.
    Json,
    /// Like json, one object per line.
    Jsonl,
    /// Like json, as YAML.
    Yaml,
    /// Columns with a header row, for spreadsheets.
    Csv,
    /// Tab-separated columns without a header, for scripts.
    Tsv,
    /// Names or ids, one per line.
    Name,
}

impl Format {
    /// Returns whether it shows whole objects unless columns are chosen.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl | Self::Yaml)
    }

    /// Returns whether it is meant for programs, which then get errors as JSON.
    pub(crate) fn is_for_programs(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }

    /// Returns whether it is meant for people.
    pub(super) fn is_grid(self) -> bool {
        matches!(self, Self::Table | Self::Wide)
    }
}

impl View {
    /// Returns whether all rows must be read before the first one is printed.
    pub(super) fn needs_all(&self) -> bool {
        self.query.is_some() || !self.sort.is_empty()
    }

    /// Returns the maximum number of rows to read.
    pub(super) fn limit(&self) -> Option<usize> {
        let limit = self.limit.filter(|_| !self.needs_all());
        limit.map(NonZeroUsize::get)
    }

    /// Returns the same options without what has already been applied to the rows.
    pub(super) fn of_result(&self) -> Self {
        Self {
            query: None,
            sort: Vec::new(),
            ..self.clone()
        }
    }

    /// Returns the same options with whole objects instead of a table.
    pub(super) fn of_anything(&self) -> Self {
        let output = match self.output {
            Format::Table => Format::Json,
            chosen => chosen,
        };
        Self {
            output,
            ..self.clone()
        }
    }

    /// Returns the first of the options that select a part of the output.
    pub(super) fn chooses(&self) -> Option<&'static str> {
        let given = [
            (!self.columns.is_empty(), "--columns"),
            (!self.sort.is_empty(), "--sort"),
            (self.limit.is_some(), "--limit"),
            (self.query.is_some(), "--query"),
        ];
        let mut given = given.into_iter().filter(|(given, _)| *given);
        given.next().map(|(_, option)| option)
    }
}

fn column(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("names of columns with commas between them, such as Name,PowerState".to_owned()),
        name => Ok(name.to_owned()),
    }
}

//! A report as a value: figures, and sections with rows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::exit::Failure;

/// The content of a report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) figures: Vec<Figure>,
    pub(crate) sections: Vec<Section>,
    /// Explanations of the numbers.
    pub(crate) notes: Vec<String>,
}

/// A single number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: Cell,
}

/// Rows of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) chart: Option<Chart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name for programs.
    pub(crate) name: &'static str,
    pub(crate) heading: &'static str,
}

/// The chart of a section; numbers are column indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chart {
    /// A bar for each row.
    Bars { label: usize, value: usize },
    /// A line over time for each of the columns.
    Times { at: usize, values: Vec<usize> },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Absent,
    Text(String),
    Count(i64),
    /// A duration in milliseconds.
    Millis(f64),
    /// A duration in minutes.
    Minutes(f64),
    /// From 0 to 1.
    Share(f64),
    Amount(f64),
    At(Timestamp),
    /// A UTC day, by its start.
    Day(Timestamp),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Returns a quotient, or nothing if the divisor is 0.
    pub(crate) fn of(cell: fn(f64) -> Self, sum: f64, count: i64) -> Self {
        match count {
            0 => Self::Absent,
            count => cell(sum / count as f64),
        }
    }

    /// Returns the value as a number, if it can be drawn.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Count(number) => Some(*number as f64),
            Self::Millis(number) | Self::Minutes(number) => Some(*number),
            Self::Share(number) | Self::Amount(number) => Some(*number),
            Self::Absent | Self::Text(_) | Self::At(_) | Self::Day(_) => None,
        }
    }

    /// Formats it for programs: durations in the unit of the column, shares from 0 to 1.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Absent => Value::Null,
            Self::Text(text) => json!(text),
            Self::Count(number) => json!(number),
            Self::Millis(number) | Self::Minutes(number) => json!(number),
            Self::Share(number) | Self::Amount(number) => json!(number),
            Self::At(time) => json!(time.to_string()),
            Self::Day(_) => json!(self.shown()),
        }
    }

    /// Formats it for people.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Absent => "-".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Millis(millis) => seconds(millis / 1000.0),
            Self::Minutes(minutes) => seconds(minutes * 60.0),
            Self::Share(share) => format!("{:.1} %", share * 100.0),
            Self::Amount(amount) => format!("{amount:.2}"),
            Self::At(time) => {
                let time = time.to_zoned(TimeZone::UTC);
                time.strftime("%Y-%m-%d %H:%M").to_string()
            }
            Self::Day(time) => {
                let time = time.to_zoned(TimeZone::UTC);
                time.strftime("%Y-%m-%d").to_string()
            }
        }
    }
}

fn seconds(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.1} s"),
        ..7200.0 => format!("{:.1} min", seconds / 60.0),
        ..172_800.0 => format!("{:.1} h", seconds / 3600.0),
        _ => format!("{:.1} d", seconds / 86_400.0),
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Count(number)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Count(number.into())
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Count(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Timestamp> for Cell {
    fn from(time: Timestamp) -> Self {
        Self::At(time)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl Report {
    pub(crate) fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name,
            title,
            figures: Vec::new(),
            sections: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn figure(
        mut self,
        name: &'static str,
        label: &'static str,
        value: impl Into<Cell>,
    ) -> Self {
        let value = value.into();
        self.figures.push(Figure { name, label, value });
        self
    }

    pub(crate) fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Returns the section with this case-insensitive name.
    pub(crate) fn find(&self, name: &str) -> Result<&Section, Failure> {
        let mut sections = self.sections.iter();
        let found = sections.find(|it| it.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let names: Vec<&str> = self.sections.iter().map(|it| it.name).collect();
            Failure::Usage(format!(
                "{} has no section `{name}`; it has {}",
                self.name,
                names.join(", ")
            ))
        })
    }

    /// Formats it for programs.
    pub(crate) fn json(&self) -> Value {
        let figures = self.figures.iter();
        let figures = figures.map(|it| (it.name.to_owned(), it.value.json()));
        let mut object = Map::new();
        object.insert("report".to_owned(), json!(self.name));
        object.insert("figures".to_owned(), Value::Object(figures.collect()));
        for section in &self.sections {
            object.insert(section.name.to_owned(), Value::Array(section.json()));
        }
        object.insert("notes".to_owned(), json!(self.notes));
        Value::Object(object)
    }
}

impl Section {
    pub(crate) fn new(
        name: &'static str,
        title: impl Into<String>,
        columns: &[(&'static str, &'static str)],
    ) -> Self {
        let columns = columns
            .iter()
            .map(|(name, heading)| Column { name, heading });
        Self {
            name,
            title: title.into(),
            columns: columns.collect(),
            rows: Vec::new(),
            chart: None,
        }
    }

    pub(crate) fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// Adds a chart with a bar for each row.
    pub(crate) fn bars(mut self, label: usize, value: usize) -> Self {
        self.chart = Some(Chart::Bars { label, value });
        self
    }

    /// Adds a chart with lines over time.
    pub(crate) fn times(mut self, at: usize, values: &[usize]) -> Self {
        let values = values.to_vec();
        self.chart = Some(Chart::Times { at, values });
        self
    }

    /// Returns the rows for programs.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.objects(Cell::json)
    }

    /// Returns the rows as objects for people.
    pub(crate) fn shown(&self) -> Vec<Value> {
        self.objects(|cell| Value::from(cell.shown()))
    }

    fn objects(&self, value: impl Fn(&Cell) -> Value) -> Vec<Value> {
        let row = |cells: &Vec<Cell>| {
            let cells = self.columns.iter().zip(cells);
            let fields = cells.map(|(column, cell)| (column.name.to_owned(), value(cell)));
            Value::Object(fields.collect())
        };
        self.rows.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numbers_for_programs_and_have_units_for_people() {
        let at: Timestamp = "2026-01-05T08:30:00Z".parse().unwrap();
        for (cell, value, shown) in [
            (Cell::Absent, json!(null), "-"),
            (Cell::Millis(18_420.0), json!(18_420.0), "18.4 s"),
            (Cell::Millis(185_000.0), json!(185_000.0), "3.1 min"),
            (Cell::Minutes(600.0), json!(600.0), "10.0 h"),
            (Cell::Share(0.1234), json!(0.1234), "12.3 %"),
            (Cell::from(7), json!(7), "7"),
            (
                Cell::from(at),
                json!("2026-01-05T08:30:00Z"),
                "2026-01-05 08:30",
            ),
            (Cell::Day(at), json!("2026-01-05"), "2026-01-05"),
            (Cell::of(Cell::Millis, 9.0, 2), json!(4.5), "0.0 s"),
            (Cell::of(Cell::Millis, 9.0, 0), json!(null), "-"),
        ] {
            assert_eq!((cell.json(), cell.shown().as_str()), (value, shown));
        }
    }
}

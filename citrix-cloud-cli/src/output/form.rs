//! Formats rows as text, one after the other, in each of the formats.

use std::io;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::cell;
use super::column::Column;
use super::grid::Grid;
use super::view::Format;
use super::{Screen, color, delimited, json, yaml};

/// How many rows of a table are laid out together. The first ones determine the widths of columns.
pub(super) const ROWS: usize = 250;

/// A list being formatted.
#[derive(Debug)]
pub(super) struct Form<'a> {
    format: Format,
    screen: &'a Screen,
    /// `None` shows whole objects.
    columns: Option<Vec<Column>>,
    count: usize,
    /// Rows of a grid that are not laid out yet.
    waiting: Vec<Vec<String>>,
    grid: Option<Grid>,
}

impl<'a> Form<'a> {
    pub(super) fn new(format: Format, screen: &'a Screen, columns: Option<Vec<Column>>) -> Self {
        Self {
            format,
            screen,
            columns,
            count: 0,
            waiting: Vec::new(),
            grid: None,
        }
    }

    /// Appends the text of the next row; for a grid, only once enough rows are there.
    pub(super) fn row(&mut self, row: &Value, text: &mut String) -> io::Result<()> {
        let Some(columns) = &self.columns else {
            return self.whole(&row.to_string(), row, text);
        };
        let values: Vec<_> = columns.iter().map(|column| column.find(row)).collect();
        match self.format {
            Format::Json | Format::Jsonl | Format::Yaml => {
                let pairs = columns.iter().zip(values).map(|(column, value)| {
                    (column.name.clone(), value.cloned().unwrap_or_default())
                });
                let chosen = Value::Object(pairs.collect::<Map<_, _>>());
                self.whole(&chosen.to_string(), &chosen, text)?;
            }
            Format::Table | Format::Wide => {
                let zone = (self.screen.zone)();
                let cells = values.into_iter().map(|value| cell::shown(value, &zone));
                self.waiting.push(cells.collect());
                self.count += 1;
                if self.waiting.len() == ROWS {
                    self.lay_out(text);
                }
            }
            Format::Csv => {
                let cells: Vec<String> = values.into_iter().map(csv_cell).collect();
                if self.count == 0 {
                    let names = columns.iter().map(|column| column.name.clone());
                    *text += &delimited::csv(&names.collect::<Vec<_>>())?;
                }
                self.count += 1;
                *text += &delimited::csv(&cells)?;
            }
            Format::Tsv | Format::Name => {
                self.count += 1;
                let cells: Vec<String> = values.into_iter().map(cell::plain).collect();
                *text += &delimited::tsv(&cells);
            }
        }
        Ok(())
    }

    /// Appends the text of a whole object, given as JSON text.
    pub(super) fn raw(&mut self, row: &str, text: &mut String) -> io::Result<()> {
        match self.format {
            Format::Yaml => self.whole(row, &serde_json::from_str(row)?, text),
            _ => self.whole(row, &Value::Null, text),
        }
    }

    /// Appends an object, given as JSON text and, if the format needs it, as a value.
    fn whole(&mut self, row: &str, value: &Value, text: &mut String) -> io::Result<()> {
        self.count += 1;
        match self.format {
            Format::Jsonl => {
                *text += &json::on_one_line(row);
                text.push('\n');
            }
            Format::Yaml => *text += &yaml::item(value)?,
            _ => {
                *text += if self.count == 1 { "[\n  " } else { ",\n  " };
                json::lay_out(row, 1, text);
            }
        }
        Ok(())
    }

    /// Appends the rest, and the end.
    pub(super) fn end(&mut self, text: &mut String) {
        match (self.format, self.count) {
            (Format::Json | Format::Yaml, 0) => *text += "[]\n",
            (Format::Json, _) => *text += "\n]\n",
            _ => self.lay_out(text),
        }
    }

    fn lay_out(&mut self, text: &mut String) {
        let rows = std::mem::take(&mut self.waiting);
        let columns = self.columns.as_deref().unwrap_or_default();
        if rows.is_empty() {
            return;
        }
        let state = |place: usize| {
            let column = columns.get(place);
            column.is_some_and(|column| color::is_state(column.leaf()))
        };
        let grid = match &self.grid {
            Some(grid) => grid,
            None => {
                let headings = columns.iter().map(|it| super::escaped(&it.heading));
                let headings: Vec<String> = headings.collect();
                let width = match self.format {
                    Format::Wide => None,
                    _ => self.screen.width,
                };
                let grid = Grid::new(&headings, &rows, width, self.screen.colored);
                *text += grid.line(&headings, |_| false).trim_end();
                text.push('\n');
                self.grid.insert(grid)
            }
        };
        for row in &rows {
            *text += grid.line(row, state).trim_end();
            text.push('\n');
        }
    }
}

fn csv_cell(value: Option<&Value>) -> String {
    match value {
        Some(Value::Number(number)) => number.to_string(),
        value => delimited::csv_text(&cell::plain(value)),
    }
}

/// Formats all properties of an object, one per line; with `all`, missing ones too.
pub(super) fn record(
    object: &Value,
    columns: Option<&[Column]>,
    all: bool,
    screen: &Screen,
) -> String {
    let mut rows = Vec::new();
    let zone = (screen.zone)();
    match columns {
        Some(columns) => {
            let row = |it: &Column| line(&it.name, it.find(object), &zone);
            rows.extend(columns.iter().map(row));
        }
        None => fields(object, "", all, &zone, &mut rows),
    }
    let grid = Grid::new(&[], &rows, None, screen.colored);
    let mut text = String::new();
    for row in &rows {
        let name = row.first().map(String::as_str).unwrap_or_default();
        let state = color::is_state(name.rsplit('.').next().unwrap_or_default());
        text += grid.line(row, |place| place == 1 && state).trim_end();
        text.push('\n');
    }
    text
}

fn fields(object: &Value, above: &str, all: bool, zone: &TimeZone, rows: &mut Vec<Vec<String>>) {
    for (name, value) in object.as_object().into_iter().flatten() {
        let name = format!("{above}{name}");
        match value {
            Value::Object(inner) if cell::reference(inner).is_none() && !inner.is_empty() => {
                fields(value, &format!("{name}."), all, zone, rows);
            }
            value => {
                let row = line(&name, Some(value), zone);
                if all || row.get(1).is_some_and(|it| it != cell::ABSENT) {
                    rows.push(row);
                }
            }
        }
    }
}

fn line(name: &str, value: Option<&Value>, zone: &TimeZone) -> Vec<String> {
    vec![super::escaped(name), cell::shown(value, zone)]
}

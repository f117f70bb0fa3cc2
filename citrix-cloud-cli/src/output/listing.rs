//! A list that is printed while it comes.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Output, Table, json};
use crate::exit::Failure;

/// How many rows of a table are laid out together. The first of them decide how wide the columns are;
/// a later one that needs more makes its own row longer.
const ROWS: usize = 250;

/// A list on its way to standard output: in JSON an array, else a table.
///
/// One that is given up before its end is left open, so that no program takes a part for the whole.
pub(crate) struct Listing<'a> {
    out: &'a Output,
    table: &'a Table<'a>,
    json: bool,
    count: usize,
    rows: Vec<Value>,
    widths: Option<Vec<u16>>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(out: &'a Output, table: &'a Table<'a>, json: bool) -> Self {
        Self {
            out,
            table,
            json,
            count: 0,
            rows: Vec::new(),
            widths: None,
        }
    }

    /// Prints the next item, or keeps it until enough rows are there.
    pub(crate) fn push(&mut self, item: &RawValue) -> Result<(), Failure> {
        self.count += 1;
        if self.json {
            let before = if self.count == 1 { "[\n  " } else { ",\n  " };
            // A string has no line breaks in it, so every one is of the layout.
            let laid_out = json::laid_out(item.get()).replace('\n', "\n  ");
            return self.out.text(&format!("{before}{laid_out}"));
        }
        self.rows
            .push(serde_json::from_str(item.get()).map_err(std::io::Error::other)?);
        match self.rows.len() == ROWS {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Prints what is left, and the end.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        match (self.json, self.count) {
            (true, 0) => self.out.line("[]"),
            (true, _) => self.out.line("\n]"),
            (false, 0) => {
                self.out.note(&format!("no {}", self.table.things));
                Ok(())
            }
            (false, _) => self.flush(),
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let (text, widths) = self.table.render_part(&self.rows, self.widths.as_deref());
        self.widths.get_or_insert(widths);
        self.rows.clear();
        self.out.line(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::captured;
    use super::*;
    use crate::options::Format;

    const BIRDS: Table<'_> = Table {
        things: "birds",
        columns: &[("NAME", "/Name"), ("AGE", "/Age")],
    };

    fn printed(format: Format, items: &[&str]) -> String {
        captured(format, |out| {
            let mut listing = out.listing(&BIRDS);
            for item in items {
                let item = RawValue::from_string((*item).to_owned()).unwrap();
                listing.push(&item).unwrap();
            }
            listing.end().unwrap();
        })
    }

    #[test]
    fn an_array_is_laid_out_as_if_it_had_come_at_once() {
        let items = [
            r#"{"Name":"OSPREY","Age":1.50}"#,
            r#"{"Name":"a\nb","Tags":[]}"#,
        ];
        let whole = json::laid_out(&format!("[{}]", items.join(",")));
        assert_eq!(printed(Format::Json, &items), format!("{whole}\n"));
        assert_eq!(printed(Format::Json, &[]), "[]\n");
    }

    #[test]
    fn a_long_table_has_one_heading_and_columns_that_line_up() {
        let items: Vec<String> = (0..ROWS + 2)
            .map(|at| format!(r#"{{"Name":"BIRD-{at:04}","Age":{at}}}"#))
            .collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let shown = printed(Format::Table, &items);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), ROWS + 3);
        assert_eq!(lines[0], "NAME       AGE");
        assert_eq!(lines[1], "BIRD-0000  0");
        assert_eq!(
            lines[ROWS + 2],
            format!("BIRD-{:04}  {}", ROWS + 1, ROWS + 1)
        );
    }
}

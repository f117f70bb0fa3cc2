//! Rows for spreadsheets and scripts: CSV and TSV.

use std::io;

use csv::WriterBuilder;

use super::escape::{escaped, escaped_lines};

/// Characters that start a formula in a spreadsheet.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Formats a line of CSV.
pub(super) fn csv(cells: &[String]) -> io::Result<String> {
    let mut writer = WriterBuilder::new()
        .buffer_capacity(1024)
        .from_writer(Vec::new());
    writer.write_record(cells)?;
    let line = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(line).map_err(io::Error::other)
}

/// Formats text for a CSV cell so that a spreadsheet does not run it as a formula.
///
/// Names may come from other people, and a spreadsheet runs whatever starts like a formula; a leading `'` makes it
/// text.
pub(super) fn csv_text(text: &str) -> String {
    let safe = escaped_lines(&text.replace("\r\n", "\n"));
    match text.starts_with(FORMULA) {
        true => format!("'{safe}"),
        false => safe,
    }
}

/// Formats a line with tabs between cells, none of which contains a tab or a line break.
pub(super) fn tsv(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
    cells.join("\t") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        let cells = ["a", "b,c", "say \"hi\"", "two\nlines", ""].map(str::to_owned);
        assert_eq!(
            csv(&cells).unwrap(),
            "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\n"
        );
        assert_eq!(csv(&[String::new()]).unwrap(), "\"\"\n");
    }

    #[test]
    fn no_cell_starts_a_formula_or_drives_a_terminal() {
        for (text, expected) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1+2", "'-1+2"),
            ("\tx", "'\\tx"),
            ("a=b", "a=b"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\r\nb", "a\nb"),
        ] {
            assert_eq!(csv_text(text), expected);
        }
    }

    #[test]
    fn a_line_of_tabs_is_one_line() {
        let cells = ["DEMOLAB\\OSPREY", "a\tb", "c\nd"].map(str::to_owned);
        assert_eq!(tsv(&cells), "DEMOLAB\\OSPREY\ta\\tb\tc\\nd\n");
    }
}

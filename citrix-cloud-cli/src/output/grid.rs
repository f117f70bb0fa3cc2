//! Aligned rows, fitted to the terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::color;

/// The space between two columns.
const GAP: usize = 2;

/// The minimum width of a column.
const NARROWEST: usize = 6;

/// The width to which the last column shrinks before others do.
const NARROWEST_LAST: usize = 9;

/// Marks truncated text.
const CUT: &str = "…";

/// The columns of a table, as wide as its first rows need and the terminal allows.
#[derive(Debug)]
pub(super) struct Grid {
    widths: Vec<usize>,
    /// Whether cells that are wider than their column are truncated.
    cut: bool,
    colored: bool,
}

impl Grid {
    /// Creates the grid for rows like these, with or without headings; without a width, nothing is truncated.
    pub(super) fn new(
        headings: &[String],
        rows: &[Vec<String>],
        width: Option<usize>,
        colored: bool,
    ) -> Self {
        let widest = |place: usize| {
            let cells = rows.iter().filter_map(|row| row.get(place));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        };
        let count = rows.iter().map(Vec::len).max().unwrap_or_default();
        let count = count.max(headings.len());
        let needed: Vec<usize> = (0..count).map(widest).collect();
        let mut widths = needed.clone();
        for (width, heading) in widths.iter_mut().zip(headings) {
            *width = (*width).max(heading.width());
        }
        if let Some(width) = width {
            fit(&mut widths, &needed, width);
        }
        Self {
            widths,
            cut: width.is_some(),
            colored,
        }
    }

    /// Formats a row as one line; `state` returns which columns are colored by state.
    pub(super) fn line(&self, row: &[String], state: impl Fn(usize) -> bool) -> String {
        let mut line = String::new();
        let mut owed = 0;
        for (place, (whole, width)) in row.iter().zip(&self.widths).enumerate() {
            line.extend(std::iter::repeat_n(' ', owed));
            let cell = match self.cut && whole.width() > *width {
                true => cut(whole, *width),
                false => whole.clone(),
            };
            owed = (width + GAP).saturating_sub(cell.width()).max(GAP);
            match self.colored && state(place) {
                true => line += &color::of_state(whole, &cell),
                false => line += &cell,
            }
        }
        line
    }
}

/// Shrinks columns until they fit: first the last one, which holds the id that people need least, then headings wider
/// than their values, then the widest columns, and at the end the first one, which is the name.
fn fit(widths: &mut [usize], needed: &[usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
    let mut narrow = |width: &mut usize, least: usize| {
        let less = over.min(width.saturating_sub(least));
        *width -= less;
        over -= less;
        over
    };
    if let [_, .., last] = &mut *widths {
        narrow(last, NARROWEST_LAST);
    }
    for (width, needed) in widths.iter_mut().zip(needed) {
        narrow(width, (*needed).max(NARROWEST));
    }
    for kept in [1, 0] {
        while let Some(widest) = widths.iter_mut().skip(kept).max() {
            if *widest <= NARROWEST || narrow(widest, *widest - 1) == 0 {
                break;
            }
        }
    }
}

/// Truncates a text so that it fits together with the mark.
fn cut(text: &str, width: usize) -> String {
    let mut left = width.saturating_sub(CUT.width());
    let fits = |character: &char| {
        let wide = character.width().unwrap_or_default();
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut += CUT;
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(rows: &[&[&str]], width: Option<usize>) -> Vec<String> {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect();
        let grid = Grid::new(&[], &rows, width, false);
        rows.iter().map(|row| grid.line(row, |_| false)).collect()
    }

    #[test]
    fn columns_line_up_also_with_wide_characters() {
        assert_eq!(
            laid_out(&[&["NAME", "AGE"], &["漢字", "1"], &["OSPREY", ""]], None),
            ["NAME    AGE", "漢字    1", "OSPREY  "]
        );
    }

    #[test]
    fn the_last_column_is_cut_first_and_the_name_last() {
        let headings = ["NAME", "MAINTENANCE", "CATALOG", "ID"].map(str::to_owned);
        let row = [
            "DEMOLAB\\OSPREY",
            "false",
            "a rather long one",
            "12345678-1234-12",
        ];
        let rows = [row.map(str::to_owned).to_vec()];
        for (width, expected) in [
            (
                64,
                "DEMOLAB\\OSPREY  false        a rather long one  12345678-1234-12",
            ),
            (
                60,
                "DEMOLAB\\OSPREY  false        a rather long one  12345678-12…",
            ),
            (52, "DEMOLAB\\OSPREY  false   a rather long one  12345678…"),
            (46, "DEMOLAB\\OSPREY  false   a rather l…  12345678…"),
            (36, "DEMOLAB\\OSP…  false   a rat…  12345…"),
        ] {
            let grid = Grid::new(&headings, &rows, Some(width), false);
            let line = grid.line(&rows[0], |_| false);
            assert!(line.width() <= width, "{line}");
            assert_eq!(line, expected);
        }
        let narrow = Grid::new(&headings, &rows, Some(52), false);
        assert_eq!(
            narrow.line(&headings, |_| false),
            "NAME            MAINT…  CATALOG            ID"
        );
    }

    #[test]
    fn a_row_that_is_wider_than_the_first_ones_keeps_its_end() {
        let first = [vec!["a".to_owned(), "b".to_owned()]];
        let long = ["long".to_owned(), "b".to_owned()];
        let open = Grid::new(&[], &first, None, false);
        assert_eq!(open.line(&long, |_| false), "long  b");
        let fitted = Grid::new(&[], &first, Some(80), false);
        assert_eq!(fitted.line(&long, |_| false), "…  b");
    }
}

//! Rows that line up, as wide as the terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::color;

/// The space between two columns.
const GAP: usize = 2;

/// How narrow a column may become.
const NARROWEST: usize = 6;

/// How narrow the last column may become, before others are cut.
const NARROWEST_LAST: usize = 9;

/// What stands where text was cut.
const CUT: &str = "…";

/// The columns of a table, as wide as its first rows need and the terminal has.
#[derive(Debug)]
pub(super) struct Grid {
    widths: Vec<usize>,
    /// Whether a cell that is wider than its column is cut.
    cut: bool,
    colored: bool,
}

impl Grid {
    /// The grid for rows like these, of which the headings are one; without a width nothing is cut.
    pub(super) fn for_rows(rows: &[Vec<String>], width: Option<usize>, colored: bool) -> Self {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let mut widths = vec![0; columns];
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        if let Some(width) = width {
            fit(&mut widths, width);
        }
        Self {
            widths,
            cut: width.is_some(),
            colored,
        }
    }

    /// A row on one line; `state` says of which columns the colour tells the state.
    pub(super) fn line(&self, row: &[String], state: impl Fn(usize) -> bool) -> String {
        let mut line = String::new();
        let mut owed = 0;
        for (place, (cell, width)) in row.iter().zip(&self.widths).enumerate() {
            line.extend(std::iter::repeat_n(' ', owed));
            let cell = match self.cut && cell.width() > *width {
                true => cut(cell, *width),
                false => cell.clone(),
            };
            owed = (width + GAP).saturating_sub(cell.width()).max(GAP);
            match self.colored && state(place) {
                true => line += &color::of_state(&cell),
                false => line += &cell,
            }
        }
        line
    }
}

/// Makes columns narrower until they fit: the last one first, and then the widest.
fn fit(widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
    if let [_, .., last] = widths {
        let less = over.min(last.saturating_sub(NARROWEST_LAST));
        *last -= less;
        over -= less;
    }
    while over > 0 {
        let Some(widest) = widths.iter_mut().max().filter(|it| **it > NARROWEST) else {
            break;
        };
        *widest -= 1;
        over -= 1;
    }
}

/// The beginning of a text, as much of it as fits together with the mark.
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
        let grid = Grid::for_rows(&rows, width, false);
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
    fn the_last_column_is_cut_first_and_then_the_widest() {
        let id = "12345678-1234";
        let row: &[&str] = &["a rather long name", "short", id];
        for (width, expected) in [
            (40, "a rather long name  short  12345678-1234"),
            (38, "a rather long name  short  12345678-1…"),
            (32, "a rather long…  short  12345678…"),
        ] {
            let line = laid_out(&[row], Some(width)).remove(0);
            assert!(line.starts_with(expected), "{line}");
            assert!(line.width() <= width, "{line}");
        }
    }

    #[test]
    fn a_row_that_is_wider_than_the_first_ones_keeps_its_end() {
        let first = [vec!["a".to_owned(), "b".to_owned()]];
        let long = ["long".to_owned(), "b".to_owned()];
        let open = Grid::for_rows(&first, None, false);
        assert_eq!(open.line(&long, |_| false), "long  b");
        let fitted = Grid::for_rows(&first, Some(80), false);
        assert_eq!(fitted.line(&long, |_| false), "…  b");
    }
}

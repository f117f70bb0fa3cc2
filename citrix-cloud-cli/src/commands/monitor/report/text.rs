//! Renders a report for a terminal.

use unicode_width::UnicodeWidthStr as _;

use super::model::{Cell, Chart, Report, Section};
use crate::output::escaped;

/// Time series with more rows than this are drawn as a line instead of being listed.
const MOST_TIMES: usize = 48;

/// The length of the longest bar, in characters.
const BAR: usize = 30;

const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The maximum number of points in a line.
const LINE: usize = 80;

/// Returns the report as text, with bars and lines if `charts` is set.
pub(super) fn text(report: &Report, charts: bool) -> String {
    let mut parts = vec![escaped(report.title)];
    let figures: Vec<Vec<String>> = report
        .figures
        .iter()
        .map(|it| vec![escaped(it.label), escaped(&it.value.shown())])
        .collect();
    parts.push(grid(&[], figures, &[]));
    for section in &report.sections {
        parts.push(format!(
            "{}\n{}",
            escaped(&section.title),
            of_section(section, charts)
        ));
    }
    parts.extend(report.notes.iter().map(|it| escaped(it)));
    parts.retain(|it| !it.is_empty());
    parts.join("\n\n")
}

fn of_section(section: &Section, charts: bool) -> String {
    if section.rows.is_empty() {
        return "(none)".to_owned();
    }
    let mut headings: Vec<String> = section
        .columns
        .iter()
        .map(|it| it.heading.to_owned())
        .collect();
    let mut rows: Vec<Vec<String>> = section
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| escaped(&cell.shown())).collect())
        .collect();
    let right: Vec<bool> = (0..section.columns.len())
        .map(|column| is_number(section, column))
        .collect();
    match &section.chart {
        Some(Chart::Bars { value, .. }) if charts => {
            headings.push(String::new());
            for (row, bar) in rows.iter_mut().zip(bars(section, *value)) {
                row.push(bar);
            }
        }
        Some(Chart::Times { values, .. }) => {
            let lines = values.iter().map(|column| line(section, *column));
            let mut text = match charts {
                true => lines.collect::<Vec<_>>().join("\n"),
                false => String::new(),
            };
            if rows.len() > MOST_TIMES {
                rows.clear();
                let many = section.rows.len();
                let told = format!("{many} rows: --output json or --html has them");
                text = [text, told].join("\n").trim().to_owned();
            }
            let listed = match rows.is_empty() {
                true => String::new(),
                false => grid(&headings, rows, &right),
            };
            return [text, listed].join("\n").trim_matches('\n').to_owned();
        }
        _ => {}
    }
    grid(&headings, rows, &right)
}

fn is_number(section: &Section, column: usize) -> bool {
    let mut cells = section.rows.iter().filter_map(|row| row.get(column));
    cells.all(|it| it.number().is_some() || *it == Cell::Absent)
}

fn numbers(section: &Section, column: usize) -> Vec<f64> {
    let number = |row: &Vec<Cell>| row.get(column).and_then(Cell::number).unwrap_or(0.0);
    section.rows.iter().map(number).collect()
}

fn greatest(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(0.0, f64::max)
}

/// Returns a bar for each row, in eighths of a character.
fn bars(section: &Section, column: usize) -> Vec<String> {
    let numbers = numbers(section, column);
    let most = greatest(&numbers);
    let bar = |number: &f64| {
        let eighths = match most > 0.0 {
            true => (number.max(0.0) / most * (BAR * 8) as f64).round() as usize,
            false => 0,
        };
        let mut bar = "█".repeat(eighths / 8);
        bar.extend((eighths % 8).checked_sub(1).map(|it| EIGHTHS[it]));
        bar
    };
    numbers.iter().map(bar).collect()
}

/// Returns a line of levels. If several times share a point, the maximum counts.
fn line(section: &Section, column: usize) -> String {
    let numbers = numbers(section, column);
    let most = greatest(&numbers);
    let each = numbers.len().div_ceil(LINE).max(1);
    let level = |chunk: &[f64]| match most > 0.0 {
        true => LEVELS[(greatest(chunk) / most * 7.0).round() as usize % 8],
        false => LEVELS[0],
    };
    let levels: String = numbers.chunks(each).map(level).collect();
    let heading = section.columns.get(column).map_or("", |it| it.heading);
    let at = numbers.iter().position(|it| *it == most).unwrap_or(0);
    let shown = section.rows.get(at).and_then(|row| row.get(column));
    let shown = shown.map(Cell::shown).unwrap_or_default();
    format!("{levels}  {heading}, at most {shown}")
}

/// The space between two columns.
const GAP: &str = "  ";

fn grid(headings: &[String], rows: Vec<Vec<String>>, right: &[bool]) -> String {
    let head = (!headings.is_empty()).then(|| headings.to_vec());
    let lines: Vec<Vec<String>> = head.into_iter().chain(rows).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |cells: &Vec<String>| {
        let cells = cells.iter().zip(&widths).enumerate();
        let padded = cells.map(|(column, (cell, width))| {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            match right.get(column) {
                Some(true) => space + cell,
                _ => cell.clone() + &space,
            }
        });
        let line = padded.collect::<Vec<_>>().join(GAP);
        line.trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::scope::tests::at;
    use super::*;

    fn report() -> Report {
        let times = (0..3_i64).map(|it| {
            let at = at("2026-01-05T08:00:00Z") + jiff::SignedDuration::from_hours(it);
            vec![Cell::At(at), Cell::Count(it * 4)]
        });
        Report::new("birds", "Birds")
            .figure("birds", "Birds", 12)
            .section(
                Section::new("kinds", "Kinds", &[("kind", "KIND"), ("n", "N")])
                    .rows([
                        vec!["Osprey".into(), 8.into()],
                        vec!["\u{1b}[2J".into(), 3.into()],
                        vec![Cell::Absent, Cell::Absent],
                    ])
                    .bars(0, 1),
            )
            .section(
                Section::new("hours", "Hours", &[("at", "FROM"), ("n", "SEEN")])
                    .rows(times)
                    .times(0, &[1]),
            )
            .section(Section::new("none", "Nests", &[("at", "FROM")]))
            .note("Seen from one place.")
    }

    #[test]
    fn terminals_get_bars_and_lines() {
        assert_eq!(
            text(&report(), true),
            "\
Birds

Birds  12

Kinds
KIND       N
Osprey     8  ██████████████████████████████
\\u{1b}[2J  3  ███████████▎
-          -

Hours
▁▅█  SEEN, at most 8
FROM              SEEN
2026-01-05 08:00     0
2026-01-05 09:00     4
2026-01-05 10:00     8

Nests
(none)

Seen from one place."
        );
    }

    #[test]
    fn pipes_get_neither_bars_nor_lines() {
        let text = text(&report(), false);
        assert!(!text.contains('█') && !text.contains('▅'), "{text}");
        assert!(text.contains("2026-01-05 10:00     8"), "{text}");
    }

    #[test]
    fn long_series_are_drawn_and_not_listed() {
        let rows = (0..200_i64).map(|it| vec![Cell::Count(it), Cell::Count(it)]);
        let section = Section::new("n", "N", &[("at", "AT"), ("n", "N")]);
        let shown = of_section(&section.rows(rows).times(0, &[1]), true);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].chars().count() < LINE + 25, "{shown}");
        assert!(lines[1].starts_with("200 rows"), "{shown}");
    }
}

//! Charts of sections. Colors come from the page's variables.

use std::fmt::Write as _;

use super::html::escaped;
use super::model::{Cell, Section};

/// The maximum number of bars.
const MOST_BARS: usize = 40;

/// Heights and texts are in pixels; horizontal positions are relative to the width.
const BAR: usize = 22;

/// The length of the longest bar, as a percentage of the space for bars; the rest is for its number.
const LONGEST: f64 = 72.0;

/// The maximum length of a label in characters, and on a narrow page.
const LABEL: usize = 34;
const SHORT_LABEL: usize = 16;

/// The vertical position of the area for lines.
const TOP: f64 = 14.0;
const FLOOR: f64 = 176.0;
const HEIGHT: f64 = 196.0;
const LEGEND: f64 = 24.0;

/// The width of that area for the lines themselves, which are stretched.
const STRETCHED: f64 = 1000.0;

fn numbers(section: &Section, column: usize) -> impl Iterator<Item = Option<f64>> {
    let rows = section.rows.iter();
    rows.map(move |row| row.get(column).and_then(Cell::number))
}

fn greatest(numbers: impl Iterator<Item = Option<f64>>) -> f64 {
    numbers.flatten().fold(0.0, f64::max)
}

/// Draws a bar for each row, from top to bottom.
pub(super) fn bars(section: &Section, label: usize, value: usize) -> String {
    let most = greatest(numbers(section, value));
    let rows: Vec<&Vec<Cell>> = section.rows.iter().take(MOST_BARS).collect();
    let (mut names, mut marks) = (String::new(), String::new());
    let height = (rows.len() * BAR + 4) as f64;
    for (place, row) in rows.into_iter().enumerate() {
        let number = row.get(value).and_then(Cell::number).unwrap_or(0.0);
        let length = match most > 0.0 {
            true => number.max(0.0) / most * LONGEST,
            false => 0.0,
        };
        let shown = |column: usize| row.get(column).map(Cell::shown).unwrap_or_default();
        let text = place * BAR + 15;
        named(&mut names, &shown(label), text);
        let _ = write!(
            marks,
            "<rect y=\"{y}\" width=\"{length:.2}%\" height=\"16\" rx=\"2\" fill=\"var(--c0)\"/>\
             <text class=\"soft\" x=\"{length:.2}%\" dx=\"8\" y=\"{text}\">{value}</text>",
            y = place * BAR + 2,
            value = escaped(&shown(value)),
        );
    }
    let parts = [part(height, &names), part(height, &marks)];
    chart("bars", &section.title, &parts)
}

/// Draws the label of a bar, shortened if the page is narrow.
fn named(svg: &mut String, label: &str, y: usize) {
    let mut label_of = |class: &str, most: usize| {
        let _ = write!(
            svg,
            "<text{class} x=\"100%\" dx=\"-8\" y=\"{y}\" text-anchor=\"end\">{}</text>",
            escaped(&cut(label, most))
        );
    };
    if label.chars().count() > SHORT_LABEL {
        label_of(" class=\"full\"", LABEL);
        label_of(" class=\"short\"", SHORT_LABEL);
    } else {
        label_of("", LABEL);
    }
}

/// Draws lines over time, from the earliest to the latest time. A missing number interrupts the line.
pub(super) fn times(section: &Section, at: usize, values: &[usize]) -> String {
    let most = values
        .iter()
        .map(|column| greatest(numbers(section, *column)))
        .fold(0.0, f64::max);
    let (mut scale, mut plot, mut legend) = (String::new(), String::new(), String::new());
    axes(&mut scale, &mut plot, section, at, values, most);
    let height = FLOOR - TOP;
    let _ = write!(
        plot,
        "<svg y=\"{TOP}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 {STRETCHED} {height}\" \
         preserveAspectRatio=\"none\" overflow=\"visible\">",
    );
    for (place, column) in values.iter().enumerate() {
        let (lines, dots) = line(section, at, *column, most);
        for (path, width) in [(lines, 2), (dots, 5)] {
            if path.is_empty() {
                continue;
            }
            let _ = write!(
                plot,
                "<path d=\"{path}\" fill=\"none\" stroke=\"var(--c{color})\" stroke-width=\"{width}\" \
                 stroke-linecap=\"round\" stroke-linejoin=\"round\" vector-effect=\"non-scaling-stroke\"/>",
                color = place % 3,
            );
        }
    }
    plot.push_str("</svg>");
    for (place, column) in values.iter().enumerate() {
        let heading = section.columns.get(*column).map_or("", |it| it.heading);
        let _ = write!(
            legend,
            "<rect x=\"{left}%\" y=\"8\" width=\"12\" height=\"12\" rx=\"2\" fill=\"var(--c{color})\"/>\
             <text x=\"{left}%\" dx=\"18\" y=\"18\">{heading}</text>",
            left = place * 33,
            color = place % 3,
            heading = escaped(heading),
        );
    }
    let parts = [
        part(HEIGHT, &scale),
        part(HEIGHT, &plot),
        part(LEGEND, &legend),
    ];
    chart("times", &section.title, &parts)
}

/// Draws the line of a column, from 0 to [`STRETCHED`] and upwards from the floor, and dots for isolated times.
fn line(section: &Section, at: usize, column: usize, most: f64) -> (String, String) {
    let moments: Vec<Option<f64>> = section
        .rows
        .iter()
        .map(|row| match row.get(at) {
            Some(Cell::At(time)) => Some(time.as_second() as f64),
            _ => None,
        })
        .collect();
    let first = moments.iter().flatten().copied().fold(f64::MAX, f64::min);
    let last = moments.iter().flatten().copied().fold(f64::MIN, f64::max);
    let x = |moment: f64| match last > first {
        true => (moment - first) / (last - first) * STRETCHED,
        false => STRETCHED / 2.0,
    };
    let y = |number: f64| match most > 0.0 {
        true => (1.0 - number / most) * (FLOOR - TOP),
        false => FLOOR - TOP,
    };
    let points = moments.iter().zip(numbers(section, column));
    let points: Vec<Option<(f64, f64)>> = points
        .map(|(moment, number)| Some((x((*moment)?), y(number?))))
        .collect();
    let (mut lines, mut dots) = (String::new(), String::new());
    for piece in points.split(Option::is_none) {
        let piece = piece.iter().flatten();
        if piece.clone().count() == 1 {
            piece.for_each(|(x, y)| dots.push_str(&format!("M{x:.1} {y:.1}h.01")));
            continue;
        }
        for (nth, (x, y)) in piece.enumerate() {
            let step = if nth == 0 { 'M' } else { 'L' };
            let _ = write!(lines, "{step}{x:.1} {y:.1}");
        }
    }
    (lines, dots)
}

/// Draws the axis labels: the maximum and 0 beside the lines, the first and last time below them.
fn axes(
    scale: &mut String,
    plot: &mut String,
    section: &Section,
    at: usize,
    values: &[usize],
    most: f64,
) {
    let shown = |row: Option<&Vec<Cell>>| {
        let cell = row.and_then(|row| row.get(at));
        escaped(&cell.map(Cell::shown).unwrap_or_default())
    };
    let with_most = section.rows.iter().flat_map(|row| {
        let cells = values.iter().filter_map(|column| row.get(*column));
        cells.filter(|it| it.number() == Some(most))
    });
    let top = with_most.map(Cell::shown).next().unwrap_or_default();
    let _ = write!(
        scale,
        "<text class=\"soft\" x=\"100%\" dx=\"-6\" y=\"{above}\" text-anchor=\"end\">{top}</text>\
         <text class=\"soft\" x=\"100%\" dx=\"-6\" y=\"{FLOOR}\" text-anchor=\"end\">0</text>",
        above = TOP + 4.0,
        top = escaped(&top),
    );
    let _ = write!(
        plot,
        "<line class=\"axis\" x2=\"100%\" y1=\"{TOP}\" y2=\"{TOP}\"/>\
         <line class=\"axis\" x2=\"100%\" y1=\"{FLOOR}\" y2=\"{FLOOR}\"/>\
         <text class=\"soft\" y=\"{below}\">{first}</text>\
         <text class=\"soft\" x=\"100%\" y=\"{below}\" text-anchor=\"end\">{last}</text>",
        below = FLOOR + 16.0,
        first = shown(section.rows.first()),
        last = shown(section.rows.last()),
    );
}

/// Returns one of the images of a chart, whose width the page determines.
fn part(height: f64, shapes: &str) -> String {
    format!("<svg height=\"{height}\">{shapes}</svg>")
}

fn chart(class: &str, title: &str, parts: &[String]) -> String {
    let title = escaped(title);
    let parts = parts.concat();
    format!("<div class=\"chart {class}\" role=\"img\" aria-label=\"{title}\">{parts}</div>\n")
}

/// Shortens a text in the middle, because names differ as often at their end as at their start.
fn cut(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let (before, after) = (most / 2, (most - 1) / 2);
    let beginning: String = text.chars().take(before).collect();
    let end: String = text.chars().skip(length - after).collect();
    format!("{beginning}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> jiff::Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_longest_bar_is_the_greatest_number() {
        let section = Section::new("n", "N", &[("a", "A"), ("b", "B")])
            .rows([
                vec!["x".into(), 10.into()],
                vec!["y".into(), 5.into()],
                vec!["z".into(), Cell::Absent],
            ])
            .bars(0, 1);
        let svg = bars(&section, 0, 1);
        let widths: Vec<&str> = svg
            .split("<rect ")
            .skip(1)
            .filter_map(|it| it.split('"').nth(3))
            .collect();
        assert_eq!(widths, ["72.00%", "36.00%", "0.00%"]);
    }

    #[test]
    fn a_long_label_has_a_shorter_form_for_narrow_pages() {
        let section = Section::new("n", "N", &[("a", "A"), ("b", "B")])
            .rows([
                vec!["DEMOLAB\\ACCOUNTING-ÄÖÜ-000017-AND-MORE".into(), 1.into()],
                vec!["DEMOLAB\\W10-0017".into(), 1.into()],
            ])
            .bars(0, 1);
        let svg = bars(&section, 0, 1);
        for words in [
            "<text class=\"full\" x=\"100%\" dx=\"-8\" y=\"15\" text-anchor=\"end\">DEMOLAB\\ACCOUNTIN…-000017-AND-MORE<",
            "<text class=\"short\" x=\"100%\" dx=\"-8\" y=\"15\" text-anchor=\"end\">DEMOLAB\\…ND-MORE<",
            "<text x=\"100%\" dx=\"-8\" y=\"37\" text-anchor=\"end\">DEMOLAB\\W10-0017<",
        ] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
    }

    #[test]
    fn a_line_is_broken_where_there_is_no_number() {
        let hour = |hour: u8| Cell::At(at(&format!("2026-01-05T{hour:02}:00:00Z")));
        let section = Section::new("n", "N", &[("a", "A"), ("b", "B")]).rows([
            vec![hour(1), 0.into()],
            vec![hour(2), 4.into()],
            vec![hour(3), Cell::Absent],
            vec![hour(5), 2.into()],
        ]);
        let svg = times(&section, 0, &[1]);
        let paths: Vec<&str> = svg
            .split(" d=\"")
            .skip(1)
            .filter_map(|it| it.split('"').next())
            .collect();
        assert_eq!(paths, ["M0.0 162.0L250.0 0.0", "M1000.0 81.0h.01"]);
    }
}

//! Charts of sections. Colours come from the page's variables.

use std::fmt::Write as _;

use super::html::escaped;
use super::model::{Cell, Section};

/// The width of every chart, in its own units.
const WIDTH: f64 = 960.0;

/// The most bars that are drawn.
const MOST_BARS: usize = 40;

const BAR: f64 = 22.0;

/// Where bars begin, and how long the longest is.
const LABELS: f64 = 240.0;
const LONGEST: f64 = 600.0;

/// The longest label, in characters.
const LABEL: usize = 34;

/// The place for lines over time.
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 44.0;

fn numbers(section: &Section, column: usize) -> impl Iterator<Item = Option<f64>> {
    let rows = section.rows.iter();
    rows.map(move |row| row.get(column).and_then(Cell::number))
}

fn greatest(numbers: impl Iterator<Item = Option<f64>>) -> f64 {
    numbers.flatten().fold(0.0, f64::max)
}

/// A bar for each row, from above.
pub(super) fn bars(section: &Section, label: usize, value: usize) -> String {
    let most = greatest(numbers(section, value));
    let rows: Vec<&Vec<Cell>> = section.rows.iter().take(MOST_BARS).collect();
    let height = rows.len() as f64 * BAR + 4.0;
    let mut svg = open("bars", height, &section.title);
    for (place, row) in rows.into_iter().enumerate() {
        let at = place as f64 * BAR;
        let number = row.get(value).and_then(Cell::number).unwrap_or(0.0);
        let length = match most > 0.0 {
            true => number.max(0.0) / most * LONGEST,
            false => 0.0,
        };
        let shown = |column: usize| row.get(column).map(Cell::shown).unwrap_or_default();
        let (text, end) = (at + 15.0, LABELS + length + 8.0);
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"{text}\" text-anchor=\"end\">{name}</text>\
             <rect x=\"{LABELS}\" y=\"{y}\" width=\"{length:.1}\" height=\"16\" rx=\"2\" fill=\"var(--c0)\"/>\
             <text class=\"soft\" x=\"{end:.1}\" y=\"{text}\">{value}</text>",
            x = LABELS - 8.0,
            y = at + 2.0,
            name = escaped(&cut(&shown(label))),
            value = escaped(&shown(value)),
        );
    }
    svg + "</svg>\n"
}

/// Lines over time, from the least to the greatest of its moments. Where there is no number, a line
/// is broken.
pub(super) fn times(section: &Section, at: usize, values: &[usize]) -> String {
    let most = values
        .iter()
        .map(|column| greatest(numbers(section, *column)))
        .fold(0.0, f64::max);
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
    let width = WIDTH - LEFT - 10.0;
    let x = |moment: f64| match last > first {
        true => LEFT + (moment - first) / (last - first) * width,
        false => LEFT + width / 2.0,
    };
    let floor = HEIGHT - BOTTOM;
    let y = |number: f64| match most > 0.0 {
        true => floor - number / most * (floor - TOP),
        false => floor,
    };
    let mut svg = open("times", HEIGHT, &section.title);
    axes(&mut svg, section, at, values, floor, most);
    for (place, column) in values.iter().enumerate() {
        let mut path = String::new();
        let mut is_down = false;
        for (moment, number) in moments.iter().zip(numbers(section, *column)) {
            let (Some(moment), Some(number)) = (moment, number) else {
                is_down = false;
                continue;
            };
            let step = if is_down { 'L' } else { 'M' };
            let _ = write!(path, "{step}{:.1} {:.1}", x(*moment), y(number));
            // A moment without a neighbour is a dot.
            if !is_down {
                path.push_str("h.01");
            }
            is_down = true;
        }
        let colour = place % 3;
        let _ = write!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"var(--c{colour})\" stroke-width=\"2\" \
             stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
        );
        let heading = section.columns.get(*column).map_or("", |it| it.heading);
        let left = LEFT + place as f64 * 170.0;
        let _ = write!(
            svg,
            "<rect x=\"{left}\" y=\"{box_top}\" width=\"12\" height=\"12\" rx=\"2\" fill=\"var(--c{colour})\"/>\
             <text x=\"{text}\" y=\"{base}\">{heading}</text>",
            box_top = HEIGHT - 14.0,
            text = left + 18.0,
            base = HEIGHT - 4.0,
            heading = escaped(heading),
        );
    }
    svg + "</svg>\n"
}

/// The floor with the first and the last moment, and the greatest number.
fn axes(svg: &mut String, section: &Section, at: usize, values: &[usize], floor: f64, most: f64) {
    let shown = |row: Option<&Vec<Cell>>| {
        let cell = row.and_then(|row| row.get(at));
        escaped(&cell.map(Cell::shown).unwrap_or_default())
    };
    let with_most = section.rows.iter().flat_map(|row| {
        let cells = values.iter().filter_map(|column| row.get(*column));
        cells.filter(|it| it.number() == Some(most))
    });
    let top = with_most.map(Cell::shown).next().unwrap_or_default();
    let (right, below) = (WIDTH - 10.0, floor + 16.0);
    let _ = write!(
        svg,
        "<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {TOP}H{right}M{LEFT} {floor}H{right}\"/>\
         <text class=\"soft\" x=\"{label}\" y=\"{above}\" text-anchor=\"end\">{top}</text>\
         <text class=\"soft\" x=\"{label}\" y=\"{floor}\" text-anchor=\"end\">0</text>\
         <text class=\"soft\" x=\"{LEFT}\" y=\"{below}\">{first}</text>\
         <text class=\"soft\" x=\"{right}\" y=\"{below}\" text-anchor=\"end\">{last}</text>",
        label = LEFT - 8.0,
        above = TOP + 4.0,
        top = escaped(&top),
        first = shown(section.rows.first()),
        last = shown(section.rows.last()),
    );
}

fn open(class: &str, height: f64, title: &str) -> String {
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escaped(title)
    )
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
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
            .split("width=\"")
            .skip(1)
            .filter_map(|it| it.split('"').next())
            .collect();
        assert_eq!(widths, ["600.0", "300.0", "0.0"]);
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
        let path = svg
            .split(" d=\"")
            .nth(2)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert!(
            path.starts_with("M70.0 176.0h.01L290.0 14.0M950.0 95.0"),
            "{path}"
        );
    }
}

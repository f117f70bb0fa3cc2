//! Renders a report as a self-contained page: no scripts, no fonts, no external URLs.

use std::fmt::Write as _;

use super::model::{Cell, Chart, Report, Section};
use super::svg;

/// Colors follow the reader's preference; charts use the same variables.
const STYLE: &str = "\
:root{color-scheme:light dark;--page:#fff;--ink:#1d2330;--soft:#5d6575;--line:#d9dde5;--card:#f5f6f9;
--c0:#2563c9;--c1:#12805c;--c2:#b4540a}
@media (prefers-color-scheme:dark){:root{--page:#14171d;--ink:#e6e9ef;--soft:#9aa3b2;--line:#2c323d;
--card:#1c2028;--c0:#7aa7f7;--c1:#5cc8a1;--c2:#f0a35e}}
body{margin:0 auto;max-width:62rem;padding:1.5rem;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{color:var(--soft);margin:.25rem 0}
dl{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
dl div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem 1rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:600;font-size:.8rem}
.n{text-align:right;font-variant-numeric:tabular-nums}
.chart{display:grid;margin:.5rem 0}.bars{grid-template-columns:27% 73%}.times{grid-template-columns:8% 91%}
.chart svg{width:100%;overflow:visible}.times>:nth-child(3){grid-column:1/3}
svg text{fill:var(--ink);font-size:12px}svg .soft{fill:var(--soft)}svg .axis{stroke:var(--line)}
svg .short{display:none}
@media (max-width:40rem){svg text{font-size:11px}svg .short{display:inline}svg .full{display:none}
.bars{grid-template-columns:40% 60%}.times{grid-template-columns:16% 83%}}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--soft)}";

/// Longer tables are folded.
const OPEN_ROWS: usize = 25;

/// Returns the page. `about` describes the report, such as its period.
pub(super) fn page(report: &Report, about: &str) -> String {
    let mut page = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<p>{about}</p>\n",
        title = escaped(report.title),
        about = escaped(about),
    );
    page.push_str("<dl>");
    for figure in &report.figures {
        let (label, value) = (escaped(figure.label), escaped(&figure.value.shown()));
        let _ = write!(page, "<div><dt>{label}</dt><dd>{value}</dd></div>");
    }
    page.push_str("</dl>\n");
    for section in &report.sections {
        of_section(&mut page, section);
    }
    for note in &report.notes {
        let _ = writeln!(page, "<p>{}</p>", escaped(note));
    }
    page.push_str("</body></html>\n");
    page
}

fn of_section(page: &mut String, section: &Section) {
    let _ = writeln!(page, "<section><h2>{}</h2>", escaped(&section.title));
    if section.rows.is_empty() {
        page.push_str("<p>None.</p></section>\n");
        return;
    }
    match &section.chart {
        Some(Chart::Bars { label, value }) => page.push_str(&svg::bars(section, *label, *value)),
        Some(Chart::Times { at, values }) => page.push_str(&svg::times(section, *at, values)),
        None => {}
    }
    let rows = section.rows.len();
    let folded = section.chart.is_some() || rows > OPEN_ROWS;
    if folded {
        let _ = write!(page, "<details><summary>{rows} rows</summary>");
    }
    table(page, section);
    page.push_str(if folded { "</details>" } else { "" });
    page.push_str("</section>\n");
}

fn table(page: &mut String, section: &Section) {
    page.push_str("<div class=\"wide\"><table><thead><tr>");
    let class = |cell: Option<&Cell>| match cell.and_then(Cell::number) {
        Some(_) => " class=\"n\"",
        None => "",
    };
    for (index, column) in section.columns.iter().enumerate() {
        let first = section.rows.first().and_then(|row| row.get(index));
        let _ = write!(page, "<th{}>{}</th>", class(first), escaped(column.heading));
    }
    page.push_str("</tr></thead><tbody>");
    for row in &section.rows {
        page.push_str("<tr>");
        for cell in row {
            let _ = write!(
                page,
                "<td{}>{}</td>",
                class(Some(cell)),
                escaped(&cell.shown())
            );
        }
        page.push_str("</tr>");
    }
    page.push_str("</tbody></table></div>");
}

/// Escapes text for a page or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // HTML does not allow control characters, even escaped.
            character if character.is_control() => safe.push('\u{fffd}'),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> jiff::Timestamp {
        text.parse().unwrap()
    }

    const HOSTILE: &str = "</text></td><script>alert('1')</script>\"&\u{1b}\u{0}";

    fn hostile() -> Report {
        let rows = [vec![Cell::from(HOSTILE), Cell::Count(3)]];
        let times = [vec![Cell::At(at("2026-01-05T08:00:00Z")), Cell::Count(3)]];
        Report::new("x", "X")
            .figure("x", "X", HOSTILE)
            .section(
                Section::new("rows", HOSTILE, &[("a", "A"), ("b", "B")])
                    .rows(rows)
                    .bars(0, 1),
            )
            .section(
                Section::new("times", "T", &[("a", "A"), ("b", "B")])
                    .rows(times)
                    .times(0, &[1]),
            )
            .note(HOSTILE)
    }

    #[test]
    fn nothing_in_a_report_can_leave_its_place() {
        let page = page(&hostile(), HOSTILE);
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("alert('"), "{page}");
        assert!(!page.contains('\u{1b}') && !page.contains('\u{0}'));
        assert!(page.matches("&lt;script&gt;").count() >= 5, "{page}");
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let page = page(&hostile(), "");
        for outside in ["src=", "href=", "url(", "@import", "http:", "https:"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("prefers-color-scheme:dark"));
        assert_eq!(page.matches("role=\"img\"").count(), 2);
    }

    #[test]
    fn every_element_is_closed() {
        let page = page(&hostile(), "");
        for name in [
            "section", "table", "tr", "td", "th", "svg", "text", "dl", "div", "details",
        ] {
            let open = page.matches(&format!("<{name}>")).count()
                + page.matches(&format!("<{name} ")).count();
            assert_eq!(open, page.matches(&format!("</{name}>")).count(), "{name}");
        }
    }
}

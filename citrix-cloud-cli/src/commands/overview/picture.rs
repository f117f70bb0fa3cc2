//! Converts an overview to a report with charts.

use jiff::Timestamp;
use serde_json::Value;

use super::{OF_JOBS, OF_MACHINES, OF_SESSIONS, counts, spoken};
use crate::page::model::{Cell, Report, Section};

/// Returns the report of an overview from [`super::read`].
pub(super) fn report(overview: &Value) -> Report {
    let total = |part: &str| Cell::from(overview[part]["total"].as_i64());
    let mut report = Report::new("overview", "Site overview")
        .figure("machines", "Machines", total("machines"))
        .figure("sessions", "Sessions", total("sessions"))
        .figure("jobs", "Jobs", total("jobs"));
    for (part, title, properties) in [
        ("machines", "Machines", &OF_MACHINES[..]),
        ("sessions", "Sessions", &OF_SESSIONS),
        ("jobs", "Jobs", &OF_JOBS),
    ] {
        for (name, _) in properties {
            let rows = counts(overview, part, name);
            let rows = rows.into_iter().map(|(value, count)| {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                vec![Cell::text(value), Cell::Count(count)]
            });
            let columns = [("value", "Value"), ("count", title)];
            let title = format!("{title} by {}", spoken(name));
            report = report.section(Section::new(name, title, &columns).rows(rows).bars(0, 1));
        }
    }
    let columns = [("at", "At"), ("by", "By"), ("what", "What")];
    let changes = overview["lastChanges"].as_array();
    let changes = changes.into_iter().flatten().map(|change| {
        let text = |name: &str| Cell::from(change[name].as_str().map(str::to_owned));
        vec![at(change), text("User"), text("Text")]
    });
    report.section(Section::new("lastChanges", "Last changes", &columns).rows(changes))
}

/// Returns the time of a change, as a time if the service included a zone.
fn at(change: &Value) -> Cell {
    let said = change["FormattedStartTime"].as_str();
    match said.and_then(|it| it.parse::<Timestamp>().ok()) {
        Some(time) => Cell::At(time),
        None => Cell::from(change["StartTime"].as_str().map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_has_a_bar_for_each_value_and_the_changes() {
        let overview = json!({
            "machines": {"total": 3, "power": {"Off": 1, "On": 2}},
            "sessions": {"total": 0, "state": {}},
            "lastChanges": [
                {"FormattedStartTime": "2026-01-05T08:00:00Z", "User": "kim", "Text": "Tags"},
                {"StartTime": "1/5/2026 8:00:00 AM"},
            ],
        });
        let report = report(&overview);
        let power = report.find("power").unwrap();
        assert_eq!(power.title, "Machines by power");
        assert_eq!(power.rows[0], [Cell::text("On"), Cell::Count(2)]);
        assert_eq!(power.rows[1], [Cell::text("Off"), Cell::Count(1)]);
        let changes = &report.find("lastChanges").unwrap().rows;
        assert_eq!(changes[0][1], Cell::text("kim"));
        assert_eq!(changes[1][0], Cell::text("1/5/2026 8:00:00 AM"));
        assert_eq!(changes[1][2], Cell::Absent);
    }
}

//! Savings by power management.

use std::collections::BTreeMap;

use citrix_cloud::monitor::{
    CostSavingsSummaryGranularity, CurrencyType, machine_cost_savings_summary as summary,
};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::model::{Cell, Report, Section};
use super::names::named;
use super::scope::{Granularity, Scope, Source, read};
use crate::exit::Failure;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row {
    summary_date: Timestamp,
    desktop_group_id: Option<Uuid>,
    currency_type: Option<CurrencyType>,
    total_amount_saved: Option<f64>,
    power_managed_machine_minutes_turned_off: Option<i64>,
}

pub(super) async fn report(source: &Source) -> Result<Report, Failure> {
    let from = source.scope.first(Granularity::DAY);
    let rows = source
        .query(summary::DESKTOP_GROUP_ID)
        .filter(summary::GRANULARITY.eq(CostSavingsSummaryGranularity::DAY))
        .filter(summary::SUMMARY_DATE.ge(from))
        .filter(summary::SUMMARY_DATE.lt(source.scope.until))
        .select((
            summary::SUMMARY_DATE,
            summary::DESKTOP_GROUP_ID,
            summary::CURRENCY_TYPE,
            summary::TOTAL_AMOUNT_SAVED,
            summary::POWER_MANAGED_MACHINE_MINUTES_TURNED_OFF,
        ));
    Ok(of(&read(rows).await?, &source.scope))
}

#[derive(Default, Clone, Copy)]
struct Saved {
    amount: f64,
    off_minutes: i64,
}

impl Saved {
    fn add(&mut self, row: &Row) {
        self.amount += row.total_amount_saved.unwrap_or(0.0);
        self.off_minutes += row.power_managed_machine_minutes_turned_off.unwrap_or(0);
    }
}

fn of(rows: &[Row], scope: &Scope) -> Report {
    let mut currencies: BTreeMap<Option<CurrencyType>, Saved> = BTreeMap::new();
    let mut groups: BTreeMap<(Option<Uuid>, Option<CurrencyType>), Saved> = BTreeMap::new();
    let mut days: BTreeMap<(Timestamp, Option<CurrencyType>), Saved> = BTreeMap::new();
    let mut off_minutes = 0;
    for row in rows {
        let currency = row.currency_type;
        off_minutes += row.power_managed_machine_minutes_turned_off.unwrap_or(0);
        currencies.entry(currency).or_default().add(row);
        groups
            .entry((row.desktop_group_id, currency))
            .or_default()
            .add(row);
        days.entry((row.summary_date, currency))
            .or_default()
            .add(row);
    }
    let saved = [
        ("saved", "SAVED"),
        ("currency", "CURRENCY"),
        ("offMinutes", "MACHINES OFF FOR"),
    ];
    let cells = |currency, saved: Saved| {
        let minutes = Cell::Minutes(saved.off_minutes as f64);
        [Cell::Amount(saved.amount), named(currency), minutes]
    };
    let head = |first| [&[first], &saved[..]].concat();
    Report::new("savings", "Savings of power management")
        .figure(
            "offMinutes",
            "Machines off for",
            Cell::Minutes(off_minutes as f64),
        )
        .section(
            Section::new("currencies", "In all", &saved).rows(
                currencies
                    .into_iter()
                    .map(|(it, saved)| cells(it, saved).to_vec()),
            ),
        )
        .section(
            Section::new("groups", "Per delivery group", &head(("group", "GROUP")))
                .rows(groups.into_iter().map(|((id, currency), saved)| {
                    let group = Cell::from(scope.group(id));
                    [group].into_iter().chain(cells(currency, saved)).collect()
                }))
                .bars(0, 1),
        )
        .section(
            Section::new("days", "Per UTC day", &head(("day", "DAY (UTC)")))
                .rows(days.into_iter().map(|((day, currency), saved)| {
                    let day = Cell::Day(day);
                    [day].into_iter().chain(cells(currency, saved)).collect()
                }))
                .bars(0, 1),
        )
        .note("Amounts of different currencies are never added up.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scope::tests::{OFFICE, SALES, at, scope};
    use super::*;

    #[test]
    fn currencies_are_kept_apart() {
        let row = |day: &str, group, currency, amount, minutes| Row {
            summary_date: at(day),
            desktop_group_id: Some(group),
            currency_type: Some(CurrencyType(currency)),
            total_amount_saved: Some(amount),
            power_managed_machine_minutes_turned_off: Some(minutes),
        };
        let rows = [
            row("2026-01-04T00:00:00Z", SALES, 2, 1.5, 60),
            row("2026-01-05T00:00:00Z", SALES, 2, 2.0, 30),
            row("2026-01-05T00:00:00Z", OFFICE, 1, 8.0, 10),
        ];
        let json = of(&rows, &scope()).json();
        assert_eq!(json["figures"]["offMinutes"], 100.0);
        assert_eq!(
            json["currencies"],
            json!([
                {"saved": 8.0, "currency": "USD", "offMinutes": 10.0},
                {"saved": 3.5, "currency": "EUR", "offMinutes": 90.0},
            ])
        );
        assert_eq!(json["groups"][0]["group"], "Sales");
        assert_eq!(json["groups"][0]["saved"], 3.5);
        assert_eq!(json["days"].as_array().unwrap().len(), 3);
    }
}

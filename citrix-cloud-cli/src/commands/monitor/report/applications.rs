//! Application usage, and unused applications.

use std::collections::{BTreeMap, BTreeSet};

use citrix_cloud::monitor::{
    LifecycleState, application, application_instance_summary as summary, desktop_group,
};
use serde::Deserialize;
use uuid::Uuid;

use super::model::{Cell, Report, Section};
use super::scope::{Granularity, Source, read};
use crate::exit::Failure;

/// The usage of an application in a delivery group on a day.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Use {
    application_id: Option<Uuid>,
    application: Option<Application>,
    total_launches_count: Option<i64>,
    total_usage_duration: Option<f64>,
    peak_concurrent_instance_count: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Application {
    id: Option<Uuid>,
    name: Option<String>,
}

pub(super) async fn report(source: &Source) -> Result<Report, Failure> {
    let uses = source
        .summaries(Granularity::DAY)
        .select((
            summary::APPLICATION_ID,
            summary::TOTAL_LAUNCHES_COUNT,
            summary::TOTAL_USAGE_DURATION,
            summary::PEAK_CONCURRENT_INSTANCE_COUNT,
        ))
        .expand(summary::APPLICATION.select(application::NAME));
    let uses = read(uses).await?;
    let all = source.query_all();
    let all = match source.scope.only {
        None => all,
        Some(id) => all.filter(application::DESKTOP_GROUPS.any(desktop_group::ID.eq(id))),
    };
    let all = all
        .filter(application::LIFECYCLE_STATE.eq(LifecycleState::ACTIVE))
        .select((application::ID, application::NAME))
        .order_by(application::NAME);
    Ok(of(&uses, &read(all).await?))
}

/// Launches and usage are sums; a peak is a maximum.
#[derive(Default)]
struct Sums {
    name: Option<String>,
    launches: i64,
    used: f64,
    peak: i64,
}

fn of(uses: &[Use], all: &[Application]) -> Report {
    let mut sums: BTreeMap<Option<Uuid>, Sums> = BTreeMap::new();
    for it in uses {
        let own = sums.entry(it.application_id).or_default();
        own.launches += it.total_launches_count.unwrap_or(0);
        own.used += it.total_usage_duration.unwrap_or(0.0);
        own.peak = own.peak.max(it.peak_concurrent_instance_count.unwrap_or(0));
        let name = it.application.as_ref().and_then(|it| it.name.as_ref());
        if let Some(name) = name {
            own.name.get_or_insert_with(|| name.clone());
        }
    }
    let is_used = |it: &Sums| it.launches > 0 || it.peak > 0;
    let used: BTreeSet<Uuid> = sums
        .iter()
        .filter(|(_, it)| is_used(it))
        .filter_map(|(id, _)| *id)
        .collect();
    let unused: Vec<&Application> = all
        .iter()
        .filter(|it| it.id.is_none_or(|id| !used.contains(&id)))
        .collect();
    let launches: i64 = sums.values().map(|it| it.launches).sum();
    let mut sums: Vec<(Option<Uuid>, Sums)> =
        sums.into_iter().filter(|(_, it)| is_used(it)).collect();
    sums.sort_by(|(_, a), (_, b)| {
        b.launches
            .cmp(&a.launches)
            .then_with(|| a.name.cmp(&b.name))
    });
    Report::new("applications", "Use of applications")
        .figure("launches", "Launches", launches)
        .figure("used", "Applications used", sums.len())
        .figure("unused", "Applications nobody used", unused.len())
        .section(
            Section::new(
                "applications",
                "Applications by launches",
                &[
                    ("application", "APPLICATION"),
                    ("launches", "LAUNCHES"),
                    ("usedMs", "USED FOR"),
                    ("peak", "PEAK"),
                ],
            )
            .rows(sums.into_iter().map(|(id, it)| {
                let name = it.name.or_else(|| id.map(|id| id.to_string()));
                vec![
                    name.into(),
                    it.launches.into(),
                    Cell::Millis(it.used),
                    it.peak.into(),
                ]
            }))
            .bars(0, 1),
        )
        .section(
            Section::new(
                "unused",
                "Applications nobody used",
                &[("application", "APPLICATION")],
            )
            .rows(unused.into_iter().map(|it| vec![it.name.clone().into()])),
        )
        .note(
            "Days are whole UTC days, the present one is not in yet. A peak is the greatest of one \
             delivery group on one day.",
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn used(id: u128, launches: i64, duration: f64, peak: i64) -> Use {
        Use {
            application_id: Some(Uuid::from_u128(id)),
            application: Some(Application {
                id: None,
                name: Some(format!("App {id}")),
            }),
            total_launches_count: Some(launches),
            total_usage_duration: Some(duration),
            peak_concurrent_instance_count: Some(peak),
        }
    }

    #[test]
    fn launches_and_use_are_added_up_and_peaks_are_the_greatest() {
        let uses = [
            used(1, 2, 1_000.0, 2),
            used(1, 3, 500.0, 1),
            // Started the day before, so it is in use without a launch.
            used(2, 0, 9_000.0, 1),
            used(3, 0, 0.0, 0),
        ];
        let application = |id: u128| Application {
            id: Some(Uuid::from_u128(id)),
            name: Some(format!("App {id}")),
        };
        let json = of(&uses, &[1, 2, 3, 4].map(application)).json();
        assert_eq!(
            json["applications"],
            json!([
                {"application": "App 1", "launches": 5, "usedMs": 1_500.0, "peak": 2},
                {"application": "App 2", "launches": 0, "usedMs": 9_000.0, "peak": 1},
            ])
        );
        assert_eq!(
            json["unused"],
            json!([{"application": "App 3"}, {"application": "App 4"}])
        );
    }
}

//! The scope of reports, and the source of their rows.

use std::collections::BTreeMap;

pub(crate) use citrix_cloud::monitor::Granularity;
use citrix_cloud::monitor::{
    Column, DesktopGroup, Filter, Guid, Monitor, Own, Query, Set, SetQuery, Time,
    application_instance_summary, desktop_group, failure_log_summary, load_index_summary,
    log_on_summary, resource_utilization_summary, session_activity_summary,
};
use jiff::{Timestamp, TimestampRound, Unit};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::exit::Failure;
use crate::near::near;

/// The maximum length of a period with hourly rows, in hours; longer ones have daily rows.
const MOST_HOURS: i64 = 30 * 24;

/// A period, and the delivery groups included.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    /// Names of all groups.
    pub(crate) groups: BTreeMap<Uuid, String>,
    /// The only group that is included.
    pub(crate) only: Option<Uuid>,
}

impl Scope {
    /// Returns the name of a group.
    pub(crate) fn group(&self, id: Option<Uuid>) -> String {
        match id {
            None => "(none)".to_owned(),
            Some(id) => (self.groups.get(&id)).map_or_else(|| id.to_string(), Clone::clone),
        }
    }

    /// Returns hours for up to 30 days, and days for more, because the service does not keep hours longer.
    pub(crate) fn granularity(&self) -> Granularity {
        let hours = self.until.duration_since(self.since).as_hours();
        match hours <= MOST_HOURS {
            true => Granularity::HOUR,
            false => Granularity::DAY,
        }
    }

    /// Returns the start of the first interval that overlaps the period.
    pub(crate) fn first(&self, granularity: Granularity) -> Timestamp {
        let unit = match granularity {
            Granularity::MINUTE => Unit::Minute,
            // Daily summaries cover UTC days, which all have 24 hours.
            _ => Unit::Hour,
        };
        let increment = if granularity == Granularity::DAY {
            24
        } else {
            1
        };
        let round = TimestampRound::new()
            .smallest(unit)
            .increment(increment)
            .mode(jiff::RoundMode::Floor);
        self.since.round(round).unwrap_or(self.since)
    }
}

/// The service, queried within a scope.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    monitor: Monitor,
    pub(crate) scope: Scope,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    id: Uuid,
    name: Option<String>,
}

impl Source {
    /// Loads the names of the groups; a requested group must be among them.
    pub(crate) async fn open(
        monitor: Monitor,
        (since, until): (Timestamp, Timestamp),
        group: Option<&str>,
    ) -> Result<Self, Failure> {
        let groups = monitor.set::<DesktopGroup>();
        let groups = groups.select((desktop_group::ID, desktop_group::NAME));
        let groups: Vec<Group> = read(groups).await?;
        let groups = groups.into_iter();
        let groups: BTreeMap<Uuid, String> = groups
            .map(|it| (it.id, it.name.unwrap_or_else(|| it.id.to_string())))
            .collect();
        let only = match group {
            None => None,
            Some(name) => Some(found(&groups, name)?),
        };
        let scope = Scope {
            since,
            until,
            groups,
            only,
        };
        Ok(Self { monitor, scope })
    }

    /// Returns a source for another period.
    pub(crate) fn over(&self, (since, until): (Timestamp, Timestamp)) -> Self {
        let mut other = self.clone();
        (other.scope.since, other.scope.until) = (since, until);
        other
    }

    /// Returns a query of a set, restricted to the requested group by the column with its id.
    pub(crate) fn query<S: Set, P>(&self, group: Column<S, Guid, P>) -> SetQuery<S> {
        let query = self.query_all();
        match self.scope.only {
            Some(id) => query.filter(group.eq(id)),
            None => query,
        }
    }

    /// Returns a query of a set for all groups.
    pub(crate) fn query_all<S: Set>(&self) -> SetQuery<S> {
        self.monitor.set()
    }

    /// Returns a query of a summary in the period, in whole intervals.
    pub(crate) fn summaries<S: Summary>(&self, granularity: Granularity) -> SetQuery<S> {
        let (from, until) = (self.scope.first(granularity), self.scope.until);
        let query = match self.scope.only {
            Some(id) => self.query_all().filter(S::of_group(id)),
            None => self.query_all(),
        };
        query
            .filter(S::GRANULARITY.eq(granularity))
            .filter(S::SUMMARY_DATE.ge(from))
            .filter(S::SUMMARY_DATE.lt(until))
    }

    /// Returns the filter for rows in the period.
    pub(crate) fn within<S>(&self, by: Column<S, Time, Own>) -> Filter<S> {
        let (since, until) = (self.scope.since, self.scope.until);
        by.clone().ge(since).and(by.lt(until))
    }
}

/// A set with a row for each interval.
pub(crate) trait Summary: Set {
    const GRANULARITY: Column<Self, Granularity>;
    const SUMMARY_DATE: Column<Self, Time>;

    /// Returns the filter for the rows of one delivery group.
    fn of_group(id: Uuid) -> Filter<Self>;
}

macro_rules! summaries {
    ($($set:ident, $module:ident by $group:expr;)*) => {$(
        impl Summary for citrix_cloud::monitor::$set {
            const GRANULARITY: Column<Self, Granularity> = $module::GRANULARITY;
            const SUMMARY_DATE: Column<Self, Time> = $module::SUMMARY_DATE;

            fn of_group(id: Uuid) -> Filter<Self> {
                $group.eq(id)
            }
        }
    )*};
}

summaries! {
    ApplicationInstanceSummary, application_instance_summary
        by application_instance_summary::DESKTOP_GROUP_ID;
    FailureLogSummary, failure_log_summary by failure_log_summary::DESKTOP_GROUP_ID;
    LoadIndexSummary, load_index_summary by load_index_summary::MACHINE.desktop_group_id();
    LogOnSummary, log_on_summary by log_on_summary::DESKTOP_GROUP_ID;
    ResourceUtilizationSummary, resource_utilization_summary
        by resource_utilization_summary::DESKTOP_GROUP_ID;
    SessionActivitySummary, session_activity_summary by session_activity_summary::DESKTOP_GROUP_ID;
}

/// Reads all rows of a query.
pub(crate) async fn read<R>(query: impl Into<Query>) -> Result<Vec<R>, Failure>
where
    R: DeserializeOwned + Send + 'static,
{
    Ok(query.into().rows().collect().await?)
}

fn found(groups: &BTreeMap<Uuid, String>, name: &str) -> Result<Uuid, Failure> {
    let same = |it: &(&Uuid, &String)| {
        it.1.eq_ignore_ascii_case(name) || it.0.to_string().eq_ignore_ascii_case(name)
    };
    if let Some((id, _)) = groups.iter().find(same) {
        return Ok(*id);
    }
    let near = near(name, groups.values().map(String::as_str));
    let mut words = format!("no delivery group is `{name}`");
    if !near.is_empty() {
        words += &format!("; did you mean {}?", near.join(" or "));
    }
    Err(Failure::Missing(words))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub(crate) const SALES: Uuid = Uuid::from_u128(1);
    pub(crate) const OFFICE: Uuid = Uuid::from_u128(2);

    /// A day and a half with two groups.
    pub(crate) fn scope() -> Scope {
        Scope {
            since: at("2026-01-04T08:30:00Z"),
            until: at("2026-01-05T20:30:00Z"),
            groups: [(SALES, "Sales".to_owned()), (OFFICE, "Office".to_owned())].into(),
            only: None,
        }
    }

    #[test]
    fn intervals_begin_at_whole_hours_and_utc_days() {
        let scope = scope();
        for (granularity, from) in [
            (Granularity::HOUR, "2026-01-04T08:00:00Z"),
            (Granularity::DAY, "2026-01-04T00:00:00Z"),
            (Granularity::MINUTE, "2026-01-04T08:30:00Z"),
        ] {
            assert_eq!(scope.first(granularity), at(from));
        }
        assert_eq!(scope.granularity(), Granularity::HOUR);
        let long = Scope {
            since: at("2025-11-01T00:00:00Z"),
            ..scope
        };
        assert_eq!(long.granularity(), Granularity::DAY);
    }

    #[test]
    fn a_group_is_found_in_any_case_and_near_ones_are_suggested() {
        let groups = scope().groups;
        assert_eq!(found(&groups, "sales").unwrap(), SALES);
        let missing = found(&groups, "Salse").unwrap_err().to_string();
        assert_eq!(missing, "no delivery group is `Salse`; did you mean Sales?");
    }
}

//! What a report is about, and where its rows come from.

use std::collections::BTreeMap;

use citrix_cloud::monitor::{Condition, Monitor, Query, column};
use jiff::{Timestamp, TimestampRound, Unit};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::exit::Failure;
use crate::near::near;

/// How many hours of a period have a row each; of a longer one, days have.
const MOST_HOURS: i64 = 30 * 24;

/// A period, and the delivery groups that count.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    /// Names of all groups.
    pub(crate) groups: BTreeMap<Uuid, String>,
    /// The only group that counts.
    pub(crate) only: Option<Uuid>,
}

/// For how long one row of a summary stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Granularity {
    Minute = 1,
    Hour = 60,
    Day = 1440,
}

impl Scope {
    /// The name of a group.
    pub(crate) fn group(&self, id: Option<Uuid>) -> String {
        match id {
            None => "(none)".to_owned(),
            Some(id) => (self.groups.get(&id)).map_or_else(|| id.to_string(), Clone::clone),
        }
    }

    /// Hours of up to 30 days, and days of more: hours are not kept for longer.
    pub(crate) fn granularity(&self) -> Granularity {
        let hours = self.until.duration_since(self.since).as_hours();
        match hours <= MOST_HOURS {
            true => Granularity::Hour,
            false => Granularity::Day,
        }
    }

    /// The beginning of the first interval that has a part of the period in it.
    pub(crate) fn first(&self, granularity: Granularity) -> Timestamp {
        let unit = match granularity {
            Granularity::Minute => Unit::Minute,
            // Days of summaries are those of UTC, which all have 24 hours.
            Granularity::Hour | Granularity::Day => Unit::Hour,
        };
        let increment = if granularity == Granularity::Day {
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

/// The service, asked within a scope.
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
    /// Learns the names of the groups; one that is named has to be among them.
    pub(super) async fn open(
        monitor: Monitor,
        (since, until): (Timestamp, Timestamp),
        group: Option<&str>,
    ) -> Result<Self, Failure> {
        let groups = monitor.query("DesktopGroups").select(["Id", "Name"]);
        let groups: Vec<Group> = groups.rows().collect().await?;
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

    /// A query of a set, of the one group that counts if there is one, by the column with its id.
    pub(crate) fn query(&self, set: &str, group: &str) -> Query {
        let query = self.monitor.query(set);
        match self.scope.only {
            Some(id) => query.filter(column(group).eq(id)),
            None => query,
        }
    }

    /// A query of a set that has nothing to do with groups.
    pub(crate) fn query_all(&self, set: &str) -> Query {
        self.monitor.query(set)
    }

    /// A query of a summary in the period, whole intervals.
    pub(crate) fn summaries(&self, set: &str, granularity: Granularity) -> Query {
        self.query(set, "DesktopGroupId")
            .filter(self.intervals(granularity))
    }

    /// The rows of a summary in the period, whole intervals.
    pub(crate) fn intervals(&self, granularity: Granularity) -> Condition {
        let from = self.scope.first(granularity);
        column("Granularity")
            .eq(granularity as i32)
            .and(column("SummaryDate").ge(from))
            .and(column("SummaryDate").lt(self.scope.until))
    }

    /// Rows whose time is in the period.
    pub(crate) fn within(&self, by: &str) -> Condition {
        let (since, until) = (self.scope.since, self.scope.until);
        super::super::period::within(by, (since, until))
    }
}

/// Reads all rows of a query.
pub(crate) async fn read<R>(query: Query) -> Result<Vec<R>, Failure>
where
    R: DeserializeOwned + Send + 'static,
{
    Ok(query.rows().collect().await?)
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
            (Granularity::Hour, "2026-01-04T08:00:00Z"),
            (Granularity::Day, "2026-01-04T00:00:00Z"),
            (Granularity::Minute, "2026-01-04T08:30:00Z"),
        ] {
            assert_eq!(scope.first(granularity), at(from));
        }
        assert_eq!(scope.granularity(), Granularity::Hour);
        let long = Scope {
            since: at("2025-11-01T00:00:00Z"),
            ..scope
        };
        assert_eq!(long.granularity(), Granularity::Day);
    }

    #[test]
    fn a_group_is_found_in_any_case_and_near_ones_are_suggested() {
        let groups = scope().groups;
        assert_eq!(found(&groups, "sales").unwrap(), SALES);
        let missing = found(&groups, "Salse").unwrap_err().to_string();
        assert_eq!(missing, "no delivery group is `Salse`; did you mean Sales?");
    }
}

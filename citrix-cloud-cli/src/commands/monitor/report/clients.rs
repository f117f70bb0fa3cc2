//! Client platforms and versions.

use std::collections::BTreeMap;

use citrix_cloud::monitor::connection;
use serde::Deserialize;

use super::model::{Cell, Report, Section};
use super::scope::{Source, read};
use crate::exit::Failure;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ClientKind {
    client_platform: Option<String>,
    client_version: Option<String>,
    connections: Option<i64>,
}

pub(super) async fn report(source: &Source) -> Result<Report, Failure> {
    let kinds = source
        .query(connection::SESSION.machine().desktop_group_id())
        .filter(source.within(connection::LOG_ON_START_DATE))
        .group_by((connection::CLIENT_PLATFORM, connection::CLIENT_VERSION))
        .aggregate([connection::ID.count_distinct("Connections")]);
    Ok(of(read(kinds).await?))
}

fn of(mut kinds: Vec<ClientKind>) -> Report {
    let count = |it: &ClientKind| it.connections.unwrap_or(0);
    let all: i64 = kinds.iter().map(count).sum();
    let mut platforms: BTreeMap<Option<String>, i64> = BTreeMap::new();
    for kind in &kinds {
        *platforms.entry(kind.client_platform.clone()).or_default() += count(kind);
    }
    let mut platforms: Vec<_> = platforms.into_iter().collect();
    platforms.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
    kinds.sort_by(|a, b| {
        let names = |it: &ClientKind| (it.client_platform.clone(), it.client_version.clone());
        count(b)
            .cmp(&count(a))
            .then_with(|| names(a).cmp(&names(b)))
    });
    let share = |count: i64| Cell::of(Cell::Share, count as f64, all);
    let counts = [("connections", "CONNECTIONS"), ("share", "SHARE")];
    Report::new("clients", "Clients")
        .figure("connections", "Connections", all)
        .figure("platforms", "Platforms", platforms.len())
        .section(
            Section::new(
                "platforms",
                "Platforms",
                &[&[("platform", "PLATFORM")], &counts[..]].concat(),
            )
            .rows(
                platforms
                    .into_iter()
                    .map(|(platform, count)| vec![platform.into(), count.into(), share(count)]),
            )
            .bars(0, 1),
        )
        .section(
            Section::new(
                "versions",
                "Platforms and versions",
                &[
                    &[("platform", "PLATFORM"), ("version", "VERSION")],
                    &counts[..],
                ]
                .concat(),
            )
            .rows(kinds.into_iter().map(|it| {
                let count = it.connections.unwrap_or(0);
                vec![
                    it.client_platform.into(),
                    it.client_version.into(),
                    count.into(),
                    share(count),
                ]
            }))
            .bars(1, 2),
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_of_a_platform_are_added_up() {
        let kind = |platform: &str, version: &str, connections| ClientKind {
            client_platform: (!platform.is_empty()).then(|| platform.to_owned()),
            client_version: Some(version.to_owned()),
            connections: Some(connections),
        };
        let kinds = vec![
            kind("Windows", "1", 1),
            kind("Macintosh", "1", 2),
            kind("Windows", "2", 4),
            kind("", "", 1),
        ];
        let json = of(kinds).json();
        assert_eq!(json["figures"]["connections"], 8);
        assert_eq!(
            json["platforms"][0],
            json!({"platform": "Windows", "connections": 5, "share": 0.625})
        );
        assert_eq!(json["platforms"][2]["platform"], serde_json::Value::Null);
        assert_eq!(json["versions"][0]["version"], "2");
    }
}

//! A site at a glance.

use serde_json::json;

use crate::stage::{Ran, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn an_overview_counts_machines_sessions_and_jobs_and_shows_the_last_changes() {
    let stage = Stage::new().await;
    let mut tag = stage.command();
    Ran::of(tag.args(["api", "POST", "/Tags", "--yes", "-f", "Name=Blue"])).ok();
    let overview = stage.run(["overview", "--output", "json"]).json();
    assert_eq!(
        overview["machines"],
        json!({
            "total": 8,
            "power": {"On": 6, "Unmanaged": 1, "Off": 1},
            "registration": {"Registered": 6, "Unregistered": 2},
            "inMaintenanceMode": {"false": 7, "true": 1},
        })
    );
    let sessions = json!({"total": 2, "state": {"Active": 1, "Disconnected": 1}});
    assert_eq!(overview["sessions"], sessions);
    assert_eq!(overview["jobs"], json!({"total": 0, "status": {}}));
    let changes = overview["lastChanges"].as_array().unwrap();
    assert!(
        changes[0]["Text"].as_str().unwrap().contains("Tags"),
        "{changes:?}"
    );
    let shown = stage.run(["overview"]).ok();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "Machines                                  8");
    assert_eq!(lines[1], "  power        On                         6");
    assert!(
        shown.contains("  state        Active                     1"),
        "{shown}"
    );
    assert!(
        lines.iter().any(|it| it.starts_with("LAST CHANGES")),
        "{shown}"
    );
    let refused = stage.run(["overview", "--output", "csv"]).refused();
    assert!(refused.contains("prints a report"), "{refused}");
}

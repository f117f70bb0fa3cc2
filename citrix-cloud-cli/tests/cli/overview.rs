//! `overview`.

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

#[tokio::test(flavor = "multi_thread")]
async fn an_overview_is_written_as_a_page() {
    let stage = Stage::new().await;
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("overview.html");
    let ran = stage.run(["overview", "--html", file.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout.is_empty() && ran.stderr.starts_with("wrote "),
        "{}",
        ran.stderr
    );
    let page = std::fs::read_to_string(&file).unwrap();
    for words in [
        "<title>Site overview</title>",
        "Machines by power",
        "Last changes",
        "<svg",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let nowhere = folder.path().join("no/overview.html");
    let words = stage
        .run(["overview", "--html", nowhere.to_str().unwrap()])
        .failed_with(1);
    assert!(words.contains("overview.html"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_read_can_be_watched_and_those_that_write_cannot() {
    let stage = Stage::new().await;
    for command in [
        &["daas", "machines", "power", "start", "--all", "--yes"][..],
        &["overview", "--html", "x.html"],
        &["daas", "tags", "delete", "x", "--yes"],
    ] {
        let mut watched = stage.command();
        let words = Ran::of(watched.args(command).args(["--watch", "1"])).refused();
        assert!(words.contains("cannot be watched"), "{words}");
    }
    assert!(stage.sent().is_empty());
    // If the first round fails, the command ends.
    let mut missing = stage.command();
    missing.args([
        "daas", "machines", "list", "--name", "nobody", "--watch", "1",
    ]);
    Ran::of(&mut missing).failed_with(4);
}

/// Ctrl-C stops it, which is not a failure.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_watched_list_is_printed_again_until_it_is_interrupted() {
    use std::io::{BufRead as _, BufReader};

    let stage = Stage::new().await;
    let mut command = stage.command();
    command.args([
        "daas", "machines", "list", "--output", "name", "--watch", "1",
    ]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let osprey = lines
        .map_while(Result::ok)
        .filter(|it| it == "DEMOLAB\\OSPREY");
    assert_eq!(osprey.take(2).count(), 2);
    let mut kill = std::process::Command::new("kill");
    assert!(
        kill.args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

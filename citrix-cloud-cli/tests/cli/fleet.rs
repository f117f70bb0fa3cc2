//! One read-only command for many customers.

use citrix_cloud_emulator::{Customer, Site, ids};

use crate::home::Home;
use crate::stage::{Stage, TOKEN};

/// Creates two customers with a profile each, and a third profile that cannot sign in.
async fn fleet() -> (Stage, Home) {
    let (stage, home) = (Stage::new().await, Home::new());
    stage.emulator().update(|world| {
        world.add_customer(Customer::new("second").with_site(Site::new(ids::SITE_ID, "two")));
    });
    for (profile, customer) in [
        ("work", ids::CUSTOMER_ID),
        ("lab", "second"),
        ("old", "second"),
    ] {
        let ran = home.sign_in(&stage, &["--profile", profile, "--customer", customer]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    home.run(["logout", "--profile", "old"]).ok();
    stage.sent();
    (stage, home)
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_all_customers_are_in_one_table() {
    let (_stage, home) = fleet().await;
    let sites = ["fleet", "--profiles", "work,lab", "daas", "sites", "list"];
    let table = home.run(sites).ok();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|it| it.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0], ["PROFILE", "NAME", "ID"]);
    assert_eq!(rows[1], ["work", "cloudxdsite", ids::SITE_ID]);
    assert_eq!(rows[2], ["lab", "two", ids::SITE_ID]);
    assert_eq!(rows.len(), 3, "{table}");
    // Its options may follow the command, like options that precede it.
    let json = home
        .run([
            "--output",
            "json",
            "fleet",
            "daas",
            "sites",
            "list",
            "--profiles=lab,work,lab",
        ])
        .json();
    assert_eq!(json[0]["profile"], "lab");
    assert_eq!(json[1]["Name"], "cloudxdsite");
    assert_eq!(json.as_array().map(Vec::len), Some(2));
    let csv = home
        .run([
            "fleet",
            "--profiles",
            "work,lab",
            "daas",
            "sites",
            "list",
            "--columns",
            "name",
            "--sort",
            "-name",
            "--output",
            "csv",
        ])
        .ok();
    assert_eq!(
        csv.lines().skip(1).collect::<Vec<_>>(),
        ["lab,two", "work,cloudxdsite"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profile_is_the_first_column_of_any_rows() {
    let (_stage, home) = fleet().await;
    for (command, second) in [
        (&["tags", "list"][..], "NAME"),
        (&["tags", "get", "Pilot"], "NAME"),
        (&["roles", "list"], "NAME"),
        (&["machines", "get", "KESTREL"], "NAME"),
    ] {
        let mut fleet = home.command();
        fleet.args(["fleet", "--profiles", "work", "daas"]);
        let table = crate::stage::Ran::of(fleet.args(command)).ok();
        let mut lines = table.lines().map(str::split_whitespace);
        let heads: Vec<&str> = lines.next().unwrap().take(2).collect();
        assert_eq!(heads, ["PROFILE", second], "{command:?}: {table}");
        assert_eq!(lines.next().unwrap().next(), Some("work"), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn overviews_of_all_customers_are_rows() {
    let (_stage, home) = fleet().await;
    let table = home
        .run(["fleet", "--profiles", "work,lab", "overview"])
        .ok();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|it| it.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0][..4], ["PROFILE", "MACHINES", "ON", "OFF"]);
    assert_eq!(rows[1], ["work", "8", "6", "1", "2", "1", "2", "1", "0"]);
    assert_eq!(rows[2], ["lab", "0", "0", "0", "0", "0", "0", "0", "0"]);
    let json = ["fleet", "--all-profiles", "overview", "--output", "json"];
    let ran = home.run(json);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let rows: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(rows[1]["profile"], "work");
    assert_eq!(rows[1]["machines"]["power"]["On"], 6);
    let told: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    let what = told["error"]["what"].as_str().unwrap();
    assert!(what.starts_with("profile old: "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_of_all_customers_are_rows_of_a_section() {
    let (_stage, home) = fleet().await;
    let report = ["monitor", "report", "machines", "--since", "2d"];
    let mut fleet = home.command();
    fleet.args(["fleet", "--profiles", "work,lab"]).args(report);
    let ran = crate::stage::Ran::of(&mut fleet);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut lines = ran.stdout.lines();
    assert!(
        lines.next().is_some_and(|it| it.starts_with("PROFILE")),
        "{}",
        ran.stdout
    );
    assert!(lines.any(|it| it.starts_with("work ")), "{}", ran.stdout);
    let mut wrong = home.command();
    wrong.args(["fleet", "--profiles", "work,lab"]).args(report);
    let ran = crate::stage::Ran::of(wrong.args(["--section", "nothing"]));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("error: profile ").count(),
        2,
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_fails_is_named_at_the_end() {
    let (_stage, home) = fleet().await;
    let ran = home.run(["fleet", "--all-profiles", "daas", "machines", "list"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stdout.contains("KESTREL"), "{}", ran.stdout);
    assert_eq!(
        ran.stderr,
        "error: profile old: profile old has no secret\nhint: sign in with `citrix-cloud login \
         --profile old`\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet_rejects_commands_that_write_and_malformed_ones() {
    let (stage, home) = fleet().await;
    for command in [
        &["daas", "machines", "power", "start", "--all", "--yes"][..],
        &["daas", "reboot-idle", "--catalog", ids::CATALOG_ID, "--yes"],
        &["daas", "tags", "delete", "x", "--yes"],
        &["resource-locations", "delete", "x"],
        &["config", "list"],
        &["login"],
        &["fleet", "--all-profiles", "daas", "me"],
        &["overview", "--html", "x.html"],
        &["monitor", "report", "load", "--html", "x.html"],
        &[
            "monitor", "export", "Sessions", "--since", "1d", "--to", "x.jsonl",
        ],
    ] {
        let mut fleet = home.command();
        fleet
            .args(["fleet", "--profiles", "work,lab"])
            .args(command);
        let words = crate::stage::Ran::of(&mut fleet).refused();
        assert!(
            words.contains("is not a command that fleet can run"),
            "{words}"
        );
    }
    let words = home.run(["fleet", "daas", "me"]).refused();
    assert!(words.contains("--all-profiles"), "{words}");
    let words = home
        .run(["fleet", "--profiles", "wrok", "daas", "me"])
        .failed_with(4);
    assert!(words.contains("did you mean work?"), "{words}");
    let words = home
        .run([
            "fleet",
            "--profiles",
            "work",
            "daas",
            "me",
            "--customer",
            "second",
        ])
        .refused();
    assert!(
        words.contains("instead of --profile and --customer"),
        "{words}"
    );
    let words = home
        .run(["fleet", "--profiles", "work", "daas", "nonsense"])
        .refused();
    assert!(words.contains("nonsense"), "{words}");
    assert!(
        stage.sent().iter().all(|it| it == TOKEN),
        "nothing was sent"
    );
}

//! `monitor query`.

use super::office::{office, office_with};

#[tokio::test(flavor = "multi_thread")]
async fn a_table_has_the_names_of_numbers_and_json_the_numbers() {
    let office = office().await;
    let words = [
        "Machines",
        "--filter",
        "Name eq 'DEMOLAB\\TS01'",
        "--select",
        "name,currentpowerstate,DesktopGroup/Name",
    ];
    let table = office.monitor(&[&["query"], &words[..]].concat()).ok();
    let lines: Vec<Vec<&str>> = table.lines().map(|it| it.split("  ").collect()).collect();
    let cells = |line: &[&str]| {
        let cells = line.iter().map(|it| it.trim()).filter(|it| !it.is_empty());
        cells.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        cells(&lines[0]),
        ["Name", "CurrentPowerState", "DesktopGroup/Name"]
    );
    assert_eq!(cells(&lines[1]), ["DEMOLAB\\TS01", "On", "Task Workers"]);
    let rows = office.rows(&words);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["CurrentPowerState"], 3);
    assert_eq!(rows[0]["DesktopGroup"]["Name"], "Task Workers");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_counted_grouped_sorted_and_limited() {
    let office = office().await;
    let count = office.monitor(&["query", "Machines", "--count"]).ok();
    assert_eq!(count, "128\n");
    let groups = office.rows(&[
        "Machines",
        "--apply",
        "groupby((DesktopGroup/Name),aggregate(Id with countdistinct as Machines))",
        "--order-by",
        "Machines desc",
    ]);
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    assert_eq!(
        groups,
        [
            r#"{"DesktopGroup":{"Name":"Office Desktops"},"Machines":120}"#,
            r#"{"DesktopGroup":{"Name":"Task Workers"},"Machines":8}"#,
        ]
    );
    let slowest = office.rows(&[
        "Sessions",
        "--since",
        "7d",
        "--until",
        "2026-01-05",
        "--order-by",
        "LogOnDuration desc,StartDate",
        "--top",
        "3",
    ]);
    let took = |at: usize| slowest[at]["LogOnDuration"].as_i64().unwrap();
    assert_eq!(slowest.len(), 3);
    assert!(took(0) >= took(1) && took(1) >= took(2), "{slowest:?}");
    for row in &slowest {
        let start = row["StartDate"].as_str().unwrap();
        assert!(("2025-12-29".."2026-01-05").contains(&start), "{start}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_get_past_the_limit_of_the_service() {
    let office = office_with(3_000).await;
    let days = ["Sessions", "--since", "40d", "--until", "2026-01-05"];
    let select = ["--select", "SessionKey,StartDate"];
    let order = ["--order-by", "StartDate"];
    let whole = office.monitor(&[&["query"], &days[..], &select, &order].concat());
    assert_eq!(whole.code, Some(1));
    let stderr = &whole.stderr;
    assert!(stderr.contains("split it with --window"), "{stderr}");
    let rows = office.rows(&[&days[..], &select, &["--window", "2d"]].concat());
    assert!(rows.len() > 3_000, "{}", rows.len());
    let at = |row: &serde_json::Value| row["StartDate"].as_str().unwrap().to_owned();
    assert!(rows.windows(2).all(|pair| at(&pair[0]) <= at(&pair[1])));
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_queries_are_rejected() {
    let office = office().await;
    let refused = office.monitor(&["query", "Sesions"]).failed_with(4);
    assert!(refused.contains("did you mean Sessions or "), "{refused}");
    let refused = office.monitor(&["query", "Machines", "--filter", "Nam eq 'x'"]);
    let refused = refused.failed_with(1);
    assert!(
        refused.contains("The query specified in the URI is not valid."),
        "{refused}"
    );
    assert!(
        refused.ends_with("hint: `Nam` is not a known name in Machines: did you mean Name?\n"),
        "{refused}"
    );
    for (words, hint) in [
        (
            &["Sessions", "--select", "UserName,Machine/Nam"][..],
            "`UserName` is not a known name in Sessions: did you mean User/UserName?; `Nam` is not a known name in \
             Machines: did you mean Name?",
        ),
        (
            &["Sessions", "--expand", "Machin($select=Name)"],
            "`Machin` is not a known name in Sessions: did you mean Machine?",
        ),
        (
            &["Sessions", "--order-by", "StartDat desc"],
            "`StartDat` is not a known name in Sessions: did you mean StartDate",
        ),
        (
            &["Sessions", "--filter", "Xyzzy eq 1", "--count"],
            "`Xyzzy` is not a known name in Sessions: see `monitor describe Sessions`",
        ),
        (
            &[
                "Sessions",
                "--apply",
                "groupby((User/UsrName),aggregate(SessionKey with countdistinct as N))",
                "--order-by",
                "N desc",
            ],
            "`UsrName` is not a known name in Users: did you mean UserName or FullName?",
        ),
    ] {
        let refused = office.monitor(&[&["query"], words].concat());
        let refused = refused.failed_with(1);
        assert!(
            refused.contains(&format!("hint: {hint}")),
            "{words:?}: {refused}"
        );
    }
    // Rejections for other reasons are reported unchanged.
    let refused = office.monitor(&["query", "Machines", "--filter", "Name eq"]);
    let refused = refused.failed_with(1);
    assert!(!refused.contains("is not a known name in"), "{refused}");
    let _ = office.sent();
    for words in [
        &["Machines", "--until", "1d"][..],
        &["ProbeStages", "--since", "1d"],
        &["Machines", "--window", "1h"],
        &["Machines", "--order-by", "Name down"],
        &["Machines", "--count", "--top", "3"],
        &["Machines", "--since", "2026-01-05", "--until", "2026-01-04"],
    ] {
        office.monitor(&[&["query"], words].concat()).refused();
    }
    assert!(office.sent().is_empty());
}

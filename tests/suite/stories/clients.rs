//! Other people's programs: the way they call the API works against the emulator.
//!
//! The scripts in `tests/clients` are ours, in the style of the walkthrough. If
//! `CITRIX_WALKTHROUGH` names the walkthrough's text, its own scripts run too, with only the host
//! replaced.

use std::path::{Path, PathBuf};

use citrix_cloud::ApiVersion;
use citrix_cloud::monitor::{Aggregate, Expand, column};
use citrix_cloud_emulator::{Emulator, Server, ids};
use serde_json::Value;
use tokio::process::Command;

use super::{asked, start};

const THREE_LINES: &str = "2 sessions on DEMOLAB\\OSPREY - skipping\n\
    Requesting reboot for DEMOLAB\\EAGLE... failure: Machine does not support specified power action.\n\
    Requesting reboot for DEMOLAB\\KESTREL... success\n";

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Returns whether the programs are installed; prints a message if not.
async fn has(program: &str, arguments: &[&str]) -> bool {
    let there = Command::new(program)
        .args(arguments)
        .output()
        .await
        .is_ok_and(|output| output.status.success());
    if !there {
        eprintln!(
            "skipped: `{program} {}` does not work here",
            arguments.join(" ")
        );
    }
    there
}

async fn run(program: &str, script: &Path, arguments: &[&str], server: &Server) -> String {
    let output = Command::new(program)
        .arg(script)
        .args(arguments)
        .env("CLIENT_ID", ids::CLIENT_ID)
        .env("CLIENT_SECRET", ids::CLIENT_SECRET)
        .env("CUSTOMER_ID", ids::CUSTOMER_ID)
        .env("ENDPOINT", server.url())
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .replace("\r\n", "\n")
}

async fn emulate() -> (Emulator, Server) {
    let emulator = Emulator::default();
    let server = emulator
        .serve("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    (emulator, server)
}

const ARGUMENTS: [&str; 6] = [
    "-u",
    ids::CUSTOMER_ID,
    "-s",
    ids::SITE_ID,
    "-a",
    ids::CATALOG_ID,
];

#[tokio::test]
async fn a_python_client_with_requests_gets_along() {
    if !has("python3", &["-c", "import requests"]).await {
        return;
    }
    let (emulator, server) = emulate().await;
    let printed = run("python3", &here().join("tour.py"), &[], &server).await;
    assert!(printed.contains("trial services: cas itsm microapps netscalergateway wem xendesktop"));
    assert!(printed.contains("signed in as Pat Patterson"), "{printed}");
    assert!(printed.ends_with(THREE_LINES), "{printed}");
    let refused = asked(&emulator)
        .into_iter()
        .filter(|(_, status)| *status >= 400)
        .count();
    assert_eq!(refused, 1, "EAGLE alone refuses");
}

/// Returns the Python that has the package `python-odata`, which `.ci/run` installs separately.
fn with_odata() -> String {
    std::env::var("ODATA_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

#[tokio::test]
async fn a_client_that_knows_odata_alone_reads_monitor() {
    let python = with_odata();
    if !has(&python, &["-c", "import odata"]).await {
        return;
    }
    let emulator = Emulator::default();
    emulator.clock().freeze();
    let (server, client) = start(&emulator, ApiVersion::Current).await;
    let printed = run(&python, &here().join("monitor.py"), &[], &server).await;
    let said = |head: &str| -> Vec<&str> {
        let lines = printed.lines().filter_map(|it| it.strip_prefix(head));
        lines.map(str::trim).collect()
    };
    assert!(said("sets:")[0].starts_with("74 filled: 44 "), "{printed}");

    let sessions = client.monitor().query("Sessions");
    let open = sessions.clone().filter(column("EndDate").is_null());
    let open = open
        .expand(Expand::new("User"))
        .expand(Expand::new("Machine"));
    let open = open.json_rows().collect().await.unwrap();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let open = open.iter().map(|it| {
        let parts = [
            &it["SessionKey"],
            &it["User"]["UserName"],
            &it["Machine"]["Name"],
        ];
        parts.map(text).join(" ")
    });
    assert_eq!(said("open:"), open.collect::<Vec<_>>());

    let of_a_user = sessions.clone().filter(column("User/UserName").eq("robin"));
    assert_eq!(
        said("of a user:"),
        [of_a_user.count().await.unwrap().to_string()]
    );

    let (number, since) = said("measured:")[0].split_once(" since ").unwrap();
    let since: jiff::Timestamp = since.parse().unwrap();
    let measured = client.monitor().query("LoadIndexes");
    let measured = measured
        .filter(column("CreatedDate").ge(since))
        .count()
        .await;
    assert_eq!(number, measured.unwrap().to_string());

    let latest = sessions.clone().order_by_descending("StartDate").top(4);
    let latest = latest.json_rows().collect().await.unwrap();
    let latest = latest[1..].iter().map(|it| text(&it["SessionKey"]));
    assert_eq!(said("latest:"), [latest.collect::<Vec<_>>().join(" ")]);

    let computed = [Aggregate::count_distinct("SessionKey", "N")];
    let groups = sessions.aggregate(["ConnectionState"], computed);
    let groups = groups.json_rows().collect().await.unwrap();
    let groups = groups
        .iter()
        .map(|it| format!("{} {}", it["ConnectionState"], it["N"]));
    assert_eq!(said("state:"), groups.collect::<Vec<_>>());

    let refused = said("refused:");
    assert_eq!(refused.len(), 2, "{printed}");
    let invalid = "HTTP 400 The query specified in the URI is not valid. ";
    assert!(
        refused.iter().all(|it| it.starts_with(invalid)),
        "{printed}"
    );
}

#[tokio::test]
async fn a_shell_client_with_curl_and_jq_gets_along() {
    if !has("bash", &["-c", "command -v curl jq"]).await {
        return;
    }
    let (emulator, server) = emulate().await;
    let printed = run("bash", &here().join("idle.sh"), &[], &server).await;
    assert_eq!(printed, THREE_LINES);
    assert_eq!(
        emulator.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots()),
        1
    );
}

#[tokio::test]
async fn the_walkthroughs_own_scripts_print_its_three_lines() {
    let Some(path) = std::env::var_os("CITRIX_WALKTHROUGH") else {
        eprintln!("skipped: CITRIX_WALKTHROUGH does not name the walkthrough's text");
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (first_line, file, program, check) in [
        (
            "#! /usr/bin/python3",
            "reboot_idle.py",
            "python3",
            ["-c", "import requests"],
        ),
        (
            "#! /bin/bash",
            "reboot_idle.sh",
            "bash",
            ["-c", "command -v curl jq"],
        ),
    ] {
        if !has(program, &check).await {
            continue;
        }
        let (emulator, server) = emulate().await;
        let script = extract(&text, first_line);
        let hosts = script.matches("https://api").count();
        assert!(hosts >= 3, "the script names its hosts {hosts} times");
        let script = script
            .replace("https://api-us.cloud.com", server.url())
            .replace("https://api.cloud.com", server.url());
        let place = folder.path().join(file);
        std::fs::write(&place, script).unwrap();
        assert_eq!(
            run(program, &place, &ARGUMENTS, &server).await,
            THREE_LINES,
            "{file}"
        );
        let kestrel =
            emulator.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots());
        assert_eq!(kestrel, 1, "{file}");
    }
}

/// Returns the script that begins with `first_line`, up to the page's mark for the end of a block.
fn extract(text: &str, first_line: &str) -> String {
    let start = text
        .find(first_line)
        .expect("the walkthrough has this script");
    let script = &text[start..];
    let end = script.find("<!--NeedCopy-->").expect("the script ends");
    script[..end].to_owned()
}

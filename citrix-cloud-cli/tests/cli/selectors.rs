//! The selectors of machines and sessions, in lists and in actions.

use citrix_cloud_emulator::{Emulator, Machine, ids};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::stage::{Ran, Stage, TOKEN};

/// Returns the names in a list, without their domain.
fn names(stage: &Stage, things: &str, options: &[&str]) -> Vec<String> {
    let column = if things == "machines" {
        "Name"
    } else {
        "User.SamName"
    };
    let mut command = stage.command();
    command.args([
        "daas",
        things,
        "list",
        "--output",
        "tsv",
        "--columns",
        column,
    ]);
    let shown = Ran::of(command.args(options)).ok();
    let short = |line: &str| line.rsplit('\\').next().unwrap_or_default().to_owned();
    shown.lines().map(short).collect()
}

/// Returns the requests below the site since the last time.
fn requests(stage: &Stage) -> Vec<String> {
    let sent = stage.sent();
    let prefix = "/cvad/manage";
    let below = sent
        .iter()
        .filter(|it| *it != TOKEN && !it.ends_with("/me"));
    below.map(|it| it.replace(prefix, "")).collect()
}

fn ago(hours: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(hours)
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    let tag = |name: &str| {
        let mut command = stage.command();
        command.args(["api", "POST", "/Tags", "--yes", "-f", name]);
        Ran::of(&mut command).json()["Id"].clone()
    };
    let tags = json!({"Tags": [tag("Name=Blue"), tag("Name=Night")]});
    stage.emulator().update_site(|site| {
        if let Some(mut kestrel) = site.machines.get_mut(ids::KESTREL_ID) {
            kestrel.last_connection = Some(ago(50));
            kestrel.settings = tags.as_object().cloned().map(Box::new);
        }
        for id in [ids::ACTIVE_SESSION_ID, ids::DISCONNECTED_SESSION_ID] {
            if let Some(mut session) = site.sessions.get_mut(id) {
                session.started = ago(4);
            }
        }
    });
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_are_selected_by_their_properties() {
    let stage = stage().await;
    for (options, expected) in [
        (&["--name", "kestrel"][..], &["KESTREL"][..]),
        (&["--name", r"DEMOLAB\KESTREL"], &["KESTREL"]),
        (&["--name", "K?ST*"], &["KESTREL"]),
        (&["--name", "KEST??"], &[]),
        (
            &["--name", "KESTREL", "--name", "O*"],
            &["OSPREY", "KESTREL"],
        ),
        (
            &["--catalog", "demo catalog", "--power", "on"],
            &["OSPREY", "KESTREL"],
        ),
        (
            &["--catalog", ids::CATALOG_ID, "--power", "unmanaged"],
            &["EAGLE"],
        ),
        (&["--power", "off", "--power", "suspended"], &["HARRIER"]),
        (&["--registration", "UNREGISTERED"], &["HARRIER", "KITE"]),
        (
            &["--registration", "unregistered", "--power", "on"],
            &["KITE"],
        ),
        (&["--tag", "blue"], &["KESTREL"]),
        (&["--tag", "Blu"], &[]),
        (&["--user", "robin"], &["OSPREY"]),
        (&["--user", r"DEMOLAB\j*"], &["OSPREY"]),
        (&["--user", "robin", "--power", "off"], &[]),
        (&["--idle-for", "2d"], &["KESTREL"]),
        (&["--idle-for", "60h"], &[]),
        (
            &["--zone", "my resource location", "--name", "K*"],
            &["KESTREL", "KITE"],
        ),
        (&["--zone", "Nowhere"], &[]),
        (&["--state", "off"], &["HARRIER"]),
    ] {
        let options = [options, &["--allow-empty"]].concat();
        assert_eq!(names(&stage, "machines", &options), expected, "{options:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_selected_by_their_properties() {
    let stage = stage().await;
    for (options, expected) in [
        (&["--state", "active"][..], &["robin"][..]),
        (
            &["--state", "active", "--state", "disconnected"],
            &["robin", "jay"],
        ),
        (&["--user", "JAY"], &["jay"]),
        (&["--user", r"DEMOLAB\r*"], &["robin"]),
        (&["--machine", "OSPREY"], &["robin", "jay"]),
        (&["--machine", "KESTREL"], &[]),
        (&["--catalog", ids::CATALOG_ID, "--user", "jay"], &["jay"]),
        (
            &["--power", "on", "--registration", "registered"],
            &["robin", "jay"],
        ),
        (&["--disconnected-for", "3h"], &["jay"]),
        (&["--disconnected-for", "9h"], &[]),
    ] {
        let options = [options, &["--allow-empty"]].concat();
        assert_eq!(names(&stage, "sessions", &options), expected, "{options:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_machine_of_many_is_one_request() {
    let stage = Stage::with(Emulator::default()).await;
    stage.emulator().update_site(|site| {
        for number in 0..2000 {
            let name = format!("DEMOLAB\\VDA-{number:05}");
            site.machines
                .push(Machine::new(name, 1000 + number, ids::CATALOG_ID));
        }
    });
    for options in [
        &["list", "--name", "VDA-01234"][..],
        &["list", "--name", r"demolab\vda-01234"],
        &["list", "--name", "VDA-01234", "--output", "json"],
        &["list", "--name", "VDA-0123*", "--limit", "1"],
        &["get", r"DEMOLAB\VDA-01234"],
        &["power", "shutdown", "--name", "VDA-01234", "--dry-run"],
    ] {
        let ran = Ran::of(stage.command().args(["daas", "machines"]).args(options));
        assert_eq!(ran.code, Some(0), "{options:?}: {}", ran.stderr);
        assert!(
            ran.stdout.contains("VDA-0123"),
            "{options:?}: {}",
            ran.stdout
        );
        let requests = requests(&stage);
        assert_eq!(requests.len(), 1, "{options:?}: {requests:?}");
    }
    // The service does not find names without their domain.
    let mut get = stage.command();
    Ran::of(get.args(["daas", "machines", "get", "VDA-01234"])).ok();
    assert_eq!(
        requests(&stage),
        [
            "POST /Machines/$search".to_owned(),
            format!("GET /Machines/{}", id_of(&stage, r"DEMOLAB\VDA-01234"))
        ]
    );
}

fn id_of(stage: &Stage, name: &str) -> String {
    stage.emulator().read_site(|site| {
        let mut machines = site.machines.iter();
        let machine = machines.find(|it| it.name() == name);
        machine.unwrap().id().to_owned()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_select_machines_as_lists_do() {
    let stage = stage().await;
    let would = |things: &str, action: &[&str], options: &[&str]| {
        let mut command = stage.command();
        command.args(["daas", things]).args(action).arg("--dry-run");
        Ran::of(command.args(options)).ok()
    };
    let start = ["power", "start"];
    assert_eq!(
        would("machines", &start, &["--power", "off"]),
        "Would request start for DEMOLAB\\HARRIER\n"
    );
    let shut_down = ["power", "shutdown"];
    for options in [
        &["--tag", "night"][..],
        &["--idle-for", "1d"],
        &["--name", "KESTREL", "--power", "on"],
        &["--catalog", ids::CATALOG_ID, "--name", "k*"],
    ] {
        assert_eq!(
            would("machines", &shut_down, options),
            "Would request shutdown for DEMOLAB\\KESTREL\n"
        );
    }
    for options in [
        &["--state", "disconnected"][..],
        &["--user", "jay"],
        &["--disconnected-for", "1h", "--machine", "OSPREY"],
    ] {
        assert_eq!(
            would("sessions", &["logoff"], options),
            "Would request log-off for DEMOLAB\\jay on DEMOLAB\\OSPREY\n"
        );
    }
    let typo = [
        "daas", "machines", "power", "shutdown", "--yes", "--tag", "night", "--tag", "nihgt",
    ];
    let words = stage.run(typo).failed_with(4);
    assert_eq!(words, "error: no tag `nihgt`\nhint: did you mean Night?\n");
    let nothing = stage.run(["daas", "machines", "power", "start", "--dry-run"]);
    assert!(nothing.stderr.contains("--catalog"), "{}", nothing.stderr);
    assert_eq!(nothing.code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn listing_by_an_unknown_name_is_an_error() {
    let stage = Stage::new().await;
    for (things, options, words) in [
        (
            "machines",
            ["--name", "KESTRAL"],
            "error: no machine matches `KESTRAL`\nhint: did you mean DEMOLAB\\KESTREL?\n",
        ),
        (
            "machines",
            ["--delivery-group", "Nobodys"],
            "error: no delivery group `Nobodys`\n",
        ),
        (
            "sessions",
            ["--catalog", "Demo Catalgo"],
            "error: no machine catalog `Demo Catalgo`\nhint: did you mean Demo Catalog?\n",
        ),
        (
            "sessions",
            ["--user", "nobody"],
            "error: no session of a user `nobody`\n",
        ),
    ] {
        let mut command = stage.command();
        command.args(["daas", things, "list"]).args(options);
        assert_eq!(Ran::of(&mut command).failed_with(4), words);
        let empty = Ran::of(command.arg("--allow-empty"));
        assert_eq!((empty.code, empty.stdout.as_str()), (Some(0), ""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_object_is_found_by_its_name() {
    let stage = Stage::new().await;
    for name in ["KESTREL", "demolab\\kestrel", ids::KESTREL_ID] {
        let shown = stage.run(["daas", "machines", "get", name]).ok();
        assert!(shown.contains("DEMOLAB\\KESTREL"), "{shown}");
        assert!(
            shown.lines().any(|it| it.starts_with("MachineCatalog ")),
            "{shown}"
        );
    }
    let missing = stage
        .run(["daas", "machines", "get", "KESTRAL"])
        .failed_with(4);
    assert_eq!(
        missing,
        "error: no machine `KESTRAL`\nhint: did you mean DEMOLAB\\KESTREL?\n"
    );
    let catalog = stage.run(["daas", "catalogs", "get", "Demo Catalog"]).ok();
    assert!(catalog.contains(ids::CATALOG_ID), "{catalog}");
    let missing = stage
        .run(["daas", "catalogs", "get", "Demo Catalgo"])
        .failed_with(4);
    assert!(missing.contains("did you mean Demo Catalog?"), "{missing}");
    let id = stage.emulator().read_site(|site| {
        let session = site.sessions.iter().next();
        session.unwrap().id().to_owned()
    });
    let session = stage.run(["daas", "sessions", "get", &id]).ok();
    assert!(session.contains("DEMOLAB\\robin"), "{session}");
}

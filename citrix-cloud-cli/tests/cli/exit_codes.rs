//! Named objects that do not exist or are in use, and the resulting exit codes for scripts.

use std::path::PathBuf;

use citrix_cloud_emulator::ids;

use crate::stage::{Ran, Stage};

const POWER: [&str; 4] = ["daas", "machines", "power", "shutdown"];

fn power(stage: &Stage, more: &[&str]) -> Ran {
    Ran::of(stage.command().args(POWER).arg("--yes").args(more))
}

/// Creates a file with names, for `--ids`.
fn names(text: &str) -> PathBuf {
    let file = std::env::temp_dir().join(format!("ids-{}", uuid::Uuid::new_v4()));
    std::fs::write(&file, text).unwrap();
    file
}

fn writes(stage: &Stage) -> usize {
    let sent = stage.sent();
    let writes = sent.iter().filter(|it| it.contains("/cvad/"));
    let reads = |it: &&String| it.starts_with("GET ") || it.ends_with("$search");
    writes.filter(|it| !reads(it)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_is_an_error_with_suggestions() {
    let stage = Stage::new().await;
    let nobody = "87654321-4321-4321-4321-dcba87654321";
    for (arguments, words) in [
        (
            &["--catalog", "Demo Catalgo"][..],
            "error: no machine catalog `Demo Catalgo`\nhint: did you mean Demo Catalog?\n",
        ),
        (
            &["--delivery-group", "Nobodys"],
            "error: no delivery group `Nobodys`\n",
        ),
        (
            &["--tag", "Pilto"],
            "error: no tag `Pilto`\nhint: did you mean Pilot?\n",
        ),
        (&["--zone", "Nowhere"], "error: no zone `Nowhere`\n"),
        (
            &["--catalog", "demo"],
            "error: no machine catalog `demo`\nhint: did you mean Demo Catalog?\n",
        ),
        (
            &["--user", "jya"],
            "error: no session of a user `jya`\nhint: did you mean DEMOLAB\\jay?\n",
        ),
        (
            &["--name", "KESTRAL*"],
            "error: no machine matches `KESTRAL*`\nhint: did you mean DEMOLAB\\KESTREL?\n",
        ),
        (
            &["--catalog", "Demo Catalog", "--name", "nothing*"],
            "error: no machine matches `nothing*`\n",
        ),
    ] {
        assert_eq!(power(&stage, arguments).failed_with(4), words);
    }
    let mut list = stage.command();
    list.args(["daas", "machines", "list", "--catalog", "Demo Catalgo"]);
    let words = Ran::of(&mut list).failed_with(4);
    assert!(words.contains("did you mean Demo Catalog?"), "{words}");
    let mut reboot = stage.command();
    reboot.args(["daas", "reboot-idle", "--yes", "--catalog", nobody]);
    let words = Ran::of(&mut reboot).failed_with(4);
    assert!(words.contains(nobody), "{words}");
    let mut sessions = stage.command();
    sessions.args([
        "daas",
        "sessions",
        "logoff",
        "--yes",
        "--catalog",
        "Nowhere",
    ]);
    let words = Ran::of(&mut sessions).failed_with(4);
    assert_eq!(words, "error: no machine catalog `Nowhere`\n");
    assert_eq!(writes(&stage), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_selection_succeeds_if_allowed() {
    let stage = Stage::new().await;
    for arguments in [["--name", "nothing*"], ["--delivery-group", "Nobodys"]] {
        let ran = power(&stage, &[arguments[0], arguments[1], "--allow-empty"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "no machines\n"));
    }
    let file = names("nobody\n");
    let path = file.to_str().unwrap();
    let lines = power(&stage, &["--ids", path, "--allow-empty"]).ok();
    assert_eq!(lines, "nobody does not exist - skipping\n");
    std::fs::remove_file(&file).unwrap();
}

/// A tag exists even if no machine has it.
#[tokio::test(flavor = "multi_thread")]
async fn an_existing_but_empty_catalog_is_not_an_error() {
    let stage = Stage::new().await;
    for machines in [
        &["--tag", "Pilot"][..],
        &["--zone", "my resource location", "--power", "suspended"],
    ] {
        let mut list = stage.command();
        list.args(["daas", "machines", "list"]).args(machines);
        let ran = Ran::of(&mut list);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "no machines\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_a_file_that_does_not_exist_is_named_and_the_others_are_done() {
    let stage = Stage::new().await;
    let file = names("DEMOLAB\\KESTREL\nDEMOLAB\\KESTRAL\n");
    let path = file.to_str().unwrap();
    let mut dry = stage.command();
    dry.args(POWER).args(["--dry-run", "--ids", path]);
    let ran = Ran::of(&mut dry);
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(ran.stdout.contains("Would request"), "{}", ran.stdout);
    let ran = power(&stage, &["--ids", path]);
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert_eq!(
        ran.stderr,
        "error: no machine `DEMOLAB\\KESTRAL`\nhint: did you mean DEMOLAB\\KESTREL?\n\
         shut down 1, skipped 1 (1 not found), failed 0, unknown 0, left in maintenance mode 0, \
         not attempted 0\n"
    );
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_reads_what_a_list_prints() {
    let stage = Stage::new().await;
    for format in ["json", "jsonl", "csv", "name"] {
        let mut list = stage.command();
        list.args([
            "daas", "machines", "list", "--name", "K*", "--output", format,
        ]);
        let file = names(&Ran::of(&mut list).ok());
        let path = file.to_str().unwrap();
        let mut dry = stage.command();
        dry.args(POWER).args(["--dry-run", "--ids", path]);
        let lines = Ran::of(&mut dry).ok();
        assert_eq!(lines.lines().count(), 2, "{format}: {lines}");
        assert!(lines.contains("KESTREL"), "{format}: {lines}");
        std::fs::remove_file(&file).unwrap();
    }
    let file = names("Name;Id\nKESTREL;\nHARRIER;\n");
    let path = file.to_str().unwrap();
    let mut dry = stage.command();
    dry.args(POWER).args(["--dry-run", "--ids", path]);
    assert_eq!(Ran::of(&mut dry).ok().lines().count(), 2);
    std::fs::write(&file, "Name,State\nKESTREL,On\n,Off\n").unwrap();
    let words = power(&stage, &["--ids", path]).refused();
    assert!(words.contains("line 3 has no id or name"), "{words}");
    assert_eq!(writes(&stage), 0);
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_machine_that_is_in_use_has_a_code_of_its_own() {
    let stage = Stage::new().await;
    let file = names(ids::OSPREY_ID);
    let path = file.to_str().unwrap();
    let ran = power(&stage, &["--ids", path]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    power(&stage, &["--ids", path, "--skip-ok"]).ok();
    for name in ["osprey", r"DEMOLAB\OSPREY"] {
        let ran = power(&stage, &["--name", name]);
        assert_eq!(ran.code, Some(5), "{name}: {}", ran.stderr);
        power(&stage, &["--name", name, "--skip-ok"]).ok();
    }
    // A machine chosen by a group or pattern is skipped deliberately.
    power(&stage, &["--name", "OSPRE?"]).ok();
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_value_among_good_ones_is_an_error_before_anything_is_changed() {
    let stage = Stage::new().await;
    let list = |things: &str, more: &[&str]| {
        let mut command = stage.command();
        Ran::of(command.args(["daas", things, "list"]).args(more))
    };
    for (arguments, words) in [
        (
            &["--catalog", "Demo Catalog", "--catalog", "Demo Catalgo"][..],
            "error: no machine catalog `Demo Catalgo`\nhint: did you mean Demo Catalog?\n",
        ),
        (
            &[
                "--delivery-group",
                "Demo Desktops",
                "--delivery-group",
                "Demo Desktop",
            ],
            "error: no delivery group `Demo Desktop`\nhint: did you mean Demo Desktops?\n",
        ),
        (
            &["--zone", "my resource location", "--zone", "Nowhere"],
            "error: no zone `Nowhere`\n",
        ),
        (
            &[
                "--zone",
                "my resource location",
                "--tag",
                "Pilot",
                "--tag",
                "Pilto",
            ],
            "error: no tag `Pilto`\nhint: did you mean Pilot?\n",
        ),
        (
            &["--name", "KESTREL", "--name", "KESTRAL"],
            "error: no machine matches `KESTRAL`\nhint: did you mean DEMOLAB\\KESTREL?\n",
        ),
        (
            &["--name", "K*", "--name", "X*"],
            "error: no machine matches `X*`\n",
        ),
        (
            &["--user", "robin", "--user", "jya"],
            "error: no session of a user `jya`\nhint: did you mean DEMOLAB\\jay?\n",
        ),
        (
            &[
                "--catalog",
                "Demo Catalog",
                "--catalog",
                "A",
                "--tag",
                "B",
                "--tag",
                "Pilto",
            ],
            "error: no machine catalog `A`, no tag `B`, no tag `Pilto`\nhint: did you mean Pilot?\n",
        ),
    ] {
        assert_eq!(power(&stage, arguments).failed_with(4), words);
        assert_eq!(list("machines", arguments).failed_with(4), words);
    }
    let words = list("sessions", &["--user", "jay", "--user", "nobody"]).failed_with(4);
    assert_eq!(words, "error: no session of a user `nobody`\n");
    let words = list("sessions", &["--machine", "OSPREY", "--machine", "OSPRAY"]).failed_with(4);
    assert!(words.contains("no machine matches `OSPRAY`"), "{words}");
    assert_eq!(writes(&stage), 0);
    let allowed = ["--name", "KESTREL", "--name", "KESTRAL", "--allow-empty"];
    let lines = power(&stage, &allowed).ok();
    assert_eq!(
        lines,
        "Requesting shutdown for DEMOLAB\\KESTREL... success\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_in_another_state_are_not_an_error() {
    let stage = Stage::new().await;
    for (command, said) in [
        (
            &[
                "machines", "power", "start", "--yes", "--name", "KESTREL", "--power", "off",
            ][..],
            "no machines\n",
        ),
        (
            &["machines", "list", "--name", "KESTREL", "--power", "off"],
            "no machines\n",
        ),
        (
            &["sessions", "list", "--user", "jay", "--state", "active"],
            "no sessions\n",
        ),
        (
            &["sessions", "list", "--machine", "KESTREL"],
            "no sessions\n",
        ),
    ] {
        let ran = Ran::of(stage.command().arg("daas").args(command));
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (Some(0), said),
            "{command:?}"
        );
    }
    // A named machine that is outside the selection does not count as found.
    let elsewhere = ["--name", "KESTREL", "--catalog", "Edge Cases"];
    let words = power(&stage, &elsewhere).failed_with(4);
    assert!(
        words.starts_with("error: no machine matches `KESTREL`"),
        "{words}"
    );
    let file = names(ids::KESTREL_ID);
    let path = file.to_str().unwrap();
    let words = power(&stage, &["--ids", path, "--tag", "Pilto"]).failed_with(4);
    assert!(words.starts_with("error: no tag `Pilto`"), "{words}");
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_named_as_arguments_too() {
    let stage = Stage::new().await;
    let ran = power(&stage, &["kestrel", "DEMOLAB\\KESTRAL"]);
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        "Requesting shutdown for DEMOLAB\\KESTREL... success\n\
         DEMOLAB\\KESTRAL does not exist - skipping\n"
    );
    assert!(
        ran.stderr.contains("did you mean DEMOLAB\\KESTREL?"),
        "{}",
        ran.stderr
    );
    let mut sessions = stage.command();
    let nobody = "87654321-4321-4321-4321-dcba87654321";
    sessions.args(["daas", "sessions", "disconnect", "--yes", nobody]);
    let ran = Ran::of(sessions.arg(ids::ACTIVE_SESSION_ID));
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(&format!("no session `{nobody}`")),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stdout.contains("robin on DEMOLAB\\OSPREY... success"),
        "{}",
        ran.stdout
    );
}

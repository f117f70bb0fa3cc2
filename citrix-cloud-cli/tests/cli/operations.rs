//! Generated commands: bodies, confirmation, output and rejections.

use serde_json::json;

use crate::stage::{Ran, Stage, program};

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_made_of_properties_by_their_types() {
    let stage = Stage::new().await;
    let create = [
        "daas",
        "delivery-groups",
        "create",
        "--dry-run",
        "--set",
        "Name=Nine",
        "--set",
        "enabled=false",
        "--set",
        "DeliveryType=desktopsonly",
        "--set",
        "SimpleAccessPolicy.IncludedUsers=LAB\\\\jdoe",
        "--set",
        "SimpleAccessPolicy.IncludedUsers=LAB\\\\mdoe",
        "--set",
        "MachineCatalogs.0.MachineCatalog=Demo Catalog",
        "--set",
        "MachineCatalogs.0.Count=2",
        "--set",
        "Description=null",
    ];
    let shown = stage.run(create).ok();
    let (_, body) = shown.split_once("--data '").unwrap();
    let body: serde_json::Value =
        serde_json::from_str(body.trim_end().trim_end_matches('\'')).unwrap();
    assert_eq!(
        body,
        json!({
            "Name": "Nine",
            "Enabled": false,
            "DeliveryType": "DesktopsOnly",
            "SimpleAccessPolicy": {
                "IncludedUsers": ["LAB\\\\jdoe", "LAB\\\\mdoe"],
            },
            "MachineCatalogs": [{ "MachineCatalog": "Demo Catalog", "Count": 2 }],
            "Description": null,
        })
    );
    assert!(stage.sent().is_empty(), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_property_that_is_wrong_is_named_and_nothing_is_sent() {
    let stage = Stage::new().await;
    for (set, words) in [
        ("Descripton=x", "did you mean Description?"),
        ("Enabled=maybe", "`maybe` is neither true nor false"),
        (
            "MachineCatalogs.1.Count=2",
            "item 1 comes before there is an item 0",
        ),
        ("MachineCatalogs.one.Count=2", "must be an index"),
        ("DeliveryType=DesktopOnly", "did you mean DesktopsOnly"),
        ("Name.First=x", "a string, which has no `First`"),
        ("NoValue", "write a name, `=` and a value"),
        ("Enabled=true", "the body needs"),
    ] {
        let refused = stage
            .run(["daas", "delivery-groups", "create", "--set", set])
            .refused();
        assert!(refused.contains(words), "{set}: {refused}");
        assert!(refused.contains("nothing was sent"), "{set}: {refused}");
    }
    let nothing = stage.run(["daas", "tags", "create"]).refused();
    assert!(nothing.contains("--schema"), "{nothing}");
    assert!(stage.sent().is_empty(), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_ask_first_and_a_missing_object_exits_with_not_found() {
    let stage = Stage::new().await;
    let refused = stage.run(["daas", "tags", "delete", "Pilot"]).refused();
    assert!(refused.contains("--yes"), "{refused}");
    assert!(stage.sent().is_empty(), "nothing was sent");
    stage
        .run(["daas", "tags", "create", "--set", "Name=Red"])
        .ok();
    let exists = |code| {
        let ran = stage.run(["daas", "tags", "exists", "Red"]);
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        ran.stdout
    };
    assert_eq!(exists(0), "true\n");
    let deleted = stage.run(["daas", "tags", "delete", "Red", "--yes"]);
    assert_eq!((deleted.code, deleted.stderr.as_str()), (Some(0), "done\n"));
    assert_eq!(exists(4), "false\n");
    let missing = stage.run(["daas", "tags", "get", "Red"]).failed_with(4);
    assert!(missing.contains("Red"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_one_that_its_example_fits() {
    let stage = Stage::new().await;
    let schema = stage
        .run(["daas", "applications", "create", "--schema"])
        .json();
    assert_eq!(schema["title"], "AddApplicationsRequestModel");
    let definitions = schema["$defs"].as_object().unwrap();
    assert!(definitions.contains_key("CreateApplicationRequestModel"));
    assert!(schema["examples"][0].is_object(), "{schema}");
    assert!(stage.sent().is_empty(), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_read_from_a_file_and_never_shown() {
    let stage = Stage::new().await;
    let file = std::env::temp_dir().join(format!("credential-{}", uuid::Uuid::new_v4()));
    std::fs::write(&file, "Basic aHVzaDpodXNo\n").unwrap();
    let mut command = stage.command();
    command
        .args([
            "daas",
            "machine-catalogs",
            "delete",
            "Demo Catalog",
            "--dry-run",
        ])
        .arg("--admin-credential")
        .arg(&file);
    let shown = Ran::of(&mut command).ok();
    std::fs::remove_file(&file).unwrap();
    assert!(shown.contains("x-admincredential: ***"), "{shown}");
    assert!(!shown.contains("aHVzaDpodXNo"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_from_standard_input_arrives() {
    let stage = Stage::new().await;
    let mut command = stage.command();
    command
        .args([
            "daas",
            "machine-catalogs",
            "delete",
            "Demo Catalog",
            "--yes",
        ])
        .args(["--admin-credential", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, b"Basic aHVzaDpodXNo\n").unwrap();
    drop(stdin);
    let ran = Ran::end(child);
    assert!(!ran.stderr.contains("aHVzaDpodXNo"), "{}", ran.stderr);
    let sent = stage.emulator().journal().entries();
    let deleted = sent.iter().find(|it| it.method == "DELETE").unwrap();
    let arrived = deleted.header("X-AdminCredential") == Some("Basic aHVzaDpodXNo");
    assert!(arrived, "the header is not what was given");
}

#[test]
fn commands_of_the_table_have_the_table_of_exit_codes_too() {
    for words in [
        &["daas", "machines", "reboot"][..],
        &["daas", "tags"],
        &["daas", "tags", "create"],
        &["daas", "delivery-groups", "reboot-schedules", "get"],
    ] {
        let help = Ran::of(program().args(words).arg("--help")).ok();
        assert_eq!(
            help.matches("Exit codes, the first").count(),
            1,
            "{words:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_started_or_waited_for() {
    let stage = Stage::new().await;
    let reboot = ["daas", "machines", "reboot", r"DEMOLAB\KESTREL", "--yes"];
    let run = |more: &str| {
        let mut command = stage.command();
        command.args(reboot).args([more, "--output", "json"]);
        Ran::of(&mut command).json()
    };
    assert_eq!(run("--async")["Type"], "RebootMachines");
    let waited = run("--wait");
    assert_eq!(waited["Status"], "Complete", "{waited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_whole_page_after_page() {
    let stage = Stage::new().await;
    let machines = stage
        .run([
            "daas",
            "delivery-groups",
            "machines",
            "Demo Desktops",
            "--output",
            "json",
        ])
        .json();
    assert!(
        machines.as_array().is_some_and(|it| !it.is_empty()),
        "{machines}"
    );
}

#[test]
fn commands_are_found_by_their_words() {
    let search = |words: &[&str]| Ran::of(program().arg("search").args(words));
    let found = search(&["reboot", "sched"]).ok();
    assert!(
        found.contains("daas delivery-groups reboot-schedules create"),
        "{found}"
    );
    let by_hand = search(&["idle", "--output", "json"]).json();
    assert_eq!(by_hand[0]["command"], "daas reboot-idle");
    let fewer = search(&["move", "machine", "group"]).failed_with(4);
    assert!(
        fewer.contains("`citrix-cloud search machine group`"),
        "{fewer}"
    );
    let nothing = search(&["xyzzy"]).failed_with(4);
    assert!(nothing.contains("xyzzy"), "{nothing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_look_the_same_wherever_they_are_listed() {
    let stage = Stage::new().await;
    let of_group = stage.run(["daas", "delivery-groups", "machines", "Demo Desktops"]);
    let all = stage.run(["daas", "machines", "list"]);
    let heading = |ran: Ran| ran.ok().lines().next().map(str::to_owned);
    assert_eq!(heading(of_group), heading(all));
}

#[tokio::test(flavor = "multi_thread")]
async fn services_without_a_site_have_their_commands_too() {
    let stage = Stage::new().await;
    let body = std::env::temp_dir().join(format!("body-{}.json", uuid::Uuid::new_v4()));
    std::fs::write(&body, "{}").unwrap();
    let body_path = body.display().to_string();
    let path = body_path.as_str();
    for (words, line) in [
        (&["administrators", "list"][..], "GET /administrators"),
        (
            &["administrators", "access", "7"],
            "GET /administrators/7/access",
        ),
        (
            &["administrators", "create", "--body", path, "--no-validate"],
            "POST /administrators/$create",
        ),
        (
            &[
                "administrators",
                "update-access",
                "--id",
                "7",
                "--body",
                path,
                "--no-validate",
                "--yes",
            ],
            "PUT /administrators/access",
        ),
        (
            &["administrators", "delete", "7", "--yes"],
            "DELETE /administrators/7",
        ),
        (
            &[
                "administrators",
                "delete-invitation",
                "--email",
                "a@b.example",
                "--yes",
            ],
            "DELETE /administrators/invitations",
        ),
        (
            &["connectors", "list", "--location", "7"],
            "GET /connectors",
        ),
        (
            &["connectors", "delete", "7", "--yes"],
            "DELETE /connectors/7",
        ),
        (&["system-log", "list"], "GET /systemlog/records"),
        (
            &["licensing", "usage"],
            "GET /licensing/license/enterprise/cloud/cvad/ud/current",
        ),
        (
            &["webhooks", "create", "--body", path, "--no-validate"],
            "POST /abcd1024xyz/subscriptions",
        ),
    ] {
        let ran = Ran::of(stage.command().args(words));
        let sent = stage.sent();
        assert!(
            sent.iter().any(|it| it == line),
            "{words:?}: {sent:?} {}",
            ran.stderr
        );
    }
    std::fs::remove_file(&body).unwrap();
}

/// Where the service accepts ids, names work as well: they are looked up in one request.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_accepted_where_the_service_takes_an_id() {
    let stage = Stage::new().await;
    let set = ["daas", "policy-sets", "get", "defaultsitepolicies"];
    let by_name = stage.run(set);
    assert_eq!(by_name.code, Some(0), "{}", by_name.stderr);
    let sent = stage.sent();
    let gpo: Vec<&String> = sent.iter().filter(|it| it.contains("/gpo/")).collect();
    assert_eq!(gpo.len(), 2, "{sent:?}");
    assert!(gpo[0].ends_with("/gpo/policySets"), "{sent:?}");
    let id = by_name.stdout.lines().find_map(|line| {
        let (property, id) = line.split_once(' ')?;
        (property == "policySetGuid").then(|| id.trim().to_owned())
    });
    let id = id.unwrap();
    let by_id = stage.run(["daas", "policy-sets", "get", &id]).ok();
    assert_eq!(by_id, by_name.stdout);
    assert!(
        !stage
            .sent()
            .iter()
            .any(|it| it.ends_with("/gpo/policySets")),
        "an id is not looked for"
    );
    let policies = ["daas", "policies", "list", "--policy-set-guid"];
    let [a, b, c, d] = policies;
    let listed = stage.run([a, b, c, d, "DefaultSitePolicies"]).ok();
    assert_eq!(listed, stage.run([a, b, c, d, &id]).ok());
    let words = stage
        .run(["daas", "policy-sets", "get", "DefaultSitePolicy"])
        .failed_with(4);
    assert!(
        words.contains("did you mean DefaultSitePolicies?"),
        "{words}"
    );
    let words = stage.run(["daas", "policies", "get", "x"]).failed_with(4);
    assert!(
        words.contains("`citrix-cloud daas policies list --policy-set-guid "),
        "{words}"
    );
}

/// Policies are listed by policy set, so they are looked up in each.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_found_by_its_name_in_any_policy_set() {
    let stage = Stage::new().await;
    let set = ["daas", "policy-sets", "create", "--set", "name=Pilot"];
    stage.run(set).ok();
    let create = |set: &str, name: &str| {
        let mut command = stage.command();
        command
            .args(["daas", "policies", "create", "--policy-set-guid", set])
            .args(["--set", &format!("name={name}")]);
        Ran::of(&mut command).ok();
    };
    create("DefaultSitePolicies", "Printing");
    create("Pilot", "Clipboard");
    let get = |name| stage.run(["daas", "policies", "get", name, "--output", "json"]);
    assert_eq!(get("clipboard").json()["policyName"], "Clipboard");
    let settings = [
        "daas",
        "policy-settings",
        "list",
        "--policy-guid",
        "Printing",
    ];
    assert_eq!(stage.run(settings).code, Some(0));
    let words = get("Clipbord");
    assert_eq!(words.code, Some(4), "{}", words.stderr);
    assert!(
        words.stderr.contains("did you mean Clipboard?"),
        "{}",
        words.stderr
    );
    create("Pilot", "Printing");
    let words = stage.run(["daas", "policies", "get", "Printing"]).refused();
    assert!(
        words.contains("`Printing` is the name of 2 objects"),
        "{words}"
    );
    stage.sent();
    let delete = ["daas", "policies", "delete", "Printing", "--yes"];
    stage.run(delete).refused();
    let sent = stage.sent();
    assert!(!sent.iter().any(|it| it.starts_with("DELETE")), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_is_found_without_its_domain() {
    let stage = Stage::new().await;
    stage
        .run(["daas", "machines", "reboot", "kestrel", "--yes"])
        .ok();
    assert_eq!(
        stage.reboots(citrix_cloud_emulator::ids::KESTREL_ID),
        Some(1)
    );
    stage.sent();
    let dry = ["daas", "machines", "reboot", "kestrel", "--dry-run"];
    let ran = stage.run(dry);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.stderr,
        "note: the id of `kestrel` is looked up before it is sent\n"
    );
    assert!(stage.sent().is_empty());
    let words = stage
        .run(["daas", "machines", "reboot", "kestral", "--yes"])
        .failed_with(4);
    assert!(words.contains("did you mean DEMOLAB\\KESTREL?"), "{words}");
}

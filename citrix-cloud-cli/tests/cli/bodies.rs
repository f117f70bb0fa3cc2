//! Bodies from files, which are validated against their models before anything is sent.

use serde_json::{Value, json};

use crate::stage::{Ran, Stage};

/// A file with a body.
struct File(tempfile::NamedTempFile);

impl File {
    fn of(body: &Value) -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), body.to_string()).unwrap();
        Self(file)
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }
}

fn create(stage: &Stage, file: &File, more: &[&str]) -> Ran {
    let mut command = stage.command();
    command
        .args(["daas", "delivery-groups", "create", "--body", file.path()])
        .args(more);
    Ran::of(&mut command)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_fit_is_refused_with_every_place_and_value() {
    let stage = Stage::new().await;
    let file = File::of(&json!({
        "Nam": "Nine",
        "Enabled": "yes",
        "DeliveryType": "desktopsonly",
        "SharingKind": null,
        "MachineCatalogs": [{ "MachineCatalog": "Demo Catalog", "Count": "2" }],
    }));
    let refused = create(&stage, &file, &[]).refused();
    for words in [
        &format!("--body {}: ", file.path()),
        "`Nam` is not a known property (did you mean Name",
        "`Name` is missing",
        "`Enabled` must be true or false, not `\"yes\"`",
        "`DeliveryType` must be one of DesktopsOnly, DesktopsAndApps, …, not `\"desktopsonly\"`",
        "`MachineCatalogs.0.Count` must be a whole number, not `\"2\"`",
        "nothing was sent",
        "`citrix-cloud daas delivery-groups create --schema`",
        "--no-validate",
    ] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    assert!(stage.sent().is_empty(), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_given_by_set_may_be_missing_in_the_file() {
    let stage = Stage::new().await;
    let file = File::of(&json!({ "Description": "One of nine" }));
    let refused = create(&stage, &file, &[]).refused();
    assert!(refused.contains("`Name` is missing"), "{refused}");
    let shown = create(&stage, &file, &["--set", "Name=Nine", "--dry-run"]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(
        shown.stdout.contains(r#""Name":"Nine""#),
        "{}",
        shown.stdout
    );
    let nested = stage
        .run([
            "daas",
            "delivery-groups",
            "create",
            "--set",
            "Name=Nine",
            "--set",
            "MachineCatalogs.0.Count=2",
        ])
        .refused();
    for words in [
        "the body needs `MachineCatalogs.0.MachineCatalog`",
        "set each with --set",
    ] {
        assert!(nested.contains(words), "{words}: {nested}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_may_know_more_than_its_documents() {
    let stage = Stage::new().await;
    let file = File::of(&json!({ "Name": "Nine", "Brightness": 7 }));
    let path = file.path();
    let run = |more: &[&str]| {
        let mut command = stage.command();
        command
            .args(["daas", "tags", "create", "--dry-run"])
            .args(more);
        Ran::of(&mut command)
    };
    let refused = run(&["--body", path]).refused();
    assert!(
        refused.contains("`Brightness` is not a known property"),
        "{refused}"
    );
    let sent = run(&["--body", path, "--no-validate"]).ok();
    assert!(sent.contains(r#""Brightness":7"#), "{sent}");
    let set = ["--set", "Name=Nine", "--set", "Brightness=7"];
    let refused = run(&set).refused();
    assert!(refused.contains("has no `Brightness`"), "{refused}");
    let [a, b, c, d] = set;
    let sent = run(&[a, b, c, d, "--no-validate"]).ok();
    assert!(sent.contains(r#""Brightness":7"#), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_a_file_is_not_shown() {
    let stage = Stage::new().await;
    let file = File::of(&json!({ "ConnectionDetails": { "Password": 271828 } }));
    let mut command = stage.command();
    command.args(["daas", "hypervisors", "create", "--body", file.path()]);
    let refused = Ran::of(&mut command).refused();
    assert!(!refused.contains("271828"), "{refused}");
}

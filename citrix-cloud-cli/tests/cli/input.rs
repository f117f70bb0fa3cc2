//! Invalid input, after which nothing is sent.

use citrix_cloud_emulator::{Customer, Site, ids};

use crate::stage::{Ran, Stage, program};

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_would_lead_to_another_path_are_refused() {
    let stage = Stage::new().await;
    for id in ["..", ".", ""] {
        stage.run(["resource-locations", "get", id]).refused();
        stage
            .run(["resource-locations", "delete", id, "--yes"])
            .refused();
        stage
            .run(["resource-locations", "update", id, "--name", "N"])
            .refused();
        stage.run(["service-principals", "get", id]).refused();
        stage
            .run(["service-principals", "delete", id, "--yes"])
            .refused();
        stage
            .run(["daas", "machines", "list", "--catalog", id])
            .refused();
        stage.run(["daas", "machines", "get", id]).refused();
        stage.run(["daas", "sessions", "get", id]).refused();
    }
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_arguments_are_rejected() {
    let stage = Stage::new().await;
    let send = [
        "notifications",
        "send",
        "--title",
        "T",
        "--description",
        "D",
    ];
    let [a, b, c, d, e, f] = send;
    let words = stage
        .run([a, b, c, d, e, f, "--severity", "Fatal"])
        .refused();
    assert!(
        words.contains("Information, Success, Warning, Error"),
        "{words}"
    );
    let words = stage
        .run([a, b, c, d, e, f, "--priority", "Soon"])
        .refused();
    assert!(words.contains("Normal, Low, High, Urgent"), "{words}");
    stage
        .run([
            "notifications",
            "send",
            "--yes",
            "--title",
            "",
            "--description",
            "D",
        ])
        .refused();
    stage
        .run(["resource-locations", "create", "--name", "a/b"])
        .refused();
    stage
        .run(["resource-locations", "update", "some-id"])
        .refused();
    stage
        .run(["service-principals", "create", "--display-name", " "])
        .refused();
    stage
        .run(["daas", "machines", "list", "--site", " "])
        .refused();
    stage.run(["daas", "me", "--region", "mars"]).refused();
    stage.run(["daas", "me", "--timeout", "0"]).refused();
    stage.run(["daas", "me", "--customer", "a/b"]).refused();
    stage
        .run(["daas", "me", "--endpoint", "http://api.cloud.com"])
        .refused();
    stage.run(["daas", "reboot"]).refused();
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_the_environment_are_named_when_they_are_wrong() {
    let stage = Stage::new().await;
    for (variable, value) in [
        ("CITRIX_CLOUD_REGION", "mars"),
        ("CITRIX_CLOUD_API_VERSION", "next"),
    ] {
        let mut command = stage.command();
        let words = Ran::of(command.env(variable, value).args(["daas", "me"])).refused();
        assert!(words.contains(variable) && words.contains(value), "{words}");
    }
    // An option takes precedence over the environment, and an empty variable counts as unset.
    let mut command = stage.command();
    command
        .env("CITRIX_CLOUD_API_VERSION", "next")
        .env("CITRIX_CLOUD_REGION", "");
    let _ = Ran::of(command.args(["daas", "me", "--api-version", "current"])).ok();
}

#[test]
fn missing_credentials_are_named() {
    let mut command = program();
    let words = Ran::of(command.args(["--customer", ids::CUSTOMER_ID, "daas", "me"])).refused();
    assert_eq!(
        words,
        "error: not set in the environment: CITRIX_CLIENT_ID (or CLIENT_ID), \
         CITRIX_CLIENT_SECRET (or CLIENT_SECRET)\nhint: set what is missing, or sign in once with \
         `citrix-cloud login`\n"
    );
    let mut command = program();
    command.env("CLIENT_ID", "i").env("CLIENT_SECRET", "s");
    let words = Ran::of(command.args(["daas", "me"])).refused();
    assert!(
        words.contains("CITRIX_CUSTOMER_ID (or CUSTOMER_ID)"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walkthroughs_variables_and_an_option_for_the_customer_do() {
    let stage = Stage::new().await;
    let url = stage.command();
    let url = url
        .get_envs()
        .find(|(name, _)| *name == "CITRIX_CLOUD_ENDPOINT");
    let mut command = program();
    command
        .env("CLIENT_ID", ids::CLIENT_ID)
        .env("CITRIX_CLIENT_SECRET", "")
        .env("CLIENT_SECRET", ids::CLIENT_SECRET)
        .args(["daas", "me", "--customer", ids::CUSTOMER_ID, "--endpoint"])
        .arg(url.and_then(|(_, url)| url).unwrap());
    let me = Ran::of(&mut command).ok();
    assert!(me.contains("Pat Patterson"), "{me}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_comes_with_the_likely_cause() {
    let stage = Stage::new().await;
    let mut command = stage.command();
    command
        .env("CITRIX_CLIENT_SECRET", "GarbageValue")
        .args(["daas", "me"]);
    let words = Ran::of(&mut command).failed_with(1);
    assert!(
        words.contains("Invalid client id or client secret"),
        "{words}"
    );
    assert!(words.contains("CITRIX_CLIENT_SECRET"), "{words}");
    assert!(!words.contains("GarbageValue"), "{words}");
    assert_eq!(words.matches("Invalid client id").count(), 1, "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_several_sites_must_choose() {
    let stage = Stage::new().await;
    let other = "87654321-4321-4321-4321-dcba87654321";
    stage.emulator().update(|world| {
        let customer = Customer::new("twosites")
            .with_site(Site::new(ids::SITE_ID, "one"))
            .with_site(Site::new(other, "two"));
        world.add_customer(customer);
    });
    let catalogs = ["daas", "catalogs", "list", "--customer", "twosites"];
    let words = stage.run(catalogs).failed_with(1);
    assert!(words.contains(other) && words.contains("(two)"), "{words}");
    let [a, b, c, d, e] = catalogs;
    let chosen = stage.run([a, b, c, d, e, "--site", other]).ok();
    assert!(chosen.contains(ids::CATALOG_NAME), "{chosen}");
    let sites = stage
        .run(["daas", "sites", "list", "--customer", "twosites"])
        .ok();
    assert!(sites.contains("one") && sites.contains("two"), "{sites}");
}

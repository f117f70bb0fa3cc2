//! Profiles: which one is used, which settings apply, and invalid files.

use citrix_cloud_emulator::{Customer, Site, ids};
use serde_json::Value;

use crate::home::Home;
use crate::stage::{Ran, Stage};

const OTHER_SITE: &str = "87654321-4321-4321-4321-dcba87654321";

/// Creates two profiles of the emulator's customer, which are signed in.
async fn two_profiles() -> (Stage, Home) {
    let (stage, home) = (Stage::new().await, Home::new());
    for profile in ["work", "lab"] {
        let ran = home.sign_in(&stage, &["--profile", profile]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    (stage, home)
}

fn said(
    home: &Home,
    variables: &[(&str, &str)],
    options: &[&str],
    setting: &str,
) -> (String, String) {
    let mut command = home.command();
    command.envs(variables.iter().copied());
    let who = Ran::of(command.args(["whoami", "--output", "json"]).args(options)).json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&who[setting]["value"]), text(&who[setting]["from"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn option_environment_and_profile_hold_in_this_order() {
    let (_stage, home) = two_profiles().await;
    home.run(["config", "set", "api_version", "auto"]).ok();
    home.run([
        "config",
        "set",
        "api_version",
        "preview",
        "--profile",
        "lab",
    ])
    .ok();
    let profile = ("CITRIX_CLOUD_PROFILE", "lab");
    let variable = ("CITRIX_CLOUD_API_VERSION", "current");
    for (variables, options, value, from) in [
        (&[][..], &[][..], "auto", "profile work"),
        (&[profile], &[], "preview", "profile lab"),
        (
            &[profile, variable],
            &[],
            "current",
            "CITRIX_CLOUD_API_VERSION",
        ),
        (
            &[profile, variable],
            &["--profile", "work"],
            "auto",
            "profile work",
        ),
        (
            &[profile, variable],
            &["--profile", "work", "--api-version", "preview"],
            "preview",
            "--api-version",
        ),
    ] {
        let expected = (value.to_owned(), from.to_owned());
        assert_eq!(said(&home, variables, options, "api_version"), expected);
    }
    for (variables, options, value, from) in [
        (&[][..], &[][..], "work", "default_profile"),
        (&[profile], &[], "lab", "CITRIX_CLOUD_PROFILE"),
        (&[profile], &["--profile", "work"], "work", "--profile"),
    ] {
        let expected = (value.to_owned(), from.to_owned());
        assert_eq!(said(&home, variables, options, "profile"), expected);
    }
    home.run(["config", "unset", "api_version"]).ok();
    let expected = ("auto".to_owned(), "default".to_owned());
    assert_eq!(said(&home, &[], &[], "api_version"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_goes_with_the_client_id_that_it_belongs_to() {
    let (stage, home) = two_profiles().await;
    let wrong = [
        ("CITRIX_CLIENT_ID", "somebody"),
        ("CITRIX_CLIENT_SECRET", "hunter2"),
    ];
    let mut command = home.command();
    let words = Ran::of(command.envs(wrong).args(["daas", "me"])).failed_with(1);
    assert!(words.contains("Invalid client id"), "{words}");
    // A named profile is not mixed with the shell's environment.
    let mut command = home.command();
    Ran::of(command.envs(wrong).args(["daas", "me", "--profile", "lab"])).ok();
    // The environment may contain the secret alone.
    home.run(["logout"]).ok();
    stage.sent();
    let mut command = home.command();
    command.env("CITRIX_CLIENT_SECRET", ids::CLIENT_SECRET);
    Ran::of(command.args(["daas", "me"])).ok();
    // Without a profile, none of the user's files are read.
    let mut command = home.command();
    let words = Ran::of(
        command
            .env("CITRIX_CLIENT_ID", "somebody")
            .args(["daas", "me"]),
    )
    .refused();
    assert!(words.contains("CITRIX_CLIENT_SECRET"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_site_is_named_by_id_or_name_anywhere() {
    let (stage, home) = (Stage::new().await, Home::new());
    stage.emulator().update(|world| {
        let customer = Customer::new("twosites")
            .with_site(Site::new(ids::SITE_ID, "one"))
            .with_site(Site::new(OTHER_SITE, "Second Site"));
        world.add_customer(customer);
    });
    home.sign_in(&stage, &["--customer", "twosites"]);
    home.run(["daas", "machines", "list"]).failed_with(1);
    let braces = format!("{{{}}}", OTHER_SITE.to_uppercase());
    for site in [OTHER_SITE, &braces, "second site"] {
        stage.sent();
        home.run(["daas", "catalogs", "list", "--site", site]).ok();
        let used = stage.emulator().journal().entries();
        let used = used
            .iter()
            .find(|it| it.path.ends_with("/MachineCatalogs"))
            .unwrap();
        assert_eq!(used.header("citrix-instanceid"), Some(OTHER_SITE), "{site}");
    }
    home.run(["config", "set", "site", "Second Site"]).ok();
    home.run(["daas", "catalogs", "list"]).ok();
    let site = said(&home, &[], &[], "site");
    assert_eq!(
        site,
        (
            format!("Second Site ({OTHER_SITE})"),
            "profile default".to_owned()
        )
    );
    let site = said(&home, &[("CITRIX_CLOUD_SITE", "one")], &[], "site");
    assert_eq!(
        site,
        (
            format!("one ({})", ids::SITE_ID),
            "CITRIX_CLOUD_SITE".to_owned()
        )
    );
    let words = home
        .run(["daas", "machines", "list", "--site", "secnod site"])
        .failed_with(4);
    assert_eq!(
        words,
        "error: no site `secnod site`\nhint: did you mean Second Site?\n"
    );
    let words = home
        .run(["daas", "machines", "list", "--site", "x"])
        .failed_with(4);
    assert_eq!(
        words,
        "error: no site `x`\nhint: the customer has one, Second Site\n"
    );
    // The profile's site belongs to the profile's customer.
    home.run(["daas", "catalogs", "list", "--customer", ids::CUSTOMER_ID])
        .ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_does_not_exist_is_an_error_with_near_names() {
    let (stage, home) = two_profiles().await;
    stage.sent();
    let words = home.run(["daas", "me", "--profile", "wrok"]).failed_with(4);
    assert_eq!(
        words,
        "error: no profile `wrok`\nhint: did you mean work?\n"
    );
    let mut command = home.command();
    command.env("CITRIX_CLOUD_PROFILE", "production");
    let words = Ran::of(command.args(["daas", "me"])).failed_with(4);
    assert_eq!(
        words,
        "error: CITRIX_CLOUD_PROFILE: no profile `production`\nhint: existing profiles: lab, work\n"
    );
    for nonsense in ["../x", "", "-", "a b", "é"] {
        let words = home
            .run(["daas", "me", &format!("--profile={nonsense}")])
            .refused();
        assert!(words.contains("name for a profile"), "{words}");
    }
    let words = Home::new()
        .run(["daas", "me", "--profile", "work"])
        .failed_with(4);
    assert!(
        words.contains("`citrix-cloud login --profile work` creates it"),
        "{words}"
    );
    assert!(stage.sent().is_empty());
}

#[test]
fn a_malformed_file_is_named_with_line_and_field() {
    let home = Home::new();
    let path = home.file("config.toml").display().to_string();
    for (text, expected) in [
        (
            "[profiles.work]\nclient_secret = \"hunter2\"\n",
            "line 2: profile `work`: `client_secret` does not belong here",
        ),
        (
            "[profiles.work]\nregion = \"hunter2\"\n",
            "line 2: profile `work`, field `region`",
        ),
        ("[profiles.work\n", "line 1: not TOML"),
    ] {
        home.write_config(text);
        let words = home.run(["daas", "me"]).refused();
        assert!(words.contains(&format!("{path}, {expected}")), "{words}");
        // Commands that need no profile still work.
        home.run(["completions", "bash"]).ok();
    }
    std::fs::remove_file(home.file("config.toml")).unwrap();
    std::fs::create_dir(home.file("config.toml")).unwrap();
    let words = home.run(["daas", "me"]).refused();
    assert!(words.contains("not a regular file"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_listed_read_set_and_unset() {
    let (stage, home) = two_profiles().await;
    let list = home.run(["config", "list", "--output", "json"]).json();
    assert_eq!(list[1]["profile"], "work");
    assert_eq!(list[1]["default"], true);
    assert_eq!(list[0]["endpoint"], stage.url());
    assert_eq!(
        home.run(["config", "get", "customer"]).ok(),
        "abcd1024xyz\n"
    );
    assert_eq!(home.run(["config", "get", "region"]).code, Some(4));
    home.run(["config", "set", "default-profile", "lab"]).ok();
    assert_eq!(home.run(["config", "get", "default_profile"]).ok(), "lab\n");
    home.run(["config", "set", "region", "eu"]).ok();
    assert_eq!(home.run(["config", "get", "region"]).ok(), "eu\n");
    assert_eq!(
        home.run(["config", "get", "endpoint"]).code,
        Some(4),
        "a region takes the place of an endpoint"
    );
    home.run(["config", "unset", "region"]).ok();
    for (arguments, code, expected) in [
        (["config", "set", "region", "mars"], 2, "region: "),
        (["config", "set", "regoin", "eu"], 2, "did you mean region?"),
        (
            ["config", "set", "client_id", "x"],
            2,
            "login --profile lab",
        ),
        (
            ["config", "set", "client_secret", "x"],
            2,
            "secrets are never stored in this file",
        ),
        (
            ["config", "set", "default_profile", "wrok"],
            4,
            "did you mean work?",
        ),
    ] {
        let words = home.run(arguments).failed_with(code);
        assert!(words.contains(expected), "{words}");
    }
}

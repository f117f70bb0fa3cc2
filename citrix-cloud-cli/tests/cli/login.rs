//! Signing in and out, and where secrets and tokens are stored in between.

use citrix_cloud_emulator::{Customer, Site, ids};

use crate::home::{Home, fed};
use crate::stage::{Ran, Stage, TOKEN, scripted};

fn sign_ins(stage: &Stage) -> usize {
    stage.sent().iter().filter(|it| *it == TOKEN).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_one_login_all_commands_work() {
    let (stage, home) = (Stage::new().await, Home::new());
    let ran = home.sign_in(&stage, &["--profile", "work"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        format!(
            "Signed in to customer abcd1024xyz as Pat Patterson; saved in profile work\n\
             The secret is in {}\n",
            home.file("secrets.toml").display()
        )
    );
    assert!(ran.stderr.contains("not encrypted"), "{}", ran.stderr);
    assert_eq!(sign_ins(&stage), 1, "the check is a real token call");
    assert_eq!(
        home.read("config.toml"),
        format!(
            "default_profile = \"work\"\n\n[profiles.work]\ncustomer = \"abcd1024xyz\"\n\
             client_id = \"{}\"\nendpoint = \"{}\"\nsecret_store = \"file\"\n",
            ids::CLIENT_ID,
            stage.url()
        )
    );
    for _ in 0..2 {
        let machines = home.run(["daas", "machines", "list"]).ok();
        assert!(machines.contains("KESTREL"), "{machines}");
    }
    assert_eq!(home.tokens("work"), 1);
    assert_eq!(sign_ins(&stage), 1, "the token is kept for the next run");
    home.run(["daas", "me", "--token-cache", "off"]).ok();
    assert_eq!(sign_ins(&stage), 1);

    let words = home.run(["logout"]).ok();
    assert_eq!(
        words,
        "Signed out of profile work: secret and tokens deleted\n"
    );
    assert_eq!(home.tokens("work"), 0);
    assert!(!home.read("secrets.toml").contains(ids::CLIENT_SECRET));
    let words = home.run(["daas", "machines", "list"]).refused();
    assert_eq!(
        words,
        "error: profile work has no secret\nhint: sign in with `citrix-cloud login --profile work`\n"
    );
    assert_eq!(
        home.run(["logout"]).ok(),
        "Profile work was not signed in\n"
    );
    assert_eq!(sign_ins(&stage), 0);
    home.run(["logout", "--forget"]).ok();
    assert!(!home.read("config.toml").contains("work"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn files_are_private_and_not_used_if_others_can_read_them() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let (stage, home) = (Stage::new().await, Home::new());
    home.sign_in(&stage, &[]);
    home.run(["daas", "me"]).ok();
    let mode = |path| metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(home.config()), 0o700);
    assert_eq!(mode(home.file("config.toml")), 0o600);
    assert_eq!(mode(home.file("secrets.toml")), 0o600);
    for (file, rights, words) in [
        ("secrets.toml", 0o640, "others can read it"),
        ("config.toml", 0o622, "others can change it"),
    ] {
        set_permissions(home.file(file), Permissions::from_mode(rights)).unwrap();
        let said = home.run(["daas", "me"]).refused();
        let path = home.file(file).display().to_string();
        assert!(said.contains(words) && said.contains(&path), "{said}");
        assert!(said.contains("chmod 600"), "{said}");
        set_permissions(home.file(file), Permissions::from_mode(0o600)).unwrap();
    }
    home.run(["daas", "me"]).ok();
    // Others may read which customer a user signs in to.
    set_permissions(home.file("config.toml"), Permissions::from_mode(0o644)).unwrap();
    home.run(["daas", "me"]).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_when_the_check_fails() {
    let (stage, home) = (Stage::new().await, Home::new());
    let words = home.sign_in_with(&stage, "hunter2", &[]).failed_with(1);
    assert!(
        words.contains("Invalid client id or client secret"),
        "{words}"
    );
    assert!(!words.contains("hunter2"), "{words}");
    let other = home.sign_in(&stage, &["--customer", "somebody"]);
    assert!(!other.stderr.contains(ids::CLIENT_SECRET));
    let words = other.failed_with(1);
    assert!(
        words.contains("customer id is another customer's"),
        "{words}"
    );
    let words = home
        .sign_in(&stage, &["--site", "cloudxdsiet"])
        .failed_with(4);
    assert_eq!(
        words,
        "error: no site `cloudxdsiet`; nothing was saved\nhint: did you mean cloudxdsite?\n"
    );
    let words = home.sign_in_with(&stage, "", &[]).failed_with(2);
    assert!(words.contains("must not be empty"), "{words}");
    let words = home.run(["login"]).refused();
    assert!(
        words.contains("client id") && words.contains("--client-id"),
        "{words}"
    );
    assert!(!home.config().exists(), "not even a folder");
}

#[test]
fn a_client_of_another_customer_is_not_kept() {
    let url = scripted(|request| match request {
        TOKEN => Some(r#"{"access_token":"t","token_type":"bearer","expires_in":3600}"#),
        _ => Some(r#"{"DisplayName":"Pat","Customers":[{"Id":"other","Sites":[]}]}"#),
    });
    let home = Home::new();
    let mut command = home.command();
    command.args([
        "login",
        "--endpoint",
        &url,
        "--client-id",
        "id",
        "--customer",
        "mine",
    ]);
    let words = fed(command.arg("--secret-stdin"), "hunter2").refused();
    assert_eq!(
        words,
        "error: this API client is not for customer mine but for other; nothing was saved\n\
         hint: name that one with --customer\n"
    );
    assert!(!home.config().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn citrixs_csv_file_is_read_in_every_encoding() {
    let stage = Stage::new().await;
    let text = format!(
        "ID,Secret\r\n\"{}\",\"{}\"\r\n",
        ids::CLIENT_ID,
        ids::CLIENT_SECRET
    );
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let marked = format!("\u{feff}{text}");
    for bytes in [text.as_bytes(), marked.as_bytes(), &utf16] {
        let home = Home::new();
        let csv = home.write("secureclient.csv", bytes);
        let mut command = home.command();
        command.args([
            "login",
            "--endpoint",
            stage.url(),
            "--customer",
            ids::CUSTOMER_ID,
        ]);
        let ran = Ran::of(command.arg("--from-csv").arg(&csv));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("still contains the secret"),
            "{}",
            ran.stderr
        );
        home.run(["daas", "me"]).ok();
    }
    let home = Home::new();
    let mut command = home.command();
    command.args([
        "login",
        "--endpoint",
        stage.url(),
        "--customer",
        ids::CUSTOMER_ID,
    ]);
    let ran = fed(command.args(["--from-csv", "-"]), &text);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut command = home.command();
    command.args(["login", "--customer", ids::CUSTOMER_ID, "--from-csv"]);
    let words = Ran::of(command.arg(home.write("wrong.csv", "ID,Password\na,hunter2\n"))).refused();
    assert!(words.contains("wrong.csv: no column `Secret`"), "{words}");
    assert!(!words.contains("hunter2"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_shown_at_the_highest_verbosity() {
    let (stage, home) = (Stage::new().await, Home::new());
    let login = home.sign_in(&stage, &["-vvv"]);
    let me = home.run(["daas", "me", "-vvv"]);
    let whoami = home.run(["whoami", "-vvv"]);
    let logout = home.run(["logout", "-vvv"]);
    for ran in [login, me, whoami, logout] {
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        for shown in [&ran.stdout, &ran.stderr] {
            assert!(!shown.contains(ids::CLIENT_SECRET), "{shown}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_customer_takes_no_profile_by_accident() {
    let (stage, home) = (Stage::new().await, Home::new());
    stage.emulator().update(|world| {
        world.add_customer(Customer::new("second").with_site(Site::new(ids::SITE_ID, "two")));
    });
    home.sign_in(&stage, &["--profile", "work"]);
    let words = home.sign_in(&stage, &["--customer", "second"]).refused();
    assert!(
        words.contains("profile work belongs to customer abcd1024xyz"),
        "{words}"
    );
    let ran = home.sign_in(&stage, &["--customer", "second", "--profile", "two"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let list = home.run(["config", "list"]).ok();
    assert_eq!(list.lines().count(), 3, "{list}");
    let sites = home.run(["daas", "sites", "list", "--profile", "two"]).ok();
    assert!(
        sites.contains("two") && !sites.contains("cloudxdsite"),
        "{sites}"
    );
    // The client is the same, but each profile has its own secret.
    home.run(["logout", "--profile", "two"]).ok();
    home.run(["daas", "me"]).ok();
}

/// Simulates a full disk, as far as a process can notice.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn existing_settings_survive_a_full_disk() {
    use std::process::Command;

    let (stage, home) = (Stage::new().await, Home::new());
    home.sign_in(&stage, &[]);
    let before = (home.read("config.toml"), home.read("secrets.toml"));
    let ours = home.command();
    let mut limited = Command::new("/bin/sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"])
        .arg(ours.get_program())
        .args(["config", "set", "region", "eu"])
        .env_clear()
        .envs(
            ours.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let words = Ran::of(&mut limited).failed_with(1);
    let path = home.file("config.toml").display().to_string();
    assert!(words.contains(&format!("cannot write {path}: ")), "{words}");
    assert!(
        words.contains("the previous content is unchanged"),
        "{words}"
    );
    assert_eq!(
        before,
        (home.read("config.toml"), home.read("secrets.toml"))
    );
    let left = std::fs::read_dir(home.config()).unwrap();
    let mut names = left.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert!(
        names.all(|it| !it.ends_with(".new")),
        "nothing is left over"
    );
}

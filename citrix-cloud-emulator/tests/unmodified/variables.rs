use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use citrix_cloud_emulator::ids;
use serde_json::Value;

use crate::run::{emulator, has, printed, shell};

const NAMES: [&str; 27] = [
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "https_proxy",
    "http_proxy",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "NIX_SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_DIR",
    "NODE_USE_ENV_PROXY",
    "NODE_OPTIONS",
    "PYTHONPATH",
    "CITRIX_CLOUD_ENDPOINT",
    "CLIENT_ID",
    "CITRIX_CLIENT_ID",
    "CLIENT_SECRET",
    "CITRIX_CLIENT_SECRET",
    "CUSTOMER_ID",
    "CITRIX_CUSTOMER_ID",
    "SITE_ID",
    "CATALOG_ID",
    "PATH",
];

/// A listening emulator with a proxy, and the output it printed when ready.
struct Serving {
    child: Child,
    output: String,
}

impl Serving {
    fn new(temporary: &Path, format: &str) -> Self {
        let mut child = emulator(temporary)
            .args(["serve", "--proxy", "--print-env", format])
            .env("NODE_OPTIONS", "--no-warnings")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut output = String::new();
        let wanted = if format == "json" { 1 } else { NAMES.len() - 1 };
        for _ in 0..wanted {
            lines.read_line(&mut output).unwrap();
        }
        Self { child, output }
    }

    fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_program_sees_the_proxy_the_authority_and_the_credentials_of_the_world() {
    let output = shell("env");
    let printed = printed(&output);
    let value = |name: &str| {
        let mut lines = printed.lines();
        let line = lines.find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("{name} is not set"))
            .to_owned()
    };
    for name in NAMES {
        assert!(!value(name).is_empty(), "{name}");
    }
    assert!(value("HTTPS_PROXY").starts_with("http://127.0.0.1:"));
    assert_ne!(value("HTTPS_PROXY"), value("CITRIX_CLOUD_ENDPOINT"));
    for (names, want) in [
        (["CLIENT_ID", "CITRIX_CLIENT_ID"], ids::CLIENT_ID),
        (
            ["CLIENT_SECRET", "CITRIX_CLIENT_SECRET"],
            ids::CLIENT_SECRET,
        ),
        (["CUSTOMER_ID", "CITRIX_CUSTOMER_ID"], ids::CUSTOMER_ID),
        (["SITE_ID", "CATALOG_ID"], ids::CATALOG_ID),
    ] {
        assert_eq!(names.map(value), [want, want]);
    }
}

#[cfg(unix)]
#[test]
fn export_lines_work_in_another_shell_until_the_emulator_ends() {
    if !has("curl", &["--version"]) {
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let serving = Serving::new(temporary.path(), "shell");
    let script = format!(
        "{}\ncurl -sS -o /dev/null -w '%{{http_code}} %{{http_version}}' https://api.cloud.com/cvad/manage/me; echo \" $NODE_OPTIONS\"",
        serving.output
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let said = printed(&output);
    assert!(said.starts_with("401 "), "{said}");
    assert!(said.contains("--no-warnings --require"), "{said}");
    serving.stop();
    assert!(temporary.path().read_dir().unwrap().next().is_none());
}

#[cfg(unix)]
#[test]
fn the_same_variables_come_as_json_and_for_powershell() {
    let temporary = tempfile::tempdir().unwrap();
    let serving = Serving::new(temporary.path(), "json");
    let ready: Value = serde_json::from_str(&serving.output).unwrap();
    assert_eq!(ready["environment"]["HTTPS_PROXY"], ready["proxy"]);
    assert_eq!(ready["environment"]["CITRIX_CLOUD_ENDPOINT"], ready["url"]);
    assert_eq!(
        ready["environment"].as_object().unwrap().len(),
        NAMES.len() - 1
    );
    serving.stop();

    let serving = Serving::new(temporary.path(), "powershell");
    for (line, name) in serving.output.lines().zip(NAMES) {
        assert!(line.starts_with(&format!("$env:{name} = '")), "{line}");
        assert!(line.ends_with('\''), "{line}");
    }
    serving.stop();
}

#[test]
fn print_env_without_a_proxy_is_refused() {
    let temporary = tempfile::tempdir().unwrap();
    for arguments in [["--print-env", "json"], ["--proxy-addr", "127.0.0.1:0"]] {
        let output = emulator(temporary.path())
            .arg("serve")
            .args(arguments)
            .output();
        assert_eq!(output.unwrap().status.code(), Some(2), "{arguments:?}");
    }
    let mut remote = emulator(temporary.path());
    remote.args(["serve", "--proxy", "--proxy-addr", "0.0.0.0:0"]);
    let mut child = remote.stderr(Stdio::piped()).spawn().unwrap();
    let mut message = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut message)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(
        message.contains("0.0.0.0:0 is not a loopback address"),
        "{message}"
    );
}

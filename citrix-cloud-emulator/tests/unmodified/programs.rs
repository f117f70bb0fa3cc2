//! Third-party programs, and programs written like them.

use std::path::{Path, PathBuf};

use crate::run::{emulator, exec, has, printed, shell};

const THREE_LINES: &str = "2 sessions on DEMOLAB\\OSPREY - skipping\n\
    Requesting reboot for DEMOLAB\\EAGLE... failure: Machine does not support specified power action.\n\
    Requesting reboot for DEMOLAB\\KESTREL... success\n";

fn here(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/unmodified")
        .join(file)
}

#[test]
fn curl_speaks_both_versions_of_http() {
    if !has("curl", &["--version"]) {
        return;
    }
    let ask = |version: &str| {
        let script = format!(
            "curl -sS {version} -o /dev/null -w '%{{http_code}} %{{http_version}}' https://api-eu.cloud.com/cvad/manage/me"
        );
        printed(&shell(&script))
    };
    assert_eq!(ask("--http1.1"), "401 1.1");
    if has("sh", &["-c", "curl --version | grep -q HTTP2"]) {
        assert_eq!(ask("--http2"), "401 2");
    }
}

#[test]
fn curl_sees_why_a_foreign_host_is_refused() {
    if !has("curl", &["--version"]) {
        return;
    }
    let output = shell("curl -sS https://example.com/");
    assert_eq!(output.status.code(), Some(56));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("403"), "{message}");
}

#[test]
fn python_sees_why_a_foreign_host_is_refused() {
    if !has("python3", &["-c", "import requests"]) {
        return;
    }
    let program = "import requests\ntry:\n  requests.get('https://example.com/')\nexcept requests.exceptions.ProxyError as e:\n  print(e)";
    let said = printed(&exec(["python3", "-c", program]));
    assert!(said.contains("403 Not a Citrix Cloud host"), "{said}");
}

/// Each of these prints the status of a call without a token: the emulator's, not the real service's.
#[test]
fn python_without_proxy_support_reaches_the_emulator() {
    let url = "https://api-eu.cloud.com/cvad/manage/me";
    let ways = [
        (
            "import requests",
            format!(
                "session = requests.Session()\n\
                 prepared = requests.Request('GET', '{url}').prepare()\n\
                 print(session.send(prepared).status_code)"
            ),
        ),
        (
            "import requests",
            format!(
                "session = requests.Session()\n\
                 session.trust_env = False\n\
                 print(session.get('{url}').status_code)"
            ),
        ),
        (
            "import urllib3",
            format!("print(urllib3.PoolManager().request('GET', '{url}', retries=False).status)"),
        ),
        (
            "import http.client",
            "connection = http.client.HTTPSConnection('api-eu.cloud.com')\n\
             connection.request('GET', '/cvad/manage/me')\n\
             print(connection.getresponse().status)"
                .to_owned(),
        ),
        (
            "import urllib.error, urllib.request",
            format!(
                "try:\n  urllib.request.urlopen('{url}')\n\
                 except urllib.error.HTTPError as error:\n  print(error.code)"
            ),
        ),
    ];
    for (import, way) in ways {
        if has("python3", &["-c", import]) {
            let said = printed(&exec(["python3", "-c", &format!("{import}\n{way}")]));
            assert_eq!(said, "401\n", "{way}");
        }
    }
}

#[test]
fn python_that_bypasses_the_proxy_reaches_nothing() {
    if !has("python3", &["-c", "pass"]) {
        return;
    }
    // An address that is not in use.
    let program = "import socket\ntry:\n  socket.create_connection(('203.0.113.1', 443), 5)\n\
                   except ConnectionRefusedError as error:\n  print(error)";
    let said = printed(&exec(["python3", "-c", program]));
    assert!(said.contains("would go around the emulator"), "{said}");
    let own = tempfile::tempdir().unwrap();
    std::fs::write(own.path().join("sitecustomize.py"), "print('theirs')").unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let output = emulator(temporary.path())
        .args(["exec", "--", "python3", "-c", "print('program')"])
        .env("PYTHONPATH", own.path())
        .output()
        .unwrap();
    assert_eq!(
        printed(&output),
        "theirs\nprogram\n",
        "their own is run as well"
    );
}

#[test]
fn a_client_like_the_official_go_sdk_gets_along_past_the_gateway() {
    if !has("bash", &["-c", "command -v curl jq"]) {
        return;
    }
    let said = printed(&exec(["bash", here("sdk.sh").to_str().unwrap()]));
    assert_eq!(
        said,
        "signed in as Pat Patterson\n\
         site cloudxdsite\n\
         8 machines in 3 pages\n\
         job RebootMachines: Complete\n\
         batch: 200 400 404\n\
         batch job: 2 items\n"
    );
}

#[test]
fn nodes_fetch_and_https_go_through_the_proxy() {
    if !has(
        "node",
        &["-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"],
    ) {
        return;
    }
    let said = printed(&exec(["node", here("fetch.mjs").to_str().unwrap()]));
    assert_eq!(
        said,
        "fetch: signed in\nfetch: Pat Patterson\nfetch past the proxy: 404\nhttps: 200\nfetch: refused\nhttps: refused\n"
    );
}

#[test]
fn the_walkthroughs_scripts_as_printed_give_its_three_lines() {
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
        if !has(program, &check) {
            continue;
        }
        let start = text
            .find(first_line)
            .expect("the walkthrough has this script");
        let script = &text[start..];
        let end = script.find("<!--NeedCopy-->").expect("the script ends");
        let place = folder.path().join(file);
        std::fs::write(&place, &script[..end]).unwrap();
        let command = format!(
            r#"{program} "{}" -u "$CUSTOMER_ID" -s "$SITE_ID" -a "$CATALOG_ID""#,
            place.display()
        );
        assert_eq!(printed(&shell(&command)), THREE_LINES, "{file}");
    }
}

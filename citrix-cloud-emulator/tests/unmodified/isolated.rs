//! `exec --isolated`: nothing leaves the machine, whatever a program ignores.

use std::net::TcpListener;

use crate::run::{emulator, has, printed};

fn isolated(script: &str) -> std::process::Output {
    let temporary = tempfile::tempdir().unwrap();
    emulator(temporary.path())
        .args(["exec", "--isolated", "--", "sh", "-c", script])
        .output()
        .unwrap()
}

#[test]
fn the_program_reaches_the_emulator_and_nothing_else() {
    if !has("unshare", &["--user", "--net", "true"]) || !has("curl", &["--version"]) {
        return;
    }
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = outside.local_addr().unwrap();
    // Bypasses the proxy, like a program that ignores it.
    let direct = format!("curl -sS --noproxy '*' --max-time 10 http://{address}/ || echo $?");
    let script = format!(
        r#"grep -c : /proc/net/dev; {direct}
        curl -sS -o /dev/null -w '%{{http_code}}\n' https://api.cloud.com/cctrustoauth2/root/tokens/clients \
            -d "grant_type=client_credentials&client_id=$CLIENT_ID&client_secret=$CLIENT_SECRET""#
    );
    assert_eq!(printed(&isolated(&script)), "1\n7\n200\n");
    outside.set_nonblocking(true).unwrap();
    let nobody = outside.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn the_program_keeps_its_user_and_group() {
    if !has("unshare", &["--user", "--net", "true"]) {
        return;
    }
    let before = std::process::Command::new("id").arg("-u").output().unwrap();
    assert_eq!(printed(&isolated("id -u")), printed(&before));
}

#[test]
fn where_namespaces_are_forbidden_nothing_is_run() {
    let forbid = "echo 0 > /proc/sys/user/max_user_namespaces";
    if !has("unshare", &["--map-root-user", "sh", "-c", forbid]) {
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let program = emulator(temporary.path());
    let output = std::process::Command::new("unshare")
        .args(["--map-root-user", "sh", "-c"])
        .arg(format!(r#"{forbid}; "$0" exec --isolated -- echo it ran"#))
        .arg(program.get_program())
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), &*output.stdout),
        (Some(125), &b""[..]),
        "{error}"
    );
    assert!(
        error.starts_with("error: cannot isolate: this system allows no namespaces")
            && error.contains("leave out --isolated"),
        "{error}"
    );
}

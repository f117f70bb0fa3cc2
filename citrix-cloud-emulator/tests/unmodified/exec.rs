use std::io::Write;
use std::process::Stdio;

use citrix_cloud_emulator::ids;

use crate::run::{emulator, exec, printed, shell};

#[test]
fn exec_exits_with_the_status_of_the_program() {
    for (script, status) in [("exit 0", 0), ("exit 37", 37), ("exit 255", 255)] {
        assert_eq!(shell(script).status.code(), Some(status), "{script}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_is_128_and_its_number() {
    for (signal, status) in [("TERM", 143), ("KILL", 137)] {
        let output = shell(&format!("kill -{signal} $$"));
        assert_eq!(output.status.code(), Some(status), "{signal}");
    }
}

#[test]
fn a_program_that_cannot_run_has_the_status_that_shells_give() {
    let missing = exec(["no-such-program"]);
    assert_eq!(missing.status.code(), Some(127));
    let message = String::from_utf8(missing.stderr).unwrap();
    assert!(
        message.starts_with("error: cannot run no-such-program: "),
        "{message}"
    );
    #[cfg(unix)]
    assert_eq!(exec([env!("CARGO_MANIFEST_DIR")]).status.code(), Some(126));
}

#[cfg(unix)]
#[test]
fn the_token_that_steers_emulators_stays_out_of_the_program() {
    let temporary = tempfile::tempdir().unwrap();
    let output = emulator(temporary.path())
        .env("CITRIX_EMULATOR_CONTROL_TOKEN", "hunter2-hunter2-hunter2")
        .args(["exec", "--", "env"])
        .output()
        .unwrap();
    assert!(!printed(&output).contains("hunter2"));
}

#[cfg(unix)]
#[test]
fn a_script_that_does_not_name_its_interpreter_is_one_for_sh() {
    use std::os::unix::fs::OpenOptionsExt;
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o700)
        .open(&script)
        .unwrap();
    file.write_all(b"echo \"$1 for $CUSTOMER_ID\"; exit 4\n")
        .unwrap();
    drop(file);
    let output = exec([script.as_os_str(), "hello".as_ref()]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(
        output.stdout,
        format!("hello for {}\n", ids::CUSTOMER_ID).as_bytes()
    );
}

#[test]
fn arguments_reach_the_program_with_and_without_dashes_between() {
    let temporary = tempfile::tempdir().unwrap();
    for start in [
        &["exec", "--"][..],
        &["exec"],
        &["exec", "--machines", "3", "--"],
    ] {
        let output = emulator(temporary.path())
            .args(start)
            .args(["printf", "%s.", "-u", "--machines", "a b", ""])
            .output()
            .unwrap();
        assert_eq!(printed(&output), "-u.--machines.a b..", "{start:?}");
    }
    let mistyped = emulator(temporary.path())
        .args(["exec", "--machine", "3", "--", "true"])
        .output()
        .unwrap();
    assert_eq!(mistyped.status.code(), Some(2));
}

#[test]
fn the_time_of_jobs_is_a_number_of_seconds() {
    let temporary = tempfile::tempdir().unwrap();
    for (duration, status) in [("0.25", 0), ("3", 0), ("soon", 2), ("-1", 2), ("inf", 2)] {
        let option = format!("--job-duration={duration}");
        let output = emulator(temporary.path())
            .args(["exec", &option, "--", "true"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(status), "{duration}");
    }
}

#[test]
fn standard_streams_belong_to_the_program_alone() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = emulator(temporary.path())
        .args(["exec", "--", "sh", "-c", "cat; echo oops >&2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes = [0, 255, b'\n', b'\r', 7];
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout, bytes);
    assert_eq!(output.stderr, b"oops\n");
}

#[test]
fn an_unusable_temporary_folder_exits_with_125() {
    let temporary = tempfile::tempdir().unwrap();
    let output = emulator(&temporary.path().join("nowhere"))
        .args(["exec", "--", "true"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("error: ")
    );
}

#[cfg(unix)]
#[test]
fn files_for_programs_are_private_and_hold_no_key() {
    let script = r#"folder=$(dirname "$SSL_CERT_FILE")
        stat -c %a "$folder"; cat "$folder"/* 2>/dev/null | grep -c 'PRIVATE KEY'; true"#;
    assert_eq!(printed(&shell(script)), "700\n0\n");
}

//! The official Python SDK of the protocol, which `.ci/run` installs in a folder of its own.

use std::path::Path;
use std::process::Command;

#[test]
fn the_official_client_reads_and_carries_out_a_plan_once() {
    let python = std::env::var("MCP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python).args(["-c", "import mcp"]).output();
    if !there.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: `{python} -c 'import mcp'` does not work here");
        return;
    }
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/mcp");
    let output = Command::new(python)
        .arg(tests.join("official_client.py"))
        .arg(env!("CARGO_BIN_EXE_citrix-cloud"))
        .output()
        .unwrap();
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    assert!(output.status.success(), "{stdout}{stderr}");
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{stdout}");
    assert!(
        lines[0].ends_with(" tools, and no way to write"),
        "{stdout}"
    );
    assert!(
        lines[1].contains("DEMOLAB\\KESTREL was rebooted"),
        "{stdout}"
    );
}

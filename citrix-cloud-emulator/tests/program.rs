//! The program, as a script starts it.

#![cfg(feature = "bin")]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use citrix_cloud_emulator::ids;
use serde_json::Value;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_citrix-cloud-emulator"))
}

#[test]
fn an_address_that_is_not_loopback_is_refused() {
    let output = program()
        .args(["serve", "--addr", "0.0.0.0:0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("0.0.0.0:0 is not a loopback address"),
        "{message}"
    );
}

#[test]
fn one_line_says_where_it_listens_and_how_to_sign_in() {
    let mut child = program()
        .args(["serve", "--machines", "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let address = ready["url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let connection = TcpStream::connect(address);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(connection.is_ok());
    for (field, value) in [
        ("customerId", ids::CUSTOMER_ID),
        ("clientId", ids::CLIENT_ID),
        ("clientSecret", ids::CLIENT_SECRET),
        ("siteId", ids::SITE_ID),
        ("catalogId", ids::CATALOG_ID),
    ] {
        assert_eq!(ready[field], value);
    }
}

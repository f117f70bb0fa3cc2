//! After being killed in the middle of its work, the program still has every change that it confirmed.

#![cfg(feature = "bin")]
// Clippy's exception for tests covers only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::{io, thread};

use serde_json::{Value, json};

const ROUNDS: usize = 8;
const WRITERS: usize = 4;

struct Program {
    child: Child,
    ready: Value,
}

impl Program {
    fn start(state: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_citrix-cloud-emulator"))
            .args(["serve", "--state"])
            .arg(state)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap();
        Self { child, ready }
    }

    fn text(&self, name: &str) -> String {
        self.ready[name].as_str().unwrap().to_owned()
    }

    fn client(&self) -> io::Result<Client> {
        let address = self.text("url").replace("http://", "");
        let mut client = Client {
            stream: BufReader::new(TcpStream::connect(address)?),
            headers: "Content-Type: application/x-www-form-urlencoded\r\n".to_owned(),
        };
        let (id, secret) = (self.text("clientId"), self.text("clientSecret"));
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let response = client.send("POST", "/cctrustoauth2/root/tokens/clients", &form)?;
        let token = response.1["access_token"].as_str().unwrap();
        client.headers = format!(
            "Authorization: CwsAuth Bearer={token}\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
             Citrix-CustomerId: {}\r\nCitrix-InstanceId: {}\r\n",
            self.text("customerId"),
            self.text("siteId")
        );
        Ok(client)
    }
}

/// A failing test leaves no process behind.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Client {
    stream: BufReader<TcpStream>,
    headers: String,
}

impl Client {
    fn send(&mut self, method: &str, path: &str, body: &str) -> io::Result<(u16, Value)> {
        let length = body.len();
        let headers = &self.headers;
        write!(
            self.stream.get_mut(),
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut length = 0;
        while line.trim() != "" {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }
}

/// The changes that a writer saw confirmed, and the one that it requested without getting a response.
#[derive(Default)]
struct Told {
    names: BTreeMap<String, String>,
    gone: BTreeSet<String>,
    unheard: Option<String>,
}

/// Creates, renames and deletes resource locations until the program dies.
fn write_until_killed(mut client: Client, prefix: &str, done: &Sender<()>) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        let name = format!("{prefix} {number}");
        let body = json!({ "name": name }).to_string();
        let Ok((status, response)) = client.send("POST", "/resourcelocations", &body) else {
            break;
        };
        assert_eq!(status, 200, "{response}");
        let id = response["id"].as_str().unwrap().to_owned();
        told.names.insert(id.clone(), name);
        told.unheard = Some(id.clone());
        let path = format!("/resourcelocations/{id}");
        if number % 3 == 1 {
            if client.send("DELETE", &path, "").is_err() {
                break;
            }
            told.names.remove(&id);
            told.gone.insert(id);
        } else if number % 3 == 2 {
            let name = format!("{prefix} {number} renamed");
            let body = json!({ "name": name }).to_string();
            if client.send("PUT", &path, &body).is_err() {
                break;
            }
            told.names.insert(id, name);
        }
        told.unheard = None;
        // The receiver is gone once the program has been killed.
        let _ = done.send(());
    }
    told
}

#[test]
fn confirmed_changes_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("world.state");
    let mut names = BTreeMap::new();
    let mut gone = BTreeSet::new();
    let mut written = 0;
    for round in 0..=ROUNDS {
        let mut program = Program::start(&state);
        let list = program
            .client()
            .unwrap()
            .send("GET", "/resourcelocations", "")
            .unwrap();
        let items = list.1["items"].as_array().unwrap();
        let there: BTreeMap<_, _> = items
            .iter()
            .map(|it| (it["id"].as_str().unwrap(), it["name"].as_str().unwrap()))
            .collect();
        for (id, name) in &names {
            assert_eq!(
                there.get(id as &str),
                Some(&(name as &str)),
                "round {round}"
            );
        }
        for id in &gone {
            assert!(
                !there.contains_key(id as &str),
                "{id} was deleted before round {round}"
            );
        }
        if round == ROUNDS {
            break;
        }
        let (done, dones) = channel();
        let told = thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let client = program.client().unwrap();
                    let done = done.clone();
                    scope.spawn(move || {
                        write_until_killed(client, &format!("Room {round} {writer}"), &done)
                    })
                })
                .collect();
            drop(done);
            // Each round kills the program at a different point of its work.
            for _ in 0..5 + round * 7 {
                dones.recv().unwrap();
            }
            program.child.kill().unwrap();
            let told = writers.into_iter().map(|it| it.join().unwrap());
            told.collect::<Vec<_>>()
        });
        drop(program);
        for one in told {
            written += one.names.len() + one.gone.len();
            names.extend(one.names);
            gone.extend(one.gone);
            // A change without a response may or may not have happened.
            if let Some(id) = one.unheard {
                names.remove(&id);
            }
        }
    }
    assert!(written > ROUNDS * 5, "{written}");
}

#[test]
fn two_programs_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("world.state");
    let first = Program::start(&state);
    let second = Command::new(env!("CARGO_BIN_EXE_citrix-cloud-emulator"))
        .args(["serve", "--state"])
        .arg(&state)
        .output()
        .unwrap();
    drop(first);
    assert_eq!(second.status.code(), Some(1));
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.contains("in use by another emulator"), "{message}");
    drop(Program::start(&state));
}

//! An emulator, and the program that runs against it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

use citrix_cloud_emulator::{Emulator, Machine, Server, ids};
use serde_json::Value;

/// The path of every sign-in.
pub(crate) const TOKEN: &str = "POST /cctrustoauth2/root/tokens/clients";

/// An emulator on a port of its own.
pub(crate) struct Stage {
    server: Server,
}

/// The result of a program run.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Emulator::default()).await
    }

    pub(crate) async fn with(emulator: Emulator) -> Self {
        let server = emulator.serve(([127, 0, 0, 1], 0).into()).await;
        Self {
            server: server.expect("a loopback port is free"),
        }
    }

    pub(crate) fn emulator(&self) -> &Emulator {
        &self.server
    }

    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// Runs the program until it ends.
    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        Ran::of(self.command().args(arguments))
    }

    /// Returns the program with the emulator's address and credentials, without a terminal.
    pub(crate) fn command(&self) -> Command {
        let mut command = program();
        command
            .env("CITRIX_CLOUD_ENDPOINT", self.server.url())
            .env("CITRIX_CLIENT_ID", ids::CLIENT_ID)
            .env("CITRIX_CLIENT_SECRET", ids::CLIENT_SECRET)
            .env("CITRIX_CUSTOMER_ID", ids::CUSTOMER_ID);
        command
    }

    /// Returns the command that reboots the idle machines of the catalog.
    pub(crate) fn reboot_idle(&self, more: &[&str]) -> Command {
        let mut command = self.command();
        command
            .args(["daas", "reboot-idle", "--yes", "--catalog", ids::CATALOG_ID])
            .args(more);
        command
    }

    /// Returns method and path of every request so far, and clears the journal.
    pub(crate) fn sent(&self) -> Vec<String> {
        let journal = self.server.journal();
        let sent = journal.entries();
        journal.clear();
        sent.iter()
            .map(|exchange| format!("{} {}", exchange.method, exchange.path))
            .collect()
    }

    pub(crate) fn reboots(&self, machine: &str) -> Option<usize> {
        self.server
            .read_site(|site| site.machines.get(machine).map(Machine::reboots))
    }
}

/// Returns the program in an empty environment, without a terminal and without a user's folders.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_citrix-cloud"));
    let nowhere = concat!(env!("CARGO_TARGET_TMPDIR"), "/nowhere");
    command
        .env_clear()
        .env("CITRIX_CLOUD_CONFIG_DIR", nowhere)
        .env("XDG_CACHE_HOME", nowhere)
        // Times are shown in the local time zone.
        .env("TZ", "UTC")
        .stdin(Stdio::null());
    // Without it, Windows cannot open sockets.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

/// Responds to every request with JSON, by its method and path, or cuts the connection for `None`.
///
/// For behavior that the emulator does not have. It listens until the test ends.
pub(crate) fn scripted(response: impl Fn(&str) -> Option<&'static str> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("it listens");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let request = read_request(&stream);
            if let Some(json) = response(&request) {
                let length = json.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n");
                let _ = write!(stream, "{head}connection: close\r\n\r\n{json}");
            }
        }
    });
    format!("http://{address}")
}

/// Reads a request to its end and returns its method and path, without the query.
fn read_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut length = 0;
    let _ = reader.read_line(&mut first);
    for line in reader.by_ref().lines().map_while(Result::ok) {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    let _ = reader.read_exact(&mut vec![0; length]);
    first
        .split(['?', ' '])
        .take(2)
        .collect::<Vec<_>>()
        .join(" ")
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        command.output().expect("the program starts").into()
    }

    /// Waits for a started program, and returns its result.
    pub(crate) fn end(child: Child) -> Self {
        child.wait_with_output().expect("the program ends").into()
    }

    /// Returns the standard output of a successful run, whose standard error may contain only a summary.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        let of_many = self.stderr.lines().count() == 1
            && self.stderr.contains(", failed 0, unknown 0, ")
            && self.stderr.ends_with(", not attempted 0\n");
        assert!(of_many || self.stderr.is_empty(), "{}", self.stderr);
        self.stdout
    }

    /// Returns the JSON of a successful run.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.ok()).expect("output is JSON")
    }

    /// Returns the error of a run that must fail with a usage error.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        self.failed_with(2)
    }

    /// Does the same for errors in any format.
    #[track_caller]
    pub(crate) fn refused_with_any(self) -> String {
        assert_eq!(
            (self.code, self.stdout.as_str()),
            (Some(2), ""),
            "{}",
            self.stderr
        );
        self.stderr
    }

    /// Returns the error of a run that must fail with this exit code, without any output.
    #[track_caller]
    pub(crate) fn failed_with(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert_eq!(self.stdout, "");
        assert!(self.stderr.starts_with("error: "), "{}", self.stderr);
        assert!(!self.stderr.contains('\u{1b}'), "{}", self.stderr);
        self.stderr
    }
}

//! A client that writes and reads lines of JSON-RPC.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::{Ran, Stage};

/// The protocol version of the tests.
pub(super) const VERSION: &str = "2025-06-18";

/// The program as a server, and its output so far.
pub(super) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    last: u64,
    folder: TempDir,
}

impl Client {
    /// Creates a client of a server for the stage's emulator, after initialization.
    pub(super) fn of(stage: &Stage, options: &[&str]) -> Self {
        let mut client = Self::silent(stage.command(), options);
        client.greet();
        client
    }

    /// Creates a client that has not sent anything yet.
    pub(super) fn silent(mut program: Command, options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        program.arg("mcp").args(options).arg("--audit");
        program.arg(folder.path().join("audit.jsonl"));
        let piped = program.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(Stdio::piped()).spawn().unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            last: 0,
            folder,
        }
    }

    pub(super) fn greet(&mut self) -> Value {
        let hello = json!({
            "protocolVersion": VERSION,
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let response = self.ask("initialize", &hello);
        self.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        response
    }

    /// Sends a line.
    pub(super) fn say(&mut self, message: &Value) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{message}").unwrap();
        input.flush().unwrap();
    }

    /// Sends a request without waiting for its response.
    pub(super) fn send(&mut self, method: &str, params: &Value) {
        self.last += 1;
        let message =
            json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params });
        self.say(&message);
    }

    pub(super) fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    /// Sends a request, and returns the whole response.
    pub(super) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.send(method, params);
        let response: Value = serde_json::from_str(&self.line()).unwrap();
        assert_eq!(response["id"], json!(self.last), "{response}");
        response
    }

    pub(super) fn tools(&mut self) -> Vec<Value> {
        let response = self.ask("tools/list", &json!({}));
        response["result"]["tools"].as_array().unwrap().clone()
    }

    pub(super) fn names(&mut self) -> Vec<String> {
        let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
        self.tools().iter().map(name).collect()
    }

    /// Calls a tool, and returns its result.
    pub(super) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let mut params = json!({ "name": tool });
        params["arguments"] = arguments;
        self.ask("tools/call", &params)["result"].clone()
    }

    /// Calls a tool that must succeed, and returns its data.
    #[track_caller]
    pub(super) fn ok(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], json!(false), "{result}");
        // Clients without support for structured results get the same as text.
        let text = result["content"][0]["text"].as_str().unwrap();
        let of_text: Value = serde_json::from_str(text).unwrap();
        assert_eq!(of_text, result["structuredContent"]);
        result["structuredContent"].clone()
    }

    /// Calls a tool that must fail, and returns the lines of its error.
    #[track_caller]
    pub(super) fn refused(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], json!(true), "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    pub(super) fn audit_file(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    pub(super) fn audit(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.audit_file()).unwrap();
        let lines = text.lines();
        lines.map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// Presses Ctrl-C.
    #[cfg(unix)]
    pub(super) fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Closes the server's standard input.
    pub(super) fn leave(&mut self) {
        self.input = None;
    }

    /// Disconnects, and returns the final audit file.
    pub(super) fn end(mut self) -> (Ran, Vec<Value>) {
        self.leave();
        self.wait()
    }

    /// Waits for the end, and returns the final audit file.
    pub(super) fn wait(mut self) -> (Ran, Vec<Value>) {
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.output, &mut rest).unwrap();
        let code = self.child.wait().unwrap().code();
        let mut stderr = String::new();
        let mut errors = self.child.stderr.take().unwrap();
        std::io::Read::read_to_string(&mut errors, &mut stderr).unwrap();
        let ran = Ran {
            code,
            stdout: rest,
            stderr,
        };
        let audit = self.audit();
        (ran, audit)
    }
}

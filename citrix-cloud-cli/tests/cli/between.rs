//! A server between the program and the emulator that changes responses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use crate::stage::Stage;

/// A response that may be changed.
pub(crate) struct Response {
    /// Method and path of the request, without the query.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    /// The body, unless it is empty.
    pub(crate) body: Option<Value>,
}

/// Forwards everything to the emulator, and passes responses through `change`. It listens until the test ends.
pub(crate) fn between(stage: &Stage, change: impl Fn(&mut Response) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("it listens");
    let emulator = stage.url().trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let Some((request, bytes)) = request(&client) else {
                continue;
            };
            let mut response = ask(&emulator, request, &bytes);
            change(&mut response);
            let body = response.body.map(|it| it.to_string()).unwrap_or_default();
            let _ = write!(
                client,
                "HTTP/1.1 {} X\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                response.status,
                response.content_type,
                body.len()
            );
        }
    });
    format!("http://{address}")
}

/// Reads a request: method and path, and the bytes to forward.
fn request(client: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(client);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        // Responses must not be compressed, and each connection carries one request.
        if !lower.starts_with("accept-encoding:") && !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    head.push_str("connection: close\r\n\r\n");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut words = head.split(['?', ' ']);
    let request = format!("{} {}", words.next()?, words.next()?);
    Some((request, [head.into_bytes(), body].concat()))
}

/// Forwards a request to the emulator.
fn ask(emulator: &str, request: String, bytes: &[u8]) -> Response {
    let mut stream = TcpStream::connect(emulator).expect("the emulator listens");
    stream.write_all(bytes).expect("it takes the request");
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).expect("it responds");
    let status = first.split(' ').nth(1).and_then(|it| it.parse().ok());
    for line in reader.by_ref().lines() {
        let line = line.expect("the response has a head");
        let chunked = line.to_ascii_lowercase().starts_with("transfer-encoding:");
        assert!(!chunked, "the emulator says how long its responses are");
        if line.is_empty() {
            break;
        }
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body).expect("the response ends");
    Response {
        request,
        status: status.expect("it has a status"),
        content_type: "application/json",
        body: serde_json::from_slice(&body).ok(),
    }
}

//! A server on a raw socket, so that tests can compare bytes and break connections.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The request line without the version: `GET /path?query`.
    pub line: String,
    /// Header names in lower case with their values, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Seen {
    /// Returns the value of a header, given its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Sends status, headers and body.
    Response(u16, Vec<(&'static str, String)>, String),
    /// Reads the request and closes the connection.
    HangUp,
    /// Announces a longer body than it sends, then closes the connection.
    CutShort(u16, String),
    /// Does something after a delay, in the runtime's time.
    Late(Duration, Box<Reply>),
}

impl Reply {
    /// Returns a response with JSON.
    #[must_use]
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Response(
            status,
            vec![("Content-Type", "application/json".into())],
            body.into(),
        )
    }

    /// Returns a token response as in the walkthrough: with leading white space, and the lifetime
    /// as text.
    #[must_use]
    pub fn token() -> Self {
        Self::token_named(super::TOKEN)
    }

    /// The same as [`Reply::token`], with another token.
    #[must_use]
    pub fn token_named(token: &str) -> Self {
        Self::json(
            200,
            format!(
                "\n      {{\n  \"token_type\": \"bearer\",\n  \"access_token\": \"{token}\",\n  \
                 \"expires_in\": \"3600\"\n}}\n   "
            ),
        )
    }

    /// Returns the same reply with one more header.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Response(status, mut headers, body) => {
                headers.push((name, value.into()));
                Self::Response(status, headers, body)
            }
            other => other,
        }
    }
}

/// Returns the reply to a request after the end of the script; with `None`, there is none.
type Afterwards = Box<dyn Fn(&Seen) -> Option<Reply> + Send>;

struct Script {
    replies: VecDeque<Reply>,
    afterwards: Afterwards,
    seen: Vec<Seen>,
}

/// The server; it stops on drop.
pub struct Scripted {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Scripted {
    /// Starts a server that sends these replies in this order, and 599 afterwards.
    ///
    /// # Panics
    ///
    /// If no loopback port can be bound.
    pub async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let unscripted = r#"{"message":"the script is at its end"}"#;
        Self::start_with(replies, move |_| Some(Reply::json(599, unscripted))).await
    }

    /// The same as [`Scripted::start`], with a function that returns the reply to each request line
    /// after the end of the script. With `None`, there is no reply.
    ///
    /// # Panics
    ///
    /// The same as [`Scripted::start`].
    pub async fn start_with(
        replies: impl IntoIterator<Item = Reply>,
        afterwards: impl Fn(&str) -> Option<Reply> + Send + 'static,
    ) -> Self {
        Self::start_seeing(replies, move |seen| afterwards(&seen.line)).await
    }

    /// The same as [`Scripted::start_with`], for replies that depend on more than the request line.
    ///
    /// # Panics
    ///
    /// The same as [`Scripted::start`].
    pub async fn start_seeing(
        replies: impl IntoIterator<Item = Reply>,
        afterwards: impl Fn(&Seen) -> Option<Reply> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port");
        let address = listener.local_addr().expect("an address");
        let replies = replies.into_iter().collect();
        let (afterwards, seen) = (Box::new(afterwards), Vec::new());
        let script = Arc::new(Mutex::new(Script {
            replies,
            afterwards,
            seen,
        }));
        let shared = script.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, shared.clone()));
            }
        });
        Self {
            address,
            script,
            accepting,
        }
    }

    /// Returns its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the requests so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .seen
            .clone()
    }

    /// Waits until N requests have arrived.
    pub async fn wait_for(&self, requests: usize) {
        while self.seen().len() < requests {
            tokio::task::yield_now().await;
        }
    }

    /// Returns the request lines so far.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.accepting.abort();
        let left = self
            .script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replies
            .len();
        if !std::thread::panicking() {
            assert_eq!(left, 0, "the script has replies that nobody asked for");
        }
    }
}

async fn converse(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let mut buffer = Vec::new();
    while let Some(seen) = read_request(&mut stream, &mut buffer).await {
        let reply = {
            let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
            let scripted = script.replies.pop_front();
            let reply = scripted.or_else(|| (script.afterwards)(&seen));
            script.seen.push(seen);
            reply
        };
        let Some(mut reply) = reply else {
            return std::future::pending().await;
        };
        while let Reply::Late(time, then) = reply {
            tokio::time::sleep(time).await;
            reply = *then;
        }
        match reply {
            Reply::Response(status, headers, body) => {
                if stream
                    .write_all(&response_bytes(status, &headers, &body, body.len()))
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Reply::HangUp | Reply::Late(..) => return,
            Reply::CutShort(status, body) => {
                let announced = body.len() + 100;
                let _ = stream
                    .write_all(&response_bytes(status, &[], &body, announced))
                    .await;
                return;
            }
        }
    }
}

fn response_bytes(status: u16, headers: &[(&str, String)], body: &str, length: usize) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Scripted\r\n");
    // A 204 has no body, and HTTP does not allow a Content-Length with it.
    if status != 204 {
        text.push_str(&format!("Content-Length: {length}\r\n"));
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    while buffer.len() < head_end + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&buffer[head_end..head_end + length]).into_owned();
    buffer.drain(..head_end + length);
    Some(Seen {
        line,
        headers,
        body,
    })
}

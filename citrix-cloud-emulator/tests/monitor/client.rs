//! A minimal HTTP/1.1 client: it writes a request, and reads until the connection is closed.

use std::time::Duration;

use citrix_cloud_emulator::{Clock, Emulator, EmulatorBuilder, Limits, Server, WorldFile, ids};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The office on its Monday morning, with a frozen clock.
pub(crate) struct Office {
    pub(crate) emulator: Emulator,
    pub(crate) server: Server,
    pub(crate) token: String,
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect(&self.body)
    }
}

/// The time of the office's clock.
pub(crate) const NOW: &str = "2026-01-05T08:30:00Z";

pub(crate) fn office() -> EmulatorBuilder {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/office.yml");
    let text = std::fs::read_to_string(file).unwrap();
    let world: WorldFile = serde_saphyr::from_str(&text).unwrap();
    let builder = world.builder().unwrap();
    builder
        .clock(Clock::manual(NOW.parse().unwrap()))
        .latency(Duration::ZERO)
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::of(office()).await
    }

    /// Creates an office without a limit on queries.
    pub(crate) async fn patient() -> Self {
        let limits = Limits {
            monitor_rows: u64::MAX,
            ..Limits::default()
        };
        Self::of(office().limits(limits)).await
    }

    pub(crate) async fn of(builder: EmulatorBuilder) -> Self {
        let emulator = builder.build();
        let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let mut office = Self {
            emulator,
            server,
            token: String::new(),
        };
        office.sign_in().await;
        office
    }

    pub(crate) async fn sign_in(&mut self) {
        self.token = self.token_of(ids::CLIENT_ID, ids::CLIENT_SECRET).await;
    }

    pub(crate) async fn token_of(&self, id: &str, secret: &str) -> String {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = format!(
            "POST /cctrustoauth2/root/tokens/clients HTTP/1.1\r\nHost: api.cloud.com\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{form}",
            form.len()
        );
        let response = self.raw(&request).await;
        response.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Sends these bytes.
    pub(crate) async fn raw(&self, request: &str) -> Response {
        let mut stream = TcpStream::connect(self.server.addr()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect(&text);
        Response {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    /// Gets a path of a host with the headers that the service requires.
    pub(crate) async fn from(&self, host: &str, path: &str) -> Response {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: CWSAuth Bearer={}\r\n\
             Citrix-CustomerId: {}\r\nAccept: application/json\r\nConnection: close\r\n\r\n",
            self.token,
            ids::CUSTOMER_ID
        );
        self.raw(&request).await
    }

    /// Sends a query as people write it, with blanks.
    pub(crate) async fn ask(&self, query: &str) -> Response {
        let path = format!("/monitorodata/{}", query.replace(' ', "%20"));
        self.from("api.cloud.com", &path).await
    }

    /// Sends a query, and returns the rows of all pages.
    pub(crate) async fn rows(&self, query: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut response = self.ask(query).await;
        loop {
            assert_eq!(response.status, 200, "{query}: {}", response.body);
            let mut page = response.json();
            let Value::Array(value) = page["value"].take() else {
                panic!("{query} has no value");
            };
            rows.extend(value);
            let Some(next) = page["@odata.nextLink"].as_str() else {
                return rows;
            };
            let path = next.strip_prefix("https://api.cloud.com").expect(next);
            response = self.from("api.cloud.com", path).await;
        }
    }
}

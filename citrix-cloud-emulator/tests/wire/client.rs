//! A minimal client: it sends its input, and keeps the response unchanged.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use citrix_cloud_emulator::{Clock, Emulator, EmulatorBuilder, ids};
use http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt;

/// An emulator with a frozen clock, and a token for it.
pub(crate) struct Cloud {
    pub(crate) emulator: Emulator,
    pub(crate) token: String,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect(&self.body)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).expect(name).to_str().unwrap()
    }
}

impl Cloud {
    /// Creates a strict emulator, so that the documented behavior is tested.
    pub(crate) async fn new() -> Self {
        Self::built(Emulator::builder()).await
    }

    pub(crate) async fn built(builder: EmulatorBuilder) -> Self {
        Self::signed_in(builder.strict()).await
    }

    pub(crate) async fn lenient() -> Self {
        Self::signed_in(Emulator::builder()).await
    }

    async fn signed_in(builder: EmulatorBuilder) -> Self {
        // 2026-08-31 17:50:19 UTC
        let clock = Clock::manual(jiff::Timestamp::from_second(1_788_198_619).unwrap());
        let emulator = builder.clock(clock).build();
        let mut cloud = Self {
            emulator,
            token: String::new(),
        };
        cloud.sign_in().await;
        cloud
    }

    pub(crate) async fn sign_in(&mut self) {
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            ids::CLIENT_ID,
            ids::CLIENT_SECRET
        );
        let response = self
            .token_request("application/x-www-form-urlencoded", &form)
            .await;
        self.token = response.json()["access_token"].as_str().unwrap().to_owned();
    }

    pub(crate) async fn token_request(&self, content_type: &str, form: &str) -> Response {
        let headers = [("content-type", content_type)];
        self.send("POST", "/cctrustoauth2/root/tokens/clients", &headers, form)
            .await
    }

    /// Sends exactly these headers, plus the length that HTTP requires of a client.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        if matches!(method, "POST" | "PUT" | "PATCH") {
            request = request.header("content-length", body.len());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.exchange(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    pub(crate) async fn exchange(&self, request: Request<Body>) -> Response {
        let response = self.emulator.app().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Response {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) fn authorization(&self) -> String {
        format!("CwsAuth Bearer={}", self.token)
    }

    /// Sends a call like a careful client, with JSON if there is a body.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Response {
        let authorization = self.authorization();
        let mut headers = vec![
            ("authorization", authorization.as_str()),
            ("accept", "application/json"),
            ("citrix-customerid", ids::CUSTOMER_ID),
            ("citrix-instanceid", ids::SITE_ID),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        if !body.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        self.send(method, path, &headers, &body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.call("GET", path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str) -> Response {
        self.call("POST", path, Value::Null).await
    }

    /// Calls an operation of the site with the current API version.
    pub(crate) async fn site(&self, method: &str, path: &str) -> Response {
        self.call(method, &format!("/cvad/manage{path}"), Value::Null)
            .await
    }

    pub(crate) fn wait(&self, milliseconds: u64) {
        self.emulator
            .clock()
            .advance(Duration::from_millis(milliseconds));
    }
}

/// Percent-encodes everything that is not a letter or a digit.
pub(crate) fn escape(text: &str) -> String {
    let escape = |byte: u8| {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() {
            letter.to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(escape).collect()
}

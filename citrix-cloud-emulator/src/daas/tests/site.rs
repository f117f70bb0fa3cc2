//! A site that tests call by operation, and whose responses are checked against their models.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::Request;
use serde_json::Value;
use tower::ServiceExt;

use crate::operations::{self, Operation};
use crate::schema::{self, Model, Type, model};
use crate::{Clock, Emulator, ids};

/// Fields that the service omits although the model has them.
const SOMETIMES: [&str; 2] = ["ErrorCode", "IsCspCustomer"];

pub(super) struct Site {
    pub(super) emulator: Emulator,
    token: String,
    called: RefCell<BTreeSet<&'static str>>,
}

pub(super) struct Response {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) body: Value,
}

impl Site {
    pub(super) async fn new() -> Self {
        let clock = Clock::manual(jiff::Timestamp::from_second(1_788_198_619).unwrap());
        let emulator = Emulator::builder().clock(clock).strict().build();
        let mut site = Self {
            emulator,
            token: String::new(),
            called: RefCell::default(),
        };
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            ids::CLIENT_ID,
            ids::CLIENT_SECRET
        );
        let request = Request::post("/cctrustoauth2/root/tokens/clients")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", form.len());
        let response = site.exchange(request.body(Body::from(form)).unwrap()).await;
        site.token = response.body["access_token"].as_str().unwrap().to_owned();
        site
    }

    /// Calls an operation that must succeed, and checks its response.
    pub(super) async fn ok(
        &self,
        operation: &str,
        path: &[&str],
        query: &str,
        body: Value,
    ) -> Value {
        let response = self.call(operation, path, query, &body).await;
        assert_eq!(
            response.status, 200,
            "{operation} {path:?} {query} {body}: {}",
            response.body
        );
        let operation = operations::daas(operation).unwrap();
        match &operation.response {
            None => assert_eq!(
                response.body,
                Value::Null,
                "{} responses nothing",
                operation.name
            ),
            // The results of jobs are arbitrary JSON text.
            Some(Type::Text) => {}
            Some(kind) => check(kind, &response.body, operation.name),
        }
        self.called.borrow_mut().insert(operation.name);
        response.body
    }

    /// Reads all items of a list.
    pub(super) async fn items(&self, operation: &str, path: &[&str], query: &str) -> Vec<Value> {
        let list = self.ok(operation, path, query, Value::Null).await;
        let items = list.get("Items").or_else(|| list.get("items"));
        items.unwrap().as_array().unwrap().clone()
    }

    pub(super) async fn call(
        &self,
        operation: &str,
        path: &[&str],
        query: &str,
        body: &Value,
    ) -> Response {
        let operation = operations::daas(operation).expect(operation);
        let mut target = url(operation, path);
        if !query.is_empty() {
            target = format!("{target}?{query}");
        }
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut request = Request::builder()
            .method(operation.method)
            .uri(target)
            .header("authorization", format!("CwsAuth Bearer={}", self.token))
            .header("accept", "application/json")
            .header("citrix-customerid", ids::CUSTOMER_ID)
            .header("citrix-instanceid", ids::SITE_ID);
        if !matches!(operation.method, "GET" | "HEAD") {
            request = request.header("content-length", body.len());
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        self.exchange(request.body(Body::from(body)).unwrap()).await
    }

    /// Calls a service of the platform through a path of the older hosts.
    pub(super) async fn platform(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("CwsAuth Bearer={}", self.token))
            .header("content-type", "application/json")
            .header("content-length", body.len());
        let response = self.exchange(request.body(Body::from(body)).unwrap()).await;
        assert!(response.status < 300, "{method} {path}: {}", response.body);
        response.body
    }

    pub(super) fn called(&self) -> BTreeSet<&'static str> {
        self.called.borrow().clone()
    }

    pub(super) fn wait(&self, seconds: u64) {
        self.emulator.clock().advance(Duration::from_secs(seconds));
    }

    async fn exchange(&self, request: Request<Body>) -> Response {
        let response = self.emulator.app().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let location = parts.headers.get("location");
        Response {
            status: parts.status.as_u16(),
            location: location.map(|it| it.to_str().unwrap().to_owned()),
            body: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }
}

/// Returns the operations in daily use.
pub(super) fn daily() -> impl Iterator<Item = &'static Operation> {
    let table = include_str!("../../../../tests/facts/daas-operations-in-daily-use.tsv");
    let names = table.lines().filter(|line| !line.starts_with('#'));
    names.map(|line| operations::daas(line.split('\t').nth(1).unwrap()).unwrap())
}

/// Builds the path of an operation, with its parameters encoded as clients do.
fn url(operation: &Operation, parameters: &[&str]) -> String {
    let mut parameters = parameters.iter();
    let mut path = "/cvad/manage".to_owned();
    for segment in &operation.path {
        path.push('/');
        if segment.starts_with('{') {
            let value = parameters.next().unwrap_or(&"nothing").replace('\\', "|");
            path.extend(value.bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            path.push_str(segment);
        }
    }
    path
}

/// Checks that a response has every field of its model, with the right type.
fn check(kind: &Type, response: &Value, operation: &str) {
    let read = schema::body(kind, response, schema::Binding::Exact);
    if let Err(reply) = read {
        let why = String::from_utf8_lossy(&reply.body).into_owned();
        panic!("{operation} responses what its model does not allow: {why}\n{response}");
    }
    complete(kind, response, operation);
}

fn complete(kind: &Type, response: &Value, at: &str) {
    match (kind, response) {
        (Type::Moment, Value::String(text)) => {
            let time = text.parse::<jiff::Timestamp>();
            assert!(time.is_ok(), "{at} is not a time: '{text}'");
        }
        (Type::List(item), Value::Array(items)) => {
            items.iter().for_each(|it| complete(item, it, at));
        }
        (Type::Named(name), Value::Object(fields)) => {
            for field in model(name).map(Model::fields).unwrap_or_default() {
                // Only searches return a total.
                let sometimes = SOMETIMES.contains(&field.name) || field.name == "TotalItems";
                match fields.get(field.name) {
                    Some(value) => complete(&field.kind, value, &format!("{at}.{}", field.name)),
                    None => assert!(sometimes, "{at} lacks {} of {name}", field.name),
                }
            }
        }
        _ => {}
    }
}

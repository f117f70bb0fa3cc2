//! Requests that no document describes, sent through the same pipeline as all others.

use bytes::Bytes;
use citrix_cloud_gen::operation::{
    Asynchronous, InvalidRequest, Meta, Operation, Reads, Response, Scope,
};
use citrix_cloud_gen::ops;
use http::{HeaderValue, Method, header};
use reqwest::Url;
use serde_json::Value;

use crate::pipeline::{Call, Shared};
use crate::{Error, Request, Service};

/// The methods that Citrix's operations have.
const METHODS: [Method; 6] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// A request given by method and path, with a response of any JSON type; created by
/// [`Site::send_raw`](crate::daas::Site::send_raw) and
/// [`Client::send_raw`](crate::Client::send_raw).
#[derive(Clone, Debug)]
pub struct RawOperation(http::Request<Bytes>);

impl Operation for RawOperation {
    type Output = Value;

    // What is known without the request; the call adds the rest.
    const META: Meta = Meta::new(
        "send_raw",
        ops::Service::Platform,
        Method::GET,
        "",
        Reads::Optional,
    );

    fn into_request(self) -> Result<http::Request<Bytes>, InvalidRequest> {
        Ok(self.0)
    }

    fn decode<R: Response>(response: R) -> Result<Value, R::Error> {
        Ok(response.optional()?.unwrap_or_default())
    }
}

impl Asynchronous for RawOperation {
    fn asynchronous(mut self) -> Self {
        let (path, query) = (self.0.uri().path(), self.0.uri().query());
        let pairs = query.unwrap_or_default().split('&');
        let others = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("async="));
        let query: Vec<&str> = std::iter::once("async=true").chain(others).collect();
        // A valid URI stays valid with another query.
        if let Ok(uri) = format!("{path}?{}", query.join("&")).parse() {
            *self.0.uri_mut() = uri;
        }
        self
    }
}

/// Creates a request to a service, or below a DaaS site.
pub(crate) fn request(
    shared: &std::sync::Arc<Shared>,
    service: Service,
    request: http::Request<impl Into<Bytes>>,
) -> Request<RawOperation> {
    let (parts, body) = request.into_parts();
    let mut request = http::Request::from_parts(parts, body.into());
    let refused = check(&request).err();
    if !request.body().is_empty() {
        let json = HeaderValue::from_static("application/json");
        let headers = request.headers_mut();
        headers.entry(header::CONTENT_TYPE).or_insert(json);
    }
    let method = request.method().clone();
    let meta = Meta::new("send_raw", generated(service), method, "", Reads::Optional);
    Request::new(Call::new(shared, meta), RawOperation(request), refused)
}

impl Request<RawOperation> {
    /// Sets what is known about the operation: its name for errors and logs, whether it only reads
    /// and is retried as a read, and whether it can run as a job. This does not change where the
    /// request goes.
    pub fn described_as(self, meta: Meta) -> Self {
        self.with_call(|call| {
            let (service, scope) = (call.meta.service, call.meta.scope);
            call.meta = meta;
            call.meta.service = service;
            call.meta.scope = scope;
            // The response is JSON of any type, or empty.
            call.meta.reads = Reads::Optional;
        })
    }

    /// Sends the request and returns a successful response unchanged: status, headers and body,
    /// which need not be JSON.
    ///
    /// # Errors
    ///
    /// The same as awaiting the request, except that any content is accepted.
    pub async fn response(self) -> Result<http::Response<Bytes>, Error> {
        self.decoded_by(|response| Ok(response.clone())).await
    }
}

/// Creates a request of this crate's own, named after its operation.
pub(crate) fn named(
    request: Request<RawOperation>,
    operation: &'static str,
) -> Request<RawOperation> {
    request.with_call(|call| call.meta.id = operation)
}

/// Moves a request below a site.
pub(crate) fn below_a_site(request: Request<RawOperation>, site: &str) -> Request<RawOperation> {
    request.with_call(|call| {
        call.site = Some(site.to_owned());
        call.meta.scope = Scope::Site;
    })
}

fn generated(service: Service) -> ops::Service {
    match service {
        Service::Platform => ops::Service::Platform,
        Service::Entitlement => ops::Service::Entitlement,
        Service::Registry => ops::Service::Registry,
        Service::Notifications => ops::Service::Notifications,
        Service::Webhooks => ops::Service::Webhooks,
        Service::Daas => ops::Service::Daas,
    }
}

fn check(request: &http::Request<Bytes>) -> Result<(), Error> {
    let (method, uri) = (request.method(), request.uri());
    if !METHODS.contains(method) {
        return Err(Error::input(format!(
            "method `{method}`: Citrix has GET, HEAD, POST, PUT, PATCH and DELETE"
        )));
    }
    if !request.body().is_empty() && !takes_body(method) {
        return Err(Error::input(format!("a {method} takes no body")));
    }
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let url = format!("http://origin.invalid{path}");
    let unchanged = Url::parse(&url).is_ok_and(|parsed| parsed.as_str() == url);
    match unchanged && path.starts_with('/') && uri.authority().is_none() {
        true => Ok(()),
        false => Err(Error::input(format!(
            "path `{uri}` cannot be sent; it must start with `/`, must not contain the segments `.` or `..`, and special characters must be percent-encoded"
        ))),
    }
}

/// Returns whether a method takes a body; in a batch, the service rejects a body for any other.
pub(crate) fn takes_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(method: &str, path: &str, body: &'static str) -> String {
        let request = http::Request::builder().method(method).uri(path);
        match request.body(Bytes::from_static(body.as_bytes())) {
            Ok(request) => check(&request).unwrap_err().to_string(),
            // Not even a valid URI.
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_path_that_would_be_changed_is_rejected() {
        for path in [
            "*",
            "evil.example:80",
            "http://evil.example/Machines",
            "//evil.example/Machines/..",
            "/Machines/../Sites",
            "/Machines/%2e%2e/Sites",
            "/Machines/./7",
            r"/Machines/D\X",
        ] {
            let words = refusal("GET", path, "");
            assert!(words.contains("cannot be sent"), "{path}: {words}");
        }
        for path in ["", "/Machines/a b", "/Machines\n/7"] {
            assert!(http::Uri::try_from(path).is_err(), "{path}");
        }
        let request = http::Request::post("/Machines/D%7CX/$reboot?force=true");
        assert!(check(&request.body(Bytes::from_static(b"{}")).unwrap()).is_ok());
    }

    #[test]
    fn an_invalid_method_or_one_without_a_body_is_named() {
        assert!(refusal("BREW", "/Machines", "").starts_with("method `BREW`"));
        for method in ["GET", "HEAD", "DELETE"] {
            let words = refusal(method, "/Machines", "{}");
            assert_eq!(words, format!("a {method} takes no body"));
        }
    }

    #[test]
    fn a_raw_request_becomes_a_job_by_its_query() {
        for (path, job) in [
            ("/a", "/a?async=true"),
            ("/a?b=c", "/a?async=true&b=c"),
            ("/a?async=false&b", "/a?async=true&b"),
        ] {
            let request = http::Request::post(path).body(Bytes::new()).unwrap();
            let asked = RawOperation(request).asynchronous().0;
            assert_eq!(asked.uri().to_string(), job);
        }
    }
}

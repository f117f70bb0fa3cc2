//! Operations by method and path.

use std::sync::Arc;

use citrix_cloud_gen::hooks::Transport as _;
use citrix_cloud_gen::{Error as GenError, ResponseValue};
use http::{HeaderValue, Method, header};
use reqwest::{Body, Url};
use serde_json::Value;

use super::Site;
use crate::raw::PLACEHOLDER;
use crate::transport::Call;
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

/// An operation that somebody described.
pub(super) fn described(
    site: &Site,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Request<Value> {
    let built = build(method, path, body.map(|body| body.to_string().into_bytes()));
    let (request, refused) = match built {
        Ok(request) => (Some(request), None),
        Err(error) => (None, Some(error)),
    };
    site.request(|call| send(call, request, "operation"))
        .refuse(refused)
}

/// An operation that this crate knows, with a body that is JSON already.
pub(super) fn known(
    site: &Site,
    path: &str,
    body: Vec<u8>,
    operation: &'static str,
) -> Request<Value> {
    let request = build("POST", path, Some(body)).ok();
    site.request(move |call| send(call, request, operation))
}

/// The activation of the customer's frozen site, which is not below any site.
pub(super) fn activation(site: &Site) -> Request<Value> {
    // A customer id is letters and digits, so it stands in a path and in a query as it is.
    let customer = site.client().customer();
    let path = format!("/resourceprovider/{customer}/site/activation?customerId={customer}");
    let request = build("POST", &path, None).ok();
    Request::new(site.client().clone(), Service::Platform, |call| {
        send(call, request, "activate_site")
    })
}

fn build(method: &str, path: &str, body: Option<Vec<u8>>) -> Result<reqwest::Request, Error> {
    let method = METHODS
        .into_iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(method))
        .ok_or_else(|| {
            Error::input(format!(
                "method `{method}`: Citrix has GET, HEAD, POST, PUT, PATCH and DELETE"
            ))
        })?;
    if body.is_some() && !takes_body(&method) {
        return Err(Error::input(format!("a {method} takes no body")));
    }
    let url = format!("{PLACEHOLDER}{path}");
    let parsed = Url::parse(&url).ok();
    let unchanged = parsed.filter(|parsed| path.starts_with('/') && parsed.as_str() == url);
    let Some(url) = unchanged.filter(|url| url.fragment().is_none()) else {
        return Err(Error::input(format!(
            "path `{path}` cannot be sent as it is; it begins with `/`, has no `.` or `..` \
             between slashes, and what is special in it is percent-encoded"
        )));
    };
    let mut request = reqwest::Request::new(method, url);
    if let Some(body) = body {
        *request.body_mut() = Some(Body::from(body));
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    Ok(request)
}

/// Whether a method goes with a body; in a batch, the service refuses one with the others.
pub(super) fn takes_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

async fn send(
    call: Arc<Call>,
    request: Option<reqwest::Request>,
    operation: &'static str,
) -> Result<Value, Error> {
    let request = request.ok_or_else(|| Error::input("no request"))?;
    let response =
        call.send(request, operation)
            .await
            .map_err(|error| match error.downcast::<Error>() {
                Ok(error) => *error,
                Err(other) => Error::input(other.to_string()),
            })?;
    let sent = match response.status().is_success() {
        true => ResponseValue::from_response(response).await,
        false => Err(GenError::UnexpectedResponse(response)),
    };
    let answer: Option<Value> = call.settle_optional(sent).await?;
    Ok(answer.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(method: &str, path: &str, body: Option<&str>) -> String {
        let body = body.map(|body| body.as_bytes().to_vec());
        build(method, path, body).unwrap_err().to_string()
    }

    #[test]
    fn only_what_stays_as_it_is_can_be_sent() {
        for path in [
            "",
            "Machines",
            "@evil.example/Machines",
            "//evil.example/Machines/..",
            "/Machines/../Sites",
            "/Machines/%2e%2e/Sites",
            "/Machines/./7",
            r"/Machines/D\X",
            "/Machines/a b",
            "/Machines?x=a b",
            "/Machines#7",
            "/Machines\n/7",
            "/Machines/Büro",
        ] {
            assert!(refusal("GET", path, None).contains("as it is"), "{path}");
        }
        let request = build(
            "post",
            "/Machines/D%7CX/$reboot?force=true",
            Some(b"{}".to_vec()),
        );
        let request = request.unwrap();
        assert_eq!(request.url().path(), "/Machines/D%7CX/$reboot");
        assert_eq!(request.method(), Method::POST);
    }

    #[test]
    fn a_method_that_is_none_or_takes_no_body_is_named() {
        assert!(refusal("BREW", "/Machines", None).starts_with("method `BREW`"));
        for method in ["GET", "HEAD", "DELETE"] {
            let words = refusal(method, "/Machines", Some("{}"));
            assert_eq!(words, format!("a {method} takes no body"));
        }
    }
}

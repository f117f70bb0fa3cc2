//! Responses to clients that request anything other than Citrix Cloud.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;

/// Rejects a host. Many clients show only the status line, so it gives the reason as well.
pub(super) fn foreign(authority: &str) -> Response {
    tracing::warn!(host = authority, "refused: not a host of Citrix's APIs");
    let text = format!(
        "{authority} is not a host of Citrix's APIs.\n\n\
         This proxy is the Citrix Cloud emulator. It serves Citrix's hosts itself and forwards nothing.\n"
    );
    let mut response = plain(StatusCode::FORBIDDEN, text);
    let reason =
        ReasonPhrase::from_static(b"Not a Citrix Cloud host; the emulator forwards nothing");
    response.extensions_mut().insert(reason);
    response
}

/// Rejects a request that is not for a proxy.
pub(super) fn no_proxy_request() -> Response {
    let text = "This is the proxy of the Citrix Cloud emulator. \
                Name it in HTTPS_PROXY, and ask for Citrix's own addresses.\n";
    plain(StatusCode::BAD_REQUEST, text.to_owned())
}

fn plain(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}

//! The page at `/_emulator/`. It contains no data itself, so it may be read without a token.

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

/// The page loads nothing from elsewhere, and other pages must not frame it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn router() -> Router {
    const HTML: (&str, &str) = (
        "text/html; charset=utf-8",
        include_str!("../page/index.html"),
    );
    const STYLE: (&str, &str) = ("text/css; charset=utf-8", include_str!("../page/style.css"));
    const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
    const FAULTS: (&str, &str) = (JAVASCRIPT, include_str!("../page/faults.js"));
    const SCRIPT: (&str, &str) = (JAVASCRIPT, include_str!("../page/script.js"));
    Router::new()
        .route(
            "/_emulator",
            get(async || Redirect::permanent("/_emulator/")),
        )
        .route("/_emulator/", get(async || file(HTML)))
        .route("/_emulator/style.css", get(async || file(STYLE)))
        .route("/_emulator/faults.js", get(async || file(FAULTS)))
        .route("/_emulator/script.js", get(async || file(SCRIPT)))
}

fn file((content_type, text): (&'static str, &'static str)) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text).into_response()
}

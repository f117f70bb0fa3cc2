//! Who may use the control API.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq;

use super::Refusal;
use crate::emulator::Emulator;

/// Passes an allowed request on, and rejects any other with a reason.
pub(super) async fn check(
    State(emulator): State<Emulator>,
    request: Request,
    next: Next,
) -> Response {
    let host = request.uri().authority().cloned();
    let token = emulator.shared().settings.control_token.as_deref();
    match refusal(host, request.headers(), token) {
        None => next.run(request).await,
        Some(refusal) => {
            tracing::warn!(path = request.uri().path(), why = refusal.1, "refused");
            refusal.into_response()
        }
    }
}

fn refusal(host: Option<Authority>, headers: &HeaderMap, token: Option<&str>) -> Option<Refusal> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = host.or_else(|| text(HOST)?.parse().ok());
    // Without this check, a web page could use DNS rebinding to reach an emulator without a token.
    if token.is_none() && !host.as_ref().is_some_and(is_here) {
        let message = "the Host header has to name this machine: localhost or a loopback address";
        return Some(Refusal(StatusCode::FORBIDDEN, message.to_owned()));
    }
    let own = host.map(|host| format!("http://{host}"));
    let foreign = text(ORIGIN).is_some_and(|origin| Some(origin) != own.as_deref());
    let site = headers.get("sec-fetch-site");
    if foreign || site.is_some_and(|site| site != "same-origin" && site != "none") {
        let message = "a page of another origin may not use the control API";
        return Some(Refusal(StatusCode::FORBIDDEN, message.to_owned()));
    }
    let token = token?;
    let given = text(AUTHORIZATION).and_then(|it| it.split_once(' '));
    let right = given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case("bearer")
            && bool::from(given.as_bytes().ct_eq(token.as_bytes()))
    });
    (!right).then(|| {
        let message = "the control API requires its token: Authorization: Bearer <token>";
        Refusal(StatusCode::UNAUTHORIZED, message.to_owned())
    })
}

fn is_here(host: &Authority) -> bool {
    let name = host.host().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(headers: &[(&'static str, &str)], token: Option<&str>) -> u16 {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        refusal(None, &headers, token).map_or(200, |refusal| refusal.0.as_u16())
    }

    #[test]
    fn only_this_machine_is_let_in_without_a_token() {
        for (host, expected) in [
            ("127.0.0.1:80", 200),
            ("localhost", 200),
            ("[::1]:80", 200),
            ("127.0.0.1.example.com", 403),
            ("api.cloud.com", 403),
            ("10.0.0.1", 403),
            ("", 403),
        ] {
            assert_eq!(status(&[("host", host)], None), expected, "{host}");
        }
        assert_eq!(status(&[], None), 403);
    }

    #[test]
    fn pages_from_elsewhere_are_kept_out() {
        let here = ("host", "localhost:80");
        assert_eq!(
            status(&[here, ("origin", "http://localhost:80")], None),
            200
        );
        for origin in [
            "http://localhost:81",
            "https://localhost:80",
            "null",
            "\u{ff}",
        ] {
            assert_eq!(status(&[here, ("origin", origin)], None), 403, "{origin}");
        }
        assert_eq!(status(&[here, ("sec-fetch-site", "cross-site")], None), 403);
        assert_eq!(status(&[here, ("sec-fetch-site", "none")], None), 200);
    }

    #[test]
    fn a_token_is_required_if_one_is_set() {
        let host = ("host", "10.0.0.1");
        for (header, expected) in [
            ("Bearer right", 200),
            ("bearer right", 200),
            ("Bearer wrong", 401),
            ("right", 401),
        ] {
            let headers = [host, ("authorization", header)];
            assert_eq!(status(&headers, Some("right")), expected, "{header}");
        }
        assert_eq!(status(&[host], Some("right")), 401);
    }
}

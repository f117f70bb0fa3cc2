//! The `Authorization` header.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;

use crate::http::errors::common::Unauthenticated;
use crate::shared::Shared;
use crate::tokens::Grant;

/// Checks `CwsAuth Bearer=<token>`. Both words are case-insensitive; a space after `=` is an error.
pub(crate) fn check(
    shared: &Shared,
    header: Option<&str>,
    now: Timestamp,
) -> Result<Grant, Unauthenticated> {
    let header = header.ok_or(Unauthenticated::Missing)?;
    let token = cws_token(header).ok_or(Unauthenticated::Invalid)?;
    shared
        .tokens()
        .check(token, now)
        .ok_or(Unauthenticated::Invalid)
}

/// Revokes the token in a header.
pub(crate) fn revoke(shared: &Shared, header: Option<&str>) {
    let token = header.and_then(|it| cws_token(it).or_else(|| after_scheme(it, "bearer")));
    if let Some(token) = token {
        shared.tokens().revoke(token);
    }
}

/// Checks the header of a batch item or of an on-premises call, which may also be a plain `Bearer <token>`.
pub(crate) fn check_either(
    shared: &Shared,
    header: Option<&str>,
    now: Timestamp,
) -> Result<Grant, Unauthenticated> {
    let header = header.ok_or(Unauthenticated::Missing)?;
    let token = cws_token(header).or_else(|| after_scheme(header, "bearer"));
    token
        .and_then(|token| shared.tokens().check(token, now))
        .ok_or(Unauthenticated::Invalid)
}

/// Parses the user and password of `Basic ...`.
pub(crate) fn basic(header: &str) -> Option<(String, String)> {
    let encoded = after_scheme(header, "basic")?;
    let decoded = BASE64_STANDARD.decode(encoded.trim_end()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn cws_token(header: &str) -> Option<&str> {
    let rest = after_scheme(header, "cwsauth")?;
    let (key, token) = rest.split_once('=')?;
    key.eq_ignore_ascii_case("bearer").then_some(token)
}

fn after_scheme<'a>(header: &'a str, scheme: &str) -> Option<&'a str> {
    let (have, rest) = header.trim().split_once(' ')?;
    have.eq_ignore_ascii_case(scheme).then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::cws_token;

    #[test]
    fn only_the_service_own_scheme_carries_a_token() {
        for header in ["CwsAuth Bearer=t", "CWSAuth bearer=t", "cwsauth BEARER=t"] {
            assert_eq!(cws_token(header), Some("t"));
        }
        for header in ["Bearer t", "CwsAuth t", "Bearer=t", ""] {
            assert_eq!(cws_token(header), None, "{header}");
        }
        assert_eq!(
            cws_token("CwsAuth Bearer= t"),
            Some(" t"),
            "a token no one was given"
        );
    }
}

//! The configured proxy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::Error;
use crate::endpoints::without_userinfo;

/// An HTTP proxy for everything except loopback addresses.
#[derive(Clone)]
pub(crate) struct Proxy {
    url: Url,
}

impl Proxy {
    /// Parses the URL passed to `proxy`.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| Error::config(format!("proxy `{}` {why}", without_userinfo(text)));
        let url = Url::parse(text).map_err(|error| {
            refuse(&format!(
                "is not a URL ({error}); write it like http://proxy.example.com:3128"
            ))
        })?;
        match url.scheme() {
            "http" | "https" => Ok(Self { url }),
            _ => Err(refuse(
                "is not an HTTP proxy; it must begin with http:// or https://",
            )),
        }
    }

    /// Returns the headers to send when opening a tunnel: the credentials from the URL.
    pub(crate) fn headers(&self) -> HeaderMap {
        let decoded = |text| percent_decode_str(text).decode_utf8_lossy();
        let (user, password) = (self.url.username(), self.url.password());
        let mut headers = HeaderMap::new();
        if !user.is_empty() || password.is_some() {
            let password = password.unwrap_or_default();
            let pair = format!("{}:{}", decoded(user), decoded(password));
            let value = format!("Basic {}", STANDARD.encode(pair));
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(header::PROXY_AUTHORIZATION, value);
            }
        }
        headers
    }

    /// Converts it for the HTTP client.
    pub(super) fn for_client(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::all(self.url.clone())
    }
}

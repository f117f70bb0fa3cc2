//! The redirect sent by a region that the customer does not live in.
//!
//! It is a 307 whose `Location` names another regional host and an internal path, which is never
//! used. The host is only accepted if it is one of Citrix's, because the token is sent there.

use http::{HeaderMap, header};
use reqwest::Url;

use crate::endpoints::is_loopback;

/// Citrix's own domains, which the regional hosts belong to.
const DOMAINS: [&str; 3] = [".cloud.com", ".citrixcloud.jp", ".cloud.us"];

/// Returns the base URL of the region that a response points to, if that host can be trusted with a
/// token.
///
/// A loopback host is trusted if the client already talks to one.
pub(crate) fn region(headers: &HeaderMap, asked: &Url) -> Option<Url> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    let location = Url::parse(location).ok()?;
    let host = location.host_str()?;
    let citrix = location.scheme() == "https"
        && location.port().is_none()
        && DOMAINS.iter().any(|domain| host.ends_with(domain));
    let local = is_loopback(&location) && is_loopback(asked);
    if !(citrix || local) {
        return None;
    }
    let mut base = location.clone();
    base.set_path("");
    base.set_query(None);
    base.set_fragment(None);
    base.set_username("").ok()?;
    base.set_password(None).ok()?;
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(location: &str, asked: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, location.parse().unwrap());
        region(&headers, &Url::parse(asked).unwrap()).map(String::from)
    }

    #[test]
    fn only_a_host_of_citrix_is_followed_and_never_its_path() {
        let asked = "https://api-us.cloud.com/x";
        let to = "https://api-eu.cloud.com/feature-data_x/y?z=1#f";
        assert_eq!(of(to, asked).unwrap(), "https://api-eu.cloud.com/");
        for other in [
            "https://api-eu.cloud.com.evil.test/",
            "https://evilcloud.com/",
            "http://api-eu.cloud.com/",
            "https://api-eu.cloud.com:8443/",
            "http://127.0.0.1/",
            "/relative",
            "nonsense",
        ] {
            assert_eq!(of(other, asked), None, "{other}");
        }
        assert!(of("http://127.0.0.1:81/x", "http://127.0.0.1:80/").is_some());
    }
}

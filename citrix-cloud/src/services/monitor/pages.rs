//! Sends queries one at a time, and follows the links between pages.

use bytes::Bytes;
use futures_util::Stream;
use reqwest::Url;
use serde::de::DeserializeOwned;

use crate::paging::{self, Page};
use crate::pipeline::Shared;
use crate::region::is_api_host;
use crate::{BoxRequest, Client, Error, Service, raw};

/// The path of the service on the API host.
const PATH: &str = "/monitorodata/";

const OPERATION: &str = "queryMonitor";

/// The status with which the service ends a query that took too long; a retry would take just as
/// long.
const TOO_LONG: u16 = 504;

const HINT: &str = "Monitor ends a query after 30 s: filter by time on an indexed column, select \
                    fewer columns, expand less, or split it with `windowed`";

/// Returns the pages of a query.
pub(super) fn follow<R: DeserializeOwned + Send + 'static>(
    client: &Client,
    set: &str,
    pairs: &[(&str, String)],
) -> impl Stream<Item = Result<Page<R>, Error>> + Send + 'static + use<R> {
    let client = client.clone();
    let timeout = client.shared.settings.list_timeout;
    let first = first(set, pairs);
    paging::paginate(None, timeout, move |link: Option<String>| {
        let client = client.clone();
        let uri = match link {
            Some(link) => within(&link, client.shared.settings.endpoints.api()),
            None => first.clone(),
        };
        async move {
            let request = request(&client, uri?).decoded_by(|response| {
                paging::read_envelope(response, "value", Some("@odata.nextLink"))
            });
            alone(&client.shared, request).await
        }
    })
}

/// Returns the number of rows of a query with `$count`.
pub(super) async fn count(
    client: &Client,
    set: &str,
    pairs: &[(&str, String)],
) -> Result<u64, Error> {
    let request = request(client, first(set, pairs)?);
    let response = alone(&client.shared, request.boxed()).await?;
    response["@odata.count"].as_u64().ok_or_else(|| {
        Error::decode("the response has no `@odata.count`, although it was requested")
    })
}

fn request(client: &Client, uri: http::Uri) -> crate::Request<crate::RawOperation> {
    let mut request = http::Request::new(Bytes::new());
    *request.uri_mut() = uri;
    raw::named(client.send_raw(Service::Platform, request), OPERATION)
}

/// Sends a query once no other query of the customer is running.
async fn alone<T: Send + 'static>(shared: &Shared, request: BoxRequest<T>) -> Result<T, Error> {
    let store = shared.tokens.store();
    let _turn = shared.monitor.take(&*store).await;
    let request = request.not_retried(TOO_LONG);
    request.await.map_err(|error| match error.status() {
        Some(500 | 503 | 504) => error.with_hint(HINT),
        None if error.kind() == crate::ErrorKind::Timeout => error.with_hint(HINT),
        _ => error,
    })
}

fn first(set: &str, pairs: &[(&str, String)]) -> Result<http::Uri, Error> {
    let mut request = http::Request::new(Bytes::new());
    *request.uri_mut() = format!("{PATH}{set}")
        .parse()
        .map_err(|_| Error::input(format!("`{set}` is not the name of a set")))?;
    let request = paging::with_query(&request, pairs)?;
    Ok(request.uri().clone())
}

/// Returns the path and query of a link, if it leads to the service.
///
/// They are requested from the client's own origin, so that the token is not sent anywhere else.
fn within(link: &str, origin: &Url) -> Result<http::Uri, Error> {
    let refused =
        || Error::decode("the service's link to the next page leads elsewhere; it is not followed");
    let prefix = origin.path().trim_end_matches('/');
    let url = origin.join(link).map_err(|_| refused())?;
    let same = (url.origin() == origin.origin() || (is_api_host(&url) && is_api_host(origin)))
        && url.username().is_empty();
    let path = url.path().strip_prefix(prefix).ok_or_else(refused)?;
    let below = path
        .get(..PATH.len())
        .is_some_and(|it| it.eq_ignore_ascii_case(PATH));
    if !same || !below || url.password().is_some() {
        return Err(refused());
    }
    let target = match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    target.parse().map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(link: &str, origin: &str) -> Option<String> {
        let origin = Url::parse(origin).unwrap();
        within(link, &origin).ok().map(|uri| uri.to_string())
    }

    #[test]
    fn a_link_is_followed_unchanged_below_the_clients_own_origin() {
        let link = "https://api.cloud.com/monitorodata/Machines?$top=5&$skiptoken=a%27b%2Bc";
        assert_eq!(
            target(link, "https://api.cloud.com").unwrap(),
            "/monitorodata/Machines?$top=5&$skiptoken=a%27b%2Bc"
        );
        let link = "http://127.0.0.1:8080/x/monitorodata/Machines?$skip=1";
        assert_eq!(
            target(link, "http://127.0.0.1:8080/x").unwrap(),
            "/monitorodata/Machines?$skip=1"
        );
        assert!(target("/monitorodata/Machines?$skip=1", "https://api.cloud.com").is_some());
        let link = "https://api.cloud.com/monitorodata/Machines?$skip=1";
        assert_eq!(
            target(link, "https://api-eu.cloud.com").unwrap(),
            "/monitorodata/Machines?$skip=1"
        );
    }

    #[test]
    fn a_link_to_anywhere_else_is_refused() {
        for link in [
            "https://evil.test/monitorodata/Machines",
            "https://api.cloud.com.evil.test/monitorodata/Machines",
            "http://api.cloud.com/monitorodata/Machines",
            "https://api.cloud.com:8443/monitorodata/Machines",
            "https://a:b@api.cloud.com/monitorodata/Machines",
            "https://api.cloud.com/cvad/manage/Machines",
            "https://api.cloud.com/monitorodata/../cvad/manage/Machines",
            "//evil.test/monitorodata/Machines",
        ] {
            assert_eq!(target(link, "https://api.cloud.com"), None, "{link}");
        }
    }
}

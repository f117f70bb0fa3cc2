//! Adds pairs to the query of a finished request.

use bytes::Bytes;
use citrix_cloud_gen::operation::encode_query;
use http::Request;

use crate::Error;

/// Returns the request with additional pairs in its query, all in alphabetical order.
pub(crate) fn with(
    request: &Request<Bytes>,
    pairs: &[(&str, String)],
) -> Result<Request<Bytes>, Error> {
    let uri = request.uri();
    let there = uri.query().unwrap_or_default().split('&');
    let mut all: Vec<String> = there
        .filter(|pair| !pair.is_empty())
        .map(str::to_owned)
        .collect();
    all.extend(pairs.iter().map(|(name, value)| {
        let mut pair = String::with_capacity(name.len() + 1 + value.len());
        pair.push_str(name);
        pair.push('=');
        encode_query(&mut pair, value);
        pair
    }));
    let name = |pair: &String| pair.split('=').next().unwrap_or_default().to_lowercase();
    all.sort_by_key(name);
    let target = match all.is_empty() {
        true => uri.path().to_owned(),
        false => format!("{}?{}", uri.path(), all.join("&")),
    };
    let mut request = request.clone();
    *request.uri_mut() = target
        .parse()
        .map_err(|_| Error::input("the continuation token makes the URL too long"))?;
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_encoded_and_sorted() {
        let request = Request::get("/Machines?async=true&sessionSupport=x");
        let request = request.body(Bytes::new()).unwrap();
        let pairs = [("limit", "5".to_owned()), ("fields", "Id,Na me".to_owned())];
        assert_eq!(
            with(&request, &pairs).unwrap().uri().to_string(),
            "/Machines?async=true&fields=Id%2CNa%20me&limit=5&sessionSupport=x"
        );
        let plain = Request::get("/Machines").body(Bytes::new()).unwrap();
        assert_eq!(with(&plain, &[]).unwrap().uri().to_string(), "/Machines");
    }
}

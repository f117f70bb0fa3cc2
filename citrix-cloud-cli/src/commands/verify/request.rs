//! Builds the request of an operation from known ids.

use citrix_cloud::daas::Site;
use citrix_cloud::http::Method;
use citrix_cloud::operations::Scope;
use citrix_cloud::{Client, RawOperation, Request};

use super::known::{Known, Unknown};
use crate::operations::{Destination, Form, Operation, Place, host, path};

/// How many objects of a list are compared.
const OBJECTS: u32 = 50;

/// Builds a request for the first objects of a list, or for a single object.
pub(super) fn request(
    client: &Client,
    site: Option<&Site>,
    operation: &'static Operation,
    known: &Known,
) -> Result<Request<RawOperation>, Unknown> {
    let meta = &operation.meta;
    let to = Destination {
        customer: client.customer(),
        site: site.map_or("", Site::id),
    };
    let skipped = usize::from(operation.of_the_site);
    let places = operation.parameters.iter();
    for parameter in places.filter(|it| it.place == Place::Path).skip(skipped) {
        known.in_path(operation, parameter)?;
    }
    let mut builder = path(operation, to, |it| known.in_path(operation, it).ok());
    let queries = operation.parameters.iter();
    for parameter in queries.filter(|it| it.place == Place::Query && it.required) {
        let (wire, unknown) = (parameter.wire, Unknown::Query(parameter.wire));
        builder = match parameter.form {
            Form::Text => builder.query(wire, &known.in_query(parameter)?),
            Form::Boolean => builder.query(wire, &false),
            Form::Integer => return Err(unknown),
        };
    }
    if let Some(limit) = meta.envelope.and_then(|it| it.limit_parameter) {
        builder = builder.query(limit, &OBJECTS);
    }
    let body = (meta.method == Method::POST).then(|| "{}".into());
    let built = builder.bytes(body, "application/json").build();
    let request = built.map_err(|_| Unknown::NoList)?;
    let sent = match (meta.scope, site) {
        (Scope::Site, Some(site)) => site.send_raw(request),
        _ => client.send_raw(host(meta.service), request),
    };
    Ok(sent.described_as(meta.clone()))
}

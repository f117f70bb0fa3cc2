//! Builds a request from the arguments.

use std::collections::BTreeMap;

use citrix_cloud::Secret;
use citrix_cloud::http::Request;
use citrix_cloud::operations::RequestBuilder;
use clap::ArgMatches;

use super::described::{Form, Operation, Parameter, Place};
use super::names::Ids;
use super::tree::file;
use crate::exit::Failure;

/// The path parameter with the customer.
const CUSTOMER: &str = "customerId";

/// The destination of an operation, as far as its path contains it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Destination<'a> {
    pub(crate) customer: &'a str,
    pub(crate) site: &'a str,
}

/// Builds the request of an operation, with or without a body.
pub(super) fn request(
    operation: &'static Operation,
    given: &ArgMatches,
    ids: &Ids,
    secrets: &Secrets,
    to: Destination<'_>,
    body: Option<String>,
) -> Result<Request<String>, Failure> {
    let mut builder = path(operation, to, |parameter| {
        let id = ids.get(parameter.option);
        id.or_else(|| given.get_one(parameter.option)).cloned()
    });
    for parameter in operation.parameters {
        builder = match parameter.place {
            Place::Path => builder,
            Place::Query => match ids.get(parameter.option) {
                Some(id) => builder.query(parameter.wire, id),
                None => query(builder, parameter, given),
            },
            Place::Header => header(builder, parameter, given, secrets),
        };
    }
    let body_bytes = body.map(Into::into);
    let request = builder
        .bytes(body_bytes, "application/json")
        .build()
        .map_err(|error| Failure::Usage(in_words(operation, &error)))?;
    let (parts, body) = request.into_parts();
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Request::from_parts(parts, body))
}

/// Starts the request of an operation with its path, from the values of its parameters.
pub(crate) fn path(
    operation: &'static Operation,
    to: Destination<'_>,
    value: impl Fn(&'static Parameter) -> Option<String>,
) -> RequestBuilder {
    let mut builder = RequestBuilder::new(operation.meta.clone());
    let names = operation.meta.path.split('{').skip(1);
    for (at, name) in names.filter_map(|it| it.split_once('}')).enumerate() {
        let name = name.0;
        builder = match at {
            0 if operation.of_the_site => builder.path(name, &to.site),
            _ if name == CUSTOMER => builder.path(name, &to.customer),
            _ => {
                let mut parameters = operation.parameters.iter();
                let named = parameters.find(|it| it.place == Place::Path && it.wire == name);
                builder.path(name, &named.and_then(&value).unwrap_or_default())
            }
        };
    }
    builder
}

fn query(
    builder: RequestBuilder,
    parameter: &'static Parameter,
    given: &ArgMatches,
) -> RequestBuilder {
    let (wire, option) = (parameter.wire, parameter.option);
    match parameter.form {
        Form::Text => builder.query(wire, &values::<String>(given, option)),
        Form::Integer => builder.query(wire, &values::<i64>(given, option)),
        Form::Boolean => builder.query(wire, &values::<bool>(given, option)),
    }
}

fn values<'a, T: Clone + Send + Sync + 'static>(given: &'a ArgMatches, option: &str) -> Vec<&'a T> {
    given.get_many::<T>(option).into_iter().flatten().collect()
}

/// The secret headers by their names in the API. They are read only once, because standard input cannot be read again.
pub(super) type Secrets = BTreeMap<&'static str, Secret>;

/// Reads the secret headers of an operation.
pub(super) fn secrets(operation: &Operation, given: &ArgMatches) -> Result<Secrets, Failure> {
    let mut secrets = Secrets::new();
    for parameter in operation.parameters.iter().filter(|it| it.secret) {
        let option = parameter.option;
        if let Some(source) = file(given, option) {
            let text = source.read().map_err(|words| {
                Failure::Usage(format!("--{option} {source}: {words}; nothing was sent"))
            })?;
            secrets.insert(parameter.wire, Secret::from(text.trim().to_owned()));
        }
    }
    Ok(secrets)
}

fn header(
    builder: RequestBuilder,
    parameter: &'static Parameter,
    given: &ArgMatches,
    secrets: &Secrets,
) -> RequestBuilder {
    match parameter.secret {
        true => builder.header(parameter.wire, secrets.get(parameter.wire)),
        false => builder.header(parameter.wire, given.get_one::<String>(parameter.option)),
    }
}

/// Explains the problem with a parameter, using the name of its option.
fn in_words(operation: &Operation, error: &citrix_cloud::operations::InvalidRequest) -> String {
    let parameters = operation.parameters.iter();
    let mut named = parameters.filter(|it| it.wire == error.parameter);
    let name = match named.next() {
        Some(it) if it.place == Place::Path => it.value_name.to_owned(),
        Some(it) => format!("--{}", it.option),
        None => error.parameter.to_owned(),
    };
    format!("{name} {}", error.reason)
}

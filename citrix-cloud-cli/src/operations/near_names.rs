//! What somebody may have meant whose object is not there.

use citrix_cloud::operations::{Reads, Scope};
use citrix_cloud::{Client, daas::Site};
use http::Request;
use serde_json::Value;

use super::Chosen;
use super::described::{Operation, Place};
use super::run::host;
use crate::exit::Failure;
use crate::near::near;

/// How many objects are read, in one request.
const READ: usize = 250;

/// The properties that name an object.
const NAMES: [&str; 6] = [
    "Name",
    "FullName",
    "DisplayName",
    "name",
    "displayName",
    "Id",
];

impl Chosen {
    /// What an operation failed with, with names like the one that is not there.
    ///
    /// One page of the noun's list is read, where there is such a list and nothing has to be known for
    /// it; a list that fails says nothing.
    pub(super) async fn explained(
        &self,
        client: &Client,
        site: Option<&Site>,
        error: citrix_cloud::Error,
    ) -> Failure {
        if !error.is_not_found() {
            return error.into();
        }
        let near = match (
            self.named(),
            self.operation.list().filter(|it| is_cheap(it)),
        ) {
            (Some(name), Some(list)) => {
                let names = names(client, site, list).await.unwrap_or_default();
                match names.iter().any(|it| it.eq_ignore_ascii_case(name)) {
                    // It is something else that is not there.
                    true => Vec::new(),
                    false => near(name, names.iter().map(String::as_str)),
                }
            }
            _ => Vec::new(),
        };
        let failure = Failure::from(error);
        match near.is_empty() {
            true => failure,
            false => failure.advised(format!("did you mean {}?", near.join(" or "))),
        }
    }

    /// The object behind the noun that was given.
    fn named(&self) -> Option<&str> {
        let skipped = usize::from(self.operation.of_the_site);
        let path = self.operation.parameters.iter();
        let first = path.filter(|it| it.place == Place::Path).nth(skipped)?;
        self.given
            .try_get_one::<String>(first.option)
            .ok()?
            .map(String::as_str)
    }
}

/// Whether a list can be asked for as it is, and so many items of it.
fn is_cheap(list: &Operation) -> bool {
    let asks_nothing = list.parameters.iter().all(|it| !it.required);
    asks_nothing
        && list.meta.safe
        && list.meta.reads == Reads::Json
        && !list.meta.path.contains('{')
}

async fn names(
    client: &Client,
    site: Option<&Site>,
    list: &'static Operation,
) -> Result<Vec<String>, Failure> {
    let takes = |name: &str| list.parameters.iter().any(|it| it.wire == name);
    let mut query = Vec::new();
    if takes("limit") {
        query.push(format!("limit={READ}"));
    }
    if takes("fields") {
        query.push("fields=Id%2CName".to_owned());
    }
    let path = match query.is_empty() {
        true => list.meta.path.to_owned(),
        false => format!("{}?{}", list.meta.path, query.join("&")),
    };
    let mut request = Request::new(String::new());
    *request.uri_mut() = path.parse().map_err(std::io::Error::other)?;
    *request.method_mut() = list.meta.method.clone();
    let request = match (list.meta.scope, site) {
        (Scope::Site, Some(site)) => site.send_raw(request),
        _ => client.send_raw(host(list.meta.service), request),
    };
    let answer: Value = request.await?;
    let items = ["Items", "items"]
        .into_iter()
        .find_map(|it| answer[it].as_array());
    let texts = items.into_iter().flatten().flat_map(|item| {
        let texts = NAMES.iter().filter_map(|name| item[*name].as_str());
        texts.map(str::to_owned)
    });
    Ok(texts.collect())
}

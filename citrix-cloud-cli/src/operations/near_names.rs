//! Suggests similar names for an object that does not exist.

use citrix_cloud::{Client, daas::Site};

use super::Chosen;
use super::described::Place;
use super::listed;
use crate::exit::Failure;
use crate::near::near;

/// How many objects of a list are read, in one request.
const READ: usize = 250;

impl Chosen {
    /// Adds similar names to the failure of an operation if an object does not exist.
    ///
    /// It reads one page of the list that the path's object belongs to, and ignores a failure of that list.
    pub(super) async fn explained(
        &self,
        client: &Client,
        site: Option<&Site>,
        error: citrix_cloud::Error,
    ) -> Failure {
        if !error.is_not_found() {
            return error.into();
        }
        let near = self.near(client, site).await;
        let failure = Failure::from(error);
        match near.is_empty() {
            true => failure,
            false => failure.advised(format!("did you mean {}?", near.join(" or "))),
        }
    }

    /// Returns names similar to the first object in the path that does not exist.
    async fn near(&self, client: &Client, site: Option<&Site>) -> Vec<String> {
        let skipped = usize::from(self.operation.of_the_site);
        let path = self.operation.parameters.iter();
        for parameter in path.filter(|it| it.place == Place::Path).skip(skipped) {
            let list = listed::of(self.operation, parameter).and_then(listed::at);
            let (Some(list), Some(wanted)) = (list, self.value(parameter.option)) else {
                continue;
            };
            let value = |it: &'static super::Parameter| self.value(it.option);
            let items = listed::items(client, site, list, READ, value).await;
            let items = items.unwrap_or_default();
            let known = items.iter().flat_map(|item| {
                let name = listed::name(item).map(str::to_owned);
                name.into_iter().chain(listed::id(item, parameter.wire))
            });
            let known: Vec<String> = known.collect();
            // If it exists, something else is missing.
            if !known.iter().any(|it| it.eq_ignore_ascii_case(&wanted)) {
                return near(&wanted, known.iter().map(String::as_str));
            }
        }
        Vec::new()
    }
}

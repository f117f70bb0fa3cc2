//! Resolves names to ids where the service accepts ids only.

use std::collections::BTreeMap;

use citrix_cloud::Client;
use citrix_cloud::daas::Site;

use super::Chosen;
use super::described::{Form, Parameter, Place};
use super::listed;
use crate::arguments::guid;
use crate::commands::daas::selection::Named;
use crate::exit::Failure;

/// How many objects are read to find a name, in one request.
const READ: usize = 1000;

/// Ids by the option that named their object.
pub(super) type Ids = BTreeMap<&'static str, String>;

impl Chosen {
    /// Returns the names to resolve before the operation is sent, with their lists.
    pub(super) fn by_name(
        &self,
    ) -> impl Iterator<Item = (&'static Parameter, &'static str, String)> {
        let skipped = usize::from(self.operation.of_the_site);
        let parameters = self.operation.parameters.iter().enumerate();
        parameters.filter_map(move |(at, parameter)| {
            let list = match parameter.place {
                Place::Path if at >= skipped => listed::of(self.operation, parameter)?,
                Place::Query if parameter.form == Form::Text && !parameter.many => {
                    listed::of_query(parameter.wire).filter(|_| listed::is_id(parameter))?
                }
                _ => return None,
            };
            let value = self.value(parameter.option)?;
            let is_id = guid(&value).is_ok() || value.bytes().all(|it| it.is_ascii_digit());
            let is_name = match listed::is_of_machines(list) {
                // The service finds machines by their names with the domain.
                true => !value.contains('\\') && !self.is_question(),
                false => listed::is_id(parameter) && listed::at(list).is_some(),
            };
            (is_name && !is_id).then_some((parameter, list, value))
        })
    }

    /// Resolves names to ids. A name that no object has, or whose list the service rejects, stays as it is: it may be
    /// an id in another form, and the service will judge it.
    ///
    /// # Errors
    ///
    /// If several objects have the name.
    pub(super) async fn ids(&self, client: &Client, site: Option<&Site>) -> Result<Ids, Failure> {
        let mut ids = Ids::new();
        for (parameter, path, wanted) in self.by_name() {
            if let (true, Some(site)) = (listed::is_of_machines(path), site) {
                let mut named = Named::machine(wanted);
                match named.resolve(site).await {
                    Ok(()) => ids.insert(parameter.option, named.id().to_owned()),
                    Err(Failure::Service(_)) => None,
                    Err(failure) => return Err(failure),
                };
                continue;
            }
            let Some(list) = listed::at(path) else {
                continue;
            };
            let value = |it: &'static Parameter| {
                let found = ids.get(it.option).cloned();
                found.or_else(|| self.value(it.option))
            };
            let items = match listed::items(client, site, list, READ, value).await {
                Ok(items) => items,
                Err(Failure::Service(_)) => continue,
                Err(failure) => return Err(failure),
            };
            let id = |item| listed::id(item, parameter.wire);
            if items.iter().any(|it| id(it).as_ref() == Some(&wanted)) {
                continue;
            }
            let named = items.iter().filter(|item| {
                listed::name(item).is_some_and(|name| name.eq_ignore_ascii_case(&wanted))
            });
            let mut found: Vec<String> = named.filter_map(id).collect();
            match (found.pop(), found.is_empty()) {
                (Some(id), true) => {
                    ids.insert(parameter.option, id);
                }
                (Some(last), false) => {
                    found.push(last);
                    return Err(Failure::Usage(format!(
                        "`{wanted}` is the name of {} objects; give the id of one: {}; nothing was sent",
                        found.len(),
                        found.join(", ")
                    )));
                }
                (None, _) => {}
            }
        }
        Ok(ids)
    }

    /// Returns the value of a text option.
    pub(super) fn value(&self, option: &str) -> Option<String> {
        let value = self.given.try_get_one::<String>(option).ok().flatten();
        value.cloned()
    }

    /// Returns whether it asks whether an object with a name exists.
    fn is_question(&self) -> bool {
        self.operation.meta.reads == citrix_cloud::operations::Reads::Exists
    }
}

//! Fetches names from the service.

use std::borrow::Cow;

use citrix_cloud::daas::Site;
use citrix_cloud::operations::Scope;
use citrix_cloud::{Client, Error};
use futures_util::TryStreamExt as _;
use serde_json::Value;

use super::cache::Names;
use super::line::Line;
use crate::commands::daas::named_site;
use crate::context::Context;
use crate::operations::Place;
use crate::operations::listed::{self, List};
use crate::profiles::Field;

/// How many names are fetched; nobody reads more.
const ASKED: usize = 200;

/// Where names are fetched.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Sites,
    Machines,
    Users,
    List {
        list: List,
        /// The values of its path parameters, by their names in the API.
        values: Vec<(&'static str, String)>,
    },
}

impl Asked {
    /// Returns the list at a path, if it exists and the line contains its path parameters.
    pub(super) fn list(path: &str, line: &Line) -> Option<Self> {
        let list = listed::at(path)?;
        let needed = list.operation.parameters.iter();
        let needed = needed.filter(|it| it.place == Place::Path);
        let skipped = usize::from(list.operation.of_the_site);
        let values = needed
            .skip(skipped)
            .map(|it| Some((it.wire, line.value(it.option)?)));
        Some(Self::List {
            list,
            values: values.collect::<Option<_>>()?,
        })
    }

    /// Returns its name in the cache.
    pub(super) fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Sites => "sites".into(),
            Self::Machines => "machines".into(),
            Self::Users => "users".into(),
            Self::List { list, values } => {
                let values = values.iter().map(|(_, value)| value.as_str());
                let parts = std::iter::once(list.operation.meta.path).chain(values);
                parts.collect::<Vec<_>>().join("\n").into()
            }
        }
    }

    /// Returns whether a site can have too many to list, so that the service must search.
    pub(super) fn is_searched(&self) -> bool {
        matches!(self, Self::Machines | Self::Users)
    }
}

/// Returns the typed text as a search term: a name or its prefix, without patterns.
pub(super) fn searchable(typed: &str) -> Option<String> {
    (!typed.contains(['*', '?'])).then(|| typed.to_lowercase())
}

/// Fetches the names with a prefix.
pub(super) async fn ask(
    context: Context,
    asked: Asked,
    site: String,
    prefix: String,
) -> Option<Names> {
    let client = context.client().ok()?;
    let mut names = match &asked {
        Asked::Sites => sites(&client).await.ok()?,
        Asked::List { list, values } => {
            let site = match list.operation.meta.scope {
                Scope::Site => Some(find_site(&context, &client, site).await?),
                Scope::Service => None,
            };
            of_list(&client, site.as_ref(), *list, values).await?
        }
        Asked::Machines | Asked::Users => {
            let site = find_site(&context, &client, site).await?;
            searched(&site, &asked, &prefix).await.ok()?
        }
    };
    let complete = names.len() < ASKED;
    names.sort();
    names.dedup();
    // A line break would make two candidates of one.
    names.retain(|it| !it.is_empty() && !it.contains(char::is_control));
    Some(Names { names, complete })
}

/// Returns the names of the first objects of a list, and the ids of those without a name.
async fn of_list(
    client: &Client,
    site: Option<&Site>,
    list: List,
    values: &[(&'static str, String)],
) -> Option<Vec<String>> {
    let value = |parameter: &'static crate::operations::Parameter| {
        let mut values = values.iter();
        let found = values.find(|(wire, _)| *wire == parameter.wire);
        found.map(|(_, value)| value.clone())
    };
    let items = listed::items(client, site, list, ASKED, value).await.ok()?;
    let names = items.iter().filter_map(|item| {
        let name = listed::name(item).map(str::to_owned);
        name.or_else(|| listed::id(item, "Id"))
    });
    Some(names.collect())
}

async fn sites(client: &Client) -> Result<Vec<String>, Error> {
    let sites = client.daas().my_sites().await?;
    Ok(sites.into_iter().filter_map(|site| site.name).collect())
}

async fn find_site(context: &Context, client: &Client, named: String) -> Option<Site> {
    let of_profile = || {
        let settings = context.settings().ok()?;
        settings.value(Field::Site).map(str::to_owned)
    };
    let wanted = Some(named).filter(|it| !it.is_empty()).or_else(of_profile);
    match wanted {
        Some(wanted) => named_site(client, &wanted).await.ok(),
        None => client.daas().only_site().await.ok(),
    }
}

async fn searched(site: &Site, asked: &Asked, prefix: &str) -> Result<Vec<String>, Error> {
    let pattern = format!("{prefix}*");
    let (rows, pointer) = match asked {
        Asked::Users => {
            let mut chosen = site.select_sessions();
            if !prefix.is_empty() {
                chosen = chosen.user(pattern);
            }
            let rows = chosen.raw_items(["User"], Some(ASKED)).await?;
            (rows.try_collect::<Vec<_>>().await?, "/User/Name")
        }
        _ => {
            let mut chosen = site.select_machines();
            if !prefix.is_empty() {
                chosen = chosen.name(pattern);
            }
            let rows = chosen.raw_items(["Name"], Some(ASKED)).await?;
            (rows.try_collect().await?, "/Name")
        }
    };
    let rows = rows.iter().filter_map(|row| {
        let row: Value = serde_json::from_str(row.get()).ok()?;
        row.pointer(pointer)?.as_str().map(str::to_owned)
    });
    Ok(rows.collect())
}

/// Returns a name in the form being typed: with its domain once a domain has been typed, without it before.
pub(super) fn form(asked: &Asked, name: &str, typed: &str) -> Option<String> {
    let short = match asked {
        Asked::Machines | Asked::Users => name.rsplit('\\').next().unwrap_or(name),
        Asked::Sites | Asked::List { .. } => name,
    };
    let form = if typed.contains('\\') { name } else { short };
    let begins = form.to_lowercase().starts_with(&typed.to_lowercase());
    begins.then(|| form.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_completed_where_one_is_typed() {
        let catalogs = || Asked::List {
            list: listed::at("/MachineCatalogs").unwrap(),
            values: Vec::new(),
        };
        for (asked, name, typed, form_of_it) in [
            (Asked::Machines, r"CORP\VDA-1", "vda", Some("VDA-1")),
            (
                Asked::Machines,
                r"CORP\VDA-1",
                r"CORP\V",
                Some(r"CORP\VDA-1"),
            ),
            (Asked::Machines, r"CORP\VDA-1", "CO", None),
            (catalogs(), "Pool east", "pool", Some("Pool east")),
            (catalogs(), "Pool east", "east", None),
            (Asked::Users, r"CORP\ann", "", Some("ann")),
        ] {
            assert_eq!(form(&asked, name, typed).as_deref(), form_of_it, "{name}");
        }
        assert_eq!(searchable("VDA-*"), None);
        assert_eq!(searchable("VDA-").as_deref(), Some("vda-"));
    }
}

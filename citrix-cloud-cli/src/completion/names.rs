//! The names that the service has.

use citrix_cloud::daas::Site;
use citrix_cloud::{Client, Error, ErrorKind};
use futures_util::TryStreamExt as _;
use serde_json::Value;

use super::Kind;
use super::cache::Names;
use crate::commands::daas::named_site;
use crate::context::Context;
use crate::profiles::Field;

/// How many names are asked for: nobody reads more.
const ASKED: usize = 200;

/// What is typed as a question to a search: a name, or its beginning, without patterns.
pub(super) fn searchable(typed: &str) -> Option<String> {
    (!typed.contains(['*', '?'])).then(|| typed.to_lowercase())
}

/// Asks for the names of a kind that begin with something.
pub(super) async fn ask(
    context: Context,
    kind: Kind,
    site: String,
    prefix: String,
) -> Option<Names> {
    let client = context.client().ok()?;
    let mut names = match kind {
        Kind::Sites => sites(&client).await.ok()?,
        _ => {
            let site = find_site(&context, &client, site).await?;
            of_site(&site, kind, &prefix).await.ok()?
        }
    };
    let complete = names.len() < ASKED;
    names.sort();
    names.dedup();
    // A line break would be two candidates.
    names.retain(|it| !it.is_empty() && !it.contains(char::is_control));
    Some(Names { names, complete })
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

async fn of_site(site: &Site, kind: Kind, prefix: &str) -> Result<Vec<String>, Error> {
    let pattern = format!("{prefix}*");
    let (rows, pointer) = match kind {
        Kind::Machines => {
            let mut chosen = site.select_machines();
            if !prefix.is_empty() {
                chosen = chosen.name(pattern);
            }
            let rows = chosen.raw_items(["Name"], Some(ASKED)).await?;
            (rows.try_collect::<Vec<_>>().await?, "/Name")
        }
        Kind::Users => {
            let mut chosen = site.select_sessions();
            if !prefix.is_empty() {
                chosen = chosen.user(pattern);
            }
            let rows = chosen.raw_items(["User"], Some(ASKED)).await?;
            (rows.try_collect().await?, "/User/Name")
        }
        Kind::Sites => return Ok(Vec::new()),
        Kind::Catalogs => return short_list(site, "/MachineCatalogs").await,
        Kind::DeliveryGroups => return short_list(site, "/DeliveryGroups").await,
    };
    let rows = rows.iter().filter_map(|row| {
        let row: Value = serde_json::from_str(row.get()).ok()?;
        row.pointer(pointer)?.as_str().map(str::to_owned)
    });
    Ok(rows.collect())
}

/// The first names of a list that needs no search.
async fn short_list(site: &Site, path: &str) -> Result<Vec<String>, Error> {
    let request = http::Request::get(format!("{path}?fields=Name&limit={ASKED}"))
        .body("")
        .map_err(|error| Error::new(ErrorKind::Input, error.to_string()))?;
    let rows = site.list_raw::<Value>(request).limit(ASKED).items();
    let rows: Vec<Value> = rows.try_collect().await?;
    let names = rows.iter().filter_map(|it| it["Name"].as_str());
    Ok(names.map(str::to_owned).collect())
}

/// A name in the form in which it is being typed: with its domain once that has been typed, without it
/// before.
pub(super) fn form(kind: Kind, name: &str, typed: &str) -> Option<String> {
    let short = match kind {
        Kind::Machines | Kind::Users => name.rsplit('\\').next().unwrap_or(name),
        Kind::Sites | Kind::Catalogs | Kind::DeliveryGroups => name,
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
        for (kind, name, typed, form_of_it) in [
            (Kind::Machines, r"CORP\VDA-1", "vda", Some("VDA-1")),
            (
                Kind::Machines,
                r"CORP\VDA-1",
                r"CORP\V",
                Some(r"CORP\VDA-1"),
            ),
            (Kind::Machines, r"CORP\VDA-1", "CO", None),
            (Kind::Catalogs, "Pool east", "pool", Some("Pool east")),
            (Kind::Catalogs, "Pool east", "east", None),
            (Kind::Users, r"CORP\ann", "", Some("ann")),
        ] {
            assert_eq!(form(kind, name, typed).as_deref(), form_of_it, "{name}");
        }
        assert_eq!(searchable("VDA-*"), None);
        assert_eq!(searchable("VDA-").as_deref(), Some("vda-"));
    }
}

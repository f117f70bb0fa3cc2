//! What the user named, and what of it does not exist.

use std::collections::HashMap;
use std::fmt;

use citrix_cloud::bulk::{Decision, Outcome, Plan, Report, SkipReason};
use citrix_cloud::daas::Site;
use citrix_cloud::{Error, ErrorKind};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::words;
use crate::arguments::guid;
use crate::exit::Failure;
use crate::near::near;

/// How many machines are read to find names like one that does not exist.
const MACHINES_READ: usize = 5000;

/// How many delivery groups are read.
const GROUPS_READ: usize = 20_000;

/// The names in a choice of objects.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(super) catalog: Option<String>,
    pub(super) group: Option<String>,
    pub(super) pattern: Option<String>,
    pub(super) ids: Option<Vec<String>>,
    /// Whether the ids may be names of machines without their domain.
    pub(super) short_names: bool,
}

/// Something that was named and does not exist.
#[derive(Debug)]
pub(super) struct Missing {
    what: String,
    near: Vec<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.near.is_empty() {
            write!(f, "; did you mean {}?", self.near.join(" or "))?;
        }
        Ok(())
    }
}

impl Named {
    pub(crate) fn catalog(name: String) -> Self {
        Self {
            catalog: Some(name),
            ..Self::default()
        }
    }

    /// Puts ids in place of names without a domain, which the service does not find.
    pub(super) async fn resolve(&mut self, site: &Site) -> Result<(), Failure> {
        let Some(ids) = self.ids.as_mut().filter(|_| self.short_names) else {
            return Ok(());
        };
        let is_short = |id: &str| !id.contains('\\') && guid(id).is_err();
        if !ids.iter().any(|id| is_short(id)) {
            return Ok(());
        }
        let mut known: HashMap<String, Vec<(String, String)>> = HashMap::new();
        let list = site
            .machines()
            .list()
            .fields(["Id", "Name"])
            .page_size(1000);
        let mut machines = list.json_items();
        while let Some(machine) = machines.try_next().await? {
            if let (Some(id), Some(name)) = (machine["Id"].as_str(), machine["Name"].as_str()) {
                let short = name.rsplit('\\').next().unwrap_or_default().to_lowercase();
                let named = known.entry(short).or_default();
                named.push((id.to_owned(), name.to_owned()));
            }
        }
        for id in ids.iter_mut().filter(|id| is_short(id)) {
            match known.get(&id.to_lowercase()).map(Vec::as_slice) {
                None | Some([]) => {}
                Some([(machine, _)]) => id.clone_from(machine),
                Some(several) => {
                    let names: Vec<&str> = several.iter().map(|(_, it)| it.as_str()).collect();
                    let names = names.join(", ");
                    let words = format!("--ids: `{id}` is the name of several machines: {names}");
                    return Err(Failure::Usage(words));
                }
            }
        }
        Ok(())
    }

    /// What of the names a plan shows not to exist.
    pub(super) async fn missing(&self, site: &Site, plan: &Plan) -> Result<Vec<Missing>, Error> {
        let machines = words::things(plan.action()) == "machines";
        if let Some(ids) = &self.ids {
            let gone = |it: &&str| {
                let named = |id: &str| id.eq_ignore_ascii_case(it);
                let mut steps = plan.steps().iter();
                steps.any(|step| {
                    step.decision == Decision::Skip(SkipReason::Gone) && named(&step.id)
                })
            };
            let gone: Vec<&str> = ids.iter().map(String::as_str).filter(gone).collect();
            let known = match gone.is_empty() || !machines {
                true => Vec::new(),
                false => self.machine_names(site).await?,
            };
            let thing = if machines { "machine" } else { "session" };
            let missing = gone.into_iter().map(|name| Missing {
                what: format!("no {thing} `{name}`"),
                near: near(name, known.iter().map(String::as_str)),
            });
            return Ok(missing.collect());
        }
        if !plan.steps().is_empty() {
            return Ok(Vec::new());
        }
        if let Some(catalog) = self.missing_catalog(site).await? {
            return Ok(vec![catalog]);
        }
        if let Some(group) = &self.group {
            let missing = missing("delivery group", group, &delivery_groups(site).await?);
            if let Some(missing) = missing {
                return Ok(vec![missing]);
            }
        }
        let Some(pattern) = &self.pattern else {
            return Ok(Vec::new());
        };
        let known = self.machine_names(site).await?;
        Ok(vec![Missing {
            what: format!(
                "no {} `{pattern}`",
                match machines {
                    true => "machine matches",
                    false => "session is on a machine that matches",
                }
            ),
            near: near(pattern, known.iter().map(String::as_str)),
        }])
    }

    /// What a list failed with, as the name of a catalog that does not exist where that is why.
    pub(crate) async fn explain(&self, site: &Site, error: Error) -> Failure {
        if !error.is_not_found() {
            return error.into();
        }
        match self.missing_catalog(site).await {
            Ok(Some(catalog)) => Failure::Missing(catalog.to_string()),
            _ => error.into(),
        }
    }

    async fn missing_catalog(&self, site: &Site) -> Result<Option<Missing>, Error> {
        let Some(catalog) = &self.catalog else {
            return Ok(None);
        };
        let known: Vec<Value> = site
            .machine_catalogs()
            .list()
            .fields(["Id", "Name"])
            .json_items()
            .collect()
            .await?;
        Ok(missing("machine catalog", catalog, &known))
    }

    async fn machine_names(&self, site: &Site) -> Result<Vec<String>, Error> {
        let fields = ["Name"];
        let list = match &self.catalog {
            Some(catalog) => {
                let machines = site.machine_catalog(catalog).machines();
                machines.fields(fields).page_size(1000).json_items()
            }
            None => site
                .machines()
                .list()
                .fields(fields)
                .page_size(1000)
                .json_items(),
        };
        let names = list.take(MACHINES_READ).try_filter_map(|machine| {
            let name = machine["Name"].as_str().map(str::to_owned);
            std::future::ready(Ok(name))
        });
        names.try_collect().await
    }

    /// Whether an object was named one by one and skipped because it is in use.
    pub(super) fn skipped_in_use(&self, report: &Report) -> bool {
        use SkipReason as R;
        let in_use = matches!(
            report.outcome,
            Outcome::Skipped(R::InUse(_) | R::SessionCountUnknown)
        );
        self.ids.is_some() && in_use
    }
}

/// The name, unless it is one of the known objects' by id or name.
fn missing(kind: &str, wanted: &str, known: &[Value]) -> Option<Missing> {
    let texts = |field: &'static str| known.iter().filter_map(move |it| it[field].as_str());
    let mut names = texts("Id").chain(texts("Name")).chain(texts("FullName"));
    let exists = names.any(|it| it.eq_ignore_ascii_case(wanted));
    (!exists).then(|| Missing {
        what: format!("no {kind} `{wanted}`"),
        near: near(wanted, texts("Name")),
    })
}

async fn delivery_groups(site: &Site) -> Result<Vec<Value>, Error> {
    let request = http::Request::get("/DeliveryGroups?fields=Id%2CName%2CFullName&limit=1000")
        .body("")
        .map_err(|error| Error::new(ErrorKind::Input, error.to_string()))?;
    site.list_raw(request)
        .limit(GROUPS_READ)
        .items()
        .collect()
        .await
}

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

/// How many sessions are read to find users with names like one that has none.
const SESSIONS_READ: usize = 5000;

/// How many names without a domain are looked for one by one.
const SHORT_NAMES: usize = 50;

/// How many delivery groups, tags or zones are read.
const OBJECTS_READ: usize = 20_000;

/// The names in a choice of objects.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(super) catalogs: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) zones: Vec<String>,
    /// Patterns of machines' names.
    pub(super) patterns: Vec<String>,
    /// Patterns of users' names.
    pub(super) users: Vec<String>,
    pub(super) ids: Option<Vec<String>>,
    /// Whether the ids may be names of machines without their domain.
    pub(super) short_names: bool,
}

/// Something that was named and does not exist.
#[derive(Debug)]
pub(crate) struct Missing {
    what: String,
    near: Vec<String>,
}

impl Missing {
    fn new(thing: &str, name: &str, known: &[String]) -> Self {
        Self {
            what: format!("no {thing} `{name}`"),
            near: near(name, known.iter().map(String::as_str)),
        }
    }
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
            catalogs: vec![name],
            ..Self::default()
        }
    }

    /// A machine by its id, or its name with or without its domain.
    pub(crate) fn machine(name_or_id: String) -> Self {
        Self {
            ids: Some(vec![name_or_id]),
            short_names: true,
            ..Self::default()
        }
    }

    /// The first of the ids.
    pub(crate) fn id(&self) -> &str {
        let mut ids = self.ids.iter().flatten();
        ids.next().map(String::as_str).unwrap_or_default()
    }

    /// Puts ids in place of names without a domain, which the service does not find.
    pub(crate) async fn resolve(&mut self, site: &Site) -> Result<(), Failure> {
        let Some(ids) = self.ids.as_mut().filter(|_| self.short_names) else {
            return Ok(());
        };
        let is_short = |id: &str| !id.contains('\\') && guid(id).is_err();
        if !ids.iter().any(|id| is_short(id)) {
            return Ok(());
        }
        let mut known: HashMap<String, Vec<(String, String)>> = HashMap::new();
        let short: Vec<&String> = ids.iter().filter(|id| is_short(id)).collect();
        let mut chosen = site.select_machines();
        if short.len() <= SHORT_NAMES {
            for name in short {
                chosen = chosen.name(name);
            }
        }
        let mut machines = chosen.raw_items(["Id", "Name"], None).await?;
        while let Some(machine) = machines.try_next().await? {
            let machine: Value =
                serde_json::from_str(machine.get()).map_err(std::io::Error::other)?;
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
                    let words = format!("`{id}` is the name of several machines: {names}");
                    return Err(Failure::Usage(words));
                }
            }
        }
        Ok(())
    }

    /// A machine that does not exist, with those that have names like it.
    pub(crate) async fn missing_machine(&self, site: &Site) -> Result<Missing, Error> {
        let known = self.machine_names(site).await?;
        Ok(Missing::new("machine", self.id(), &known))
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
            let missing = gone
                .into_iter()
                .map(|name| Missing::new(thing, name, &known));
            return Ok(missing.collect());
        }
        match plan.steps().is_empty() {
            true => Ok(self
                .missing_of_none(site, machines)
                .await?
                .into_iter()
                .collect()),
            false => Ok(Vec::new()),
        }
    }

    /// What of the names does not exist, where nothing was found.
    pub(crate) async fn missing_of_none(
        &self,
        site: &Site,
        machines: bool,
    ) -> Result<Option<Missing>, Error> {
        if let Some(catalog) = self.missing_catalog(site).await? {
            return Ok(Some(catalog));
        }
        for (thing, names, path) in [
            ("delivery group", &self.groups, "/DeliveryGroups"),
            ("tag", &self.tags, "/Tags"),
            ("zone", &self.zones, "/Zones"),
        ] {
            if names.is_empty() {
                continue;
            }
            let known = known(site, path).await?;
            let missing = names.iter().find_map(|name| missing(thing, name, &known));
            if missing.is_some() {
                return Ok(missing);
            }
        }
        if let Some(pattern) = self.patterns.first() {
            let known = self.machine_names(site).await?;
            return Ok(Some(Missing {
                what: format!(
                    "no {} `{}`",
                    match machines {
                        true => "machine matches",
                        false => "session is on a machine that matches",
                    },
                    self.patterns.join("` or `")
                ),
                near: near(pattern, known.iter().map(String::as_str)),
            }));
        }
        let Some(user) = self.users.first() else {
            return Ok(None);
        };
        let known = user_names(site).await?;
        Ok(Some(Missing {
            what: format!("no session of a user `{}`", self.users.join("` or `")),
            near: near(user, known.iter().map(String::as_str)),
        }))
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
        if self.catalogs.is_empty() {
            return Ok(None);
        }
        let known: Vec<Value> = site
            .machine_catalogs()
            .list()
            .fields(["Id", "Name"])
            .json_items()
            .collect()
            .await?;
        let mut catalogs = self.catalogs.iter();
        Ok(catalogs.find_map(|catalog| missing("machine catalog", catalog, &known)))
    }

    async fn machine_names(&self, site: &Site) -> Result<Vec<String>, Error> {
        let fields = ["Name"];
        let list = match self.catalogs.as_slice() {
            [catalog] => {
                let machines = site.machine_catalog(catalog).machines();
                machines.fields(fields).page_size(1000).json_items()
            }
            _ => site
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
        in_use && (self.ids.is_some() || self.names_machine(&report.name))
    }

    /// Whether a machine was named without wild cards, with or without its domain.
    fn names_machine(&self, machine: &str) -> bool {
        let short = machine.rsplit('\\').next().unwrap_or(machine);
        let mut names = self.patterns.iter().filter(|it| !it.contains(['*', '?']));
        names.any(|it| it.eq_ignore_ascii_case(machine) || it.eq_ignore_ascii_case(short))
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

/// The users who have sessions.
async fn user_names(site: &Site) -> Result<Vec<String>, Error> {
    let sessions = site.select_sessions();
    let sessions = sessions.raw_items(["User"], Some(SESSIONS_READ)).await?;
    let names = sessions.try_filter_map(|session| {
        let read: Option<Value> = serde_json::from_str(session.get()).ok();
        let name = |pointer| Some(read.as_ref()?.pointer(pointer)?.as_str()?.to_owned());
        std::future::ready(Ok(name("/User/SamName").or_else(|| name("/User/Name"))))
    });
    names.try_collect().await
}

/// The objects of a short list, with what they are called by.
async fn known(site: &Site, path: &str) -> Result<Vec<Value>, Error> {
    let request = http::Request::get(format!("{path}?fields=Id%2CName%2CFullName&limit=1000"))
        .body("")
        .map_err(|error| Error::new(ErrorKind::Input, error.to_string()))?;
    let list = site.list_raw(request).limit(OBJECTS_READ);
    list.items().collect().await
}

//! Objects that the user named, and checks that they exist.

use std::collections::{HashMap, HashSet};
use std::fmt;

use citrix_cloud::bulk::{Decision, Outcome, Plan, Report, Selection, SkipReason, Step};
use citrix_cloud::daas::Site;
use citrix_cloud::paging::Items;
use citrix_cloud::{Error, ErrorKind};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::arguments::guid;
use crate::exit::Failure;
use crate::near::near;

/// How many machines are read to suggest similar names.
const MACHINES_READ: usize = 5000;

/// How many sessions are read to suggest similar user names.
const SESSIONS_READ: usize = 5000;

/// How many names without a domain are looked up one by one.
const SHORT_NAMES: usize = 50;

/// How many catalogs, delivery groups, tags or zones are read.
const OBJECTS_READ: usize = 20_000;

/// How many patterns are looked up concurrently.
const LOOKED_FOR: usize = 8;

/// The name of a catalog in messages, and the path of their list.
const CATALOG: &str = "machine catalog";
const CATALOGS: &str = "/MachineCatalogs";

/// The objects named in a selection.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(super) catalogs: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) zones: Vec<String>,
    /// Patterns for names of machines.
    pub(super) patterns: Vec<String>,
    /// Patterns for names of users.
    pub(super) users: Vec<String>,
    pub(super) ids: Option<Vec<String>>,
    /// Whether the ids may be names of machines without their domain.
    pub(super) short_names: bool,
}

/// A named object that does not exist.
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

    /// Combines several selections.
    pub(super) fn all(all: Vec<Self>) -> Option<Self> {
        all.into_iter().reduce(|mut first, next| {
            first.what = format!("{}, {}", first.what, next.what);
            first.near.extend(next.near);
            first
        })
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

impl From<Missing> for Failure {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing.to_string())
    }
}

impl Named {
    pub(crate) fn catalog(name: String) -> Self {
        Self {
            catalogs: vec![name],
            ..Self::default()
        }
    }

    /// Names a machine by its id, or by its name with or without its domain.
    pub(crate) fn machine(name_or_id: String) -> Self {
        Self {
            ids: Some(vec![name_or_id]),
            short_names: true,
            ..Self::default()
        }
    }

    /// Returns the first of the ids.
    pub(crate) fn id(&self) -> &str {
        let mut ids = self.ids.iter().flatten();
        ids.next().map(String::as_str).unwrap_or_default()
    }

    /// Replaces names without a domain, which the service does not find, by ids.
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

    /// Returns the error for a machine that does not exist, with similar names.
    pub(crate) async fn missing_machine(&self, site: &Site) -> Result<Missing, Error> {
        let known = self.machine_names(site).await?;
        Ok(Missing::new("machine", self.id(), &known))
    }

    /// Restricts a selection to the objects named one by one, if there are any.
    pub(super) fn one_by_one<T>(&self, chosen: Selection<T>) -> Selection<T> {
        self.ids.iter().fold(chosen, Selection::ids)
    }

    /// Returns the objects named one by one that do not exist, according to a plan.
    pub(in crate::commands::daas) async fn gone(
        &self,
        site: &Site,
        plan: &Plan,
    ) -> Result<Vec<Missing>, Error> {
        let is_gone = |step: &&Step| step.decision == Decision::Skip(SkipReason::Gone);
        let gone = plan.steps().iter().filter(is_gone);
        let gone: HashSet<String> = gone.map(|step| step.id.to_ascii_lowercase()).collect();
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let (thing, known) = match plan.action().is_for_machines() {
            true => ("machine", self.machine_names(site).await?),
            false => ("session", Vec::new()),
        };
        let ids = self.ids.iter().flatten();
        let ids = ids.filter(|id| gone.contains(&id.to_ascii_lowercase()));
        Ok(ids.map(|id| Missing::new(thing, id, &known)).collect())
    }

    /// Returns the names in selectors that do not exist; `found` if the selectors matched something.
    ///
    /// In that case, a selector kind with a single name needs no lookup, because the matches have that name.
    pub(in crate::commands::daas) async fn unknown(
        &self,
        site: &Site,
        found: bool,
    ) -> Result<Option<Missing>, Error> {
        let is_open = |names: &[String]| names.len() > usize::from(found);
        let mut unknown = Vec::new();
        for (thing, names, path) in [
            (CATALOG, &self.catalogs, CATALOGS),
            ("delivery group", &self.groups, "/DeliveryGroups"),
            ("tag", &self.tags, "/Tags"),
            ("zone", &self.zones, "/Zones"),
        ] {
            if is_open(names) {
                unknown.extend(missing(thing, names, &known(site, path).await?));
            }
        }
        // The others determine where patterns are looked up, so all of them must exist.
        if !unknown.is_empty() {
            return Ok(Missing::all(unknown));
        }
        if is_open(&self.patterns) {
            let machines = |pattern: &String| self.place(site.select_machines()).name(pattern);
            let search = |it| machines(it).raw_items(["Name"], Some(1));
            let unmatched = unmatched(&self.patterns, search).await?;
            let known = match unmatched.is_empty() {
                true => Vec::new(),
                false => self.machine_names(site).await?,
            };
            let names = unmatched.into_iter();
            unknown.extend(names.map(|it| Missing::new("machine matches", it, &known)));
        }
        if is_open(&self.users) {
            let sessions = |pattern: &String| self.place(site.select_sessions()).user(pattern);
            let search = |it| sessions(it).raw_items(["User"], Some(1));
            let unmatched = unmatched(&self.users, search).await?;
            let known = match unmatched.is_empty() {
                true => Vec::new(),
                false => user_names(site).await?,
            };
            let names = unmatched.into_iter();
            unknown.extend(names.map(|it| Missing::new("session of a user", it, &known)));
        }
        Ok(Missing::all(unknown))
    }

    /// Restricts a selection to a place in the site, regardless of state.
    pub(super) fn place<T>(&self, chosen: Selection<T>) -> Selection<T> {
        let chosen = self
            .catalogs
            .iter()
            .fold(chosen, Selection::machine_catalog);
        let chosen = self.groups.iter().fold(chosen, Selection::delivery_group);
        let chosen = self.zones.iter().fold(chosen, Selection::zone);
        self.tags.iter().fold(chosen, Selection::tag)
    }

    /// Explains the failure of a list, if a catalog that does not exist is the cause.
    pub(crate) async fn explain(&self, site: &Site, error: Error) -> Failure {
        if !error.is_not_found() {
            return error.into();
        }
        let catalogs = known(site, CATALOGS).await;
        let catalogs = catalogs.map(|known| missing(CATALOG, &self.catalogs, &known));
        match catalogs.map(Missing::all) {
            Ok(Some(missing)) => missing.into(),
            _ => error.into(),
        }
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

    /// Returns whether an object was named one by one and skipped because it is in use.
    pub(in crate::commands::daas) fn skipped_in_use(&self, report: &Report) -> bool {
        use SkipReason as R;
        let in_use = matches!(
            report.outcome,
            Outcome::Skipped(R::InUse(_) | R::SessionCountUnknown)
        );
        in_use && (self.ids.is_some() || self.names_machine(&report.name))
    }

    /// Returns whether a machine was named without wildcards, with or without its domain.
    fn names_machine(&self, machine: &str) -> bool {
        let short = machine.rsplit('\\').next().unwrap_or(machine);
        let mut names = self.patterns.iter().filter(|it| !it.contains(['*', '?']));
        names.any(|it| it.eq_ignore_ascii_case(machine) || it.eq_ignore_ascii_case(short))
    }
}

/// Returns the names that match no known object's id or name.
fn missing(thing: &str, names: &[String], known: &[Value]) -> Vec<Missing> {
    let texts = |field: &'static str| known.iter().filter_map(move |it| it[field].as_str());
    let is_known = |name: &str| {
        let mut words = texts("Id").chain(texts("Name")).chain(texts("FullName"));
        words.any(|it| it.eq_ignore_ascii_case(name))
    };
    let near_names: Vec<String> = texts("Name").map(str::to_owned).collect();
    let unknown = names.iter().filter(|name| !is_known(name));
    let missing = unknown.map(|name| Missing::new(thing, name, &near_names));
    missing.collect()
}

/// Returns the patterns for which a search finds nothing.
async fn unmatched<'a, S>(
    patterns: &'a [String],
    search: impl Fn(&'a String) -> S,
) -> Result<Vec<&'a String>, Error>
where
    S: Future<Output = Result<Items<Box<RawValue>>, Error>>,
{
    let looked_for = stream::iter(patterns).map(|pattern| {
        let search = search(pattern);
        async move {
            let first = search.await?.try_next().await?;
            Ok::<_, Error>(first.is_none().then_some(pattern))
        }
    });
    let unmatched: Vec<Option<&String>> = looked_for.buffered(LOOKED_FOR).try_collect().await?;
    Ok(unmatched.into_iter().flatten().collect())
}

/// Returns the users with sessions.
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

/// Returns the objects of a short list, with their names.
async fn known(site: &Site, path: &str) -> Result<Vec<Value>, Error> {
    let request = http::Request::get(format!("{path}?fields=Id%2CName%2CFullName&limit=1000"))
        .body("")
        .map_err(|error| Error::new(ErrorKind::Input, error.to_string()))?;
    let list = site.list_raw(request).limit(OBJECTS_READ);
    list.items().collect().await
}

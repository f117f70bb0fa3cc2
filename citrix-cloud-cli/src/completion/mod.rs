//! Names of objects for shell completion: fetched from the service, then cached for a minute.
//!
//! [`line`] parses the typed line, [`names`] fetches names, [`cache`] stores them. There are no candidates if the
//! service does not respond within a second. Without a cache folder nothing is fetched, because every key press would
//! send a request.

use std::ffi::OsStr;
use std::time::{Duration, SystemTime};

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::commands::completions;
use crate::context::Context;
use crate::operations::listed;

mod cache;
mod line;
mod names;
mod quoting;

use cache::{Cache, Names};
use line::Line;
use names::Asked;
use quoting::Typed;

/// How long a user is kept waiting after pressing a key.
const PATIENCE: Duration = Duration::from_millis(1000);

/// A kind of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    Sites,
    Machines,
    /// Users with a session.
    Users,
    /// The objects in the list at this path. Parameters of the path are taken from the line.
    Listed(&'static str),
    /// The objects that a query parameter names.
    OfQuery(&'static str),
}

impl NameKind {
    pub(crate) const CATALOGS: Self = Self::Listed("/MachineCatalogs");
    pub(crate) const DELIVERY_GROUPS: Self = Self::Listed("/DeliveryGroups");
    pub(crate) const TAGS: Self = Self::Listed("/Tags");
    pub(crate) const ZONES: Self = Self::Listed("/Zones");

    /// Completes the names of this kind.
    pub(crate) fn completer(self) -> ArgValueCompleter {
        ArgValueCompleter::new(move |typed: &OsStr| {
            let names = candidates(self, typed).unwrap_or_default();
            let names = names.into_iter().map(CompletionCandidate::new);
            names.collect::<Vec<_>>()
        })
    }

    /// Returns where to fetch the names, if they can be fetched.
    fn asked_of(self, line: &Line) -> Option<Asked> {
        match self {
            Self::Sites => Some(Asked::Sites),
            Self::Machines => Some(Asked::Machines),
            Self::Users => Some(Asked::Users),
            Self::Listed(path) => Asked::list(path, line),
            Self::OfQuery(wire) => Asked::list(listed::of_query(wire)?, line),
        }
    }
}

/// Returns the names with the typed prefix, or `None` if they cannot be determined.
fn candidates(kind: NameKind, typed: &OsStr) -> Option<Vec<String>> {
    let typed = Typed::of(typed.to_str()?, completions::shell());
    let line = Line::of_process()?;
    let asked = kind.asked_of(&line)?;
    let context = Context::new(line.options).asking_nobody();
    let prefix = match asked.is_searched() {
        true => names::searchable(typed.text())?,
        false => String::new(),
    };
    let settings = context.settings().ok()?;
    let site = line.site.unwrap_or_default();
    let cache = Cache::new(&context.cache_folder(&settings)?);
    let place = cache::place(&settings, &site, &asked.word());
    let known = match cache.get(&place, &prefix, SystemTime::now()) {
        Some(names) => names,
        None => {
            let names = in_time(names::ask(context, asked.clone(), site, prefix.clone()))?;
            cache.put(&place, &prefix, &names, SystemTime::now());
            names.names
        }
    };
    let fit = known
        .iter()
        .filter_map(|name| names::form(&asked, name, typed.text()));
    let mut fit: Vec<String> = fit.map(|it| typed.quoted(&it)).collect();
    fit.sort();
    fit.dedup();
    Some(fit)
}

/// Waits for a result for a limited time. A late result is lost when this process ends.
fn in_time(asked: impl Future<Output = Option<Names>> + Send + 'static) -> Option<Names> {
    let (tell, told) = std::sync::mpsc::channel();
    // A separate thread, because reading a secret may wait for the keyring.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let names = runtime.ok().and_then(|it| it.block_on(asked));
        let _ = tell.send(names);
    });
    told.recv_timeout(PATIENCE).ok()?
}

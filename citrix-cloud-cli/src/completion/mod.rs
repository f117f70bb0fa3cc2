//! Names of things as shells complete them: asked of the service once, then kept for a minute.
//!
//! [`line`] reads what has been typed, [`names`] asks, [`cache`] keeps the results. Nothing is said when
//! there is no response within a second, and nothing is asked where there is no folder to keep it in: each
//! key would be a request.

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

/// How long somebody waits who has pressed a key.
const PATIENCE: Duration = Duration::from_millis(1000);

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sites,
    Machines,
    /// Users with a session.
    Users,
    /// What the list of this path has. What its own path needs is taken from the line.
    Listed(&'static str),
    /// What a parameter of a query names.
    OfQuery(&'static str),
}

impl Kind {
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

    /// Where they are asked for, if anywhere.
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

/// The names that begin with what was typed; none where that cannot be found out.
fn candidates(kind: Kind, typed: &OsStr) -> Option<Vec<String>> {
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

/// What comes in time. What does not is left behind with this process.
fn in_time(asked: impl Future<Output = Option<Names>> + Send + 'static) -> Option<Names> {
    let (tell, told) = std::sync::mpsc::channel();
    // A thread of its own, since reading a secret may wait for the keyring.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let names = runtime.ok().and_then(|it| it.block_on(asked));
        let _ = tell.send(names);
    });
    told.recv_timeout(PATIENCE).ok()?
}

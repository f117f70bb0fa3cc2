//! Names of things as shells complete them: asked of the service once, then kept for a minute.
//!
//! [`line`] reads what has been typed, [`names`] asks, [`cache`] keeps the answers. Nothing is said when
//! there is no answer within a second, and nothing is asked where there is no folder to keep it in: each
//! key would be a request.

use std::ffi::OsStr;
use std::time::{Duration, SystemTime};

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::commands::completions;
use crate::context::Context;

mod cache;
mod line;
mod names;
mod quoting;

use cache::{Cache, Names};
use line::Line;
use quoting::Typed;

/// How long somebody waits who has pressed a key.
const PATIENCE: Duration = Duration::from_millis(1000);

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sites,
    Catalogs,
    DeliveryGroups,
    Machines,
    /// Users with a session.
    Users,
}

impl Kind {
    /// Completes the names of this kind.
    pub(crate) fn completer(self) -> ArgValueCompleter {
        ArgValueCompleter::new(move |typed: &OsStr| {
            let names = candidates(self, typed).unwrap_or_default();
            let names = names.into_iter().map(CompletionCandidate::new);
            names.collect::<Vec<_>>()
        })
    }

    /// The name of the kind among what is kept.
    fn word(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Catalogs => "catalogs",
            Self::DeliveryGroups => "delivery groups",
            Self::Machines => "machines",
            Self::Users => "users",
        }
    }

    /// Whether a site can have too many to list, so that the service searches for them.
    fn is_searched(self) -> bool {
        matches!(self, Self::Machines | Self::Users)
    }
}

/// The names that begin with what was typed; none where that cannot be found out.
fn candidates(kind: Kind, typed: &OsStr) -> Option<Vec<String>> {
    let typed = Typed::of(typed.to_str()?, completions::shell());
    let line = Line::of_process()?;
    let context = Context::new(line.options).asking_nobody();
    let prefix = match kind.is_searched() {
        true => names::searchable(typed.text())?,
        false => String::new(),
    };
    let settings = context.settings().ok()?;
    let site = line.site.unwrap_or_default();
    let cache = Cache::new(&context.cache_folder(&settings)?);
    let place = cache::place(&settings, &site, kind.word());
    let names = match cache.get(&place, &prefix, SystemTime::now()) {
        Some(names) => names,
        None => {
            let names = in_time(names::ask(context, kind, site, prefix.clone()))?;
            cache.put(&place, &prefix, &names, SystemTime::now());
            names.names
        }
    };
    let fit = names
        .iter()
        .filter_map(|name| names::form(kind, name, typed.text()));
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

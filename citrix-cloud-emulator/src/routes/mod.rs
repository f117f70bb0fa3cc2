//! What each path does.

mod activation;
mod administrators;
mod cloud;
pub(crate) mod daas;
mod licensing;
mod notifications;
mod older_lists;
mod resource_locations;
mod service_principals;
mod service_states;
mod system_log;
mod token;
mod webhooks;
mod writes;

use crate::http::errors::common;
use crate::http::{Call, Reply};
use crate::operations::{Lookup, in_cloud, in_site};
use crate::shared::{Generations, Shared};
use crate::surface::Surface;

/// Names the operation that a call's path stands for, whether the call will be let through or not.
pub(crate) fn operation(call: &Call, surface: Surface) -> Option<&'static str> {
    let below = |skip| call.segments.get(skip..).unwrap_or_default();
    let is_siteless = |at: usize| {
        let segment = call.segments.get(at);
        segment.is_some_and(|it| ["me", "sites"].contains(&it.to_ascii_lowercase().as_str()))
    };
    let in_site = |skip| in_site(&call.method, below(skip));
    let lookup = match surface {
        Surface::Absent(_) => return None,
        Surface::Token
        | Surface::LegacyToken
        | Surface::DirectToken
        | Surface::Activation
        | Surface::Platform(_)
        | Surface::Legacy(_) => in_cloud(&call.method, &call.segments),
        Surface::DaasCurrent => in_site(2),
        Surface::DaasWalkthrough if is_siteless(1) => in_site(1),
        Surface::DaasWalkthrough => in_site(2),
        Surface::DaasDirect if is_siteless(3) => in_site(3),
        Surface::DaasDirect => {
            let empty = below(5).iter().take_while(|it| it.is_empty());
            in_site(5 + empty.count())
        }
    };
    match lookup {
        Lookup::Found(operation, _) => Some(operation.name),
        _ => None,
    }
}

/// Answers a call, and names the operation where its path stands for one.
pub(crate) fn answer(
    shared: &Shared,
    call: &Call,
    surface: Surface,
) -> (Option<&'static str>, Reply) {
    let generations = shared.settings.generations;
    match surface {
        Surface::Token | Surface::LegacyToken | Surface::DirectToken => cloud::open(shared, call),
        Surface::Platform(_) => cloud::by_header(shared, call),
        Surface::Legacy(_) | Surface::Activation => cloud::by_path(shared, call),
        Surface::Absent(service) => (None, common::not_implemented(service)),
        Surface::DaasDirect => daas::directly(shared, call),
        Surface::DaasCurrent => {
            daas::by_header(shared, call, generations != Generations::Walkthrough)
        }
        Surface::DaasWalkthrough => {
            daas::by_path(shared, call, generations != Generations::Current)
        }
    }
}

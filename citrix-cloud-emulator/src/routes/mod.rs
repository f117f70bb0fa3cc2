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
pub(crate) use cloud::check_accept;

use crate::monitor;
use crate::operations::{Lookup, in_cloud, in_site};
use crate::shared::{Generations, Shared};
use crate::surface::Surface;

/// Names the operation that a call's path stands for, whether the call will be let through or not.
pub(crate) fn operation(call: &Call, surface: Surface) -> Option<&'static str> {
    if matches!(surface, Surface::Monitor | Surface::MonitorDirect) {
        return monitor::operation(call, surface);
    }
    let lookup = match daas::Place::of(call, surface) {
        Some(place) => in_site(&call.method, place.below(call)),
        None => match surface {
            Surface::Absent(_) | Surface::DaasWalkthrough | Surface::DaasDirect => return None,
            _ => in_cloud(&call.method, &call.segments),
        },
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
        Surface::Monitor | Surface::MonitorDirect => monitor::answer(shared, call, surface),
        Surface::Absent("This host") => {
            let host = call.host.as_deref().unwrap_or_default();
            (None, common::not_implemented(host))
        }
        Surface::Absent(service) => (None, common::not_implemented(service)),
        Surface::DaasDirect => daas::answer(shared, call, surface, true),
        Surface::DaasCurrent => {
            let exists = generations != Generations::Walkthrough;
            daas::answer(shared, call, surface, exists)
        }
        Surface::DaasWalkthrough => {
            let exists = generations != Generations::Current;
            daas::answer(shared, call, surface, exists)
        }
    }
}

//! Which part of the emulator answers a call. What serves a family of paths is registered here.

use crate::api::{ApiFamily, Place};
use crate::daas;
use crate::http::errors::common;
use crate::http::{Call, Reply};
use crate::operations::{Lookup, in_cloud, in_site};
use crate::platform;
use crate::shared::{Generations, Shared};

/// Names the operation that a call's path stands for, whether the call will be let through or not.
pub(crate) fn operation(call: &Call, surface: ApiFamily) -> Option<&'static str> {
    let lookup = match Place::of(call, surface) {
        Some(place) => in_site(&call.method, place.below(call)),
        None => match surface {
            ApiFamily::Absent(_) | ApiFamily::DaasWalkthrough | ApiFamily::DaasDirect => {
                return None;
            }
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
    surface: ApiFamily,
) -> (Option<&'static str>, Reply) {
    let generations = shared.settings.generations;
    match surface {
        ApiFamily::Token | ApiFamily::LegacyToken | ApiFamily::DirectToken => {
            platform::open(shared, call)
        }
        ApiFamily::Platform(_) => platform::by_header(shared, call),
        ApiFamily::Legacy(_) | ApiFamily::Activation => platform::by_path(shared, call),
        ApiFamily::Absent("This host") => {
            let host = call.host.as_deref().unwrap_or_default();
            (None, common::not_implemented(host))
        }
        ApiFamily::Absent(service) => (None, common::not_implemented(service)),
        ApiFamily::DaasDirect => daas::answer(shared, call, surface, true),
        ApiFamily::DaasCurrent => {
            let exists = generations != Generations::Walkthrough;
            daas::answer(shared, call, surface, exists)
        }
        ApiFamily::DaasWalkthrough => {
            let exists = generations != Generations::Current;
            daas::answer(shared, call, surface, exists)
        }
    }
}

//! What each path does.

mod activation;
mod cloud;
pub(crate) mod daas;
mod notifications;
mod resource_locations;
mod service_principals;
mod service_states;
mod token;

use crate::http::errors::common;
use crate::http::{Call, Reply};
use crate::shared::{Generations, Shared};
use crate::surface::Surface;

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

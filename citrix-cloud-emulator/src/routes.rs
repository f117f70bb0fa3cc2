//! What a request stands for, and which part of the emulator answers it. What serves a family of paths is registered
//! here.

use crate::api::{ApiFamily, Place};
use crate::daas;
use crate::http::errors::common;
use crate::http::{Call, Reply};
use crate::operations::{Lookup, in_cloud, in_site};
use crate::platform;
use crate::shared::{Generations, Shared};

/// What a request stands for, whether it will be let through or not. It is found once for each.
#[derive(Debug)]
pub(crate) struct Route {
    family: ApiFamily,
    place: Option<Place>,
    asked: Lookup,
}

impl Route {
    /// Finds it, where the call's host serves such paths.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        let family = ApiFamily::of(call)?;
        if !family.is_served_by(call.host.as_deref()) {
            return None;
        }
        let place = Place::of(call, family);
        let asked = match &place {
            Some(place) => in_site(&call.method, place.below(call)),
            None => match family {
                ApiFamily::Absent(_) | ApiFamily::DaasWalkthrough | ApiFamily::DaasDirect => {
                    Lookup::Unknown
                }
                _ => in_cloud(&call.method, &call.segments),
            },
        };
        Some(Self {
            family,
            place,
            asked,
        })
    }

    pub(crate) fn family(&self) -> ApiFamily {
        self.family
    }

    /// Names the operation.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        match &self.asked {
            Lookup::Found(operation, _) => Some(operation.name),
            _ => None,
        }
    }

    /// Answers the call, or another one to the same path.
    pub(crate) fn answer(&self, shared: &Shared, call: &Call) -> Reply {
        let asked = &self.asked;
        let generations = shared.settings.generations;
        let exists = match self.family {
            ApiFamily::DaasCurrent => generations != Generations::Walkthrough,
            ApiFamily::DaasWalkthrough => generations != Generations::Current,
            _ => true,
        };
        match self.family {
            ApiFamily::Token | ApiFamily::LegacyToken | ApiFamily::DirectToken => {
                platform::open(shared, call, asked)
            }
            ApiFamily::Platform(_) => platform::by_header(shared, call, asked),
            ApiFamily::Legacy(_) | ApiFamily::Activation => platform::by_path(shared, call, asked),
            ApiFamily::Absent("This host") => {
                common::not_implemented(call.host.as_deref().unwrap_or_default())
            }
            ApiFamily::Absent(service) => common::not_implemented(service),
            ApiFamily::DaasDirect | ApiFamily::DaasCurrent | ApiFamily::DaasWalkthrough => {
                match self.place.as_ref().filter(|_| exists) {
                    Some(place) => daas::answer(shared, call, place, asked),
                    None => common::not_found("path", &call.segments.join("/")),
                }
            }
        }
    }
}

//! The meaning of a request, and the part of the emulator that handles it. Every family of paths is registered here.

use crate::api::{ApiFamily, Place};
use crate::daas;
use crate::http::errors::common;
use crate::http::{Call, Reply};
use crate::monitor;
use crate::operations::{Lookup, in_cloud, in_site};
use crate::platform;
use crate::shared::{ApiVersions, Shared};

/// The meaning of a request, whether or not it will be admitted. It is determined once per request.
#[derive(Debug)]
pub(crate) struct Route {
    family: ApiFamily,
    asked: Asked,
}

/// The requested service and operation.
#[derive(Debug)]
enum Asked {
    Daas(Place, Lookup),
    Token(Lookup),
    /// A platform service that takes the customer from a header.
    ByHeader(Lookup),
    /// A platform service that takes the customer from the path.
    ByPath(Lookup),
    Monitor(monitor::Target),
    /// Documented by Citrix, but not emulated.
    Absent(&'static str),
    Nothing,
}

impl Route {
    /// Finds the route, if the call's host serves such paths.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        let family = ApiFamily::of(call)?;
        if !family.is_served_by(call.host.as_deref()) {
            return None;
        }
        let in_cloud = || in_cloud(&call.method, &call.segments);
        let asked = match family {
            ApiFamily::DaasCurrent | ApiFamily::DaasPreview | ApiFamily::DaasDirect => {
                Place::of(call, family).map(|place| {
                    let operation = in_site(&call.method, place.below(call));
                    Asked::Daas(place, operation)
                })
            }
            ApiFamily::Token | ApiFamily::LegacyToken | ApiFamily::DirectToken => {
                Some(Asked::Token(in_cloud()))
            }
            ApiFamily::Platform(_) => Some(Asked::ByHeader(in_cloud())),
            ApiFamily::Legacy(_) | ApiFamily::Activation => Some(Asked::ByPath(in_cloud())),
            ApiFamily::Monitor | ApiFamily::MonitorDirect => {
                monitor::Target::of(call, family).map(Asked::Monitor)
            }
            ApiFamily::Absent(service) => Some(Asked::Absent(service)),
        };
        Some(Self {
            family,
            asked: asked.unwrap_or(Asked::Nothing),
        })
    }

    pub(crate) fn family(&self) -> ApiFamily {
        self.family
    }

    /// Returns the operation's name.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        match &self.asked {
            Asked::Daas(_, lookup)
            | Asked::Token(lookup)
            | Asked::ByHeader(lookup)
            | Asked::ByPath(lookup) => match lookup {
                Lookup::Found(operation, _) => Some(operation.name),
                Lookup::OtherMethods(_) | Lookup::Unknown => None,
            },
            Asked::Monitor(target) => target.operation(),
            Asked::Absent(_) | Asked::Nothing => None,
        }
    }

    /// Responds to the call, or to another call with the same path.
    pub(crate) fn respond(&self, shared: &Shared, call: &Call) -> Reply {
        let api_versions = shared.settings.api_versions;
        let exists = match self.family {
            ApiFamily::DaasCurrent => api_versions != ApiVersions::Preview,
            ApiFamily::DaasPreview => api_versions != ApiVersions::Current,
            _ => true,
        };
        match &self.asked {
            Asked::Daas(place, asked) if exists => daas::respond(shared, call, place, asked),
            Asked::Token(asked) => platform::open(shared, call, asked),
            Asked::ByHeader(asked) => platform::by_header(shared, call, asked),
            Asked::ByPath(asked) => platform::by_path(shared, call, asked),
            Asked::Monitor(target) => monitor::respond(shared, call, target),
            Asked::Absent("This host") => {
                common::not_implemented(call.host.as_deref().unwrap_or_default())
            }
            Asked::Absent(service) => common::not_implemented(service),
            Asked::Daas(..) | Asked::Nothing => common::not_found("path", &call.segments.join("/")),
        }
    }
}

//! Parses the service's paths.

use super::schema::{Schema, Set};
use crate::api::{ApiFamily, MONITOR_DIRECT};
use crate::http::Call;

/// The target of a call, whether or not it will be admitted.
#[derive(Debug)]
pub(crate) struct Target {
    pub(super) thing: Thing,
    /// Whether the path bypasses the gateway or is on premises.
    pub(super) is_direct: bool,
    /// The number of segments before the name of a set.
    pub(super) base: usize,
}

#[derive(Debug)]
pub(super) enum Thing {
    /// The list of all sets.
    Service,
    Metadata,
    Set(&'static Set),
    /// Another version of the protocol, or another part of it.
    Absent(&'static str),
    Unknown(String),
}

impl Target {
    /// Parses the path of a call; returns `None` if it belongs to another service.
    pub(crate) fn of(call: &Call, family: ApiFamily) -> Option<Self> {
        let (base, is_direct) = match family {
            ApiFamily::Monitor => (1, false),
            ApiFamily::MonitorDirect => (MONITOR_DIRECT.len() + 2, true),
            _ => return None,
        };
        let outside = if is_direct { outside(call) } else { None };
        let below = call.segments.get(base..).unwrap_or_default();
        Some(Self {
            thing: outside.unwrap_or_else(|| thing(below)),
            is_direct,
            base,
        })
    }

    /// Returns the document's operation for the call.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        match self.thing {
            Thing::Set(set) => Some(set.operation),
            _ => None,
        }
    }
}

/// Returns what a direct path refers to if it is not `OData` 4 data.
fn outside(call: &Call) -> Option<Thing> {
    let at = |place: usize| call.segments.get(MONITOR_DIRECT.len() + place);
    let (version, part) = (at(0).map(String::as_str), at(1).map(String::as_str));
    match (version, part) {
        (Some(version), Some(part)) if version.eq_ignore_ascii_case("v4") => {
            if part.eq_ignore_ascii_case("methods") {
                return Some(Thing::Absent("The Methods endpoint"));
            }
            let is_data = part.eq_ignore_ascii_case("data");
            (!is_data).then(|| Thing::Unknown(part.to_owned()))
        }
        (Some("v1" | "v2" | "v3"), _) => Some(Thing::Absent("OData 3")),
        (version, _) => Some(Thing::Unknown(version.unwrap_or_default().to_owned())),
    }
}

fn thing(below: &[String]) -> Thing {
    match below {
        [] => Thing::Service,
        [name] if name.is_empty() => Thing::Service,
        [name] if name == "$metadata" => Thing::Metadata,
        [name] if name == "$batch" => Thing::Absent("$batch"),
        [name] => match Schema::get().listed(name) {
            Some(set) => Thing::Set(set),
            None => Thing::Unknown(name.clone()),
        },
        // A row by its key, a number of rows, a column: none of them works in the cloud.
        [.., last] => Thing::Unknown(last.clone()),
    }
}

//! Selects the operations to call, and their order.

use std::collections::BTreeSet;

use citrix_cloud::http::Method;
use citrix_cloud::operations::Reads;

use crate::near::near;
use crate::operations::{self, Operation};

/// The default areas: those of daily work, which are cheap for the service to read.
pub(super) const USUAL: [&str; 12] = [
    "me",
    "sites",
    "zones",
    "tags",
    "machine-catalogs",
    "delivery-groups",
    "machines",
    "sessions",
    "applications",
    "application-groups",
    "resource-locations",
    "service-states",
];

/// The name for all areas.
pub(super) const ALL: &str = "all";

/// The end of a search operation's path.
pub(super) const SEARCH: &str = "/$search";

/// Returns whether an operation is called: it reads, by a GET or a search, and returns JSON.
pub(super) fn is_called(operation: &Operation) -> bool {
    let meta = &operation.meta;
    let searches = meta.method == Method::POST
        && meta.envelope.is_some()
        && meta.path.to_ascii_lowercase().ends_with(SEARCH);
    let secret = operation
        .parameters
        .iter()
        .any(|it| it.secret && it.required);
    meta.safe
        && !operation.asks
        && !secret
        && operation.needs_no_body()
        && (meta.method == Method::GET || searches)
        && matches!(meta.reads, Reads::Json | Reads::Optional)
}

/// Returns the area of an operation, which is the noun of its command.
pub(super) fn area(operation: &Operation) -> &'static str {
    match operation.words {
        ["daas", area, ..] | [area, ..] => area,
        [] => "",
    }
}

/// Returns every area with an operation to call, in alphabetical order.
pub(super) fn areas() -> BTreeSet<&'static str> {
    let called = operations::all().iter().filter(|it| is_called(it));
    called.map(area).collect()
}

/// Parses the name of an area.
pub(super) fn known(text: &str) -> Result<String, String> {
    let areas = areas();
    if text == ALL || areas.contains(text) {
        return Ok(text.to_owned());
    }
    let alike = near(text, areas.iter().copied());
    Err(match alike.is_empty() {
        true => {
            let all: Vec<&str> = areas.into_iter().collect();
            format!("there are {}, and {ALL}", all.join(", "))
        }
        false => format!("did you mean {}?", alike.join(", ")),
    })
}

/// Returns the operations of some areas. Shorter paths come first, so that lists come before the operations that need
/// their ids, and lists come before others of the same depth.
pub(super) fn operations_of(areas: &[String]) -> Vec<&'static Operation> {
    let wanted = |it: &&Operation| {
        let area = area(it);
        areas.iter().any(|wanted| wanted == ALL || wanted == area)
    };
    let called = operations::all().iter().filter(|it| is_called(it));
    let mut steps: Vec<&Operation> = called.filter(wanted).collect();
    steps.sort_by_key(|it| {
        let depth = it.meta.path.matches('{').count();
        (
            depth,
            it.meta.envelope.is_none(),
            it.meta.method != Method::GET,
        )
    });
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verify_calls_only_operations_that_read() {
        let called: Vec<&Operation> = operations::all()
            .iter()
            .filter(|it| is_called(it))
            .collect();
        assert!(called.len() > 250, "{}", called.len());
        for operation in called {
            let meta = &operation.meta;
            assert!(meta.safe && !operation.asks, "{}", meta.id);
            assert!(
                meta.method == Method::GET || meta.path.to_lowercase().ends_with("/$search"),
                "{}",
                meta.id
            );
        }
    }

    #[test]
    fn every_usual_area_is_there_and_lists_come_first() {
        for area in USUAL {
            assert_eq!(known(area).as_deref(), Ok(area));
        }
        assert_eq!(known("all").as_deref(), Ok("all"));
        assert_eq!(known("machine"), Err("did you mean machines?".to_owned()));
        assert!(known("xyzzy").unwrap_err().contains("zones, and all"));
        let steps = operations_of(&["machines".to_owned()]);
        let at = |id: &str| steps.iter().position(|it| it.meta.id == id).unwrap();
        assert!(at("MachinesGetMachines") < at("MachinesGetMachine"));
        assert!(steps.iter().all(|it| area(it) == "machines"));
    }
}

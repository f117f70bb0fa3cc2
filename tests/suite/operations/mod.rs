//! Operations as values: each builds its request, which is compared with the tables of the
//! service's operations and models rather than with our own types.

use std::collections::BTreeMap;
use std::path::Path;

use citrix_cloud_gen::operation::{Arguments, Entry, Place};
use citrix_cloud_gen::ops::{AREAS, Service};
use serde_json::Value;

mod area_models;
mod emitted;
mod every_handle;
mod executed;
mod facts;
mod handles;
mod models;
mod platform;
mod refused;
mod responses;
mod services;
mod three_states;

/// Returns every DaaS operation by its operationId.
fn daas() -> BTreeMap<&'static str, &'static Entry> {
    let entries = AREAS.iter().flat_map(|area| area.iter());
    entries
        .filter(|entry| entry.meta.service == Service::Daas)
        .map(|entry| (entry.meta.id, entry))
        .collect()
}

fn table(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("facts");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    // One row and one field use the Go notation for a map.
    text.replace("map[string]int32", "map<int32>")
}

/// A row of the table of operations.
struct Row {
    id: String,
    method: String,
    path: String,
    query: Vec<Listed>,
    headers: Vec<Listed>,
    body: String,
    response: String,
}

/// A parameter in the table.
struct Listed {
    name: String,
    required: bool,
    kind: String,
}

impl Row {
    fn all() -> Vec<Self> {
        let text = table("daas-operations.tsv");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(Self::parsed).collect()
    }

    fn parsed(line: &str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default().to_owned();
        let listed = |index: usize| {
            let mut listed: Vec<Listed> = cell(index)
                .split_whitespace()
                .map(|word| {
                    let (name, kind) = word.split_once(':').unwrap_or((word, "string"));
                    Listed {
                        name: name.trim_end_matches('?').to_owned(),
                        required: !name.ends_with('?'),
                        kind: kind.to_owned(),
                    }
                })
                .collect();
            listed.sort_by(|a, b| a.name.cmp(&b.name));
            listed
        };
        Self {
            id: cell(1),
            method: cell(2),
            path: cell(3),
            query: listed(4),
            headers: listed(5),
            body: cell(6),
            response: cell(7),
        }
    }

    fn path_parameters(&self) -> impl Iterator<Item = &str> {
        let parts = self.path.split('{').skip(1);
        parts.filter_map(|part| part.split('}').next())
    }

    /// Returns the place and name of each parameter, and whether it is required.
    fn parameters(&self) -> Vec<(Place, String, bool)> {
        let path = self.path_parameters();
        let path = path.map(|name| (Place::Path, name.to_owned(), true));
        let listed = |place, listed: &[Listed]| {
            let listed = listed.iter();
            let listed = listed.map(|it| (place, it.name.clone(), it.required));
            listed.collect::<Vec<_>>()
        };
        let body = (!self.body.is_empty()).then(|| (Place::Body, "body".to_owned(), true));
        path.chain(listed(Place::Query, &self.query))
            .chain(listed(Place::Header, &self.headers))
            .chain(body)
            .collect()
    }

    /// Returns a value for every parameter, or for the required ones.
    fn arguments(&self, all: bool) -> Arguments {
        let mut arguments = Arguments::default();
        let models = models::Models::read();
        for name in self.path_parameters() {
            arguments.set(Place::Path, name, format!("p {name}\\ü/"));
        }
        for listed in self.query.iter().filter(|it| all || it.required) {
            let value = match models.sample(&listed.kind) {
                Value::String(text) if listed.kind == "string" => {
                    format!("{text} &+{}", listed.name).into()
                }
                other => other,
            };
            arguments.set(Place::Query, &listed.name, value);
        }
        for listed in self.headers.iter().filter(|it| all || it.required) {
            arguments.set(Place::Header, &listed.name, format!("h {}", listed.name));
        }
        if !self.body.is_empty() {
            arguments.set(Place::Body, "body", models.sample(&self.body));
        }
        arguments
    }
}

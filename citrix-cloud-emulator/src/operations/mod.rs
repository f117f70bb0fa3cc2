//! Finds the operation for a method and a path.

mod paths;

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;

use crate::schema::{Parameter, Type};
use paths::Paths;

/// An operation: one line of a table.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Its position in the table.
    pub(crate) place: usize,
    /// Its query parameters.
    pub(crate) query: Vec<Parameter>,
    /// The type of its body.
    pub(crate) body: Option<Type>,
    /// The type of its response.
    pub(crate) response: Option<Type>,
    pub(crate) method: &'static str,
    pub(crate) path: Vec<&'static str>,
}

/// The result of looking a call up in a table.
#[derive(Debug)]
pub(crate) enum Lookup {
    /// The operation, and the values of its path parameters.
    Found(&'static Operation, Vec<String>),
    /// The path exists, but only with these methods.
    OtherMethods(Vec<&'static str>),
    Unknown,
}

/// Operations outside `DaaS`, by path from the root.
static CLOUD: LazyLock<Vec<Operation>> =
    LazyLock::new(|| read(include_str!("../cloud_operations.tsv")));

/// All operations of `DaaS`, emulated or not, by path from the site, as in Citrix's own Go client.
static DAAS: LazyLock<Vec<Operation>> =
    LazyLock::new(|| read(include_str!("../daas_operations.tsv")));

static DAAS_BY_NAME: LazyLock<HashMap<&'static str, &'static Operation>> =
    LazyLock::new(|| DAAS.iter().map(|it| (it.name, it)).collect());

/// Finds an operation of `DaaS` by its name.
pub(crate) fn daas(name: &str) -> Option<&'static Operation> {
    DAAS_BY_NAME.get(name).copied()
}

pub(crate) fn in_cloud(method: &Method, segments: &[String]) -> Lookup {
    static PATHS: LazyLock<Paths> = LazyLock::new(|| Paths::of(&CLOUD));
    PATHS.find(method, segments)
}

pub(crate) fn in_site(method: &Method, segments: &[String]) -> Lookup {
    static PATHS: LazyLock<Paths> = LazyLock::new(|| Paths::of(&DAAS));
    PATHS.find(method, segments)
}

/// Lists all operations outside `DaaS`.
#[cfg(test)]
pub(crate) fn all_in_cloud() -> &'static [Operation] {
    &CLOUD
}

/// Lists all operations of `DaaS`.
pub(crate) fn all_of_daas() -> &'static [Operation] {
    &DAAS
}

fn read(table: &'static str) -> Vec<Operation> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .enumerate()
        .filter_map(|(place, line)| read_line(place, line))
        .collect()
}

fn read_line(place: usize, line: &'static str) -> Option<Operation> {
    let mut columns = line.split('\t');
    let model = |column: Option<&'static str>| column.filter(|it| !it.is_empty()).map(Type::read);
    Some(Operation {
        name: columns.next()?,
        place,
        method: columns.next()?,
        path: columns.next()?.trim_start_matches('/').split('/').collect(),
        query: columns
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(Parameter::read)
            .collect(),
        body: model(columns.next()),
        response: model(columns.next()),
    })
}

impl Operation {
    /// Returns whether it has a query parameter of this name.
    pub(crate) fn takes(&self, parameter: &str) -> bool {
        self.query.iter().any(|it| it.name == parameter)
    }

    /// Returns whether `async=true` turns the call into a job.
    pub(crate) fn can_be_job(&self) -> bool {
        self.takes("async")
    }

    fn parameters(&self, segments: &[String]) -> Vec<String> {
        let pairs = self.path.iter().zip(segments);
        pairs
            .filter(|(want, _)| is_parameter(want))
            .map(|(_, have)| have.clone())
            .collect()
    }
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::path_segments;

    fn find(method: &Method, path: &str) -> Lookup {
        in_site(method, &path_segments(path))
    }

    #[test]
    fn case_and_parameter_names_do_not_matter() {
        let Lookup::Found(operation, parameters) = find(&Method::POST, "/machines/7/$Reboot")
        else {
            panic!("no operation");
        };
        assert_eq!(operation.name, "MachinesRebootMachine");
        assert_eq!(parameters, ["7"]);
    }

    #[test]
    fn a_literal_segment_wins_over_a_parameter() {
        let Lookup::Found(operation, _) = find(&Method::GET, "/Sessions/RecordingStatus") else {
            panic!("no operation");
        };
        assert_eq!(operation.name, "SessionsGetSessionRecordingStatus");
    }

    #[test]
    fn other_methods_of_a_path_are_listed_once() {
        let Lookup::OtherMethods(methods) = find(&Method::PUT, "/Machines/7") else {
            panic!("not a known path");
        };
        assert_eq!(methods, ["DELETE", "GET", "HEAD", "PATCH"]);
        assert!(matches!(
            find(&Method::GET, "/Machines//Sessions"),
            Lookup::Unknown
        ));
    }

    #[test]
    fn every_operation_is_found_by_its_path() {
        for (table, find) in [
            (&*DAAS, in_site as fn(&Method, &[String]) -> Lookup),
            (&*CLOUD, in_cloud),
        ] {
            for (place, operation) in table.iter().enumerate() {
                assert_eq!(operation.place, place, "{}", operation.name);
                let names = operation.path.iter();
                let given = names.map(|it| if is_parameter(it) { "A/b|C" } else { it });
                let given: Vec<_> = given.map(str::to_owned).collect();
                let method = operation.method.parse().unwrap();
                let Lookup::Found(found, parameters) = find(&method, &given) else {
                    panic!("{} is not found", operation.name);
                };
                assert_eq!(found.name, operation.name);
                assert!(parameters.iter().all(|it| it == "A/b|C"));
            }
        }
    }

    #[test]
    fn every_line_of_the_tables_is_read() {
        assert_eq!(DAAS.len(), 537);
        assert_eq!(CLOUD.len(), 43);
    }
}

//! The paths of operations, in a map that is built once.

use http::Method;
use matchit::Router;

use super::{Lookup, Operation, is_parameter};

/// Stands for a slash inside a decoded segment.
const SLASH: &str = "\u{1}";

/// The operations of a table by method and path.
#[derive(Debug)]
pub(super) struct Paths {
    operations: &'static [Operation],
    methods: Vec<(&'static str, Router<usize>)>,
}

impl Paths {
    pub(super) fn of(operations: &'static [Operation]) -> Self {
        let mut methods: Vec<(&'static str, Router<usize>)> = Vec::new();
        for (place, operation) in operations.iter().enumerate() {
            let known = methods.iter().position(|(it, _)| *it == operation.method);
            let known = known.unwrap_or_else(|| {
                methods.push((operation.method, Router::new()));
                methods.len() - 1
            });
            if let Some((_, router)) = methods.get_mut(known)
                && let Err(error) = router.insert(pattern(operation), place)
            {
                // The tables are constants of this crate, and a test looks up every line by its path.
                tracing::error!(%error, operation = operation.name, "two operations have one path");
            }
        }
        methods.sort_unstable_by_key(|(method, _)| *method);
        Self {
            operations,
            methods,
        }
    }

    pub(super) fn find(&self, method: &Method, segments: &[String]) -> Lookup {
        // An empty segment names nothing, but the router would accept it as a parameter.
        if segments.iter().any(String::is_empty) {
            return Lookup::Unknown;
        }
        let path = key(segments.iter().map(|it| it.replace('/', SLASH)));
        let mut methods = self.methods.iter();
        let own = methods.find(|(it, _)| *it == method.as_str());
        let found = own.and_then(|(_, router)| router.at(&path).ok());
        let found = found.and_then(|it| self.operations.get(*it.value));
        if let Some(operation) = found {
            return Lookup::Found(operation, operation.parameters(segments));
        }
        let others = self.methods.iter();
        let others = others.filter(|(_, router)| router.at(&path).is_ok());
        let others: Vec<_> = others.map(|(method, _)| *method).collect();
        if others.is_empty() {
            Lookup::Unknown
        } else {
            Lookup::OtherMethods(others)
        }
    }
}

fn pattern(operation: &Operation) -> String {
    let segments = operation.path.iter().enumerate();
    key(segments.map(|(place, segment)| {
        if is_parameter(segment) {
            format!("{{p{place}}}")
        } else {
            (*segment).to_owned()
        }
    }))
}

/// Paths are case-insensitive.
fn key(segments: impl Iterator<Item = String>) -> String {
    let mut key = String::new();
    for segment in segments {
        key.push('/');
        key.push_str(&segment.to_lowercase());
    }
    key
}

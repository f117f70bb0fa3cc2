//! `--select A,User/UserName`: columns, and the expansions they need.

use std::collections::BTreeMap;

use citrix_cloud::monitor::{Expand, Query};

use super::catalog::{Catalog, Set};

/// Columns of a set and of related rows.
#[derive(Debug, Default, Clone)]
pub(crate) struct Selection {
    /// Paths separated by slashes, in the given order and in the service's spelling.
    pub(crate) paths: Vec<String>,
    columns: Vec<String>,
    behind: BTreeMap<String, Selection>,
}

impl Selection {
    /// Resolves the columns of a set. Names that are not in the catalog are kept as they are.
    pub(crate) fn of<'a>(set: &str, paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut selection = Self::default();
        for path in paths {
            let spelled = selection.add(Catalog::get().set(set), path);
            selection.paths.push(spelled);
        }
        selection
    }

    fn add(&mut self, set: Option<&Set>, path: &str) -> String {
        match path.split_once('/') {
            None => {
                let known = set.and_then(|it| it.column(path));
                let name = known.map_or(path, |it| it.name);
                self.columns.push(name.to_owned());
                name.to_owned()
            }
            Some((navigation, rest)) => {
                let known = set.and_then(|it| it.navigation(navigation));
                let target = known.and_then(|it| Catalog::get().set(it.target));
                let name = known.map_or(navigation, |it| it.name);
                let behind = self.behind.entry(name.to_owned()).or_default();
                format!("{name}/{}", behind.add(target, rest))
            }
        }
    }

    /// Adds these columns to the query.
    pub(crate) fn apply(&self, query: Query) -> Query {
        let query = query.select(self.columns.clone());
        self.expands().into_iter().fold(query, Query::expand)
    }

    fn expands(&self) -> Vec<Expand> {
        let expand = |(name, behind): (&String, &Self)| {
            let expand = Expand::new(name).select(behind.columns.clone());
            behind.expands().into_iter().fold(expand, Expand::expand)
        };
        self.behind.iter().map(expand).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_spelled_as_the_service_does() {
        let paths = [
            "sessionkey",
            "user/username",
            "Machine/DesktopGroup/name",
            "New",
        ];
        let selection = Selection::of("sessions", paths);
        assert_eq!(
            selection.paths,
            [
                "SessionKey",
                "User/UserName",
                "Machine/DesktopGroup/Name",
                "New"
            ]
        );
        assert_eq!(selection.columns, ["SessionKey", "New"]);
        let behind: Vec<_> = selection.behind.keys().collect();
        assert_eq!(behind, ["Machine", "User"]);
    }
}

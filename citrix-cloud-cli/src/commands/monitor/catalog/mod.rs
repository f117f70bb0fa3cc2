//! The known sets of Monitor: columns, units, enumerations and navigations.
//!
//! They are only used for explanations and suggestions. The service decides which sets exist, so sets that are not
//! listed here can be queried too.

use std::sync::LazyLock;

use crate::near::near;

mod read;

/// Columns with the time of a row, in order of preference. None of them changes later, so the rows of a period are
/// always the same.
const TIMES: [&str; 14] = [
    "SummaryDate",
    "CollectedDate",
    "StartDate",
    "FailureStartDate",
    "FaultReportedDate",
    "ErrorReportedDate",
    "EventTimestamp",
    "PredictionDate",
    "RunDate",
    "ProbeStartTime",
    "StartTime",
    "LaunchTime",
    "CreatedDate",
    "FailureDate",
];

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| read::table(include_str!("table.tsv")));

/// All sets, the types that only navigations lead to, and all enumerations.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(crate) sets: Vec<Set>,
    pub(crate) enums: Vec<Enum>,
}

/// A set, or a row type without a set.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) name: &'static str,
    /// Whether it can be queried; the others can only be reached with `$expand`.
    pub(crate) is_listed: bool,
    pub(crate) description: &'static str,
    pub(crate) columns: Vec<Column>,
    pub(crate) navigations: Vec<Navigation>,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// `int`, `double`, `bool`, `text`, `guid`, `time` or `list`.
    pub(crate) of: &'static str,
    pub(crate) is_key: bool,
    pub(crate) is_indexed: bool,
    pub(crate) unit: &'static str,
    pub(crate) enumeration: &'static str,
    pub(crate) description: &'static str,
}

#[derive(Debug)]
pub(crate) struct Navigation {
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    pub(crate) is_many: bool,
}

/// The names of an enumeration's numbers.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) values: Vec<EnumValue>,
}

#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
}

impl Catalog {
    pub(crate) fn get() -> &'static Self {
        &CATALOG
    }

    /// Returns the set with this case-insensitive name.
    pub(crate) fn set(&self, name: &str) -> Option<&Set> {
        let mut sets = self.sets.iter();
        sets.find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Returns the enumeration with this name, or that of a column with this name.
    pub(crate) fn enumeration(&self, name: &str) -> Option<&Enum> {
        let by_name = |name: &str| {
            let mut enums = self.enums.iter();
            enums.find(|it| it.name.eq_ignore_ascii_case(name))
        };
        by_name(name).or_else(|| {
            let mut columns = self.sets.iter().flat_map(|it| &it.columns);
            let column = columns
                .find(|it| it.name.eq_ignore_ascii_case(name) && !it.enumeration.is_empty())?;
            by_name(column.enumeration)
        })
    }

    /// Returns the name of a number, if it has one.
    pub(crate) fn value_name(&self, enumeration: &str, number: i64) -> Option<&'static str> {
        let values = &self.enumeration(enumeration)?.values;
        let value = values.iter().find(|it| it.number == number)?;
        Some(value.name)
    }

    /// Returns the error for an unknown set, with similar names.
    pub(crate) fn no_set(&self, name: &str) -> String {
        let listed = self.sets.iter().filter(|it| it.is_listed);
        let near = near(name, listed.map(|it| it.name));
        suggesting(&format!("there is no set `{name}`"), &near, "monitor sets")
    }

    /// Returns the error for an unknown enumeration, with similar names.
    pub(crate) fn no_enumeration(&self, name: &str) -> String {
        let near = near(name, self.enums.iter().map(|it| it.name));
        suggesting(
            &format!("there is no enumeration `{name}`"),
            &near,
            "monitor enums",
        )
    }
}

fn suggesting(words: &str, near: &[String], command: &str) -> String {
    match near.is_empty() {
        true => format!("{words}; `{command}` lists them"),
        false => format!("{words}; did you mean {}?", near.join(" or ")),
    }
}

impl Set {
    /// Returns the column with this case-insensitive name.
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        let mut columns = self.columns.iter();
        columns.find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Returns the navigation with this case-insensitive name.
    pub(crate) fn navigation(&self, name: &str) -> Option<&Navigation> {
        let mut navigations = self.navigations.iter();
        navigations.find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Returns the column with the time of a row, preferably one that is fast to filter by.
    pub(crate) fn time(&self) -> Option<&'static str> {
        let has = |name: &str, indexed: bool| {
            let column = self.column(name);
            column.is_some_and(|it| it.is_indexed || !indexed)
        };
        let mut quick = TIMES.into_iter().filter(|name| has(name, true));
        let mut any = TIMES.into_iter().filter(|name| has(name, false));
        quick.next().or_else(|| any.next())
    }

    /// Returns the columns that identify a row.
    pub(crate) fn key(&self) -> impl Iterator<Item = &'static str> {
        let key = self.columns.iter().filter(|it| it.is_key);
        key.map(|it| it.name)
    }

    /// Returns whether the set matches a search word.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&word);
        has(self.name) || has(self.description) || self.columns.iter().any(|it| has(it.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let catalog = Catalog::get();
        let table = include_str!("table.tsv");
        let lines = |what: &str| {
            let lines = table.lines();
            lines
                .filter(|it| it.split('\t').next() == Some(what))
                .count()
        };
        let listed = catalog.sets.iter().filter(|it| it.is_listed).count();
        let columns: usize = catalog.sets.iter().map(|it| it.columns.len()).sum();
        let navigations: usize = catalog.sets.iter().map(|it| it.navigations.len()).sum();
        let values: usize = catalog.enums.iter().map(|it| it.values.len()).sum();
        assert_eq!(
            (listed, catalog.sets.len() - listed, catalog.enums.len()),
            (lines("set"), lines("type"), lines("enum"))
        );
        assert_eq!(
            (columns, navigations, values),
            (lines("column"), lines("navigation"), lines("value"))
        );
        assert_eq!((listed, values), (74, 322));
    }

    #[test]
    fn enumerations_and_targets_of_navigations_exist() {
        let catalog = Catalog::get();
        for set in &catalog.sets {
            for column in set.columns.iter().filter(|it| !it.enumeration.is_empty()) {
                assert!(catalog.enumeration(column.enumeration).is_some());
            }
            for navigation in &set.navigations {
                assert!(catalog.set(navigation.target).is_some());
            }
        }
    }

    #[test]
    fn times_are_columns_of_time() {
        let catalog = Catalog::get();
        for set in &catalog.sets {
            if let Some(time) = set.time() {
                assert_eq!(set.column(time).unwrap().of, "time", "{}", set.name);
            }
        }
        for (set, time) in [
            ("sessions", Some("StartDate")),
            ("SessionActivitySummaries", Some("SummaryDate")),
            ("Connections", Some("CreatedDate")),
            ("ConnectionFailureLogs", Some("FailureDate")),
            ("Machines", Some("CreatedDate")),
            ("ProbeStages", None),
        ] {
            assert_eq!(catalog.set(set).unwrap().time(), time, "{set}");
        }
    }

    #[test]
    fn numbers_have_the_names_of_their_enumeration() {
        let catalog = Catalog::get();
        assert_eq!(catalog.value_name("ConnectionState", 5), Some("Active"));
        assert_eq!(catalog.value_name("ConnectionState", 55), None);
        let by_column = catalog.enumeration("faultstate").unwrap();
        assert_eq!(by_column.name, "MachineFaultStateCode");
    }

    #[test]
    fn near_sets_are_suggested() {
        let words = Catalog::get().no_set("Sesions");
        assert_eq!(
            words,
            "there is no set `Sesions`; did you mean Sessions or SpaSessions?"
        );
        let words = Catalog::get().no_set("quux");
        assert!(words.ends_with("`monitor sets` lists them"), "{words}");
    }
}

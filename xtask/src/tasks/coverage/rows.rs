//! Operations, with the columns that contain them.

use serde::Serialize;

use super::documents::Described;
use super::fields::Fields;
use super::sources::Calls;
use super::tables::{Facts, Line, SITE_MODULE};
use crate::pipeline::normalize::rust_names::snake;
use crate::pipeline::operations::value_names;
use crate::tasks::config::Config;
use crate::tasks::diff::compare::bare_path;

/// The service of operations that only the emulator has.
const ELSEWHERE: &str = "other";

/// An operation, and the columns that contain it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The module that it belongs to.
    pub service: String,
    /// Its area within the service.
    pub area: String,
    /// Its name in the document, or else in the first column that has it.
    pub operation: String,
    /// Upper-case method.
    pub method: String,
    /// Its path template.
    pub path: String,
    /// Whether the facts contain it. Without a table of facts, the documents take its place.
    pub facts: bool,
    /// Whether a document contains it.
    pub documents: bool,
    /// Whether the SDK calls it.
    #[serde(rename = "crate")]
    pub sdk: bool,
    /// Whether the emulator has it.
    pub emulator: bool,
    /// Whether a table of facts covers it.
    #[serde(skip)]
    pub told: bool,
    #[serde(skip)]
    tag: String,
}

/// Names of the columns, in order.
pub const COLUMNS: [&str; 4] = ["facts", "documents", "crate", "emulator"];

impl Row {
    /// The four columns.
    #[must_use]
    pub fn columns(&self) -> [bool; 4] {
        [self.facts, self.documents, self.sdk, self.emulator]
    }

    fn is(&self, site: bool, method: &str, path: &str) -> bool {
        (self.service == SITE_MODULE) == site
            && self.method == method
            && bare_path(&self.path) == bare_path(path)
    }
}

/// All operations in any column.
#[derive(Debug)]
pub struct Coverage {
    /// By service and area.
    pub rows: Vec<Row>,
    /// The fields of models that operations take or return.
    pub fields: Fields,
}

impl Coverage {
    /// Starts with the documents, which stand in for the facts until a table is added.
    #[must_use]
    pub fn new(described: Vec<Described>) -> Self {
        let row = |it: Described| Row {
            service: it.module,
            area: it.area,
            operation: it.name,
            method: it.method,
            path: it.path,
            facts: true,
            documents: true,
            sdk: false,
            emulator: false,
            told: false,
            tag: it.tag,
        };
        Self {
            rows: described.into_iter().map(row).collect(),
            fields: Fields::default(),
        }
    }

    /// Adds a table of facts.
    pub fn add_facts(&mut self, table: Facts, lines: &[Line]) {
        for row in &mut self.rows {
            if row.service == table.module && row.path.starts_with(table.base) {
                row.facts = false;
                row.told = true;
            }
        }
        let site = table.module == SITE_MODULE;
        for line in lines {
            match self.find(site, line) {
                Some(row) => row.facts = true,
                None => {
                    let area = self.area(table, &line.tag);
                    let row = self.add(table.module, area, line);
                    row.facts = true;
                    row.told = true;
                }
            }
        }
    }

    /// Adds the operations that the SDK calls: by the name of an operation's type, in a file that
    /// also names its module, or by the operation's name as text, if it is sent by hand.
    pub fn add_called(&mut self, files: &[Calls]) {
        for row in self.rows.iter_mut().filter(|row| row.documents) {
            let (whole, short) = value_names(&row.operation, &row.tag);
            let modules = [snake(&row.area), row.service.clone()];
            row.sdk = files.iter().any(|calls| {
                let has = |name: &String| calls.names.contains(name);
                let called = (has(&whole) || has(&short)) && modules.iter().any(has);
                called || calls.texts.contains(&row.operation)
            });
        }
    }

    /// Adds an operation of the emulator; `site` is true if its path is below a site.
    pub fn add_emulated(&mut self, site: bool, line: &Line) {
        match self.find(site, line) {
            Some(row) => row.emulator = true,
            None => {
                let service = if site { SITE_MODULE } else { ELSEWHERE };
                self.add(service, "not described".to_owned(), line).emulator = true;
            }
        }
    }

    /// Sorts services as in `regen.toml`, then by area and name.
    pub fn sort(&mut self, config: &Config) {
        let place = |service: &str| {
            let mut modules = config.modules.iter();
            let found = modules.position(|module| module.name == service);
            found.unwrap_or(config.modules.len())
        };
        self.rows.sort_by(|a, b| {
            (place(&a.service), &a.area, &a.operation).cmp(&(
                place(&b.service),
                &b.area,
                &b.operation,
            ))
        });
    }

    fn find(&mut self, site: bool, line: &Line) -> Option<&mut Row> {
        let mut rows = self.rows.iter_mut();
        rows.find(|row| row.is(site, &line.method, &line.path))
    }

    /// Returns the area of described operations with this tag, or below this base path.
    fn area(&self, table: Facts, tag: &str) -> String {
        let mut rows = self.rows.iter().filter(|row| row.service == table.module);
        let alike = |row: &&Row| match table.base {
            "" => row.tag == tag,
            base => row.path.starts_with(base),
        };
        rows.find(alike)
            .map_or_else(|| tag.to_owned(), |row| row.area.clone())
    }

    fn add(&mut self, service: &str, area: String, line: &Line) -> &mut Row {
        self.rows.push(Row {
            service: service.to_owned(),
            area,
            operation: line.name.clone(),
            method: line.method.clone(),
            path: line.path.clone(),
            facts: false,
            documents: false,
            sdk: false,
            emulator: false,
            told: false,
            tag: line.tag.clone(),
        });
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }
}

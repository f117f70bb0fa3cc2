//! The files of a stand-alone crate.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::BANNER;
use crate::pipeline::normalize::Report;
use crate::pipeline::rewrite::unseen;

/// With this first line, the command recognizes a crate that it has generated.
pub(crate) const MARK: &str = "# Made by `cargo xtask generate`; DO NOT EDIT.";

const WORKSPACE: &str = include_str!("../../../../Cargo.toml");
const MODEL: &str = include_str!("../../../../citrix-cloud-gen/src/model.rs");
const WIRE: &str = include_str!("../../../../citrix-cloud-gen/src/wire.rs");
const CLIENT: &str = include_str!("files/client.rs");
const LIB: &str = include_str!("files/lib.rs");
const MULTIPART: &str = include_str!("files/multipart.rs");
const README: &str = include_str!("files/README.md");

/// The code that operations depend on, by file name in the module's folder.
const OPERATION: [(&str, &str); 5] = [
    (
        "src/operation/mod.rs",
        include_str!("../../../../citrix-cloud-gen/src/operation/mod.rs"),
    ),
    (
        "src/operation/arguments.rs",
        include_str!("../../../../citrix-cloud-gen/src/operation/arguments.rs"),
    ),
    (
        "src/operation/encode.rs",
        include_str!("../../../../citrix-cloud-gen/src/operation/encode.rs"),
    ),
    (
        "src/operation/error.rs",
        include_str!("../../../../citrix-cloud-gen/src/operation/error.rs"),
    ),
    (
        "src/operation/request.rs",
        include_str!("../../../../citrix-cloud-gen/src/operation/request.rs"),
    ),
];

/// The crates that the generated code and the hand-written parts need.
const DEPENDENCIES: [&str; 7] = [
    "bytes",
    "http",
    "percent-encoding",
    "reqwest",
    "schemars",
    "serde",
    "serde_json",
];

/// The input for the files.
pub(super) struct Package<'a> {
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) base_url: &'a str,
    /// The models.
    pub(super) types: &'a str,
    /// The operations.
    pub(super) ops: &'a str,
    /// How to create one of the operations, for an example.
    pub(super) example: Option<String>,
    pub(super) reports: &'a [(String, Report)],
}

impl Package<'_> {
    /// Returns every file with its path in the crate's folder.
    ///
    /// # Errors
    ///
    /// If the workspace's manifest lacks a crate that the generated code needs.
    pub(super) fn files(&self) -> Result<Vec<(&'static Path, String)>> {
        let mut files = vec![
            (Path::new("Cargo.toml"), self.manifest()?),
            (Path::new("README.md"), self.readme()),
            (Path::new("src/lib.rs"), self.library()),
            (Path::new("src/client.rs"), CLIENT.to_owned()),
            (Path::new("src/model.rs"), MODEL.to_owned()),
            (Path::new("src/multipart.rs"), MULTIPART.to_owned()),
            (Path::new("src/ops.rs"), format!("{BANNER}\n\n{}", self.ops)),
            (
                Path::new("src/types.rs"),
                format!("{BANNER}\n\n{}", self.types),
            ),
            (Path::new("src/wire.rs"), WIRE.to_owned()),
        ];
        let operation = OPERATION.map(|(path, text)| (Path::new(path), text.to_owned()));
        files.extend(operation);
        Ok(files)
    }

    /// Returns the workspace's versions, so that the generator and its output agree.
    fn manifest(&self) -> Result<String> {
        let workspace: toml::Table = toml::from_str(WORKSPACE).context("Cargo.toml")?;
        let part = |key: &str| {
            let part = workspace["workspace"]
                .get(key)
                .and_then(toml::Value::as_table);
            part.with_context(|| format!("Cargo.toml: there is no `workspace.{key}`"))
        };
        let (package, dependencies) = (part("package")?, part("dependencies")?);
        let mut text = format!(
            "{MARK}\n\n[package]\nname = \"{}\"\ndescription = {}\nversion = \"0.1.0\"\n",
            self.name,
            toml::Value::String(format!("Client for {}", one_line(self.title))),
        );
        for key in ["edition", "rust-version"] {
            let value = package
                .get(key)
                .with_context(|| format!("Cargo.toml: no `{key}`"))?;
            writeln!(text, "{key} = {value}")?;
        }
        text.push_str(
            "publish = false\n\n[features]\ndefault = [\"rustls\"]\n\
             # TLS, one of two: rustls, or the system's own library.\n\
             rustls = [\"reqwest/rustls\"]\nnative-tls = [\"reqwest/native-tls\"]\n\
             # JSON Schema for every generated type.\n\
             schemars = [\"dep:schemars\"]\n# Operations by name, for tests.\n__arguments = []\n\
             # A table of all models, for tests.\n__models = []\n\n\
             [lib]\n# The document's examples are not meant to compile.\ndoctest = false\n\n\
             [dependencies]\n",
        );
        for name in DEPENDENCIES {
            let known = dependencies
                .get(name)
                .with_context(|| format!("Cargo.toml: no `workspace.dependencies.{name}`"))?;
            let mut value = match known {
                toml::Value::Table(table) => table.clone(),
                version => toml::Table::from_iter([("version".to_owned(), version.clone())]),
            };
            match name {
                "schemars" => drop(value.insert("optional".into(), true.into())),
                // A table cannot express every model that a document describes.
                "serde" if self.types.contains("derive(::serde::") => {
                    value.insert("features".into(), vec!["derive"].into());
                }
                "reqwest" => {
                    let features = vec![toml::Value::from("system-proxy")];
                    value.insert("features".into(), features.into());
                }
                _ => {}
            }
            writeln!(text, "{name} = {}", toml::Value::Table(value))?;
        }
        // A crate in a folder of another workspace would count as an unlisted member.
        text.push_str("\n[workspace]\n");
        Ok(text)
    }

    fn library(&self) -> String {
        LIB.replace("TITLE", &one_line(self.title))
            .replace("\"BASE_URL\"", &format!("{:?}", self.base_url))
    }

    fn readme(&self) -> String {
        let mut inexact = String::new();
        for note in self.reports.iter().flat_map(|(_, report)| &report.notes) {
            let _ = writeln!(inexact, "- {}", one_line(note));
        }
        if inexact.is_empty() {
            inexact.push_str("Everything is as the document says.\n");
        }
        let operation = self.example.as_deref().unwrap_or("Operation::new()");
        README
            .replace("CRATE_NAME", self.name)
            .replace("CRATE_PATH", &self.name.replace('-', "_"))
            .replace("TITLE", &one_line(self.title))
            .replace("OPERATION", operation)
            .replace("INEXACT\n", &inexact)
    }
}

/// Returns a text of the document on one line and without invisible characters.
fn one_line(text: &str) -> String {
    let seen = text.replace(|c: char| unseen(c) && !c.is_whitespace(), "");
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

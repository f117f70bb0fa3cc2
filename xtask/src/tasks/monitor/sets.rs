//! The typed sets of the client: a module for each model of rows, and the enumerations.
//!
//! What is written are calls of the macros in `monitor/entity.rs` and `monitor/enumeration.rs`, so that the
//! code that 900 columns need stands once, and is written by hand.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, ensure};
use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};

use super::{Column, Described, Entity, Enumeration, Kind, Navigation};
use crate::pipeline::template::BANNER;

/// The folder: all of it is machine-written.
pub const FOLDER: &str = "citrix-cloud/src/services/monitor/sets";

/// Words that no method can be called.
const KEYWORDS: [&str; 4] = ["match", "move", "ref", "type"];

/// The files of the folder by name, each with its content.
///
/// # Errors
///
/// Two columns that would have one name in Rust.
pub fn files(described: &Described) -> Result<Vec<(String, String)>> {
    let mut files = vec![("mod".to_owned(), index(described))];
    files.push(("enumerations".to_owned(), enumerations(described)));
    for entity in &described.entities {
        files.push((module(&entity.model), file(entity)?));
    }
    let banner = |(name, code): (String, String)| (name, format!("{BANNER}\n\n{code}"));
    Ok(files.into_iter().map(banner).collect())
}

fn module(model: &str) -> String {
    snake(model)
}

/// `UPNs` is one word.
fn snake(name: &str) -> String {
    name.replace("UPNs", "Upns").to_snake_case()
}

fn identifier(name: &str) -> String {
    let snake = snake(name);
    match KEYWORDS.contains(&snake.as_str()) {
        true => format!("{snake}_"),
        false => snake,
    }
}

fn index(described: &Described) -> String {
    let mut code = String::from(
        "//! The sets of Monitor, a module each with its rows, columns and navigations.\n\n",
    );
    for entity in &described.entities {
        let module = module(&entity.model);
        let _ = match &entity.set {
            Some(set) => writeln!(code, "/// `{set}`: {}", sentence(&entity.description)),
            None => writeln!(code, "/// {}", sentence(&entity.description)),
        };
        let _ = writeln!(code, "pub mod {module};");
    }
    code.push_str("mod enumerations;\n\npub use enumerations::*;\n");
    for entity in &described.entities {
        let module = module(&entity.model);
        let _ = writeln!(code, "pub use {module}::{};", entity.model);
    }
    code.push_str("\nuse super::{Monitor, SetQuery};\n\nimpl Monitor {\n");
    let sets = described.entities.iter();
    let sets = sets.filter_map(|it| Some((it, it.set.as_deref()?)));
    for (entity, set) in sets.clone() {
        let _ = writeln!(code, "    /// {}", sentence(&entity.description));
        let _ = writeln!(
            code,
            "    pub fn {}(&self) -> SetQuery<{}> {{\n        self.set()\n    }}\n",
            snake(set),
            entity.model
        );
    }
    code.push_str("}\n\n#[doc(hidden)]\npub const ALL: &[&super::Described] = &[\n");
    for entity in &described.entities {
        let _ = writeln!(code, "    &{}::DESCRIBED,", module(&entity.model));
    }
    code.push_str("];\n");
    code
}

fn enumerations(described: &Described) -> String {
    let mut code = String::from(
        "//! Numbers that have names.\n\nuse super::super::enumeration::enumeration;\n",
    );
    for it in &described.enumerations {
        let _ = write!(code, "\n{}", enumeration(it));
    }
    code
}

fn enumeration(it: &Enumeration) -> String {
    let mut code = format!(
        "enumeration! {{\n    /// {}\n    {} {{\n",
        sentence(&it.description),
        it.name
    );
    for (number, name, meaning) in &it.values {
        let doc = match meaning.is_empty() {
            true => format!("`{name}`."),
            false => sentence(meaning),
        };
        let constant = name.to_shouty_snake_case();
        let _ = writeln!(code, "        /// {doc}");
        let _ = writeln!(code, "        {constant} = {number} {name:?};");
    }
    code.push_str("    }\n}\n");
    code
}

fn file(entity: &Entity) -> Result<String> {
    let about = match &entity.set {
        Some(set) => format!("The set `{set}`"),
        None => format!(
            "Rows of `{}`, which only a navigation leads to",
            entity.model
        ),
    };
    let mut code = format!("//! {about}: {}\n\n", sentence(&entity.description));
    code.push_str("#[allow(unused_imports)]\nuse super::super::entity::*;\n");
    code.push_str("#[allow(unused_imports)]\nuse super::*;\n\n");
    let _ = writeln!(
        code,
        "entity! {{\n    /// {}",
        sentence(&entity.description)
    );
    let _ = write!(code, "    {}", entity.model);
    if let Some(set) = &entity.set {
        let _ = write!(code, " in {set:?}");
    }
    code.push_str(" {\n");
    let mut names = BTreeSet::new();
    let mut take = |name: &str| {
        let identifier = identifier(name);
        ensure!(
            names.insert(identifier.clone()),
            "{}.{name}: two columns are `{identifier}`",
            entity.model
        );
        Ok(identifier)
    };
    for (place, column) in entity.columns.iter().enumerate() {
        let field = take(&column.name)?;
        code.push_str(&of_column(place, &field, column));
    }
    code.push_str("    }\n    leads to {\n");
    for (navigation, place) in entity.navigations.iter().zip(entity.columns.len()..) {
        let field = take(&navigation.name)?;
        code.push_str(&of_navigation(place, &field, navigation));
    }
    code.push_str("    }\n}\n");
    Ok(code)
}

fn of_column(place: usize, field: &str, column: &Column) -> String {
    let kind = match (&column.enumeration, column.kind) {
        (Some(name), _) => name,
        (None, Kind::Text) => "Text",
        (None, Kind::Guid) => "Guid",
        (None, Kind::Time) => "Time",
        (None, Kind::Int) => "Int",
        (None, Kind::Double) => "Double",
        (None, Kind::Bool) => "Bool",
        (None, Kind::List) => "List",
    };
    let name = &column.name;
    let constant = match column.is_documented {
        true => format!(" {}", snake(name).to_shouty_snake_case()),
        false => String::new(),
    };
    let doc = sentence(&column.description);
    format!("        /// {doc}\n        {place} {field}{constant} = {name:?} {kind};\n")
}

fn of_navigation(place: usize, field: &str, navigation: &Navigation) -> String {
    let name = &navigation.name;
    let constant = snake(name).to_shouty_snake_case();
    let many = if navigation.many { "many" } else { "one" };
    let target = &navigation.target;
    let doc = sentence(&navigation.description);
    format!("        /// {doc}\n        {place} {field} {constant} = {name:?} {many} {target};\n")
}

/// A text of the document as a comment that `rustdoc` takes for text.
fn sentence(text: &str) -> String {
    let mut escaped = String::new();
    for sign in text.chars() {
        if matches!(sign, '[' | ']' | '<' | '>' | '*') {
            escaped.push('\\');
        }
        escaped.push(sign);
    }
    escaped
}

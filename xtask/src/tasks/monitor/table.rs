//! The table of Monitor's sets, columns and enumerations that is compiled into the program.
//!
//! The program parses it at the start of every such command, so it has lines of cells rather than
//! YAML.

use super::{Column, Described, Kind};
use crate::pipeline::template::BANNER;

/// The path of the table.
pub const TABLE: &str = "citrix-cloud-cli/src/commands/monitor/catalog/table.tsv";

/// A comment that explains the lines of the table.
const LEGEND: &str = "\
# enum, name, description; then value, number, name, meaning
# set or type, name, model, description; then column, name, type, k for key and i for indexed, unit, enum, description
# and navigation, name, target, one or many";

/// Creates the table.
#[must_use]
pub fn table(described: &Described) -> String {
    let mut lines = vec![format!("# {}", BANNER.trim_start_matches("// "))];
    lines.push(LEGEND.to_owned());
    for it in &described.enumerations {
        lines.push(line(&["enum", &it.name, &it.description]));
        let values = it.values.iter().map(|(number, name, meaning)| {
            let number = number.to_string();
            line(&["value", &number, name, meaning])
        });
        lines.extend(values);
    }
    for it in &described.entities {
        let what = if it.set.is_some() { "set" } else { "type" };
        lines.push(line(&[what, it.shown(), &it.model, &it.description]));
        lines.extend(it.columns.iter().map(of_column));
        for navigation in &it.navigations {
            let targets = described.entities.iter();
            let mut targets = targets.filter(|it| it.model == navigation.target);
            let target = targets.next().map_or("", |it| it.shown());
            let many = if navigation.many { "many" } else { "one" };
            lines.push(line(&["navigation", &navigation.name, target, many]));
        }
    }
    lines.join("\n") + "\n"
}

fn of_column(column: &Column) -> String {
    let of = match column.kind {
        Kind::Text => "text",
        Kind::Guid => "guid",
        Kind::Time => "time",
        Kind::Int => "int",
        Kind::Double => "double",
        Kind::Bool => "bool",
        Kind::List => "list",
    };
    let key = if column.is_key { "k" } else { "" };
    let indexed = if column.is_indexed { "i" } else { "" };
    let enumeration = column.enumeration.as_deref().unwrap_or_default();
    line(&[
        "column",
        &column.name,
        of,
        &format!("{key}{indexed}"),
        &column.unit,
        enumeration,
        &column.description,
    ])
}

fn line(cells: &[&str]) -> String {
    cells.join("\t").trim_end().to_owned()
}

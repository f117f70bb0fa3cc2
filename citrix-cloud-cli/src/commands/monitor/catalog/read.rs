//! Parses the table; the first cell of a line is its type.

use super::{Catalog, Column, Enum, EnumValue, Navigation, Set};

/// Parses the table. Tests detect invalid lines by counting what was parsed.
pub(super) fn table(text: &'static str) -> Catalog {
    let mut catalog = Catalog::default();
    for line in text.lines() {
        let mut cells = line.split('\t');
        let what = cells.next().unwrap_or_default();
        let mut cell = || cells.next().unwrap_or_default();
        match what {
            "enum" => catalog.enums.push(Enum {
                name: cell(),
                description: cell(),
                values: Vec::new(),
            }),
            "value" => {
                let value = cell().parse().map(|number| EnumValue {
                    number,
                    name: cell(),
                    meaning: cell(),
                });
                if let (Some(of), Ok(value)) = (catalog.enums.last_mut(), value) {
                    of.values.push(value);
                }
            }
            "set" | "type" => {
                let name = cell();
                let _model = cell();
                catalog.sets.push(Set {
                    name,
                    is_listed: what == "set",
                    description: cell(),
                    columns: Vec::new(),
                    navigations: Vec::new(),
                });
            }
            "column" => {
                if let Some(set) = catalog.sets.last_mut() {
                    let (name, of, flags) = (cell(), cell(), cell());
                    set.columns.push(Column {
                        name,
                        of,
                        is_key: flags.contains('k'),
                        is_indexed: flags.contains('i'),
                        unit: cell(),
                        enumeration: cell(),
                        description: cell(),
                    });
                }
            }
            "navigation" => {
                if let Some(set) = catalog.sets.last_mut() {
                    set.navigations.push(Navigation {
                        name: cell(),
                        target: cell(),
                        is_many: cell() == "many",
                    });
                }
            }
            _ => {}
        }
    }
    catalog
}

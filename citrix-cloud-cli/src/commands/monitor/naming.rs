//! Replaces the numbers of enumerations by names.

use serde_json::Value;

use super::catalog::{Catalog, Set};

/// Replaces numbers in a row by their names, for people. A number without a name stays.
pub(crate) fn named(row: &mut Value, set: &Set) {
    let Value::Object(fields) = row else {
        return;
    };
    let catalog = Catalog::get();
    for (field, value) in fields {
        let enumeration = set.column(field).map_or("", |it| it.enumeration);
        if let Some(name) = value
            .as_i64()
            .and_then(|number| catalog.value_name(enumeration, number))
        {
            *value = Value::from(name);
            continue;
        }
        let behind = set.navigation(field);
        let Some(behind) = behind.and_then(|it| catalog.set(it.target)) else {
            continue;
        };
        match value {
            Value::Array(rows) => rows.iter_mut().for_each(|row| named(row, behind)),
            row => named(row, behind),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_get_names_at_every_depth_and_unknown_ones_stay() {
        let set = Catalog::get().set("Sessions").unwrap();
        let mut row = json!({
            "ConnectionState": 5,
            "LogOnDuration": 5,
            "Machine": {"CurrentPowerState": 3, "FaultState": 77},
            "ConnectionFailureLogs": [{"ConnectionFailureEnumValue": 100}],
            "User": null,
        });
        named(&mut row, set);
        let expected = json!({
            "ConnectionState": "Active",
            "LogOnDuration": 5,
            "Machine": {"CurrentPowerState": "On", "FaultState": 77},
            "ConnectionFailureLogs": [{"ConnectionFailureEnumValue": "NoMachineAvailable"}],
            "User": null,
        });
        assert_eq!(row, expected);
    }
}

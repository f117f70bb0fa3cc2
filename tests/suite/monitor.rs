//! Compares the document of the Monitor service with the tables of its sets, columns, navigations
//! and enumerations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use xtask::pipeline::document;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn described() -> Value {
    document::read(&root().join("openapi/patch/monitor.yml")).unwrap()
}

/// Returns the rows of a table, each as cells by column name.
fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let path = root().join("tests/facts/monitor").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = head.iter().zip(line.split('\t'));
        cells
            .map(|(name, cell)| ((*name).to_owned(), cell.trim().to_owned()))
            .collect()
    };
    lines.map(row).collect()
}

/// Returns the model's name of a set, or of a type without one.
fn models() -> BTreeMap<String, String> {
    let sets = table("entities.tsv");
    let sets = sets
        .iter()
        .map(|it| (it["entity_set"].clone(), it["type"].clone()));
    let others = table("types_reached_by_navigation.tsv");
    let others = others
        .iter()
        .map(|it| (it["type"].clone(), it["type"].clone()));
    sets.chain(others).collect()
}

fn reference(schema: &Value) -> Option<&str> {
    let reference = schema["$ref"]
        .as_str()
        .or_else(|| schema["allOf"][0]["$ref"].as_str());
    reference?.rsplit('/').next()
}

/// Returns a type of the tables as a type and a format.
fn expected(text: &str) -> (&'static str, Option<&'static str>) {
    match text {
        "guid" => ("string", Some("uuid")),
        "datetime" => ("string", Some("date-time")),
        "string" => ("string", None),
        "bool" => ("boolean", None),
        "array" => ("array", None),
        "double" | "int64 or double" => ("number", Some("double")),
        text if text.ends_with("double elsewhere") || text.starts_with('?') => {
            ("number", Some("double"))
        }
        text if text.starts_with("int") => ("integer", Some("int64")),
        text => panic!("{text} is no type that this test knows"),
    }
}

/// Returns a unit of the tables as in the document.
fn unit(text: &str) -> Option<&'static str> {
    Some(match text.trim_end_matches(" (I)") {
        "ms" => "ms",
        "s" => "s",
        "min" => "min",
        "bytes" => "bytes",
        "percent" => "percent",
        "1/s" => "per-second",
        "currency" => "currency",
        "currency/h" => "currency-per-hour",
        "0-10000" => "load",
        "0-10000 x samples" => "load-sum",
        "count" => "count",
        "" | "UTC" | "?" | "min?" => return None,
        text => panic!("{text} is no unit that this test knows"),
    })
}

#[test]
fn every_set_is_a_path_with_a_model_and_its_key() {
    let document = described();
    let paths = document["paths"].as_object().unwrap();
    let sets = table("entities.tsv");
    assert_eq!((paths.len(), sets.len()), (74, 74));
    for set in sets {
        let (name, model) = (&set["entity_set"], &set["type"]);
        let operation = &paths[&format!("/{name}")]["get"];
        assert_eq!(operation["operationId"], format!("list{name}"));
        let parameters = operation["parameters"].as_array().unwrap();
        assert_eq!(parameters.len(), 8, "{name}");
        let response = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(reference(response), Some(format!("{model}Page").as_str()));
        let schemas = &document["components"]["schemas"];
        let rows = &schemas[format!("{model}Page")]["properties"]["value"]["items"];
        assert_eq!(reference(rows), Some(model.as_str()), "{name}");
        let schema = &schemas[model];
        assert_eq!(schema["x-entity-set"], name.as_str());
        let key = set["key"].replace("(I)", "");
        let key: Vec<&str> = key.split('+').map(str::trim).collect();
        assert_eq!(schema["x-key"], Value::from(key.clone()), "{name}");
        assert_eq!(schema["required"], Value::from(key), "{name}");
        assert!(schema["description"].as_str().unwrap().ends_with('.'));
    }
}

#[test]
fn every_column_has_type_unit_and_enumeration_of_the_table() {
    let document = described();
    let models = models();
    let enums: BTreeSet<String> = table("enums.tsv")
        .iter()
        .map(|it| it["enum"].clone())
        .collect();
    let mut listed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let columns = table("properties.tsv");
    for column in &columns {
        let (set, name) = (&column["entity_set"], &column["property"]);
        let at = format!("{set}.{name}");
        let model = models[set].as_str();
        let schema = &document["components"]["schemas"][model];
        let property = &schema["properties"][name];
        let known = enums.contains(&column["enum"]);
        if known {
            assert_eq!(reference(property), Some(column["enum"].as_str()), "{at}");
        } else {
            let (kind, format) = expected(&column["type"]);
            assert_eq!(property["type"], kind, "{at}");
            assert_eq!(property["format"].as_str(), format, "{at}");
        }
        let required = schema["required"].as_array().into_iter().flatten();
        let is_key = required.into_iter().any(|it| it == name.as_str());
        assert_eq!(property["nullable"] == true, !is_key, "{at}");
        assert_eq!(
            property["x-unit"].as_str(),
            unit(&column["unit"]),
            "the unit of {at}"
        );
        let words = property["description"].as_str().unwrap();
        let says = match unit(&column["unit"]) {
            Some("ms") => "milliseconds",
            Some("s") => "seconds",
            Some("bytes") => "bytes",
            _ => "",
        };
        assert!(words.to_lowercase().contains(says), "{at}: {words}");
        assert!(listed.entry(model).or_default().insert(name.clone()));
    }
    assert_eq!(columns.len(), 898);
    let navigations = navigations(&models);
    for (model, names) in listed {
        let schema = &document["components"]["schemas"][model];
        let properties = schema["properties"].as_object().unwrap();
        for name in properties.keys() {
            let is_navigation = navigations.contains_key(&(model.to_owned(), name.clone()));
            assert!(
                names.contains(name) || is_navigation,
                "{model}.{name} is in no table"
            );
        }
    }
}

/// Returns the model and name of every navigation, with its target and whether it leads to many.
fn navigations(models: &BTreeMap<String, String>) -> BTreeMap<(String, String), (String, bool)> {
    let mut all = BTreeMap::new();
    for row in table("navigation.tsv") {
        let from = models[&row["entity_set"]].clone();
        let to = row["target"].trim_end_matches(" (type)");
        let target = (models[to].clone(), row["cardinality"] == "*");
        all.insert((from, row["navigation"].clone()), target);
    }
    for row in table("types_reached_by_navigation.tsv") {
        let navigations = row["navigations"].split(';');
        for (name, to) in navigations.filter_map(|it| it.split_once("->")) {
            let target = (models[to.trim()].clone(), false);
            all.insert((row["type"].clone(), name.trim().to_owned()), target);
        }
    }
    all
}

#[test]
fn every_navigation_leads_to_the_model_of_the_table() {
    let document = described();
    let navigations = navigations(&models());
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut found = 0;
    for (model, schema) in schemas {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["x-navigation"].is_null() {
                continue;
            }
            found += 1;
            let (target, many) = &navigations[&(model.clone(), name.clone())];
            let to = if *many {
                assert_eq!(property["type"], "array");
                &property["items"]
            } else {
                property
            };
            assert_eq!(reference(to), Some(target.as_str()), "{model}.{name}");
        }
    }
    assert_eq!(found, navigations.len());
    assert_eq!(table("navigation.tsv").len(), 174);
}

#[test]
fn every_enumeration_has_the_numbers_and_names_of_the_table_and_stays_open() {
    let document = described();
    let mut listed: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for row in table("enums.tsv") {
        let value = (row["value"].parse().unwrap(), row["name"].clone());
        listed.entry(row["enum"].clone()).or_default().push(value);
    }
    assert_eq!(listed.len(), 45);
    for (name, values) in listed {
        let schema = &document["components"]["schemas"][&name];
        assert_eq!(schema["type"], "integer", "{name}");
        assert!(schema["enum"].is_null(), "{name} would be closed");
        let named = schema["x-names"].as_array().unwrap();
        let named: Vec<(i64, String)> = named
            .iter()
            .map(|it| {
                let name = it["name"].as_str().unwrap();
                (it["value"].as_i64().unwrap(), name.to_owned())
            })
            .collect();
        assert_eq!(named, values, "{name}");
    }
}

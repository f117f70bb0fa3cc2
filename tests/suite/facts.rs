//! Compares the DaaS documents with the tables of the service's operations and models.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use xtask::pipeline::document;
use xtask::pipeline::normalize::schemas::METHODS;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns every DaaS document, parsed.
fn documents() -> Vec<Value> {
    let folder = std::fs::read_dir(root().join("openapi/patch/daas")).unwrap();
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| document::read(path).unwrap())
        .collect()
}

fn table(name: &str) -> String {
    let text = std::fs::read_to_string(root().join("tests/facts").join(name)).unwrap();
    // One row and one field use the Go notation for a map.
    text.replace("map[string]int32", "map<int32>")
}

/// Follows a reference into the document that contains its target.
fn resolve<'a>(documents: &'a [Value], value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => documents
            .iter()
            .find_map(|document| document::resolve(document, reference))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

/// Returns a type in the notation of the tables.
fn written(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap().to_owned();
    }
    if let Some(Value::Array(members)) = schema.get("allOf") {
        return written(&members[0]);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => "time.Time".into(),
        (Some("string"), _) => "string".into(),
        (Some("boolean"), _) => "bool".into(),
        (Some("integer"), format) => format.unwrap_or("int").into(),
        (Some("number"), Some("float")) => "float32".into(),
        (Some("number"), _) => "float64".into(),
        (Some("array"), _) => format!("[]{}", written(&schema["items"])),
        (Some("object"), _) if schema["additionalProperties"].is_object() => {
            match written(&schema["additionalProperties"]).as_str() {
                "any" => "map<any>".into(),
                inner => format!("map<{inner}>"),
            }
        }
        _ => "any".into(),
    }
}

/// Returns the row of an operation, except for its tag, in the notation of the table.
fn row(documents: &[Value], method: &str, path: &str, operation: &Value) -> String {
    let parameters: Vec<&Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| resolve(documents, parameter))
        .collect();
    let of = |place: &str, typed: bool| {
        let mut found: Vec<String> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == place)
            .map(|parameter| {
                let name = parameter["name"].as_str().unwrap();
                let optional = if parameter["required"] == true {
                    ""
                } else {
                    "?"
                };
                match typed {
                    true => format!("{name}{optional}:{}", written(&parameter["schema"])),
                    false => format!("{name}{optional}"),
                }
            })
            .collect();
        found.sort();
        found.join(" ")
    };
    let body = |holder: &Value| match holder["content"].as_object() {
        Some(content) => written(&content.values().next().unwrap()["schema"]),
        None => String::new(),
    };
    [
        operation["operationId"].as_str().unwrap(),
        &method.to_uppercase(),
        path,
        &of("query", true),
        &of("header", false),
        &body(&operation["requestBody"]),
        // In the table, a response with any JSON is text.
        match body(&operation["responses"]["200"]).as_str() {
            "any" => "string",
            response => response,
        },
    ]
    .join("\t")
}

fn sorted(words: &str) -> String {
    let mut words: Vec<&str> = words.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

#[test]
fn every_operation_has_the_parameters_bodies_and_responses_of_the_table() {
    let documents = documents();
    let mut described = BTreeSet::new();
    for document in &documents {
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    let row = row(&documents, method, path, operation);
                    assert!(described.insert(row.clone()), "twice: {row}");
                }
            }
        }
    }
    let listed: BTreeSet<String> = table("daas-operations.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
            let (query, headers) = (sorted(cell(4)), sorted(cell(5)));
            [
                cell(1),
                cell(2),
                cell(3),
                &query,
                &headers,
                cell(6),
                cell(7),
            ]
            .join("\t")
        })
        .collect();
    let missing: Vec<_> = listed.difference(&described).collect();
    let invented: Vec<_> = described.difference(&listed).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "{missing:#?}\n{invented:#?}"
    );
    assert_eq!(described.len(), 537);
}

/// The service returns null for this list if nothing is in use; the table has no nullable lists.
const NULL_LIST: &str = "ApplicationsInUse?:[]RefResponseModel|null ";
const LIST: &str = "ApplicationsInUse?:[]RefResponseModel ";

#[test]
fn every_model_has_the_fields_of_the_table() {
    let text = table("daas-models.txt");
    let listed: BTreeMap<&str, &str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let name = line.split(' ').nth(1).unwrap();
            (name, line)
        })
        .collect();
    let mut models = 0;
    for document in documents() {
        for (name, schema) in document["components"]["schemas"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let Some(line) = listed.get(name.as_str()) else {
                // The table has no line for the error response.
                assert!(name.starts_with("Error"), "{name} is not in the table");
                continue;
            };
            let ours = model_line(name, schema).replace(NULL_LIST, LIST);
            assert_eq!(*line, ours, "{name}");
            models += 1;
        }
    }
    assert!(models > 700, "{models} models");
}

/// Returns a model in the notation of the table.
fn model_line(name: &str, schema: &Value) -> String {
    if let Some(Value::Array(values)) = schema.get("enum") {
        let values: Vec<String> = values.iter().map(plain).collect();
        return format!("enum {name} = {}", values.join(" | "));
    }
    let required: BTreeSet<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let fields: Vec<String> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(field, schema)| {
            let optional = if required.contains(field.as_str()) {
                ""
            } else {
                "?"
            };
            let null = if schema["nullable"] == true {
                "|null"
            } else {
                ""
            };
            format!("{field}{optional}:{}{null}", written(schema))
        })
        .collect();
    format!("object {name} {{ {} }}", fields.join(" "))
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

//! The sets match the tables of facts, column by column.

use std::collections::{BTreeMap, BTreeSet};

use crate::client::Office;

/// Returns the rows of a table without its header.
fn table(name: &str) -> Vec<Vec<String>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/facts/monitor");
    let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let rows = text.lines().skip(1);
    rows.map(|row| row.split('\t').map(str::to_owned).collect())
        .collect()
}

/// Returns the part of an XML text between two strings.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    let parts = text.split(before).skip(1);
    parts
        .filter_map(|it| Some(it.split_once(after)?.0))
        .collect()
}

fn edm(of: &str) -> &'static str {
    match of {
        "guid" => "Edm.Guid",
        "datetime" => "Edm.DateTimeOffset",
        "string" => "Edm.String",
        "bool" => "Edm.Boolean",
        "array" => "Collection(Edm.String)",
        of if of.starts_with("int") && !of.contains("double") => "Edm.Int64",
        _ => "Edm.Double",
    }
}

#[tokio::test]
async fn the_metadata_says_what_the_tables_say() {
    let office = Office::open().await;
    let xml = office.ask("$metadata").await.body;
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    for entity in between(&xml, "<EntityType Name=\"", "</EntityType>") {
        let (name, inside) = entity.split_once('"').unwrap();
        types.insert(name, inside);
    }
    let sets: BTreeMap<String, String> = table("entities.tsv")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    assert_eq!(sets.len(), 74);
    let others = table("types_reached_by_navigation.tsv");
    let others: BTreeSet<String> = others.into_iter().map(|row| row[0].clone()).collect();
    for (set, model) in &sets {
        let entry =
            format!("<EntitySet Name=\"{set}\" EntityType=\"Citrix.Monitor.Model.{model}\">");
        assert!(xml.contains(&entry), "{set}");
    }
    let mut columns: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for row in table("properties.tsv")
        .iter()
        .filter(|row| row[9] != "absent")
    {
        let model = sets.get(&row[0]).unwrap_or(&row[0]).clone();
        let Some((model, inside)) = types.get_key_value(model.as_str()) else {
            // Citrix lists some types that no set leads to.
            assert!(others.contains(&model), "{model} is missing");
            continue;
        };
        let property = format!("<Property Name=\"{}\" Type=\"{}\"", row[1], edm(&row[2]));
        assert!(inside.contains(&property), "{model}: {property}");
        columns.entry(model).or_default().insert(row[1].clone());
    }
    for (model, inside) in &types {
        let names = between(inside, "<Property Name=\"", "\"");
        let names: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
        assert_eq!(columns.get(model), Some(&names), "{model}");
    }
    let navigations = table("navigation.tsv");
    for row in &navigations {
        let target = row[2].trim_end_matches(" (type)").to_owned();
        let target = sets.get(&target).unwrap_or(&target);
        let of = match row[3].as_str() {
            "*" => format!("Collection(Citrix.Monitor.Model.{target})"),
            _ => format!("Citrix.Monitor.Model.{target}"),
        };
        let navigation = format!("<NavigationProperty Name=\"{}\" Type=\"{of}\"/>", row[1]);
        assert!(
            types[sets[&row[0]].as_str()].contains(&navigation),
            "{row:?}"
        );
    }
    assert_eq!(navigations.len(), 174);
}

#[tokio::test]
async fn queries_from_public_programs_are_understood() {
    let office = Office::open().await;
    let mut asked = 0;
    for row in table("queries.tsv") {
        let (id, query) = (&row[0], &row[2]);
        // Some are recipes in prose, and one is for OData 3.
        let is_query = query.starts_with(|it: char| it.is_ascii_uppercase());
        let is_recipe = query.contains("  ") || query.contains(" as above");
        if !is_query || is_recipe || id == "Q38" {
            continue;
        }
        asked += 1;
        let response = office.ask(query).await;
        assert_eq!(response.status, 200, "{id}: {query}: {}", response.body);
    }
    assert!(asked >= 90, "{asked} queries");
}

//! The Rustdoc page of an area lists the models of its operations.

use std::collections::BTreeSet;
use std::path::Path;

/// Returns the names after `before` in a text.
fn names<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).map(|it| {
        let end = it.find(|it: char| !it.is_alphanumeric());
        end.map_or(it, |end| &it[..end])
    })
}

#[test]
fn every_body_and_item_of_an_area_is_in_its_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: String| std::fs::read_to_string(root.join(path)).unwrap();
    let index = read("citrix-cloud/src/handles/mod.rs".to_owned());
    let mut bodies = 0;
    let mut docs = Vec::new();
    for line in index.lines() {
        if let Some(text) = line.strip_prefix("///") {
            docs.push(text);
            continue;
        }
        let Some(area) = line.strip_prefix("pub mod ") else {
            continue;
        };
        let area = area.trim_end_matches(';');
        let row = |way: &str| {
            let row = docs
                .iter()
                .find(|it| it.starts_with(&format!(" | {way} |")));
            row.map_or_else(BTreeSet::new, |it| names(it, "crate::models::").collect())
        };
        let (sent, returned) = (row("sent"), row("returned"));
        let code = read(format!("citrix-cloud-gen/src/ops/{area}.rs"));
        for line in code.lines().map(str::trim_start) {
            let (begins, listed) = match line.starts_with("type Item = ") {
                true => (true, &returned),
                false => (line.starts_with("body: "), &sent),
            };
            for name in names(line, "types::").filter(|_| begins) {
                assert!(listed.contains(name), "{area}: {name} is missing");
                bodies += usize::from(line.starts_with("body: "));
            }
        }
        docs.clear();
    }
    assert!(bodies >= 150, "{bodies} bodies only");
}

//! The table of evidence is complete and correct, and the guide shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use super::{readback, site};
use crate::daas::dispatch::is_emulated;
use crate::operations::all_of_daas;
use crate::platform;

const TABLE: &str = include_str!("../../../evidence.tsv");
const PAGE: &str = "../docs/src/emulator-evidence.md";
/// The sources of behavior, most reliable first, with their meaning.
const SOURCES: [(&str, &str, &str); 5] = [
    (
        "documented",
        "documented",
        "Citrix's documentation describes it",
    ),
    (
        "client",
        "official client",
        "an official client relies on it",
    ),
    ("programs", "public programs", "public programs rely on it"),
    (
        "inferred",
        "inferred",
        "from its model, and from operations like it",
    ),
    (
        "shape",
        "its shape only",
        "name, path and models in Citrix's Go SDK, no more",
    ),
];

struct Row {
    service: &'static str,
    operation: &'static str,
    emulated: bool,
    known_from: &'static str,
    checked_by: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|it| !it.starts_with('#'));
    let rows = lines.map(|line| {
        let columns: Vec<_> = line.split('\t').collect();
        let [service, operation, emulated, known_from, checked_by] = columns[..] else {
            panic!("{line}");
        };
        assert!(matches!(emulated, "yes" | "no"), "{line}");
        assert!(SOURCES.iter().any(|it| it.0 == known_from), "{line}");
        Row {
            service,
            operation,
            emulated: emulated == "yes",
            known_from,
            checked_by: checked_by.split_whitespace().collect(),
        }
    });
    rows.collect()
}

#[test]
fn every_operation_is_in_the_table_and_the_table_is_true() {
    let rows = rows();
    let names: BTreeSet<_> = rows.iter().map(|it| (it.service, it.operation)).collect();
    assert_eq!(names.len(), rows.len(), "an operation comes twice");
    let daas = all_of_daas().iter().map(|it| ("daas", it.name));
    let others = platform::operations().map(|it| ("platform", it));
    assert_eq!(names, daas.chain(others).collect());
    let daily: BTreeSet<_> = site::daily().map(|it| it.name).collect();
    let read_back = readback::operations();
    for row in &rows {
        let name = row.operation;
        if row.service == "platform" {
            assert_eq!(row.emulated, platform::is_emulated(name), "{name}");
            assert_eq!(row.emulated, row.checked_by == ["wire"], "{name}");
            continue;
        }
        let operation = crate::operations::daas(name).unwrap();
        let emulated = if is_emulated(operation) { "yes" } else { "no" };
        assert!(
            row.emulated == (emulated == "yes"),
            "evidence.tsv: {name} has to have {emulated} under `emulated`"
        );
        assert!(
            row.emulated == (row.known_from != "shape"),
            "evidence.tsv: {name}: 'known from' is `shape` if it is not emulated, and only then"
        );
        let mut checks = Vec::new();
        if row.emulated {
            checks.push(if daily.contains(name) {
                "story"
            } else {
                "beyond"
            });
        }
        checks.extend(read_back.contains(name).then_some("readback"));
        assert!(
            row.checked_by == checks,
            "evidence.tsv: {name} has to have `{}` under 'checked by', not `{}`",
            checks.join(" "),
            row.checked_by.join(" ")
        );
    }
}

/// Renders the table's page.
fn page() -> String {
    let rows = rows();
    let mut page = "<!-- Made from citrix-cloud-emulator/evidence.tsv by the emulator's tests; \
                    EVIDENCE=write updates it. -->\n\n\
                    # How we know what the service does\n\n\
                    No call was made to a live tenant. For each operation, this page says how its behavior is \
                    known, and which tests check it here.\n\n\
                    | known from | what that means | DaaS | platform |\n|---|---|--:|--:|\n"
        .to_owned();
    for (source, name, words) in SOURCES {
        let count = |service: &str| {
            let rows = rows.iter();
            let rows = rows.filter(|it| it.service == service && it.known_from == source);
            rows.count()
        };
        let (daas, platform) = (count("daas"), count("platform"));
        writeln!(page, "| {name} | {words} | {daas} | {platform} |").unwrap();
    }
    let emulated = rows.iter().filter(|it| it.emulated).count();
    writeln!(
        page,
        "\n{emulated} of {} operations are emulated; the others return 501 with the operation's name.\n\n\
         Checks: `story` and `beyond` call the operation, check its response against its model, and look at its \
         effect; `readback` writes every field of its body and reads it back; `wire` compares raw responses. The \
         tests are in `src/daas/tests` and `tests/wire` of the emulator.\n\n\
         | operation | emulated | known from | checked by |\n|---|---|---|---|",
        rows.len()
    )
    .unwrap();
    let names: BTreeMap<_, _> = SOURCES.iter().map(|it| (it.0, it.1)).collect();
    for row in &rows {
        let emulated = if row.emulated { "yes" } else { "501" };
        let checks = row.checked_by.join(", ");
        let known = names[row.known_from];
        writeln!(
            page,
            "| {} | {emulated} | {known} | {checks} |",
            row.operation
        )
        .unwrap();
    }
    page
}

#[test]
fn the_page_of_the_guide_is_made_from_the_table() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let made = page();
    if std::env::var_os("EVIDENCE").is_some_and(|it| it == "write") {
        std::fs::write(&file, &made).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == made,
        "{PAGE} is stale; EVIDENCE=write makes it anew"
    );
}

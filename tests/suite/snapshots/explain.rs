//! Descriptions of fields, added to a tiny document.

use xtask::pipeline::explain::Explanations;
use xtask::pipeline::generate::Source;

use super::{document, generated, module, shown, with_schemas};

const SCHEMAS: &str = "
    Thing:
      type: object
      properties:
        Id: { type: string }
        Name: { type: string, nullable: true, description: The Name }
        Size: { type: integer, description: Bytes on disk. }
        Zone: { $ref: '#/components/schemas/Zone' }
        State: { $ref: '#/components/schemas/State' }
        Tags: { type: array, items: { type: string } }
    Zone:
      type: object
      properties:
        Id: { type: string }
        Name: { type: string }
    State: { type: string, enum: [On, Off] }
";

const TABLE: &str = "# model, field, description
*\tId\tGUID, which stays when the name changes.
*\tName\tName, unique in the site.
Zone\tName\tName; `Primary` cannot be renamed.
Thing\tZone\tWhere the thing is.
*\tState\tWhether the thing runs.
";

/// Returns the document with the descriptions, or why they cannot be applied.
fn explained(tables: &[(&str, &str)]) -> Result<String, String> {
    let mut explanations = Explanations::default();
    let mut document = document(&with_schemas("3.0.3", SCHEMAS));
    let applied = tables
        .iter()
        .try_for_each(|(name, text)| explanations.add(name, text))
        .and_then(|()| explanations.apply(&mut document));
    match applied {
        Ok(report) => Ok(shown(&document["components"], &report)),
        Err(error) => Err(format!("{error:#}")),
    }
}

#[test]
fn a_model_s_own_line_wins_over_the_common_one_and_the_document_over_both() {
    let text = explained(&[("fields.tsv", TABLE)]).expect("explained");
    insta::assert_snapshot!(text);
}

#[test]
fn a_line_that_describes_nothing_is_named() {
    let with = |line: &str| {
        let more = [("fields.tsv", TABLE), ("more.tsv", line)];
        explained(&more).expect_err("an error")
    };
    insta::assert_debug_snapshot!([
        with("*\tColour\tRed or blue.\n"),
        with("Thing\tid\tFields keep their casing.\n"),
        with("Plan\tId\tThere is no such model.\n"),
        with("*\tSize\tThe document says it.\n"),
        with("Thing\tId\tGUID, which stays when the name changes.\n"),
        with("*\tZone\tEach zone has a line of its own.\n"),
        with("*\tId\tA second time.\n"),
    ]);
}

#[test]
fn a_line_that_breaks_documentation_is_named() {
    let with = |line: &str| explained(&[("fields.tsv", line)]).expect_err("an error");
    insta::assert_debug_snapshot!([
        with("# two columns\n*\tId\n"),
        with("*\tId\t\n"),
        with("*\tId\tno capital.\n"),
        with("*\tId\tNo end\n"),
        with("*\tId\tA link [to] nothing.\n"),
        with("*\tId\tA <tag>.\n"),
        with("*\tId\tSee https://example.com.\n"),
        with("*\tId\tOne `backtick.\n"),
        with(&format!("*\tId\t{}.\n", "Long".repeat(80))),
    ]);
}

#[test]
fn descriptions_reach_the_documentation_of_fields_that_are_models() {
    let table = "Thing\tZone\tWhere the thing is.\nThing\tState\tWhether the thing runs.\n";
    let mut explanations = Explanations::default();
    explanations.add("fields.tsv", table).expect("lines");
    let mut document = document(&with_schemas("3.0.3", SCHEMAS));
    explanations.apply(&mut document).expect("explained");
    let yaml = serde_json::to_string(&document).expect("JSON");
    let (file, ..): (Source, _, _) = generated(&yaml, &module()).expect("generated");
    let text = xtask::pipeline::rewrite::text(&file);
    for said in ["Where the thing is.", "Whether the thing runs."] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
}

//! The passes over the generated syntax tree, each as a difference.

use super::{generated, module};
use xtask::pipeline::generate::Source;
use xtask::pipeline::normalize::reach::Reach;
use xtask::pipeline::rewrite::{constructors, derives, open_enums, text};
use xtask::tasks::regen::difference;

pub(super) const DOCUMENT: &str = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /things/{id}:
    put:
      operationId: putURLOfThing
      security: []
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Sent' } } } }
      responses: { '200': { description: Thing, content: { application/json: { schema: { $ref: '#/components/schemas/Read' } } } } }
components:
  schemas:
    Sent: { type: object, properties: { name: { type: string } } }
    Read: { type: object, properties: { state: { $ref: '#/components/schemas/State' } } }
    State: { type: string, description: Whether it is on., enum: [On, turning-on, Unlisted] }
";

fn changed(pass: impl FnOnce(&mut Source, &Reach)) -> String {
    difference_of(DOCUMENT, pass)
}

fn difference_of(document: &str, pass: impl FnOnce(&mut Source, &Reach)) -> String {
    let (mut file, reach, _) = generated(document, &module()).expect("generated");
    let before = text(&file);
    pass(&mut file, &reach);
    difference("tiny.rs", &before, &text(&file))
}

#[test]
fn string_enums_become_open() {
    insta::assert_snapshot!(changed(|file, _| open_enums::apply(file)));
}

#[test]
fn every_type_derives_a_json_schema_behind_the_feature() {
    insta::assert_snapshot!(changed(|file, _| derives::apply(file)));
}

#[test]
fn a_model_with_fields_that_must_be_there_has_a_constructor() {
    let document = DOCUMENT.replace(
        "Sent: { type: object,",
        "Sent: { type: object, required: [name, tags], additionalProperties: { type: integer },",
    );
    let document = document.replace(
        "properties: { name:",
        "properties: { tags: { type: array, items: { type: string } }, size: { type: integer }, name:",
    );
    insta::assert_snapshot!(difference_of(&document, |file, reach| {
        constructors::apply(file, reach, false);
    }));
}

//! The passes over the generated syntax tree, each as the difference that it makes.

use super::{generated, module};
use xtask::generate::{Source, generate};
use xtask::prepare::reach::Reach;
use xtask::prepare::{Context, prepare};
use xtask::regen::difference;
use xtask::shape::{client, derives, open_enums, tables, text};

const DOCUMENT: &str = "
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
    let (mut file, reach, _) = generated(DOCUMENT, &module()).expect("generated");
    let before = text(&file);
    pass(&mut file, &reach);
    difference("tiny.rs", &before, &text(&file))
}

#[test]
fn the_client_is_not_built_by_itself_and_encodes_paths_as_we_do() {
    insta::assert_snapshot!(changed(|file, _| client::apply(file)));
}

#[test]
fn builders_of_models_that_are_only_read_are_dropped() {
    let mut document = super::document(DOCUMENT);
    let headers = super::injected_headers();
    let module = module();
    let context = Context {
        injected_headers: &headers,
        module: &module,
    };
    let (parsed, _) = prepare(&mut document, context).expect("prepared");
    let text = |reach: &Reach| text(&generate(&parsed, &module, reach).expect("generated"));
    let all = text(&Reach::default());
    insta::assert_snapshot!(difference("tiny.rs", &all, &text(&Reach::of(&document))));
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
fn operations_without_a_token_are_listed_as_the_generated_code_names_them() {
    insta::assert_snapshot!(changed(|file, _| {
        tables::apply(file, &["putURLOfThing".to_owned()]).expect("a known operation");
    }));
}

#[test]
fn an_operation_without_a_token_that_the_generated_code_lacks_is_an_error() {
    let (mut file, ..) = generated(DOCUMENT, &module()).expect("generated");
    let outcome = tables::apply(&mut file, &["gone".to_owned()]);
    insta::assert_snapshot!(outcome.expect_err("no such operation"));
}

#[test]
fn unauthenticated_operations_are_those_with_empty_security() {
    let document = super::document(
        "
paths:
  /a: { get: { operationId: open, security: [] }, put: { operationId: optional, security: [{}, { token: [] }] } }
  /b: { get: { operationId: inherits }, put: { operationId: closed, security: [{ token: [] }] } }
",
    );
    insta::assert_debug_snapshot!(tables::unauthenticated(&document));
}

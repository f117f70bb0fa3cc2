//! The passes that make the generated client of `citrix-cloud-gen` send, each as the difference that
//! it makes.

use serde_json::Value;
use xtask::pipeline::generate::Source;
use xtask::pipeline::normalize::reach::Reach;
use xtask::pipeline::normalize::{Context, OpenAPI, prepare};
use xtask::pipeline::rewrite::{self, text};
use xtask::pipeline::sending::{client, generate, tables};
use xtask::tasks::regen::difference;

use super::module;
use super::shape::DOCUMENT;

fn sending(yaml: &str) -> (Source, Value, OpenAPI) {
    let mut document = super::document(yaml);
    let headers = super::injected_headers();
    let module = module();
    let context = Context {
        injected_headers: &headers,
        module: &module,
        max_nodes: 100_000,
    };
    let (parsed, _) = prepare(&mut document, context).expect("prepared");
    let file = generate(&parsed, &module, &Reach::of(&document)).expect("generated");
    (file, document, parsed)
}

fn changed(pass: impl FnOnce(&mut Source)) -> String {
    let (mut file, ..) = sending(DOCUMENT);
    let before = text(&file);
    pass(&mut file);
    difference("tiny.rs", &before, &text(&file))
}

#[test]
fn the_client_is_not_built_by_itself_and_encodes_paths_as_we_do() {
    insta::assert_snapshot!(changed(|file| client::apply(file)));
}

#[test]
fn builders_of_models_that_are_only_read_are_dropped() {
    let (_, document, parsed) = sending(DOCUMENT);
    let module = module();
    let text = |reach: &Reach| text(&generate(&parsed, &module, reach).expect("generated"));
    let all = text(&Reach::default());
    insta::assert_snapshot!(difference("tiny.rs", &all, &text(&Reach::of(&document))));
}

#[test]
fn operations_without_a_token_are_listed_as_the_generated_code_names_them() {
    insta::assert_snapshot!(changed(|file| {
        tables::apply(file, &["putURLOfThing".to_owned()]).expect("a known operation");
    }));
}

#[test]
fn an_operation_without_a_token_that_the_generated_code_lacks_is_an_error() {
    let (mut file, ..) = sending(DOCUMENT);
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

#[test]
fn a_body_that_is_not_required_can_be_left_out() {
    let yaml = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /things:
    post:
      operationId: addThing
      requestBody: { content: { application/merge-patch+json: { schema: { type: object, properties: { a: { type: string } } } } } }
    put:
      operationId: putThing
      requestBody: { content: { application/octet-stream: {} } }
    patch:
      operationId: changeThing
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: string } } } } } }
";
    let (mut file, document, parsed) = sending(yaml);
    xtask::pipeline::sending::apply(&mut file, &parsed, &document).expect("applied");
    rewrite::shape(&mut file, &rewrite::Outline::default());
    let text = rewrite::text(&file);
    let builders = text.split("/// Types for composing operation").nth(1);
    insta::assert_snapshot!(builders.expect("builders"));
}

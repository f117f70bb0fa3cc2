//! OpenAPI 3.1 to 3.0.

use super::{document, generated, module, shown, with_schemas};

fn lowered(yaml: &str) -> Result<String, String> {
    let mut document = document(yaml);
    match xtask::pipeline::normalize::lower::apply(&mut document) {
        Ok(report) => Ok(shown(&document, &report)),
        Err(error) => Err(format!("{error:#}")),
    }
}

fn lowered_schemas(schemas: &str) -> String {
    lowered(&format!(
        "openapi: 3.1.0\ncomponents:\n  schemas:\n{schemas}"
    ))
    .expect("lowered")
}

#[test]
fn a_list_of_types_becomes_nullable_or_any_of() {
    insta::assert_snapshot!(lowered_schemas(
        "
    Nullable: { type: [string, 'null'] }
    OneInList: { type: [integer] }
    Nothing: { type: 'null' }
    NullableEnum: { type: [string, 'null'], enum: [Red, null] }
    Several: { type: [string, integer, 'null'], description: Either., minimum: 1, maxLength: 9 }
    SeveralListed: { type: [string, integer, boolean], enum: [a, 1, 2] }
    BesideAnyOf: { type: [string, array], items: { type: [string, 'null'] }, anyOf: [{ title: A }] }
"
    ));
}

#[test]
fn null_among_alternatives_becomes_nullable() {
    insta::assert_snapshot!(lowered_schemas(
        "
    One: { anyOf: [{ $ref: '#/components/schemas/Other' }, { type: 'null' }] }
    Two: { oneOf: [{ type: string }, { type: integer }, { const: null }] }
    NoOther: { oneOf: [{ type: ['null'] }] }
    BesideAllOf: { allOf: [{ title: A }], oneOf: [{ title: B }, { enum: [null] }] }
    Without: { anyOf: [{ type: string }, { type: integer }] }
    Other: { type: string }
"
    ));
}

#[test]
fn a_constant_becomes_an_enum_of_one_value() {
    insta::assert_snapshot!(lowered_schemas(
        "
    Typed: { type: string, const: client_credentials }
    Untyped: { const: 3 }
    Nothing: { const: null }
"
    ));
}

#[test]
fn the_first_of_the_examples_stays() {
    insta::assert_snapshot!(lowered_schemas(
        "
    Several: { type: string, examples: [a, b] }
    Both: { type: string, example: kept, examples: [a] }
    None: { type: string, examples: [] }
"
    ));
}

#[test]
fn numeric_exclusive_bounds_become_booleans() {
    insta::assert_snapshot!(lowered_schemas(
        "
    Both: { type: integer, exclusiveMinimum: 0, exclusiveMaximum: 10 }
    ExclusiveIsNarrower: { type: integer, minimum: 0, exclusiveMinimum: 5 }
    InclusiveIsNarrower: { type: integer, maximum: 3, exclusiveMaximum: 5 }
"
    ));
}

#[test]
fn a_reference_with_siblings_becomes_all_of() {
    insta::assert_snapshot!(lowered_schemas(
        "
    Alone: { $ref: '#/components/schemas/Other' }
    Described: { $ref: '#/components/schemas/Other', description: The other. }
    BesideAllOf: { $ref: '#/components/schemas/Other', allOf: [{ title: A }] }
    Nested:
      type: object
      properties:
        inner: { $ref: '#/components/schemas/Other', description: Inside. }
    Other: { type: string }
"
    ));
}

#[test]
fn keywords_for_collections_and_encoded_text_are_translated_to_3_0() {
    insta::assert_snapshot!(lowered_schemas(
        "
    Tuple: { type: array, prefixItems: [{ type: string }, { type: integer }] }
    Anything: { type: array, items: true }
    Never: { type: object, properties: { gone: false, any: true } }
    Map: { type: object, patternProperties: { '^x-': { type: [string, 'null'] } }, additionalProperties: false }
    Maps: { type: object, patternProperties: { '^x-': { type: string }, '^y-': { type: integer } } }
    Base64: { contentEncoding: base64 }
    Bytes: { contentMediaType: application/octet-stream }
    JsonInText: { type: string, contentMediaType: application/json }
"
    ));
}

#[test]
fn keywords_that_3_0_lacks_are_dropped_with_a_note() {
    insta::assert_snapshot!(lowered(
        "
openapi: 3.1.0
jsonSchemaDialect: https://json-schema.org/draft/2020-12/schema
info: { title: T, summary: S, license: { name: MIT, identifier: MIT } }
webhooks: { changed: { post: { requestBody: { content: {} } } } }
paths:
  /things:
    post:
      operationId: addThing
      callbacks: { done: { '{$request.body#/url}': { post: {} } } }
components:
  securitySchemes: { certificate: { type: mutualTLS }, token: { type: http, scheme: bearer } }
  callbacks: { done: {} }
  schemas:
    Thing: { type: object, $comment: C, if: { type: object }, then: { type: object }, unevaluatedProperties: false }
"
    )
    .expect("lowered"));
}

#[test]
fn path_items_that_are_references_are_written_out_and_lowered() {
    insta::assert_snapshot!(
        lowered(
            "
openapi: 3.1.0
paths:
  /things: { $ref: '#/components/pathItems/Things', summary: Ours }
components:
  pathItems:
    Things:
      summary: Theirs
      get:
        operationId: listThings
        parameters: [{ name: filter, in: query, schema: { type: [string, 'null'] } }]
        responses: { '200': { description: Things } }
"
        )
        .expect("lowered")
    );
}

#[test]
fn a_dangling_or_circular_path_item_is_reported() {
    let of = |target: &str| {
        lowered(&format!(
            "
openapi: 3.1.0
paths:
  /things: {{ $ref: '{target}' }}
components:
  pathItems:
    A: {{ $ref: '#/components/pathItems/B' }}
    B: {{ $ref: '#/components/pathItems/A' }}
"
        ))
    };
    insta::assert_debug_snapshot!([
        of("#/components/pathItems/Gone"),
        of("#/components/pathItems/A")
    ]);
}

#[test]
fn a_3_0_document_is_left_as_it_is_and_other_versions_are_refused() {
    insta::assert_debug_snapshot!([
        lowered("openapi: 3.0.3\ncomponents: { schemas: { A: { const: 1 } } }"),
        lowered("openapi: 3.2.0"),
        lowered("swagger: '2.0'"),
    ]);
}

#[test]
fn every_lowered_form_generates() {
    let yaml = with_schemas(
        "3.1.0",
        "
    Thing:
      type: object
      properties:
        color: { type: [string, 'null'], enum: [Red, Green, null] }
        kind: { const: thing }
        either: { type: [string, integer, 'null'] }
        owner: { $ref: '#/components/schemas/Owner', description: Who owns it. }
        heir: { anyOf: [{ $ref: '#/components/schemas/Owner' }, { type: 'null' }] }
        tuple: { type: array, prefixItems: [{ type: string }] }
        map: { type: object, patternProperties: { '^x-': { type: string } } }
        list: { type: array }
        any: true
        lonely: { type: 'null' }
        size: { type: integer, exclusiveMinimum: 0 }
    Owner: { type: object, properties: { name: { type: string } } }
",
    );
    let (mut file, reach, _) = generated(&yaml, &module()).expect("generated");
    let outline = xtask::pipeline::rewrite::Outline {
        reach,
        ..Default::default()
    };
    xtask::pipeline::rewrite::shape(&mut file, &outline);
    insta::assert_snapshot!(xtask::pipeline::rewrite::text(
        &xtask::pipeline::rewrite::models_of(file)
    ));
}

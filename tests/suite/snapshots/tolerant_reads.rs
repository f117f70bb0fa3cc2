//! Reads are tolerant, writes are strict.

use super::{generated, module, requiring, run_step, with_schemas};

const STEP: &str = "tolerant reads";

#[test]
fn every_field_of_a_response_may_be_missing_or_null() {
    insta::assert_snapshot!(run_step(
        STEP,
        "
paths:
  /things:
    get:
      operationId: listThings
      responses:
        2XX:
          content:
            application/json:
              schema:
                type: object
                required: [items, next]
                properties:
                  items: { type: array, items: { $ref: '#/components/schemas/Dotted.Thing' } }
                  next: { type: string }
    delete:
      operationId: deleteThings
      responses: { 2XX: { $ref: '#/components/responses/Deleted' } }
components:
  responses:
    Deleted:
      content: { application/json: { schema: { type: object, required: [count], properties: { ids: { type: array } } } } }
  schemas:
    Dotted.Thing:
      allOf:
        - $ref: '#/components/schemas/Base'
        - { type: object, required: [Id, Name], properties: { Id: { type: string }, Name: { type: string } } }
    Base:
      required: [Map]
      properties:
        Map: { additionalProperties: { type: string } }
        Matrix: { type: array, items: { type: array, items: { type: integer } } }
        Inner: { type: object, required: [x], properties: { x: { type: integer } } }
    Untouched: { type: object, required: [a], properties: { a: { type: array } } }
",
        &requiring("Dotted.Thing.Id")
    )
    .expect("prepared"));
}

const BOTH_SIDES: &str = "
paths:
  /things/{kind}:
    parameters: [{ name: kind, in: path, schema: { $ref: '#/components/schemas/Thing' } }]
    put:
      operationId: putThing
      requestBody: { $ref: '#/components/requestBodies/Put' }
      responses: { 2XX: { content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } }
    post:
      operationId: postThing
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
      responses: { 2XX: {} }
components:
  requestBodies:
    Put: { content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
  schemas:
    Thing: { type: object, properties: { part: { $ref: '#/components/schemas/Part' } } }
    Part:
      allOf:
        - { type: object, required: [name], properties: { name: { type: string } } }
    Order: { type: object, required: [thing], properties: { thing: { $ref: '#/components/schemas/Thing' } } }
";

#[test]
fn a_model_of_both_sides_gets_a_strict_copy_for_requests() {
    insta::assert_snapshot!(run_step(STEP, BOTH_SIDES, &module()).expect("prepared"));
}

#[test]
fn a_strict_copy_takes_no_name_that_is_taken() {
    let yaml = format!("{BOTH_SIDES}    PartRequest: {{ type: object }}\n");
    insta::assert_debug_snapshot!(run_step(STEP, &yaml, &module()));
}

#[test]
fn an_exception_that_names_no_field_of_a_response_is_an_error() {
    insta::assert_debug_snapshot!(run_step(STEP, BOTH_SIDES, &requiring("Thing.Id")));
}

#[test]
fn loosened_models_generate_with_optional_fields_and_a_required_one() {
    let yaml = with_schemas(
        "3.0.3",
        "
    Thing:
      required: [Id, Items]
      allOf:
        - { type: object, required: [Name], properties: { Name: { type: string } } }
        - type: object
          properties:
            Id: { type: string }
            Items: { type: array, items: { type: array, items: { type: string } } }
            Owner: { nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] }
            Other: { nullable: true, $ref: '#/components/schemas/Owner' }
            Map: { type: object, additionalProperties: { type: integer } }
            Level: { type: integer, enum: [1, 2] }
            Untyped: { enum: [A, B] }
            Color: { type: string, nullable: true, enum: [Red, null] }
    Owner: { type: object, required: [Name], properties: { Name: { type: string } } }
",
    );
    let (mut file, reach, _) = generated(&yaml, &requiring("Thing.Id")).expect("generated");
    let outline = xtask::pipeline::rewrite::Outline {
        reach,
        ..Default::default()
    };
    xtask::pipeline::rewrite::shape(&mut file, &outline);
    insta::assert_snapshot!(xtask::pipeline::rewrite::text(
        &xtask::pipeline::rewrite::models_of(file)
    ));
}

//! The steps of normalization except tolerant reads, each on its own.

use super::{module, run_step};

fn step(name: &str, yaml: &str) -> String {
    run_step(name, yaml, &module()).expect("prepared")
}

#[test]
fn injected_headers_leave_operations_and_path_items() {
    insta::assert_snapshot!(step(
        "injected headers",
        "
paths:
  /things:
    parameters: [{ name: accept, in: header }]
    get:
      parameters:
        - $ref: '#/components/parameters/Customer'
        - { name: Accept, in: query }
        - { name: X-Other, in: header }
components:
  parameters:
    Customer: { name: citrix-customerid, in: header }
"
    ));
}

#[test]
fn texts_are_safe_in_comments() {
    insta::assert_snapshot!(step(
        "texts",
        r#"
info: { title: "Things\u202a of ours\u202c" }
paths:
  /things:
    get: { summary: "First\r\n\r> \0second", parameters: [{ name: a, description: "one\rtwo" }] }
components:
  schemas:
    Thing: { properties: { description: { description: "plain\ntext" } }, enum: ["kept\r"] }
"#
    ));
}

#[test]
fn error_responses_leave_and_a_lone_default_stays() {
    insta::assert_snapshot!(step(
        "error responses",
        "
paths:
  /things:
    get: { responses: { 200: {}, '302': {}, '401': {}, 5XX: {}, default: {} } }
    put: { responses: { '2XX': {} } }
    post: { responses: { default: { description: Whatever happens } } }
"
    ));
}

#[test]
fn the_success_response_counts_for_every_2xx() {
    insta::assert_snapshot!(step(
        "success response",
        "
paths:
  /things:
    get: { responses: { '200': { description: Things } } }
    put: { responses: { '200': { $ref: '#/components/responses/Done' } } }
    post: { responses: { '201': { content: {} } } }
    delete: { responses: {} }
"
    ));
}

#[test]
fn several_success_responses_are_an_error_with_the_path() {
    insta::assert_debug_snapshot!(run_step(
        "success response",
        "paths: { '/things/{id}': { delete: { responses: { '200': {}, '204': {} } } } }",
        &module()
    ));
}

#[test]
fn passwords_become_secrets_and_keep_their_description() {
    insta::assert_snapshot!(step(
        "secrets",
        "
paths:
  /tokens:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                id: { type: string }
                secret: { type: string, format: password, description: Do not show., maxLength: 9 }
components:
  schemas:
    Token: { type: string, format: password, nullable: true }
"
    ));
}

#[test]
fn a_schema_that_is_called_secret_is_an_error() {
    insta::assert_debug_snapshot!(run_step(
        "secrets",
        "components: { schemas: { Secret: { type: object }, Key: { format: password } } }",
        &module()
    ));
}

#[test]
fn values_keep_their_full_range() {
    insta::assert_snapshot!(step(
        "plain values",
        "
paths:
  /things:
    get:
      parameters: [{ name: limit, in: query, schema: { type: integer, minimum: 1, default: 20 } }]
components:
  schemas:
    Time: { type: string, format: date-time, pattern: '^2', minLength: 1 }
    File: { type: string, format: binary }
    Small: { type: integer, format: int32, maximum: 9, enum: [1, 2] }
    Fraction: { type: number, format: float, multipleOf: 0.5 }
    Misnamed: { type: string, format: double }
    Any: { format: binary }
    Open: { type: string, enum: [A, null], default: A }
    List: { type: array, minItems: 1, uniqueItems: true, items: { type: string, format: uuid } }
    Named: { type: object, properties: { pattern: { type: string }, default: { type: boolean, enum: [true] } } }
"
    ));
}

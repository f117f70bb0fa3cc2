//! The steps of normalization that change operations, each on its own.

use super::{module, run_step};

fn step(name: &str, yaml: &str) -> String {
    run_step(name, yaml, &module()).expect("prepared")
}

#[test]
fn the_frame_is_put_in_order() {
    insta::assert_snapshot!(step(
        "frame",
        "
openapi: 3.0.3
info: { version: 2.0 β, contact: me }
tags: wrong
servers: [{ url: https://example.com }]
x-anything: 1
paths:
  x-between: 1
  empty:
  /things:
    summary: 1
    servers: [{ url: https://elsewhere.example.com }]
    GET: { operationId: 7, tags: [1], callbacks: {}, x-ours: 1, x-dropshot-pagination: {}, security: [] }
    post: { description: [1], parameters: {}, responses: 1, security: [{ key: [] }] }
    put:
    query: { responses: {} }
  things: { get: {}, delete: {} }
  //things: { get: {} }
"
    ));
}

#[test]
fn references_are_written_out_and_lead_somewhere() {
    insta::assert_snapshot!(step(
        "references",
        "
paths:
  /a: { $ref: '#/paths/~1b', post: { operationId: postA, responses: {} } }
  /lost: { $ref: 'other.yml' }
  /b:
    parameters: [{ $ref: '#/components/parameters/Chained' }, { $ref: '#/components/parameters/Lost' }]
    get:
      requestBody: { $ref: '#/components/requestBodies/Lost' }
      responses:
        '200': { $ref: '#/components/responses/Thing' }
        '202': { $ref: '#/components/responses/Lost' }
components:
  parameters:
    Chained: { $ref: '#/components/parameters/Page' }
    Page: { name: page, in: query }
  responses:
    Thing: { description: A thing, content: { application/json: { schema: { $ref: '#/components/schemas/a%2Eb' } } } }
  schemas:
    a.b:
      properties:
        lost: { $ref: '#/components/schemas/Lost', description: Was here. }
        far: { $ref: 'https://example.com/schema' }
        inner: { $ref: '#/components/schemas/a.b/properties/own' }
        own: { type: object, properties: { parent: { $ref: '#/components/schemas/a.b', nullable: true } } }
"
    ));
}

#[test]
fn operations_get_names_of_their_own_whatever_their_order() {
    insta::assert_snapshot!(step(
        "operation ids",
        "
paths:
  /things/{id}/$reboot: { post: { operationId: things } }
  /things/{id}: { get: {}, head: { operationId: '' }, delete: { operationId: Things } }
  /things: { get: { operationId: things }, post: { operationId: post } }
  /: { get: {} }
"
    ));
}

#[test]
fn parameters_are_what_can_be_sent() {
    insta::assert_snapshot!(step(
        "parameters",
        "
paths:
  /things/{id}/{Kind}:
    parameters:
      - { name: id, in: path, schema: { type: string } }
      - { name: page, in: query, schema: { type: integer } }
    get:
      parameters:
        - { name: page, in: query, schema: { type: string } }
        - { name: kind, in: path, required: true, schema: { type: array, items: { type: string } } }
        - { name: gone, in: path, required: true, schema: { type: string } }
        - { name: ID, in: query, schema: { type: string } }
        - { name: id, in: header, schema: { type: string, nullable: true } }
        - { name: send, in: query, schema: { type: string } }
        - { name: token, in: cookie, schema: { type: string } }
        - { name: theme, in: cookie, required: true, description: Light or dark. }
        - { name: not a cookie, in: cookie }
        - { name: authorization, in: header, schema: { type: string } }
        - { name: not a header, in: header, schema: { type: string } }
        - { name: json, in: query, description: A filter., content: { application/json: { schema: { type: object } } } }
        - { name: bare, in: query, type: boolean }
        - { name: X-List, in: header, schema: { type: array, items: { type: string } } }
        - { name: csv, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: all, in: query, schema: { type: array, items: { type: string } } }
        - { in: query }
  /styles/{label}/{matrix}:
    get:
      parameters:
        - { name: label, in: path, style: label, schema: { type: string } }
        - { name: matrix, in: path, style: matrix, schema: { type: string } }
        - name: filter
          in: query
          style: deepObject
          required: true
          schema: { type: object, required: [name], properties: { name: { type: string }, deep: { type: object } } }
  /odd/{a-b}/{a_b}/{open: { get: {} }
"
    ));
}

#[test]
fn request_bodies_have_one_media_type_that_can_be_sent() {
    insta::assert_snapshot!(step(
        "request bodies",
        "
paths:
  /several:
    post: { requestBody: { content: { text/csv: {}, text/json: {}, application/json: { schema: { type: object }, encoding: {} } } } }
    put: { requestBody: { content: { application/*+json: { schema: { type: object } } } } }
    patch: { requestBody: { content: { application/merge-patch+json: {} } } }
  /forms:
    post: { requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object }, encoding: { a: {} } } } } }
    patch: { requestBody: { content: { application/x-www-form-urlencoded: { schema: { properties: { ids: { type: array, items: { type: integer } }, name: { type: string } } }, encoding: { ids: { explode: false }, name: { explode: false } } } } } }
    put:
      requestBody:
        description: A file with a note.
        content: { multipart/form-data: { schema: { properties: { file: { type: string, format: binary }, note: { type: string } } } } }
  /bytes:
    post: { requestBody: { content: { image/png: { schema: { type: string } } } } }
    put: { requestBody: { content: { '*/*': { schema: { type: string, format: binary } } } } }
    patch: { requestBody: { content: { text/xml: {} } } }
    delete: { requestBody: { content: {} } }
"
    ));
}

#[test]
fn responses_are_one_for_all_successes() {
    insta::assert_snapshot!(step(
        "responses",
        "
paths:
  /things:
    get: { responses: { '200': { content: { text/plain: {}, text/json: { schema: { type: object } } } }, '401': {}, default: { content: { application/json: {} } } } }
    put: { responses: { '200': { content: { application/hal+json: { schema: { type: string } } } }, '204': {} } }
    post: { responses: { '200': { content: { '*/*': { schema: { $ref: '#/components/schemas/A' } } } }, '201': { content: { application/json: { schema: { $ref: '#/components/schemas/B' } } } } } }
    patch: { responses: { '200': { content: { application/json: { schema: { type: string } } } }, '202': { content: { application/json: { schema: { type: integer } } } } } }
    delete: { responses: { default: { content: { application/json: {} } }, '404': {} } }
    head: { responses: { '200': { content: { application/json: { schema: {} } } }, '404': {} } }
    options: { responses: { 2xx: {}, nonsense: {}, x-ours: 1 } }
  /bytes:
    get: { responses: { '200': { content: { application/pdf: {} } }, '202': { content: { application/json: { schema: {} } } } } }
    put: { responses: { '200': { content: { text/plain: { schema: { type: string } } } } } }
components: { schemas: { A: { type: object }, B: { properties: { b: { type: string } } } } }
"
    ));
}

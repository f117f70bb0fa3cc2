//! The code emitted for small documents, including other people's.

use std::collections::BTreeMap;

use xtask::pipeline::facts::Facts;
use xtask::pipeline::module::{AlwaysReturns, Module};
use xtask::pipeline::normalize::{Context, lower, prepare};
use xtask::pipeline::operations::rust_types::RustTypes;
use xtask::pipeline::operations::{Area, Input, emit, index};

fn module() -> Module {
    Module {
        name: "tiny".to_owned(),
        documents: vec!["tiny.yml".to_owned()],
        ..Module::default()
    }
}

fn emitted(yaml: &str, module: &Module) -> Result<Vec<Area>, String> {
    let made = || -> anyhow::Result<_> {
        let mut document = xtask::pipeline::document::parse(yaml)?;
        lower::apply(&mut document)?;
        let mut facts = Facts::take(&mut document, Some("Site"))?;
        let headers = ["Accept".to_owned()];
        let context = Context {
            injected_headers: &headers,
            module,
            max_fields: 100_000,
        };
        let (parsed, _) = prepare(&mut document, &mut facts, context)?;
        let file = xtask::pipeline::generate::generate(&parsed, module)?;
        emit(&Input {
            document: &document,
            facts: &facts,
            types: &RustTypes::of(&file),
            models: syn::parse_quote!(crate::tiny::types),
            module,
            features: &BTreeMap::new(),
        })
    };
    match made() {
        Ok(described) => Ok(described.into_iter().map(|it| it.area).collect()),
        Err(error) => Err(format!("{error:#}")),
    }
}

const THINGS: &str = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
security: [{ token: [], site: [] }]
paths:
  /Things:
    get:
      operationId: ThingsGetThings
      tags: [Things]
      summary: List things
      parameters:
        - { name: limit, in: query, schema: { type: integer, format: int32 } }
        - { name: continuationToken, in: query, schema: { type: string } }
        - { name: async, in: query, description: As a job., schema: { type: boolean } }
        - { name: fields, in: query, schema: { type: string } }
        - { name: kind, in: query, schema: { type: array, items: { type: string } } }
        - { name: Accept, in: header, schema: { type: string } }
        - { name: X-Key, in: header, required: true, schema: { type: string, format: password } }
      responses: { '200': { description: Page, content: { application/json: { schema: { $ref: '#/components/schemas/Things' } } } } }
    post:
      operationId: ThingsDoSearch
      tags: [Things]
      x-safe: true
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
      responses: { '200': { description: Page, content: { application/json: { schema: { $ref: '#/components/schemas/Things' } } } } }
  /Things/{Id}:
    head:
      operationId: ThingsCheck
      tags: [Things]
      security: [{ token: [] }]
      parameters: [{ name: Id, in: path, required: true, description: The id., schema: { type: string } }]
      responses: { '200': { description: Yes } }
    patch:
      operationId: ThingsUpdateThing
      tags: [Things]
      parameters: [{ name: Id, in: path, required: true, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
      responses: { '200': { description: Thing, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } }
components:
  securitySchemes:
    token: { type: apiKey, in: header, name: Authorization }
    site: { type: apiKey, in: header, name: Site }
  schemas:
    Things: { type: object, properties: { Items: { type: array, items: { $ref: '#/components/schemas/Thing' } }, ContinuationToken: { type: string } } }
    Thing: { type: object, properties: { Name: { type: string } } }
";

#[test]
fn lists_searches_checks_and_updates() {
    let areas = emitted(THINGS, &module()).unwrap();
    assert_eq!(areas.len(), 1);
    insta::assert_snapshot!(areas[0].code);
}

#[test]
fn bodies_of_every_form_and_names_that_collide() {
    let yaml = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /token:
    post:
      operationId: getToken
      security: []
      requestBody: { required: true, content: { application/x-www-form-urlencoded: { schema: { type: object, required: [a], properties: { a: { type: string } } } } } }
      responses: { '200': { description: Text, content: { application/json: { schema: { type: string } } } } }
  /files/{id}/{ID}:
    put:
      operationId: putFile
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { name: ID, in: path, required: true, schema: { type: string } }
        - { name: id, in: query, schema: { type: string } }
        - { name: type, in: query, schema: { type: string } }
      requestBody: { required: true, content: { image/png: { schema: { type: string, format: binary } } } }
      responses: { '200': { description: Bytes, content: { image/png: {} } } }
";
    let mut module = module();
    module.always_returns = vec![AlwaysReturns {
        operation: "getToken".to_owned(),
        reason: "the test says so".to_owned(),
    }];
    insta::assert_snapshot!(emitted(yaml, &module).unwrap()[0].code);
}

#[test]
fn an_array_is_a_list_where_the_document_says_so() {
    let array = "schema: { type: array, items: { $ref: '#/components/schemas/Thing' } }";
    let page = "schema: { $ref: '#/components/schemas/Things' }";
    let plain = THINGS.replace(page, array);
    let areas = emitted(&plain, &module()).unwrap();
    assert!(!areas[0].code.contains("Listed"), "{}", areas[0].code);
    let said = plain.replace(
        "operationId: ThingsGetThings",
        "operationId: ThingsGetThings\n      x-list: true",
    );
    let code = emitted(&said, &module()).unwrap()[0].code.clone();
    assert!(
        code.contains("impl operation::Listed for GetThings"),
        "{code}"
    );
    assert!(
        code.contains("items: \"\",") && code.contains("items: output,"),
        "{code}"
    );
    let single = THINGS.replace(
        "operationId: ThingsUpdateThing",
        "operationId: ThingsUpdateThing\n      x-list: true",
    );
    let error = emitted(&single, &module()).unwrap_err();
    assert!(
        error.contains("`ThingsUpdateThing` has `x-list`"),
        "{error}"
    );
}

#[test]
fn facts_are_known_whatever_becomes_of_path_and_name() {
    let yaml = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  open/{body}:
    GET: { security: [], tags: [Nameless], responses: {} }
  /once: { get: { operationId: same, security: [], responses: {} } }
  /twice: { get: { operationId: same, responses: {} } }
  /elsewhere: { $ref: '#/paths/~1once' }
";
    let code = emitted(yaml, &module()).unwrap()[0].code.clone();
    let meta = |path: &str| {
        let of = code.split("const META").find(|it| it.contains(path));
        of.unwrap_or_else(|| panic!("no `{path}` in {code}"))
    };
    for (path, open) in [
        ("\"/open/{body}\"", true),
        ("\"/once\"", true),
        ("\"/twice\"", false),
        ("\"/elsewhere\"", true),
    ] {
        let said = meta(path).contains(".unauthenticated()");
        assert_eq!(said, open, "{path}: {code}");
    }
    let areas = emitted(yaml, &module()).unwrap();
    assert!(areas[0].about.contains("Nameless"), "{}", areas[0].about);
}

#[test]
fn a_malformed_annotation_is_named() {
    let fails = |yaml: &str, module: &Module| emitted(yaml, module).unwrap_err();
    let wrong = THINGS.replace("x-safe: true", "x-safe: certainly");
    assert_eq!(
        fails(&wrong, &module()),
        "at `paths['/Things'].post.x-safe`: write `true` or `false`"
    );
    let mut module = module();
    let mut excepting = |operation: &str| {
        module.always_returns = vec![AlwaysReturns {
            operation: operation.to_owned(),
            reason: "the test says so".to_owned(),
        }];
        fails(THINGS, &module)
    };
    assert_eq!(
        excepting("Gone"),
        "always-returns: there is no operation `Gone`"
    );
    assert_eq!(
        excepting("ThingsGetThings"),
        "always-returns: `ThingsGetThings` is not a write with a JSON response"
    );
}

#[test]
fn two_modules_cannot_have_an_area_of_one_name() {
    let (one, areas) = (module(), emitted(THINGS, &module()).unwrap());
    let refused = index(&[(&one, &areas), (&one, &areas)]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "two modules have operations called `tiny`"
    );
}

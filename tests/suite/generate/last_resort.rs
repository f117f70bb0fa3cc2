//! Documents that no step of normalization covers: their types are replaced, and their operations
//! kept.
//!
//! These documents are not normalized, so that the generator encounters keywords that it rejects.

use xtask::pipeline::foreign::fitting::generate_fitting;
use xtask::pipeline::module::Module;
use xtask::pipeline::rewrite;

const HEAD: &str = "
openapi: 3.0.3
info: { title: Refused, version: '1' }
";

fn fitted(yaml: &str) -> Result<(String, Vec<String>), String> {
    let mut document =
        xtask::pipeline::document::parse(&format!("{HEAD}{yaml}")).expect("a document");
    let module = Module {
        name: "client".to_owned(),
        ..Module::default()
    };
    let (source, report) =
        generate_fitting(&mut document, &module).map_err(|error| format!("{error:#}"))?;
    assert_eq!(report.applied, report.notes.len());
    Ok((rewrite::text(&source), report.notes))
}

#[test]
fn unsupported_operations_are_identified_and_read_as_any_json() {
    let (client, notes) = fitted(
        "
paths:
  /first: { get: { operationId: first, parameters: [{ name: count, in: query, schema: { type: integer } }], responses: { '204': { description: '' } } } }
  /second:
    get: { operationId: second, responses: { '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Good' } } } } } }
    put:
      operationId: change
      parameters: [{ name: factor, in: query, schema: { format: double } }]
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Last' } } } }
      responses: { '204': { description: '' } }
  /third: { get: { operationId: third, responses: { '204': { description: '' } } } }
components:
  schemas:
    Good: { type: object, properties: { bad: { $ref: '#/components/schemas/Bad' } } }
    Bad: { type: object, properties: { sum: { format: double } } }
    Last: { type: object, properties: { name: { type: string } } }
",
    )
    .expect("generated");
    let places: Vec<&str> = notes
        .iter()
        .filter_map(|note| {
            note.split_once(": the generator refuses it")
                .map(|(at, _)| at)
        })
        .collect();
    assert_eq!(
        places,
        ["components.schemas.Bad", "paths['/second'].put"],
        "{notes:#?}"
    );
    for kept in [
        "struct First",
        "struct Second",
        "struct Change",
        "struct Third",
        "struct Good",
        "struct Last",
    ] {
        assert!(client.contains(kept), "{kept} in\n{client}");
    }
}

#[test]
fn an_operation_that_stays_refused_is_named() {
    let error = fitted(
        "
paths:
  /first: { get: { operationId: same, responses: { '204': { description: '' } } } }
  /second: { get: { operationId: same, responses: { '204': { description: '' } } } }
",
    )
    .expect_err("two of one name");
    assert!(error.starts_with("at `paths['/second'].get`:"), "{error}");
}

#[test]
fn names_that_generate_one_type_are_named() {
    let error = fitted(
        "
paths:
  /first: { get: { operationId: first, responses: { '204': { description: '' } } } }
components:
  schemas:
    user-name: { type: object, properties: { a: { type: string } } }
    UserName: { type: object, properties: { b: { type: string } } }
",
    )
    .expect_err("two of one name");
    assert!(
        error.starts_with("at `components.schemas`:") && error.contains("UserName"),
        "{error}"
    );
}

//! Times get their own type if the module has one.

use xtask::pipeline::module::{Module, TimeField};
use xtask::pipeline::rewrite::{self, Outline, bodies};

use super::{generated, module, run_step};

const DOCUMENT: &str = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /schedules:
    post:
      operationId: createSchedule
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Schedule' } } }
      responses:
        '200':
          description: The run
          content: { application/json: { schema: { $ref: '#/components/schemas/Run' } } }
components:
  schemas:
    Schedule:
      type: object
      required: [Start, Name]
      properties:
        Name: { type: string }
        Start: { type: string, format: date-time, description: When it begins. }
        End: { type: string, format: date-time, nullable: true }
    Run:
      type: object
      properties:
        Time: { type: string }
        FormattedTime: { type: string, nullable: true }
        Others: { type: array, items: { type: string, format: date-time } }
";

fn with_times(fields: &[&str]) -> Module {
    let time_fields = fields.iter().map(|field| TimeField {
        field: (*field).to_owned(),
        reason: "the test says so".to_owned(),
    });
    Module {
        times: true,
        time_fields: time_fields.collect(),
        ..module()
    }
}

#[test]
fn times_become_a_type_and_listed_texts_with_them() {
    let module = with_times(&["*.Formatted*"]);
    insta::assert_snapshot!(run_step("times", DOCUMENT, &module).unwrap());
}

#[test]
fn models_have_times_and_setters_take_what_becomes_one() {
    let module = with_times(&["Run.FormattedTime"]);
    let (mut file, reach, document) = generated(DOCUMENT, &module).unwrap();
    let outline = Outline {
        reach,
        setters: Some(bodies::nullable(&document)),
        ..Outline::default()
    };
    rewrite::shape(&mut file, &outline);
    insta::assert_snapshot!(rewrite::text(&rewrite::models_of(file)));
}

#[test]
fn a_module_without_times_has_texts() {
    let unchanged = run_step("times", DOCUMENT, &module()).unwrap();
    assert!(unchanged.contains("applied 0 times"), "{unchanged}");
}

#[test]
fn a_listed_field_that_is_not_a_string_is_an_error() {
    for field in ["Run.Others", "Run.*End", "Gone.*"] {
        let error = run_step("times", DOCUMENT, &with_times(&[field])).unwrap_err();
        let expected = format!("module.tiny.time-fields: `{field}` is not a text field");
        assert_eq!(error, expected);
    }
}

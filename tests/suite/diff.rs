//! The command `diff`: each rule on a tiny document, and the output formats.

use xtask::pipeline::module::Required;
use xtask::tasks::diff::{Difference, Rules, Verdict, between, show};

mod command;

/// A document with one operation that sends and returns the given parts.
struct Tiny {
    parameters: &'static str,
    sent: &'static str,
    received: &'static str,
    more: &'static str,
}

const TINY: Tiny = Tiny {
    parameters: "",
    sent: "Name: { type: string }",
    received: "Id: { type: string }",
    more: "",
};

impl Tiny {
    fn document(&self) -> String {
        let Self {
            parameters,
            sent,
            received,
            more,
        } = self;
        format!(
            "
openapi: 3.0.3
info: {{ title: Tiny, version: '1' }}
paths:
  /things/{{id}}:
    put:
      operationId: PutThing
      parameters:
        - {{ name: id, in: path, required: true, schema: {{ type: string }} }}
{parameters}
      requestBody:
        required: true
        content:
          application/json:
            schema: {{ $ref: '#/components/schemas/Sent' }}
      responses:
        '200':
          description: Done
          content:
            application/json:
              schema: {{ $ref: '#/components/schemas/Received' }}
components:
  schemas:
    Sent:
      type: object
      properties:
        {sent}
    Received:
      type: object
      properties:
        {received}
    {more}
"
        )
    }
}

fn difference(old: &str, new: &str, rules: &Rules) -> Difference {
    let [old, new] =
        [old, new].map(|text| xtask::pipeline::document::parse(text).expect("a document"));
    between(&old, &new, rules, ["old.yml", "new.yml"]).expect("a difference")
}

fn printed(difference: &Difference) -> String {
    let mut out = Vec::new();
    show::text(difference, &mut out).expect("printed");
    String::from_utf8(out).expect("text")
}

/// Returns the lines for the changes between two documents.
fn lines(old: &str, new: &str) -> Vec<String> {
    let text = printed(&difference(old, new, &Rules::default()));
    let marked = |line: &&str| line.starts_with("! ") || line.starts_with("  ");
    text.lines().filter(marked).map(str::to_owned).collect()
}

/// Returns the lines for the changes from one form of [`TINY`] to another.
fn tiny(old: &Tiny, new: &Tiny) -> Vec<String> {
    lines(&old.document(), &new.document())
}

fn sent(old: &'static str, new: &'static str) -> Vec<String> {
    let of = |sent| Tiny { sent, ..TINY };
    tiny(&of(old), &of(new))
}

fn received(old: &'static str, new: &'static str) -> Vec<String> {
    let of = |received| Tiny { received, ..TINY };
    tiny(&of(old), &of(new))
}

fn parameters(old: &'static str, new: &'static str) -> Vec<String> {
    let of = |parameters| Tiny { parameters, ..TINY };
    tiny(&of(old), &of(new))
}

const NO_CHANGE: [&str; 0] = [];

#[test]
fn an_added_field_breaks_only_if_required_in_a_request() {
    assert_eq!(
        sent(
            "A: { type: string }",
            "A: { type: string }\n        B: { type: integer }"
        ),
        ["  + Sent: field `B` (integer)"]
    );
    assert_eq!(
        sent(
            "A: { type: string }",
            "A: { type: string }\n        B: { type: integer }\n      required: [B]"
        ),
        ["! + Sent: required field `B` (integer)"]
    );
    assert_eq!(
        received(
            "A: { type: string }",
            "A: { type: string }\n        B: { type: integer }\n      required: [B]"
        ),
        ["  + Received: field `B` (integer)"]
    );
}

#[test]
fn a_removed_field_breaks_requests_and_responses() {
    let (old, new) = (
        "A: { type: string }\n        B: { type: integer }",
        "A: { type: string }",
    );
    assert_eq!(sent(old, new), ["! - Sent: field `B` (integer)"]);
    assert_eq!(received(old, new), ["! - Received: field `B` (integer)"]);
}

#[test]
fn presence_counts_for_requests() {
    let optional = "A: { type: string }";
    let required = "A: { type: string }\n      required: [A]";
    assert_eq!(
        sent(optional, required),
        ["! ~ Sent: field `A` is now required"]
    );
    // Its type becomes an `Option`.
    assert_eq!(
        sent(required, optional),
        ["! ~ Sent: field `A` is no longer required"]
    );
    // A list has the same type either way.
    let list = "A: { type: array, items: { type: string } }";
    let required_list = "A: { type: array, items: { type: string } }\n      required: [A]";
    assert_eq!(
        sent(required_list, list),
        ["  ~ Sent: field `A` is no longer required"]
    );
    assert_eq!(
        sent(
            required,
            "A: { type: string, nullable: true }\n      required: [A]"
        ),
        ["! ~ Sent: field `A` may now be null"]
    );
    assert_eq!(
        sent(optional, "A: { type: string, nullable: true }"),
        ["  ~ Sent: field `A` may now be null"]
    );
}

#[test]
fn presence_does_not_count_for_responses_except_where_it_is_listed() {
    let optional = "A: { type: string }";
    let required = "A: { type: string }\n      required: [A]";
    assert_eq!(received(optional, required), NO_CHANGE);
    assert_eq!(received(required, optional), NO_CHANGE);
    assert_eq!(
        received(required, "A: { type: string, nullable: true }"),
        NO_CHANGE
    );
    let rules = Rules {
        required: vec![Required {
            field: "*ceived.A".to_owned(),
            reason: "a test".to_owned(),
        }],
        ..Rules::default()
    };
    let of = |received| Tiny { received, ..TINY }.document();
    let found = difference(&of(required), &of(optional), &rules);
    assert_eq!(found.verdict(), Verdict::Breaking);
    assert_eq!(found.changes[0].text, "field `A` is no longer required");
}

#[test]
fn a_changed_type_breaks_and_a_changed_bound_does_not() {
    assert_eq!(
        received("A: { type: string }", "A: { type: integer }"),
        ["! ~ Received: field `A` is integer, was string"]
    );
    assert_eq!(
        received(
            "A: { type: array, items: { type: string } }",
            "A: { type: array, items: { type: integer } }"
        ),
        ["! ~ Received: field `A[]` is integer, was string"]
    );
    assert_eq!(
        received("A: { type: string }", "A: { type: string, enum: [x] }"),
        ["! ~ Received: field `A` is enum (x), was string"]
    );
    assert_eq!(
        sent(
            "A: { type: string }",
            "A: { type: string, format: password }"
        ),
        ["! ~ Sent: field `A` is secret, was string"]
    );
    assert_eq!(
        sent(
            "A: { type: string }\n        B: { type: integer, format: int32 }",
            "A: { type: string, maxLength: 3, format: uuid }\n        B: { type: integer }"
        ),
        NO_CHANGE
    );
}

#[test]
fn an_added_enum_value_does_not_break_and_a_removed_one_does() {
    let (old, new) = (
        "A: { type: string, enum: [x, y] }",
        "A: { type: string, enum: [x, z, x] }",
    );
    for (lines, model) in [(sent(old, new), "Sent"), (received(old, new), "Received")] {
        assert_eq!(
            lines,
            [
                format!("! - {model}: value `y` of field `A`"),
                format!("  + {model}: value `z` of field `A`"),
            ]
        );
    }
    assert_eq!(
        tiny(
            &Tiny {
                more: "Power: { type: string, enum: [On] }",
                ..TINY
            },
            &Tiny {
                more: "Power: { type: string, enum: [On, Off] }",
                ..TINY
            },
        ),
        ["  + Power: value `Off`"]
    );
}

#[test]
fn parameters_break_when_they_are_gone_or_must_now_be_sent() {
    let limit = "        - { name: limit, in: query, schema: { type: integer } }";
    let required =
        "        - { name: limit, in: query, required: true, schema: { type: integer } }";
    let text = "        - { name: limit, in: query, schema: { type: string, default: all } }";
    let header = "        - { name: Limit, in: header, schema: { type: integer } }";
    assert_eq!(
        parameters("", limit),
        ["  + PutThing: parameter `limit` (query, integer)"]
    );
    assert_eq!(
        parameters("", required),
        ["! + PutThing: required parameter `limit` (query, integer)"]
    );
    assert_eq!(
        parameters(limit, ""),
        ["! - PutThing: parameter `limit` (query, integer)"]
    );
    assert_eq!(
        parameters(limit, required),
        ["! ~ PutThing: parameter `limit` is now required"]
    );
    assert_eq!(
        parameters(required, limit),
        ["  ~ PutThing: parameter `limit` is no longer required"]
    );
    assert_eq!(
        parameters(limit, text),
        [
            "  ~ PutThing: parameter `limit` has the default `all`, had none",
            "! ~ PutThing: parameter `limit` is string, was integer",
        ]
    );
    assert_eq!(
        parameters(limit, header),
        [
            "  ~ PutThing: parameter `Limit` was sent as `limit`",
            "  ~ PutThing: parameter `Limit` is in the header, was in the query",
        ]
    );
}

#[test]
fn injected_headers_are_not_parameters() {
    let rules = Rules {
        injected_headers: vec!["Citrix-CustomerId".to_owned()],
        ..Rules::default()
    };
    let with = Tiny {
        parameters: "        - { name: citrix-customerid, in: header, required: true, schema: { type: string } }",
        ..TINY
    };
    let found = difference(&TINY.document(), &with.document(), &rules);
    assert_eq!(found.verdict(), Verdict::Nothing);
}

/// Two operations, one of which changes in every way that an operation can.
const OPERATIONS: &str = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /a: { get: { operationId: GetA, responses: { '204': { description: Gone } } } }
  /b/{x}: { get: { operationId: GetB, responses: { '204': { description: Gone } } } }
  /c: { get: { responses: { '204': { description: Gone } } } }
";

#[test]
fn operations_are_known_by_name_then_by_path() {
    let change = |old, new| lines(OPERATIONS, &OPERATIONS.replace(old, new));
    assert_eq!(change("GetA", "get_a"), NO_CHANGE);
    assert_eq!(change("GetA", "ReadA"), ["! ~ ReadA: was called `GetA`"]);
    assert_eq!(change("/a:", "/v2/a:"), ["  ~ GetA: GET /v2/a, was GET /a"]);
    assert_eq!(
        change("  /c:", "  /d:"),
        ["! - GET /c (GET /c)", "  + GET /d (GET /d)"]
    );
    assert_eq!(
        change(
            "GetA, responses: { '204': { description: Gone }",
            "GetA, responses: { '200': { description: Ok, content: { application/json: { schema: { type: string } } } }"
        ),
        ["! ~ GetA: response is string, was nothing"]
    );
    assert_eq!(
        change(
            "GetA,",
            "GetA, requestBody: { content: { application/json: { schema: { type: string } } } },"
        ),
        ["  + GetA: request body (string)"]
    );
}

#[test]
fn models_that_come_together_from_parts_are_compared_by_their_fields() {
    let base = "Base: { type: object, properties: { Id: { type: string } } }";
    let whole = "Base: { type: object, properties: { Id: { type: string } } }
    Whole: { type: object, properties: { Id: { type: string }, B: { type: string } } }";
    let parts = "Base: { type: object, properties: { Id: { type: string } } }
    Whole:
      allOf:
        - $ref: '#/components/schemas/Base'
        - { type: object, properties: { B: { type: string } } }";
    let of = |more| Tiny { more, ..TINY };
    assert_eq!(tiny(&of(whole), &of(parts)), NO_CHANGE);
    assert_eq!(tiny(&of(base), &of(parts)), ["  + Whole (2 fields)"]);
    assert_eq!(tiny(&of(whole), &of(base)), ["! - Whole (2 fields)"]);
}

#[test]
fn cycles_and_dangling_references_do_not_stop_the_comparison() {
    let circle = "Loop: { allOf: [ { $ref: '#/components/schemas/Loop' }, { type: object, properties: { A: { type: string } } } ] }";
    let nowhere = "        - { $ref: '#/components/parameters/none' }";
    let new = Tiny {
        more: circle,
        parameters: nowhere,
        ..TINY
    };
    let found = difference(&TINY.document(), &new.document(), &Rules::default());
    insta::assert_snapshot!(printed(&found), @r"
    operations: 0 added, 0 removed, 1 changed
      + PutThing: parameter `none` (not in this document, of unknown type)

    models: 1 added, 0 removed, 0 changed
      + Loop (all of (Loop, object (A)))

    note: new.yml: at `paths['/things/{id}'].put.parameters[1]`: `#/components/parameters/none` leads nowhere
    2 changes, all compatible; version step: minor (before 1.0: patch)
    ");
}

#[test]
fn text_changes_alone_are_a_patch() {
    let old = TINY.document();
    let new = old.replace("description: Done", "description: It is done");
    let found = difference(&old, &new, &Rules::default());
    assert_eq!(found.verdict(), Verdict::Compatible);
    insta::assert_snapshot!(printed(&found), @r"
    operations: 0 added, 0 removed, 1 changed
      ~ PutThing: documentation

    1 change, compatible; version step: patch (before 1.0: patch)
    ");
}

#[test]
fn openapi_3_1_is_compared_with_3_0() {
    let old = TINY.document();
    let new = old
        .replace("openapi: 3.0.3", "openapi: 3.1.0")
        .replace("Id: { type: string }", "Id: { type: [string, 'null'] }");
    assert_eq!(lines(&old, &new), NO_CHANGE);
}

#[test]
fn swagger_2_0_is_compared_with_3_0() {
    let old = "
swagger: '2.0'
info: { title: Tiny, version: '1' }
paths:
  /things:
    get:
      operationId: GetThings
      produces: [application/json]
      parameters:
        - { name: limit, in: query, type: integer }
      responses:
        '200': { description: Done, schema: { $ref: '#/definitions/Thing' } }
definitions:
  Thing: { type: object, properties: { A: { type: string } } }
";
    let new = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /things:
    get:
      operationId: GetThings
      parameters:
        - { name: limit, in: query, schema: { type: integer } }
      responses:
        '200':
          description: Done
          content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
components:
  schemas:
    Thing: { type: object, properties: { A: { type: string } } }
";
    assert_eq!(lines(old, new), NO_CHANGE);
}

/// A change of every kind, for the output formats.
fn of_every_kind() -> Difference {
    let old = Tiny {
        parameters: "        - { name: limit, in: query, schema: { type: integer } }",
        more: "Old: { type: string }",
        sent: "Kind: { type: string, enum: [a, b] }",
        ..TINY
    };
    let new = Tiny {
        parameters: "        - { name: force, in: query, schema: { type: boolean } }",
        more: "New: { type: string }",
        sent: "Kind: { type: string, enum: [a, c] }",
        received: "Id: { type: integer }\n        When: { type: string, format: date-time }",
    };
    let more = "
  /more:
    get: { operationId: GetMore, responses: { '204': { description: None } } }
components:";
    let new = new.document().replace("\ncomponents:", more);
    difference(&old.document(), &new, &Rules::default())
}

#[test]
fn the_three_outputs() {
    let found = of_every_kind();
    let mut out = Vec::new();
    show::json(&found, &mut out).expect("printed");
    let json = String::from_utf8(out).expect("text");
    let mut out = Vec::new();
    show::markdown(&found, &mut out).expect("printed");
    let markdown = String::from_utf8(out).expect("text");
    insta::assert_snapshot!("text", printed(&found));
    insta::assert_snapshot!("json", json);
    insta::assert_snapshot!("markdown", markdown);
}

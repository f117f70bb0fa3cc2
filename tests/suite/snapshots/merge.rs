//! Several documents that form one module.

use super::{document, shown};
use xtask::pipeline::normalize::Report;

fn merged(first: &str, second: &str) -> Result<String, String> {
    let mut whole = document(first);
    xtask::pipeline::merge::merge(&mut whole, &document(second))
        .map(|()| shown(&whole, &Report::default()))
        .map_err(|error| format!("{error:#}"))
}

const FIRST: &str = "
openapi: 3.0.3
security: [{ token: [] }]
tags: [{ name: A }]
paths:
  /things: { get: { operationId: listThings } }
components:
  schemas: { Thing: { type: object } }
";

#[test]
fn operations_components_and_tags_come_together_and_security_stays_with_its_operations() {
    insta::assert_snapshot!(
        merged(
            FIRST,
            "
openapi: 3.0.3
security: []
tags: [{ name: A }, { name: B }]
paths:
  /things: { post: { operationId: addThing } }
  /others: { get: { operationId: listOthers, security: [{ other: [] }] } }
components:
  schemas: { Thing: { type: object }, Other: { type: string } }
  parameters: { id: { name: id, in: query } }
"
        )
        .expect("merged")
    );
}

#[test]
fn conflicting_definitions_are_named_by_path() {
    insta::assert_debug_snapshot!([
        merged(
            FIRST,
            "components: { schemas: { Thing: { type: string } } }"
        ),
        merged(FIRST, "paths: { /things: { get: { operationId: other } } }"),
        merged(
            FIRST,
            "paths: { /things: { parameters: [{ name: x, in: query }], post: {} } }"
        ),
    ]);
}

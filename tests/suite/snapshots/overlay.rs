//! Overlay 1.0.

use super::{document, shown};
use xtask::pipeline::normalize::Report;
use xtask::pipeline::overlay::Overlay;

const TARGET: &str = "
servers: [{ url: https://a.test }, { url: https://b.test }]
tags: [a, b, c, d]
paths:
  /things/{id}:
    get: { tags: [Things], responses: { '401': {}, '200': { description: Fine } } }
    delete: { tags: [Things], responses: { '401': {} } }
  '/a~b': { get: { summary: Tilde } }
";

fn applied(actions: &str) -> Result<String, String> {
    let overlay =
        format!("overlay: 1.0.0\ninfo: {{ title: T, version: '1' }}\nactions:\n{actions}");
    let mut target = document(TARGET);
    Overlay::from_value(document(&overlay))
        .and_then(|overlay| overlay.apply(&mut target))
        .map(|places| {
            let report = Report {
                applied: places.iter().sum(),
                notes: vec![format!("places per action: {places:?}")],
            };
            shown(&target, &report)
        })
        .map_err(|error| format!("{error:#}"))
}

#[test]
fn an_update_merges_objects_appends_to_arrays_and_replaces_values() {
    insta::assert_snapshot!(applied(
        "
  - { target: $, description: Nested arrays are joined., update: { tags: [e, f], servers: [{ url: https://c.test }] } }
  - { target: $.tags, description: An array gets one more element., update: g }
  - { target: $.servers, description: An array that is an element stays one., update: [1, 2] }
  - { target: '$.paths.*.*.responses[\"401\"]', description: Many places., update: { description: Denied } }
  - { target: '$.servers[?@.url == \"https://b.test\"]', description: One place., update: { url: https://b2.test, name: B } }
"
    )
    .expect("applied"));
}

#[test]
fn a_removal_takes_out_every_selected_place_and_no_other() {
    insta::assert_snapshot!(
        applied(
            "
  - { target: '$.tags[2, 0, 0]', description: Out of order and twice., remove: true }
  - { target: '$.servers[*]', description: All elements., remove: true }
  - { target: '$.paths[\"/a~b\"]', description: A name with a tilde., remove: true }
  - { target: '$.paths[\"/things/{id}\"].delete', description: A name with slashes., remove: true }
"
        )
        .expect("applied")
    );
}

#[test]
fn actions_see_the_results_of_earlier_ones() {
    insta::assert_snapshot!(
        applied(
            "
  - { target: $.tags, description: Replaced and so removed first., remove: true }
  - { target: $, description: Then written., update: { tags: [new] } }
  - { target: '$.tags[0]', description: And removed again., remove: true }
"
        )
        .expect("applied")
    );
}

#[test]
fn an_action_that_cannot_apply_is_named_by_number_and_target() {
    let first = "  - { target: $, description: Fits., update: { x: 1 } }\n";
    let second = |action: &str| applied(&format!("{first}  - {{ description: D, {action} }}\n"));
    insta::assert_debug_snapshot!([
        second("target: $.gone, remove: true"),
        second("target: $.tags, remove: true, update: x"),
        second("target: $.tags"),
        second("target: '$.[', remove: true"),
        second("target: $, remove: true"),
        second("target: $, update: text"),
        second("target: '$.tags[0]', update: text"),
        second("target: $, update: { paths: { /a~b: { get: text } } }"),
    ]);
}

#[test]
fn a_malformed_overlay_is_an_error_with_its_path() {
    insta::assert_debug_snapshot!([
        applied("  - { target: $, remove: true }"),
        applied("  - { target: $, description: D, replace: {} }"),
        Overlay::from_value(document(
            "overlay: 2.0.0\ninfo: { title: T, version: '1' }\nactions: []"
        ))
        .map(|_| String::new())
        .map_err(|error| format!("{error:#}")),
    ]);
}

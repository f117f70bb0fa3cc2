//! The JSON Schema of generated types, which the feature `schemars` adds.

use citrix_cloud_gen::{daas, platform};

fn shown(schema: &schemars::Schema) -> String {
    serde_json::to_string_pretty(schema).expect("JSON")
}

#[test]
fn the_schema_of_a_resource_location() {
    let schema = schemars::schema_for!(platform::types::ResourceLocation);
    insta::assert_snapshot!(shown(&schema));
}

#[test]
fn the_schema_of_an_open_enum_accepts_any_text() {
    let schema = schemars::schema_for!(daas::types::PowerState);
    insta::assert_snapshot!(shown(&schema));
}

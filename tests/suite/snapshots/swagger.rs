//! Swagger 2.0 becomes OpenAPI 3.0.

use super::{document, shown};

#[test]
fn swagger_is_translated_to_openapi() {
    let mut document = document(include_str!("../generate/swagger.yml"));
    let report = xtask::pipeline::normalize::swagger::apply(&mut document).expect("converted");
    insta::assert_snapshot!(shown(&document, &report));
}

#[test]
fn other_documents_stay_and_other_versions_are_refused() {
    let of = |yaml: &str| {
        let mut document = document(yaml);
        xtask::pipeline::normalize::swagger::apply(&mut document)
            .map(|report| shown(&document, &report))
            .map_err(|error| format!("{error:#}"))
    };
    insta::assert_debug_snapshot!([
        of("openapi: 3.0.3"),
        of("swagger: '1.2'"),
        of("swagger: 2.0")
    ]);
}

//! What it costs to make an `Error` of an answer.

use citrix_cloud::{Error, ErrorKind};
use criterion::Criterion;
use http::header::CONTENT_TYPE;

use crate::Stage;

/// One body of each family that is told apart by looking, with what must come out.
const ANSWERS: [(&str, u16, &str, &str, ErrorKind); 4] = [
    (
        "problem",
        401,
        "application/problem+json",
        r#"{"type":"https://errors-api.cloud.com/common/authentication","detail":"Missing or invalid authentication token","parameters":[{"name":"reason","value":"expired"}]}"#,
        ErrorKind::Auth,
    ),
    (
        "DaaS",
        404,
        "application/json",
        r#"{"ErrorType":"ServiceError","ErrorMessage":"Object does not exist.","ErrorSource":"Broker","TransactionId":"5e3c0f1a"}"#,
        ErrorKind::NotFound,
    ),
    (
        "OAuth",
        400,
        "application/json",
        r#"{"error":"invalid_client","error_description":"Invalid client id or client secret."}"#,
        ErrorKind::Auth,
    ),
    (
        "gateway's page",
        503,
        "text/html",
        "<html><body><h1>503 Service Unavailable</h1></body></html>",
        ErrorKind::Unavailable,
    ),
];

/// From an answer that is no success to kind, words and likely cause.
pub(crate) fn classification(criterion: &mut Criterion) {
    let stage = Stage::new();
    let raw = stage.client.raw();
    let explained = |status, media: &str, body: &'static str| -> Error {
        let answer = http::Response::builder()
            .status(status)
            .header(CONTENT_TYPE, media)
            .body(body);
        let answer = reqwest::Response::from(answer.expect("an answer"));
        let refusal = citrix_cloud_gen::Error::UnexpectedResponse(answer);
        stage.runtime.block_on(raw.explain(refusal))
    };
    let mut group = criterion.benchmark_group("explain an error");
    for (family, status, media, body, kind) in ANSWERS {
        assert_eq!(explained(status, media, body).kind(), kind, "{family}");
        group.bench_function(family, |bencher| {
            bencher.iter(|| explained(status, media, body));
        });
    }
    group.finish();
}

//! The cost of making an `Error` from a response.

use citrix_cloud::ErrorKind;
use criterion::Criterion;

/// One body of each family that is recognized by its content, with the expected result.
const RESPONSES: [(&str, u16, &str, ErrorKind); 4] = [
    (
        "problem",
        401,
        r#"{"type":"https://errors-api.cloud.com/common/authentication","detail":"Missing or invalid authentication token","parameters":[{"name":"reason","value":"expired"}]}"#,
        ErrorKind::Auth,
    ),
    (
        "DaaS",
        404,
        r#"{"ErrorType":"ServiceError","ErrorMessage":"Object does not exist.","ErrorSource":"Broker","TransactionId":"5e3c0f1a"}"#,
        ErrorKind::NotFound,
    ),
    (
        "OAuth",
        400,
        r#"{"error":"invalid_client","error_description":"Invalid client id or client secret."}"#,
        ErrorKind::Auth,
    ),
    (
        "gateway's page",
        503,
        "<html><body><h1>503 Service Unavailable</h1></body></html>",
        ErrorKind::Unavailable,
    ),
];

/// From a response that is not a success to kind, text and likely cause.
pub(crate) fn classification(criterion: &mut Criterion) {
    let explained = |status: u16, body: &'static str| {
        let status = http::StatusCode::from_u16(status).expect("a status");
        citrix_cloud::__fuzz::error_body(status, body.as_bytes())
    };
    let mut group = criterion.benchmark_group("explain an error");
    for (family, status, body, kind) in RESPONSES {
        assert_eq!(explained(status, body).kind(), kind, "{family}");
        group.bench_function(family, |bencher| {
            bencher.iter(|| explained(status, body));
        });
    }
    group.finish();
}

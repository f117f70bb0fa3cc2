//! What a full page of machines costs once it is here.

use citrix_cloud::raw::daas::types::MachineResponseModelCollection as Page;
use citrix_cloud_gen::ResponseValue;
use criterion::{Criterion, Throughput};

use crate::{MACHINES, Stage};

/// The generated client's way from a body to the type, and plain `serde_json`.
pub(crate) fn page(criterion: &mut Criterion) {
    let stage = Stage::new();
    let asking = stage.bare().get(stage.daas("Machines?limit=1000"));
    let body = stage.runtime.block_on(async {
        let answer = asking.send().await.expect("the emulator answers");
        answer.bytes().await.expect("the page is whole")
    });
    let plain: Page = serde_json::from_slice(&body).expect("the page is of the type");
    assert_eq!(plain.items.len(), MACHINES);
    let mut group = criterion.benchmark_group("decode a page");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.sample_size(20);
    group.bench_function("serde_json", |bencher| {
        bencher.iter(|| serde_json::from_slice::<Page>(&body).expect("it decodes"));
    });
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            let answer = reqwest::Response::from(http::Response::new(body.clone()));
            let decoding = ResponseValue::<Page>::from_response::<()>(answer);
            let decoded = stage.runtime.block_on(decoding);
            decoded.expect("it decodes").into_inner()
        });
    });
    group.finish();
}

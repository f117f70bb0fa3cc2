//! What a full page of machines costs once it is here.

use citrix_cloud::models::Machine;
use citrix_cloud::models::MachineCollection as Page;
use criterion::{Criterion, Throughput};

use crate::{MACHINES, Stage};

/// From a body to the page of a list, and plain `serde_json`.
pub(crate) fn page(criterion: &mut Criterion) {
    let stage = Stage::new();
    let asking = stage.bare().get(stage.daas("Machines?limit=1000"));
    let body = stage.runtime.block_on(async {
        let response = asking.send().await.expect("the emulator responds");
        response.bytes().await.expect("the page is whole")
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
            let page = citrix_cloud::__fuzz::page_of::<Machine>(&body);
            page.expect("it decodes")
        });
    });
    group.finish();
}

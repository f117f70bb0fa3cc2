//! What a typed call costs on loopback.

use citrix_cloud::models::MachineDetail;
use citrix_cloud_emulator::ids;
use criterion::Criterion;
use futures_util::TryStreamExt as _;

use crate::Stage;

/// The same request into the same type, with bare reqwest and with a handle.
pub(crate) fn overhead(criterion: &mut Criterion) {
    let stage = Stage::new();
    let site = stage.client.daas().site(ids::SITE_ID);
    let machines = site.machines().list().page_size(1).items();
    let first = stage.runtime.block_on(std::pin::pin!(machines).try_next());
    let first = first.expect("machines are listed").expect("there is one");
    let id = first.id.expect("it has an id");
    let mut group = criterion.benchmark_group("get a machine");

    let (bare, url) = (stage.bare(), stage.daas(&format!("Machines/{id}")));
    let by_hand = async || -> Result<MachineDetail, Box<dyn std::error::Error>> {
        let response = bare.get(&url).send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&response.bytes().await?)?)
    };
    group.bench_function("bare", |bencher| {
        bencher.iter(|| stage.runtime.block_on(by_hand()).expect("it responds"));
    });

    let machine = site.machine(id);
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            let getting = async { machine.get().await };
            stage.runtime.block_on(getting).expect("it responds")
        });
    });
    group.finish();
}

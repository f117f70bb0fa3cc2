//! A night on a bad connection: 10,000 machines, one request in ten fails, and tokens last 5 s.

use std::time::Duration;

use citrix_cloud::{ApiVersion, Client};
use citrix_cloud_emulator::faults::{Fault, FaultKind, Latency, RetryDelay};
use citrix_cloud_emulator::{Emulator, World, ids};

const MACHINES: usize = 10_000;

/// The number of machines in use.
const IN_USE: usize = 500;

fn faults() -> Vec<Fault> {
    let acted = |kind| Fault::new(kind).after_acting();
    let kinds = [
        Fault::new(FaultKind::throttled(RetryDelay::Seconds(1))),
        Fault::new(FaultKind::throttled(RetryDelay::Message(1))),
        Fault::new(FaultKind::RetryLater {
            status: 503,
            delay: RetryDelay::Seconds(1),
        }),
        Fault::new(FaultKind::Status(500)),
        Fault::new(FaultKind::Html(502)),
        Fault::new(FaultKind::Status(503)),
        Fault::new(FaultKind::Status(504)),
        Fault::new(FaultKind::Close),
        Fault::new(FaultKind::Reset),
        acted(FaultKind::Status(500)),
        acted(FaultKind::Html(502)),
        acted(FaultKind::Close),
        acted(FaultKind::Reset),
        Fault::new(FaultKind::TruncatedJson),
        Fault::new(FaultKind::CloseInBody),
        Fault::new(FaultKind::Latency(Latency::Fixed(Duration::from_millis(
            30,
        )))),
    ];
    // One in ten in total.
    let rate = 0.1 / kinds.len() as f64;
    let seeded = kinds.into_iter().zip(0..);
    seeded
        .map(|(fault, seed)| fault.rate(rate).seed(seed))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_idle_machine_is_rebooted_once_and_none_that_is_used() {
    let mut world = World::with_machines(MACHINES);
    let site = world.first_site_mut().unwrap();
    let names: Vec<String> = site.machines.iter().map(|it| it.id().to_owned()).collect();
    for id in names.iter().step_by(MACHINES / IN_USE) {
        if let Some(mut machine) = site.machines.get_mut(id) {
            machine.session_count = Some(1);
        }
    }
    let emulator = Emulator::builder()
        .world(world)
        .token_lifetime(Duration::from_secs(5))
        .faults(faults())
        .build();
    let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let client = Client::builder()
        .credentials(
            citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
                .unwrap(),
        )
        .endpoint(server.url())
        .api_version(ApiVersion::Current)
        .build()
        .unwrap();
    let started = std::time::Instant::now();
    let bulk = client
        .daas()
        .site(ids::SITE_ID)
        .machine_catalog(ids::CATALOG_ID)
        .reboot_idle()
        .confirm_timeout(Duration::from_secs(2));
    let reports: Vec<_> = bulk.plan().await.unwrap().run().collect().await;
    let lasted = started.elapsed();

    let wrong: Vec<String> = emulator.read_site(|site| {
        let expected = |at: usize| usize::from(!at.is_multiple_of(MACHINES / IN_USE));
        let machines = names.iter().enumerate().filter_map(|(at, id)| {
            let reboots = site.machines.get(id)?.reboots();
            (reboots != expected(at)).then(|| format!("{id}: {reboots} reboots"))
        });
        machines.collect()
    });
    let told = reports
        .iter()
        .filter(|report| wrong.iter().any(|it| it.starts_with(&report.id)));
    let told: Vec<_> = told.take(5).collect();
    assert!(wrong.is_empty(), "{} wrong, such as {told:#?}", wrong.len());
    let struck = emulator.faults().injections();
    assert!(
        struck.len() > 500,
        "only {} requests were struck",
        struck.len()
    );
    let entries = emulator.journal().entries();
    let sign_ins = entries
        .iter()
        .filter(|it| it.path.contains("/tokens/"))
        .count();
    let expired = struck
        .iter()
        .filter(|it| it.kind == FaultKind::ExpiredToken)
        .count();
    // A token of 5 s is refreshed after 4 s. Each revoked token, and each failed token request,
    // costs another one.
    let bound = (lasted.as_secs_f64() / 3.9) as usize + 2 + expired;
    assert!(
        sign_ins <= bound * 5 / 4 + 5,
        "{sign_ins} token requests in {lasted:?}, {expired} taken away"
    );
}

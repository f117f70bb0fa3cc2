//! A frozen site, and waking it up.

use std::time::Duration;

use citrix_cloud::{Client, ErrorKind};
use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Clock, Emulator, ids};

#[tokio::test(start_paused = true)]
async fn a_site_that_needs_a_minute_is_awake_when_the_call_returns() {
    let clock = Clock::system();
    clock.freeze();
    let server = Emulator::builder()
        .clock(clock.clone())
        .job_duration(Duration::from_secs(60))
        .faults(vec![Fault::new(FaultKind::FrozenSite)])
        .start()
        .await
        .unwrap();
    let client = Client::builder()
        .credentials(
            citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
                .unwrap(),
        )
        .endpoint(server.url())
        .build()
        .unwrap();
    let site = client.daas().site(ids::SITE_ID);
    let error = site.machine(ids::KESTREL_ID).get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SiteFrozen, "{error}");

    let waiting = tokio::spawn({
        let site = site.clone();
        async move { site.activate_and_wait().await }
    });
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert!(!waiting.is_finished(), "it is waking up");
    clock.advance(Duration::from_secs(60));
    waiting.await.unwrap().unwrap();
    site.machine(ids::KESTREL_ID).get().await.unwrap();
    let entries = server.journal().entries();
    let activations = entries.iter().filter(|it| it.method == "POST");
    let activations = activations.filter(|it| it.operation.as_deref() == Some("activateSite"));
    assert_eq!(activations.map(|it| it.status).collect::<Vec<_>>(), [202]);
}

//! Jobs: waiting, failing, giving up.

use std::time::Duration;

use citrix_cloud::models::{JobStatus, PowerState};
use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_emulator::{Clock, Emulator, ids};

use super::start;

const SOON: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(20);

fn frozen() -> Emulator {
    let clock = Clock::system();
    clock.freeze();
    Emulator::builder()
        .clock(clock)
        .job_duration(Duration::from_secs(60))
        .build()
}

#[tokio::test]
async fn a_job_is_waited_for_to_its_end() {
    let emulator = frozen();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().site(ids::SITE_ID);
    let machine = site.machine(r"DEMOLAB\KESTREL");
    let job = machine.reboot().as_job().await.unwrap();
    assert_eq!(job.get().await.unwrap().status, Some(JobStatus::NotStarted));

    let waiting = tokio::spawn(job.wait(LONG).poll_every(SOON).into_future());
    emulator.clock().advance(Duration::from_secs(61));
    let done = waiting.await.unwrap().unwrap();
    assert_eq!(done.status, Some(JobStatus::Complete));
    assert_eq!(done.id.as_deref(), Some(job.id()));
    assert_eq!(job.results().await.unwrap()["Name"], r"DEMOLAB\KESTREL");
    assert_eq!(site.jobs().list().all().await.unwrap().len(), 1);
    job.delete().await.unwrap();
    assert!(job.get().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_failed_job_repeats_the_message_of_the_service() {
    let emulator = frozen();
    let (_server, client) = start(&emulator, ApiVersion::Preview).await;
    let machine = client.daas().site(ids::SITE_ID).machine(ids::EAGLE_ID);
    let job = machine.reboot().as_job().await.unwrap();
    emulator.clock().advance(Duration::from_secs(61));
    let error = job.wait(LONG).poll_every(SOON).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.job_id()),
        (ErrorKind::JobFailed, Some(job.id()))
    );
    assert!(
        error
            .to_string()
            .contains("does not support specified power action"),
        "{error}"
    );
}

#[tokio::test]
async fn a_timeout_leaves_the_job_running() {
    let emulator = frozen();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let machine = client.daas().site(ids::SITE_ID).machine(ids::KESTREL_ID);
    let job = machine.reboot().as_job().await.unwrap();
    let error = job.wait(SOON).poll_every(SOON).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.job_id()),
        (ErrorKind::Timeout, Some(job.id()))
    );
    assert_eq!(job.get().await.unwrap().status, Some(JobStatus::NotStarted));
    job.cancel().await.unwrap();
    let error = job.wait(LONG).poll_every(SOON).await.unwrap_err();
    assert!(error.message().contains("Canceled"), "{error}");
}

#[tokio::test]
async fn power_and_maintenance_changes_are_visible_afterwards() {
    let emulator = frozen();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().site(ids::SITE_ID);
    let kestrel = site.machine(ids::KESTREL_ID);
    kestrel.maintenance_mode(true).await.unwrap();
    assert_eq!(kestrel.get().await.unwrap().in_maintenance_mode, Some(true));
    kestrel.shutdown().await.unwrap();
    emulator.clock().advance(Duration::from_secs(600));
    assert_eq!(
        kestrel.get().await.unwrap().power_state,
        Some(PowerState::Off)
    );

    let osprey = site.machine(ids::OSPREY_ID);
    let sessions = osprey.sessions().all().await.unwrap();
    assert_eq!(sessions.len(), 2);
    site.session(ids::ACTIVE_SESSION_ID).logoff().await.unwrap();
    assert_eq!(site.sessions().list().all().await.unwrap().len(), 1);
}

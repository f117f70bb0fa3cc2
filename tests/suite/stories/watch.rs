//! Watching machines and sessions while they change.

use std::time::Duration;

use citrix_cloud::ApiVersion;
use citrix_cloud::watch::Change;
use citrix_cloud_emulator::{Emulator, ids};

use super::start;

#[tokio::test]
async fn watch_reports_ended_sessions_and_maintenance_mode() {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().only_site().await.unwrap();
    let at_once = Duration::from_millis(1);
    let mut machines = site.machines().watch().every(at_once).changes();
    let mut sessions = site.sessions().watch().every(at_once).changes();
    let first = machines.try_next().await.unwrap();
    assert!(matches!(first, Some(Change::Init(all)) if all.len() == 8));
    let first = sessions.try_next().await.unwrap();
    assert!(matches!(first, Some(Change::Init(all)) if !all.is_empty()));

    let kestrel = site.machine(ids::KESTREL_ID);
    kestrel.maintenance_mode(true).await.unwrap();
    match machines.try_next().await.unwrap() {
        Some(Change::Changed { before, now }) => {
            assert_eq!(now.id.as_deref(), Some(ids::KESTREL_ID));
            assert_eq!(before.in_maintenance_mode, Some(false));
            assert_eq!(now.in_maintenance_mode, Some(true));
        }
        other => panic!("{other:?}"),
    }
    let count = sessions.snapshot().len();
    let active = site.session(ids::ACTIVE_SESSION_ID);
    active.logoff().await.unwrap();
    emulator.clock().advance(Duration::from_secs(600));
    loop {
        if let Some(Change::Removed(session)) = sessions.try_next().await.unwrap() {
            assert_eq!(session.id.as_deref(), Some(ids::ACTIVE_SESSION_ID));
            break;
        }
    }
    assert_eq!(sessions.snapshot().len(), count - 1);
    assert!(sessions.snapshot().get(ids::ACTIVE_SESSION_ID).is_none());
}

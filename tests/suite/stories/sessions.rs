//! Users whose sessions are disconnected, hidden, shown again and logged off.

use citrix_cloud::ApiVersion;
use citrix_cloud::bulk::{Bulk, Outcome};
use citrix_cloud_emulator::{Emulator, SessionState, ids};

use super::start;

async fn done(bulk: Bulk) -> usize {
    let mut reports = bulk.plan().await.unwrap().run();
    let mut done = 0;
    while let Some(report) = reports.next().await {
        done += usize::from(matches!(report.outcome, Outcome::Done));
    }
    done
}

#[tokio::test]
async fn sessions_are_disconnected_hidden_shown_again_and_logged_off() {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().site(ids::SITE_ID);
    let session = |id: &str| {
        emulator.read_site(|site| {
            let session = site.sessions.get(id).cloned().unwrap();
            (session.state, session.hidden)
        })
    };
    let on_osprey = || site.select_sessions().machine("OSPREY");
    // One of the two is disconnected already.
    assert_eq!(done(on_osprey().disconnect()).await, 1);
    assert_eq!(done(on_osprey().disconnect()).await, 0);
    let (active, left) = (ids::ACTIVE_SESSION_ID, ids::DISCONNECTED_SESSION_ID);
    assert_eq!(session(active), (SessionState::Disconnected, false));
    assert_eq!(done(on_osprey().hide()).await, 2);
    assert_eq!(done(on_osprey().ids([active]).unhide()).await, 1);
    assert_eq!(session(active), (SessionState::Disconnected, false));
    assert_eq!(session(left), (SessionState::Disconnected, true));
    assert_eq!(done(on_osprey().logoff()).await, 2);
    assert_eq!(emulator.read_site(|site| site.sessions.iter().count()), 0);
}

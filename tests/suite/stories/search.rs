//! Finds objects in one request, however many machines there are.

use citrix_cloud::ApiVersion;
use citrix_cloud::models::PowerState;
use citrix_cloud::search::{Filter, LogProperty, MachineProperty, Property as _, SessionProperty};
use citrix_cloud_emulator::{Emulator, ids};

use super::start;

/// Returns the number of requests since the last call.
fn sent(emulator: &Emulator) -> usize {
    let sent = emulator.journal().entries().len();
    emulator.journal().clear();
    sent
}

#[tokio::test]
async fn machines_are_found_by_name_state_user_and_group_in_one_request_each() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().site(ids::SITE_ID);
    let all = site.machines().list().items().collect().await.unwrap();
    let names = |filter: Filter<MachineProperty>| {
        let found = site.machines().search(filter).items();
        async move {
            let machines = found.collect().await.unwrap();
            let mut names: Vec<String> = machines.into_iter().filter_map(|it| it.name).collect();
            names.sort();
            names
        }
    };
    let expected = |fits: &dyn Fn(&citrix_cloud::models::Machine) -> bool| {
        let fitting = all.iter().filter(|it| fits(it));
        let mut names: Vec<String> = fitting.filter_map(|it| it.name.clone()).collect();
        names.sort();
        names
    };
    sent(&emulator);
    let by_name = names(MachineProperty::MachineName.ends_with(r"\KESTREL")).await;
    assert_eq!(by_name, [r"DEMOLAB\KESTREL"]);
    let off = names(MachineProperty::PowerState.equals(PowerState::Off)).await;
    assert_eq!(off, expected(&|it| it.power_state == Some(PowerState::Off)));
    assert!(!off.is_empty());
    let idle_or_off = MachineProperty::SessionCount.equals(0).and(
        MachineProperty::PowerState
            .equals(PowerState::Off)
            .or(MachineProperty::PowerState.equals(PowerState::On)),
    );
    let idle_or_off = names(idle_or_off).await;
    assert_eq!(
        idle_or_off,
        expected(&|it| it.session_count == Some(0)
            && matches!(it.power_state, Some(PowerState::Off | PowerState::On)))
    );
    let written = names(
        "not (PowerState = On or PowerState = Unmanaged)"
            .parse()
            .unwrap(),
    )
    .await;
    assert_eq!(
        written,
        expected(&|it| !matches!(it.power_state, Some(PowerState::On | PowerState::Unmanaged)))
    );
    assert_eq!(sent(&emulator), 4);
}

#[tokio::test]
async fn sessions_are_found_by_user_state_and_age_in_one_request_each() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().site(ids::SITE_ID);
    let all = site.sessions().list().items().collect().await.unwrap();
    sent(&emulator);
    let of_user = SessionProperty::UserName.ends_with(r"\robin");
    let of_user = site.sessions().search(of_user).items();
    assert_eq!(of_user.collect().await.unwrap().len(), 1);
    assert_eq!(all.len(), 2);
    let state = all[0].state.clone().unwrap();
    let in_state = site
        .sessions()
        .search(SessionProperty::SessionState.equals(&state));
    let in_state = in_state.items().collect().await.unwrap();
    let expected = all.iter().filter(|it| it.state.as_ref() == Some(&state));
    assert_eq!(in_state.len(), expected.count());
    let now = citrix_cloud::jiff::Timestamp::now();
    let older = site
        .sessions()
        .search(SessionProperty::StartTime.less_than(now));
    assert_eq!(older.items().collect().await.unwrap().len(), all.len());
    assert_eq!(sent(&emulator), 3);
}

#[tokio::test]
async fn the_configuration_log_is_searched_by_user_or_text() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().site(ids::SITE_ID);
    let filter = LogProperty::Text
        .contains("nothing such")
        .or(LogProperty::IsSuccessful.equals(true));
    let found = site.config_log().operations().search(filter);
    let all = site
        .config_log()
        .operations()
        .list()
        .items()
        .collect()
        .await
        .unwrap();
    assert_eq!(found.items().collect().await.unwrap().len(), all.len());
}

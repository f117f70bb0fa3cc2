//! Actions on many machines when responses are lost, machines stay away and users return.

use std::time::Duration;

use citrix_cloud::bulk::{
    Bulk, JournalEntry, JournalState, NotAttempted, Outcome, Report, SkipReason,
};

use super::farm::{Farm, Fault, Machine};

fn idle(farm: &Farm) -> Bulk {
    farm.site().machine_catalog("c").reboot_idle()
}

async fn reports(bulk: Bulk) -> Vec<Report> {
    bulk.ordered(true)
        .plan()
        .await
        .unwrap()
        .run()
        .collect()
        .await
}

fn with_faults(faults: impl IntoIterator<Item = Fault>) -> Machine {
    Machine {
        faults: faults.into_iter().collect(),
        ..Machine::default()
    }
}

fn of_group(group: &'static str) -> Machine {
    Machine {
        group: Some(group),
        ..Machine::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_is_confirmed_and_each_machine_is_rebooted_once() {
    use Fault::{BreakAfter, BreakBefore, Gateway};
    let farm = Farm::of([
        with_faults([BreakAfter]),
        with_faults([BreakBefore]),
        with_faults([Gateway, BreakBefore, Gateway, BreakAfter]),
        with_faults([]),
    ])
    .await;
    let reports = reports(idle(&farm)).await;
    let asked: Vec<_> = (0..4).map(|number| farm.machine(number).asked).collect();
    assert_eq!(asked, [1, 2, 4, 1]);
    for (number, report) in reports.iter().enumerate() {
        assert!(matches!(report.outcome, Outcome::Done), "{report:?}");
        assert_eq!(farm.machine(number).reboots, 1, "{report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn actions_queued_after_the_confirm_timeout_are_submitted_twice() {
    let late = |seconds| Machine {
        late: Duration::from_secs(seconds),
        ..with_faults([Fault::BreakAfter])
    };
    let farm = Farm::of([late(29), late(31)]).await;
    let reports = reports(idle(&farm)).await;
    assert!(
        reports.iter().all(|it| matches!(it.outcome, Outcome::Done)),
        "{reports:?}"
    );
    let asked: Vec<_> = (0..2).map(|number| farm.machine(number).asked).collect();
    assert_eq!(asked, [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn extreme_settings_mean_no_limit() {
    let farm = Farm::of([with_faults([Fault::BreakAfter])]).await;
    let run = idle(&farm)
        .confirm_timeout(Duration::MAX)
        .ready_timeout(Duration::MAX)
        .max_staleness(Duration::MAX);
    let most = std::num::NonZeroUsize::MAX;
    let reports = reports(run.concurrency(most).max_unavailable(most)).await;
    assert!(matches!(reports[0].outcome, Outcome::Done), "{reports:?}");
}

#[tokio::test(start_paused = true)]
async fn actions_that_never_run_are_submitted_a_limited_number_of_times_and_fail() {
    let farm = Farm::of([Machine {
        always: Some(Fault::BreakBefore),
        ..Machine::default()
    }])
    .await;
    let reports = reports(idle(&farm).confirm_timeout(Duration::from_secs(1))).await;
    let Outcome::Failed(error) = &reports[0].outcome else {
        panic!("{reports:?}");
    };
    let words = error.message();
    assert!(
        words.starts_with("requested 8 times; nothing within 1s of each request shows"),
        "{words}"
    );
    assert_eq!(farm.machine(0).asked, 8);
}

#[tokio::test(start_paused = true)]
async fn contradictory_evidence_stays_unknown_and_nothing_is_submitted_again() {
    let farm = Farm::of([Machine {
        always: Some(Fault::BreakBefore),
        skewed: true,
        ..Machine::default()
    }])
    .await;
    let reports = reports(idle(&farm)).await;
    assert!(
        matches!(reports[0].outcome, Outcome::Unknown(_)),
        "{reports:?}"
    );
    assert_eq!(farm.machine(0).asked, 1);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_comes_before_the_second_request_keeps_the_machine() {
    let farm = Farm::of([with_faults([Fault::BreakBefore])]).await;
    let plan = idle(&farm).ordered(true).plan().await.unwrap();
    let reports = tokio::spawn(plan.run().collect());
    tokio::time::sleep(Duration::from_secs(10)).await;
    farm.change(0, |machine| machine.sessions = 1);
    let reports = reports.await.unwrap();
    let outcome = &reports[0].outcome;
    assert!(
        matches!(outcome, Outcome::Skipped(SkipReason::InUse(1))),
        "{outcome:?}"
    );
    assert_eq!((farm.machine(0).asked, farm.machine(0).reboots), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn no_more_machines_than_allowed_restart_at_once() {
    let farm = Farm::of((0..7).map(|_| Machine::default())).await;
    let reports = reports(idle(&farm).max_unavailable(3.try_into().unwrap())).await;
    assert!(
        reports.iter().all(|it| matches!(it.outcome, Outcome::Done)),
        "{reports:?}"
    );
    assert_eq!((reports.len(), farm.most_away()), (7, 3));
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_does_not_return_counts_as_failed_and_frees_its_place() {
    let farm = Farm::of([
        Machine {
            never_returns: true,
            ..Machine::default()
        },
        Machine::default(),
    ])
    .await;
    let limit = Duration::from_secs(300);
    let one = idle(&farm).max_unavailable(1.try_into().unwrap());
    let reports = reports(one.ready_timeout(limit)).await;
    let outcome = &reports[0].outcome;
    assert!(
        matches!(outcome, Outcome::NotReady(it) if *it == limit),
        "{outcome:?}"
    );
    assert!(matches!(reports[1].outcome, Outcome::Done), "{reports:?}");
}

#[tokio::test(start_paused = true)]
async fn the_required_number_of_machines_stays_registered() {
    let groups = ["a", "a", "a", "a", "b", "b", "b"];
    let farm = Farm::of(groups.map(of_group).into_iter().chain([Machine::default()])).await;
    let reports = reports(idle(&farm).min_available(2)).await;
    assert!(
        reports.iter().all(|it| matches!(it.outcome, Outcome::Done)),
        "{reports:?}"
    );
    assert_eq!(
        (farm.least_registered("a"), farm.least_registered("b")),
        (2, 2)
    );
    assert!((0..8).all(|number| farm.machine(number).reboots == 1));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_too_small_is_not_rebooted() {
    let farm = Farm::of(["a", "a", "b", "b", "b"].map(of_group)).await;
    let reports = reports(idle(&farm).min_available(2)).await;
    let too_small = |it: &Report| matches!(&it.outcome, Outcome::NotAttempted(reason) if *reason == NotAttempted::TooFewRegistered);
    assert!(reports[..2].iter().all(too_small), "{reports:?}");
    assert!(
        reports[2..]
            .iter()
            .all(|it| matches!(it.outcome, Outcome::Done)),
        "{reports:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn after_too_many_failures_the_rest_is_not_attempted() {
    let refused = || Machine {
        always: Some(Fault::Refuse),
        ..Machine::default()
    };
    let farm = Farm::of((0..6).map(|_| refused())).await;
    let run = idle(&farm).concurrency(1.try_into().unwrap());
    let reports = reports(run.max_failures(2.try_into().unwrap())).await;
    let asked: Vec<_> = (0..6).map(|number| farm.machine(number).asked).collect();
    assert_eq!(asked, [1, 1, 0, 0, 0, 0]);
    assert!(
        reports[..2]
            .iter()
            .all(|it| matches!(it.outcome, Outcome::Failed(_)))
    );
    let rest = |it: &Report| matches!(&it.outcome, Outcome::NotAttempted(reason) if *reason == NotAttempted::TooManyFailures);
    assert!(reports[2..].iter().all(rest), "{reports:?}");
}

fn lines(farm: &Farm, number: usize) -> Vec<String> {
    let wanted = format!("/Machines/m{number}");
    let lines = farm.server.lines().into_iter();
    let mut lines: Vec<String> = lines
        .filter(|line| line.contains(&wanted))
        .map(|line| {
            line.split('?')
                .next()
                .unwrap_or_default()
                .replace("/cvad/manage", "")
        })
        .collect();
    lines.dedup();
    lines
}

#[tokio::test(start_paused = true)]
async fn a_drained_machine_is_in_maintenance_mode_from_the_check_until_it_deregisters() {
    let farm = Farm::of([Machine::default()]).await;
    let reports = reports(idle(&farm).drain(true)).await;
    assert!(matches!(reports[0].outcome, Outcome::Done), "{reports:?}");
    assert!(!farm.machine(0).in_maintenance && reports[0].left_in_maintenance.is_none());
    assert_eq!(
        lines(&farm, 0),
        [
            "PATCH /Machines/m0",
            "GET /Machines/m0",
            "POST /Machines/m0/$reboot",
            "GET /Machines/m0",
            "PATCH /Machines/m0",
            "GET /Machines/m0",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn maintenance_mode_lasts_until_the_restart_has_begun() {
    let farm = Farm::of([false, true].map(|unregistered| Machine {
        unregistered,
        ..Machine::default()
    }))
    .await;
    let reports = reports(idle(&farm).drain(true)).await;
    for (number, report) in reports.iter().enumerate() {
        let machine = farm.machine(number);
        assert!(matches!(report.outcome, Outcome::Done), "{report:?}");
        assert_eq!((machine.reboots, machine.in_maintenance), (1, false));
        assert!(!machine.restored_early, "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn machines_not_reached_before_a_stop_are_not_done_and_not_failures() {
    let farm = Farm::of([with_faults([Fault::BreakBefore]), Machine::default()]).await;
    let plan = idle(&farm).drain(true).ordered(true).plan().await.unwrap();
    let stop = tokio::time::sleep(Duration::from_secs(5));
    let reports: Vec<Report> = plan.run_until(stop, std::future::pending()).collect().await;
    let outcome = &reports[0].outcome;
    assert!(
        matches!(outcome, Outcome::NotAttempted(NotAttempted::Stopped)),
        "{outcome:?}"
    );
    assert_eq!(
        outcome.to_string(),
        "not done, it did not run, and the run was stopped"
    );
    assert!(matches!(reports[1].outcome, Outcome::Done), "{reports:?}");
    assert_eq!((farm.machine(0).asked, farm.machine(0).reboots), (1, 0));
    assert!(!farm.machine(0).in_maintenance);
}

#[tokio::test(start_paused = true)]
async fn maintenance_mode_is_restored_whatever_the_outcome() {
    let farm = Farm::of([
        Machine {
            late_session: true,
            ..Machine::default()
        },
        Machine {
            always: Some(Fault::Refuse),
            ..Machine::default()
        },
        Machine {
            always: Some(Fault::Gateway),
            skewed: true,
            ..Machine::default()
        },
        Machine {
            in_maintenance: true,
            ..Machine::default()
        },
    ])
    .await;
    let reports = reports(idle(&farm).drain(true)).await;
    assert!(
        matches!(reports[0].outcome, Outcome::Skipped(SkipReason::InUse(1))),
        "{reports:?}"
    );
    assert!(
        matches!(reports[1].outcome, Outcome::Failed(_)),
        "{reports:?}"
    );
    assert!(
        matches!(reports[2].outcome, Outcome::Unknown(_)),
        "{reports:?}"
    );
    assert!(matches!(
        reports[3].outcome,
        Outcome::Skipped(SkipReason::InMaintenance)
    ));
    let modes: Vec<_> = (0..4)
        .map(|number| farm.machine(number).in_maintenance)
        .collect();
    assert_eq!(modes, [false, false, false, true], "somebody else's stays");
    assert_eq!(farm.machine(0).asked, 0);
}

#[tokio::test(start_paused = true)]
async fn maintenance_mode_is_restored_when_the_run_is_dropped() {
    let farm = Farm::of([Machine {
        never_returns: true,
        ..Machine::default()
    }])
    .await;
    let plan = idle(&farm)
        .drain(true)
        .max_unavailable(1.try_into().unwrap());
    farm.change(0, |machine| machine.always = Some(Fault::BreakBefore));
    let plan = plan.plan().await.unwrap();
    let later = || tokio::time::sleep(Duration::from_secs(5));
    let reports: Vec<Report> = plan.run_until(later(), later()).collect().await;
    assert!(
        matches!(reports[0].outcome, Outcome::Unknown(_)),
        "{reports:?}"
    );
    assert!(!farm.machine(0).in_maintenance && reports[0].left_in_maintenance.is_none());
}

fn journal_of(records: &[&str]) -> Vec<JournalEntry> {
    let read = |line: &&str| serde_json::from_str(line).unwrap();
    records.iter().map(read).collect()
}

#[tokio::test(start_paused = true)]
async fn a_resumed_run_skips_finished_machines_and_resolves_unknown_ones() {
    const BEFORE: &str = r#""before":{"sessions":0,"power":"On","registration":"Registered",
        "inMaintenance":false,"pending":false,"deregistered":"2026-01-05T08:29:00Z"}"#;
    // m0 was done, m1 ran (it has deregistered since), m2 did not, m3 was not started, m4 was
    // drained.
    let farm = Farm::of((0..5).map(|number| Machine {
        in_maintenance: number == 4,
        ..Machine::default()
    }))
    .await;
    let same = BEFORE.replace("08:29", "08:30");
    let records = journal_of(&[
        &format!(r#"{{"id":"M0","name":"x","state":"asking",{BEFORE}}}"#),
        r#"{"id":"M0","name":"x","state":"done"}"#,
        &format!(r#"{{"id":"m1","name":"x","state":"asking",{BEFORE}}}"#),
        &format!(r#"{{"id":"m2","name":"x","state":"asking",{same}}}"#),
        r#"{"id":"m2","name":"x","state":"unknown","error":"lost"}"#,
        r#"{"id":"m4","name":"x","state":"draining"}"#,
    ]);
    let written = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let journal = written.clone();
    let plan = idle(&farm)
        .drain(true)
        .ordered(true)
        .plan()
        .await
        .unwrap()
        .resume(&records);
    let plan = plan.journal(move |record| {
        journal.lock().unwrap().push(record.clone());
        Ok(())
    });
    let reports: Vec<Report> = plan.run().collect().await;
    assert!(matches!(
        reports[0].outcome,
        Outcome::Skipped(SkipReason::DoneBefore)
    ));
    assert!(
        reports[1..]
            .iter()
            .all(|it| matches!(it.outcome, Outcome::Done)),
        "{reports:?}"
    );
    let asked: Vec<_> = (0..5).map(|number| farm.machine(number).asked).collect();
    assert_eq!(asked, [0, 0, 1, 1, 1]);
    assert!((0..5).all(|number| !farm.machine(number).in_maintenance));
    let written = written.lock().unwrap();
    let of = |id: &str| -> Vec<JournalState> {
        let records = written.iter().filter(|record| record.id == id);
        records.map(|record| record.state.clone()).collect()
    };
    assert!(
        matches!(
            of("m3")[..],
            [
                JournalState::Draining,
                JournalState::Asking { .. },
                JournalState::Accepted,
                JournalState::Restored,
                JournalState::Done
            ]
        ),
        "{:?}",
        of("m3")
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_submitted_that_the_journal_cannot_record() {
    let farm = Farm::of([Machine::default(), Machine::default()]).await;
    let plan = idle(&farm).ordered(true).plan().await.unwrap();
    let full = plan.journal(|_| Err(std::io::Error::other("the disk is full")));
    let reports: Vec<Report> = full.run().collect().await;
    assert!(
        matches!(&reports[0].outcome, Outcome::NotAttempted(NotAttempted::NotRecorded(words))
            if words == "the disk is full"),
        "{reports:?}"
    );
    assert_eq!(farm.machine(0).asked + farm.machine(1).asked, 0);
}

#[tokio::test(start_paused = true)]
async fn with_many_lost_responses_601_machines_are_rebooted_once_each_within_a_minute() {
    use Fault::{BreakAfter, BreakBefore, Gateway};
    // One write in five is lost in one of three ways, even if it follows a lost one.
    let mut writes = 0;
    let mut fault = || {
        writes += 1;
        (writes % 5 == 0).then(|| [BreakBefore, BreakAfter, Gateway][writes / 5 % 3])
    };
    let farm = Farm::of((0..601).map(|_| {
        let mut faults = Vec::new();
        while let Some(fault) = fault() {
            faults.push(fault);
            if fault == BreakAfter {
                break;
            }
        }
        with_faults(faults)
    }))
    .await;
    let began = tokio::time::Instant::now();
    let reports = reports(idle(&farm).confirm_timeout(Duration::from_secs(1))).await;
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(reports.len(), 601);
    assert!(reports.iter().all(|it| matches!(it.outcome, Outcome::Done)));
    assert!((0..601).all(|number| farm.machine(number).reboots == 1));
}

//! What administrators rely on at night: nothing in use is rebooted, nothing runs twice, every
//! machine left in maintenance mode is reported, and failures are limited.

use std::num::NonZeroUsize;
use std::time::Duration;

use citrix_cloud::ClientBuilder;
use citrix_cloud::bulk::{Bulk, Mode, NotAttempted, Outcome, Report, SkipReason};
use citrix_cloud::daas::Site;
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};

use super::farm::{Farm, Fault, Machine};

/// The default maximum age of a snapshot, and the duration of a request.
const OLDEST: Duration = Duration::from_millis(5_500);

fn idle(site: &Site) -> Bulk {
    site.machine_catalog("c").reboot_idle().ordered(true)
}

async fn reports(bulk: Bulk) -> Vec<Report> {
    bulk.plan().await.unwrap().run().collect().await
}

fn patient(settings: ClientBuilder) -> ClientBuilder {
    settings.timeout(Duration::from_secs(600))
}

/// Why a request waits between the decision and being sent.
#[derive(Debug, Clone, Copy)]
enum Cause {
    Throttled(u16),
    FixedRate,
    ServiceLimit,
    SlowReboots,
}

const CAUSES: [Cause; 5] = [
    Cause::Throttled(429),
    Cause::Throttled(503),
    Cause::FixedRate,
    Cause::ServiceLimit,
    Cause::SlowReboots,
];

async fn waits(cause: Cause, machines: usize, logon: Option<Duration>) -> (Farm, Site) {
    let machine = Machine {
        logon,
        throttled: match cause {
            Cause::Throttled(status) => (1, status),
            _ => (0, 429),
        },
        slow: match cause {
            Cause::SlowReboots => Duration::from_secs(3),
            _ => Duration::ZERO,
        },
        ..Machine::default()
    };
    let limit = matches!(cause, Cause::ServiceLimit).then_some(5);
    let farm = Farm::with_limit(vec![machine; machines], limit).await;
    let site = farm.site_with(|settings| match cause {
        Cause::FixedRate => patient(settings).requests_per_second(3.0),
        _ => patient(settings),
    });
    (farm, site)
}

#[tokio::test(start_paused = true)]
async fn a_machine_whose_user_logs_on_is_not_rebooted_whatever_made_the_request_wait() {
    for cause in CAUSES {
        for mode in [Mode::Individual, Mode::Batch] {
            let (farm, site) = waits(cause, 60, Some(Duration::from_secs(2))).await;
            let reports = reports(idle(&site).mode(mode)).await;
            for number in 0..60 {
                let machine = farm.machine(number);
                assert!(
                    machine.oldest_look <= OLDEST,
                    "{cause:?} {mode:?} {machine:?}"
                );
            }
            let used = |it: &&Report| matches!(it.outcome, Outcome::Skipped(SkipReason::InUse(1)));
            let used = reports.iter().filter(used).count();
            // Batches are sent before the users log on, unless they are rejected.
            assert!(used > 0 || mode == Mode::Batch, "{cause:?} {mode:?} {used}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_allowed_staleness_each_request_follows_its_check_at_once() {
    for cause in CAUSES {
        for mode in [Mode::Individual, Mode::Batch] {
            let (farm, site) = waits(cause, 60, Some(Duration::from_secs(2))).await;
            let run = idle(&site).mode(mode).max_staleness(Duration::ZERO);
            let reports = reports(run).await;
            assert_eq!(reports.len(), 60);
            for number in 0..60 {
                let machine = farm.machine(number);
                // The others of a batch are checked in between, and a rate spaces the requests.
                let near = match (mode, cause) {
                    (Mode::Batch, _) => Duration::from_secs(4),
                    (_, Cause::FixedRate) => Duration::from_millis(400),
                    (_, Cause::ServiceLimit) => Duration::from_secs(2),
                    _ => Duration::from_millis(100),
                };
                assert!(
                    machine.oldest_look <= near,
                    "{cause:?} {mode:?} {machine:?}"
                );
                let seen = machine.in_use == 0 || mode == Mode::Batch || near.as_millis() > 100;
                assert!(seen, "{cause:?} {mode:?} {machine:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_costs_at_most_two_requests_for_a_machine_and_two_for_a_refusal() {
    for cause in CAUSES {
        for mode in [Mode::Individual, Mode::Batch] {
            let (farm, site) = waits(cause, 60, None).await;
            let reports = reports(idle(&site).mode(mode)).await;
            let done = reports
                .iter()
                .filter(|it| matches!(it.outcome, Outcome::Done));
            assert_eq!(done.count(), 60, "{cause:?} {mode:?} {reports:?}");
            let (requests, refused) = farm.requests();
            let most = 60 * 22 / 10 + 2 * refused + 1;
            assert!(
                requests <= most,
                "{cause:?} {mode:?}: {requests}, {refused} refused"
            );
            for number in 0..60 {
                let machine = farm.machine(number);
                assert_eq!(machine.reboots, 1, "{cause:?} {mode:?}");
                assert!(
                    machine.oldest_look <= OLDEST,
                    "{cause:?} {mode:?} {machine:?}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_fresh_list_needs_no_second_look() {
    let farm = Farm::of(vec![Machine::default(); 10]).await;
    let reports = reports(idle(&farm.site())).await;
    assert!(reports.iter().all(|it| matches!(it.outcome, Outcome::Done)));
    assert_eq!(farm.requests(), (11, 0));
}

#[tokio::test(start_paused = true)]
async fn actions_that_leave_no_trace_are_not_submitted_again() {
    for silent in [false, true] {
        for (faults, always) in [
            (vec![Fault::BreakAfter], None),
            (vec![], Some(Fault::BreakAfter)),
            (vec![Fault::BreakBefore], None),
        ] {
            let machine = Machine {
                unregistered: !silent,
                silent,
                // It is gone before a check can see it.
                late: Duration::from_secs(3600),
                faults: faults.into(),
                always,
                ..Machine::default()
            };
            let farm = Farm::of(vec![machine; 12]).await;
            let reports = reports(idle(&farm.site())).await;
            for (number, report) in reports.iter().enumerate() {
                let machine = farm.machine(number);
                assert_eq!(machine.asked, 1, "{report:?} {machine:?}");
                assert!(matches!(report.outcome, Outcome::Unknown(_)), "{report:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn maintenance_mode_that_begins_late_is_waited_for_and_ended() {
    let machine = Machine {
        slow: Duration::from_secs(4),
        ..Machine::default()
    };
    let farm = Farm::of(vec![machine; 4]).await;
    let site = farm.site_with(|settings| settings.timeout(Duration::from_secs(3)));
    let reports = reports(
        idle(&site)
            .drain(true)
            .confirm_timeout(Duration::from_secs(60)),
    )
    .await;
    // Every request in flight has taken effect by then.
    tokio::time::sleep(Duration::from_secs(60)).await;
    let _ = site.machine("m0").get().await;
    for (number, report) in reports.iter().enumerate() {
        let machine = farm.machine(number);
        assert!(!machine.in_maintenance, "{report:?} {machine:?}");
        assert!(report.left_in_maintenance.is_none(), "{report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_aborted_while_maintenance_mode_begins_leaves_no_machine_in_it() {
    for after in [500, 900, 1_100, 1_500] {
        let machine = Machine {
            slow: Duration::from_secs(1),
            ..Machine::default()
        };
        let farm = Farm::of(vec![machine; 20]).await;
        let site = farm.site();
        let plan = idle(&site).drain(true).plan().await.unwrap();
        let soon = || tokio::time::sleep(Duration::from_millis(after));
        let reports: Vec<Report> = plan.run_until(soon(), soon()).collect().await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let _ = site.machine("m0").get().await;
        let left = |number: &usize| farm.machine(*number).in_maintenance;
        assert_eq!(
            (0..20).filter(left).count(),
            0,
            "after {after} ms: {reports:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_stays_in_maintenance_mode_is_named_and_resumed_first() {
    let stuck = |stuck| Machine {
        stuck,
        ..Machine::default()
    };
    let farm = Farm::of([false, false, true].map(stuck)).await;
    let site = farm.site_with(patient);
    let entries = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let written = entries.clone();
    let plan = idle(&site).drain(true).plan().await.unwrap();
    let plan = plan.journal(move |entry| {
        written.lock().unwrap().push(entry.clone());
        Ok(())
    });
    let reports: Vec<Report> = plan.run().collect().await;
    let left: Vec<_> = reports
        .iter()
        .map(|report| {
            report
                .left_in_maintenance
                .as_ref()
                .map(citrix_cloud::Error::message)
        })
        .collect();
    let stays = "the machine still shows maintenance mode";
    assert_eq!(left, [None, None, Some(stays)], "{reports:?}");

    farm.change(2, |machine| machine.stuck = false);
    let entries = entries.lock().unwrap().clone();
    let plan = idle(&site).drain(true).concurrency(NonZeroUsize::MIN);
    let plan = plan.ordered(false).plan().await.unwrap().resume(&entries);
    let reports: Vec<Report> = plan.run().collect().await;
    assert_eq!((reports[0].id.as_str(), reports.len()), ("m2", 3));
    assert!(reports[0].left_in_maintenance.is_none(), "{reports:?}");
    assert!(!farm.machine(2).in_maintenance);
    assert_eq!(farm.machine(2).reboots, 1);
}

#[tokio::test(start_paused = true)]
async fn the_newest_row_of_a_machine_wins_and_a_contradiction_is_checked() {
    let page = |token: &str, rows: &[(&str, i64)]| {
        let rows: Vec<_> = rows
            .iter()
            .map(|(id, sessions)| {
                format!(r#"{{"Id":"{id}","Name":"{id}","SessionCount":{sessions}}}"#)
            })
            .collect();
        let items = rows.join(",");
        Reply::json(
            200,
            format!(r#"{{"Items":[{items}],"ContinuationToken":{token}}}"#),
        )
    };
    let server = Scripted::start([
        Reply::token(),
        page(r#""2""#, &[("a", 0), ("b", 1)]),
        page("null", &[("A", 1), ("b", 0)]),
        Reply::json(200, r#"{"Id":"b","SessionCount":2}"#),
    ])
    .await;
    let client = client_of(&server.url(), citrix_cloud::ApiVersion::Current);
    let reports = reports(idle(&client.daas().site(SITE))).await;
    let skipped: Vec<_> = reports.iter().map(|it| it.outcome.to_string()).collect();
    assert_eq!(skipped.len(), 2);
    assert!(
        matches!(reports[0].outcome, Outcome::Skipped(SkipReason::InUse(1)))
            && matches!(reports[1].outcome, Outcome::Skipped(SkipReason::InUse(2))),
        "{skipped:?}"
    );
    let posts = server
        .lines()
        .into_iter()
        .filter(|line| line.contains("$reboot"));
    assert_eq!(posts.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_troubled_run_is_bounded_by_its_limits() {
    let most = |machines: usize| NonZeroUsize::new(machines).unwrap();
    let machine = Machine {
        always: Some(Fault::BreakBefore),
        ..Machine::default()
    };
    let asked = |farm: &Farm| (0..400).filter(|&it| farm.machine(it).asked > 0).count();

    let farm = Farm::of(vec![machine.clone(); 400]).await;
    let reports = reports(idle(&farm.site()).max_failures(most(3))).await;
    assert_eq!((asked(&farm), reports.len()), (3, 400));

    let farm = Farm::of(vec![machine; 400]).await;
    let plan = idle(&farm.site())
        .concurrency(most(4))
        .plan()
        .await
        .unwrap();
    let stop = tokio::time::sleep(Duration::from_secs(20));
    let give_up = tokio::time::sleep(Duration::from_secs(21));
    let reports: Vec<Report> = plan.run_until(stop, give_up).collect().await;
    assert_eq!(asked(&farm), 4, "what is not known yet keeps its place");
    assert!(
        reports
            .iter()
            .all(|it| matches!(it.outcome, Outcome::Unknown(_))),
        "{reports:?}"
    );
}

#[tokio::test]
async fn when_the_service_is_down_the_rest_is_not_attempted() {
    const MACHINES: usize = 300;
    let rows: Vec<String> = (0..MACHINES)
        .map(|number| format!(r#"{{"Id":"m{number}","SessionCount":0}}"#))
        .collect();
    let list = format!(r#"{{"Items":[{}]}}"#, rows.join(","));
    let replies = [Reply::token(), Reply::json(200, list)];
    let server = Scripted::start_with(replies, |_| Some(Reply::HangUp)).await;
    let client = client_of(&server.url(), citrix_cloud::ApiVersion::Current);
    let run = idle(&client.daas().site(SITE)).concurrency(NonZeroUsize::MIN);
    let reports = reports(run.max_staleness(Duration::ZERO)).await;
    assert_eq!(reports.len(), MACHINES);
    let failed = |it: &&Report| matches!(it.outcome, Outcome::Failed(_));
    assert_eq!(reports.iter().filter(failed).count(), 20);
    let gone = |it: &Report| matches!(&it.outcome, Outcome::NotAttempted(reason) if *reason == NotAttempted::Unreachable);
    assert!(reports[20..].iter().all(gone), "{:?}", reports[20]);
}

#[tokio::test(start_paused = true)]
async fn a_night_of_10_000_machines_with_logons_faults_and_a_limit_harms_nobody() {
    const MACHINES: usize = 10_000;
    let mut rng = fastrand::Rng::with_seed(15);
    let machines: Vec<_> = (0..MACHINES)
        .map(|_| Machine {
            // A user logs on to one machine in three at some time during the night.
            logon: (rng.u8(..3) == 0).then(|| Duration::from_secs(rng.u64(..600))),
            unregistered: rng.u8(..20) == 0,
            ..Machine::default()
        })
        .collect();
    let farm = Farm::with_limit(machines, Some(50)).await;
    let site = farm.site_with(patient);
    let plan = idle(&site).plan().await.unwrap();
    farm.trouble(15);
    let reports: Vec<Report> = plan.run().collect().await;
    assert_eq!(reports.len(), MACHINES);
    let mut rebooted = 0;
    for (number, report) in reports.iter().enumerate() {
        let machine = farm.machine(number);
        assert!(machine.reboots <= 1, "{report:?} {machine:?}");
        assert!(machine.oldest_look <= OLDEST, "{report:?} {machine:?}");
        // If the object has just been checked, the gap is the time between two adjacent requests:
        // at most a second if the limiter has slowed down, plus what the paused clock skips.
        let gap = machine.gap <= Duration::from_millis(2_500);
        assert!(gap, "{report:?} {machine:?}");
        match &report.outcome {
            Outcome::Done => assert_eq!(machine.reboots, 1, "{report:?} {machine:?}"),
            Outcome::Skipped(_) | Outcome::Failed(_) => {
                assert_eq!(machine.reboots, 0, "{report:?} {machine:?}");
            }
            _ => {}
        }
        rebooted += machine.reboots;
    }
    let unknown = reports
        .iter()
        .filter(|it| matches!(it.outcome, Outcome::Unknown(_)));
    let unknown = unknown.count();
    assert!(rebooted > MACHINES / 2, "{rebooted} rebooted");
    assert!(unknown < MACHINES / 20, "{unknown} unknown");
}

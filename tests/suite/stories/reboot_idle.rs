//! Rebooting idle machines, and leaving the others alone.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use citrix_cloud::ApiVersion;
use citrix_cloud::bulk::{Decision, Mode, Outcome, SkipReason};
use citrix_cloud::daas::Site;
use citrix_cloud_emulator::{Emulator, Machine, Session, World, ids};
use futures_util::StreamExt as _;

use super::{asked, start};

async fn site(emulator: &Emulator) -> (citrix_cloud_emulator::Server, Site) {
    let (server, client) = start(emulator, ApiVersion::Current).await;
    (server, client.daas().site(ids::SITE_ID))
}

fn writes(emulator: &Emulator) -> usize {
    asked(emulator)
        .iter()
        .filter(|(line, _)| line.contains("/$reboot"))
        .count()
}

#[tokio::test]
async fn each_ineligible_machine_is_skipped_for_its_own_reason() {
    let emulator = Emulator::default();
    let (_server, site) = site(&emulator).await;
    let plan = site
        .machine_catalog(ids::EDGE_CATALOG_ID)
        .reboot_idle()
        .ordered(true)
        .plan()
        .await
        .unwrap();
    let decisions: BTreeMap<_, _> = plan
        .steps()
        .iter()
        .map(|step| (step.id.as_str(), step.decision.clone()))
        .collect();
    let expected = [
        (
            ids::MERLIN_ID,
            Decision::Skip(SkipReason::SessionCountUnknown),
        ),
        (ids::HARRIER_ID, Decision::Skip(SkipReason::PoweredOff)),
        (ids::BUZZARD_ID, Decision::Skip(SkipReason::InMaintenance)),
        (
            ids::GOSHAWK_ID,
            Decision::Skip(SkipReason::PowerActionPending),
        ),
        (ids::KITE_ID, Decision::Act),
    ];
    assert_eq!(decisions, expected.into_iter().collect());
    let outcomes: Vec<_> = plan.run().map(|report| report.outcome).collect().await;
    assert!(
        matches!(outcomes[..4], [Outcome::Skipped(_), ..]),
        "{outcomes:?}"
    );
    assert!(
        matches!(outcomes[4], Outcome::Done),
        "an unregistered machine is rebooted"
    );
    assert_eq!(writes(&emulator), 1);
}

#[tokio::test]
async fn a_plan_alone_writes_nothing() {
    let emulator = Emulator::default();
    let (_server, site) = site(&emulator).await;
    let plan = site
        .machine_catalog(ids::CATALOG_ID)
        .reboot_idle()
        .plan()
        .await
        .unwrap();
    assert_eq!(plan.to_act_on().count(), 2);
    drop(plan);
    assert!(
        asked(&emulator)
            .iter()
            .all(|(line, _)| !line.starts_with("POST /cvad"))
    );
}

#[tokio::test]
async fn a_session_that_starts_after_the_listing_keeps_its_machine() {
    let emulator = Emulator::default();
    let (_server, site) = site(&emulator).await;
    let catalog = site.machine_catalog(ids::CATALOG_ID);
    let plan = catalog
        .reboot_idle()
        .max_staleness(Duration::ZERO)
        .ordered(true)
        .plan()
        .await
        .unwrap();
    emulator.update_site(|site| {
        site.start_session(Session::new(r"DEMOLAB\pat", 100, ids::KESTREL_ID));
    });
    let reports: Vec<_> = plan.run().collect().await;
    assert!(
        matches!(reports[2].outcome, Outcome::Skipped(SkipReason::InUse(1))),
        "{reports:?}"
    );
    let kestrel = emulator.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots());
    assert_eq!(kestrel, 0);
}

#[tokio::test]
async fn a_fresh_listing_is_not_checked_again() {
    let emulator = Emulator::default();
    let (_server, site) = site(&emulator).await;
    let catalog = site.machine_catalog(ids::CATALOG_ID);
    let plan = catalog
        .reboot_idle()
        .max_staleness(Duration::from_secs(600))
        .plan()
        .await
        .unwrap();
    let _: Vec<_> = plan.run().collect().await;
    let looks = format!("GET /cvad/manage/Machines/{}", ids::KESTREL_ID);
    assert!(!asked(&emulator).iter().any(|(line, _)| *line == looks));
}

#[tokio::test]
async fn a_large_catalog_is_rebooted_in_order_and_each_machine_once() {
    const MACHINES: usize = 601;
    let emulator = Emulator::builder()
        .world(World::with_machines(MACHINES))
        .build();
    let (_server, site) = site(&emulator).await;
    let run = site.machine_catalog(ids::CATALOG_ID).reboot_idle();
    let plan = run
        .concurrency(NonZeroUsize::new(32).unwrap())
        .ordered(true)
        .plan()
        .await
        .unwrap();
    let planned: Vec<_> = plan.steps().iter().map(|step| step.name.clone()).collect();
    assert_eq!(planned.len(), MACHINES, "three pages of 250");
    let reports: Vec<_> = plan.run().collect().await;
    assert!(
        reports
            .iter()
            .all(|report| matches!(report.outcome, Outcome::Done))
    );
    let reported: Vec<_> = reports.into_iter().map(|report| report.name).collect();
    assert_eq!(reported, planned);
    let once =
        emulator.read_site(|site| site.machines.iter().all(|machine| machine.reboots() == 1));
    assert!(once);
}

#[tokio::test]
async fn dropping_the_run_starts_no_further_reboots() {
    let emulator = Emulator::builder().world(World::with_machines(50)).build();
    let (_server, site) = site(&emulator).await;
    let run = site
        .machine_catalog(ids::CATALOG_ID)
        .reboot_idle()
        .concurrency(NonZeroUsize::MIN);
    let plan = run.plan().await.unwrap();
    let first: Vec<_> = plan.run().take(3).collect().await;
    assert_eq!(first.len(), 3);
    assert_eq!(writes(&emulator), 3);
}

#[tokio::test]
async fn a_run_that_is_stopped_reports_every_machine_it_began() {
    let emulator = Emulator::builder().world(World::with_machines(50)).build();
    let (_server, site) = site(&emulator).await;
    let run = site.machine_catalog(ids::CATALOG_ID).reboot_idle();
    let plan = run
        .concurrency(NonZeroUsize::new(4).unwrap())
        .plan()
        .await
        .unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut stop = Some(stop);
    let mut reports =
        std::pin::pin!(plan.run_until(async { stopped.await.unwrap() }, std::future::pending()));
    let mut reported = 0;
    while let Some(report) = reports.next().await {
        assert!(matches!(report.outcome, Outcome::Done));
        reported += 1;
        if reported == 5 {
            stop.take().map(|stop| stop.send(()));
        }
    }
    assert_eq!(
        reported,
        writes(&emulator),
        "nothing that was asked for is lost"
    );
    assert!((5..50).contains(&reported), "{reported}");
}

#[tokio::test]
async fn one_machine_that_vanishes_does_not_stop_the_others() {
    let emulator = Emulator::builder().world(World::with_machines(5)).build();
    let (_server, site) = site(&emulator).await;
    let plan = site
        .machine_catalog(ids::CATALOG_ID)
        .reboot_idle()
        .ordered(true)
        .plan()
        .await
        .unwrap();
    let gone = plan.steps()[2].id.clone();
    emulator.update_site(|site| site.machines.remove(&gone));
    let reports: Vec<_> = plan.run().collect().await;
    let failed: Vec<_> = reports
        .iter()
        .enumerate()
        .filter(|(_, report)| matches!(&report.outcome, Outcome::Failed(e) if e.is_not_found()))
        .map(|(index, _)| index)
        .collect();
    assert_eq!((failed, writes(&emulator)), (vec![2], 5));
}

#[tokio::test]
async fn batches_carry_many_machines_and_have_one_outcome_for_each() {
    let emulator = Emulator::builder().world(World::with_machines(120)).build();
    emulator.update_site(|site| {
        let first = site.machines.iter().next().unwrap().id().to_owned();
        site.machines.get_mut(&first).unwrap().power_managed = false;
    });
    let (_server, site) = site(&emulator).await;
    let run = site
        .machine_catalog(ids::CATALOG_ID)
        .reboot_idle()
        .ordered(true)
        .mode(Mode::Batch);
    let reports: Vec<_> = run.plan().await.unwrap().run().collect().await;
    assert!(matches!(&reports[0].outcome, Outcome::Failed(error) if error.status() == Some(400)));
    let done = |it: &citrix_cloud::bulk::Report| matches!(it.outcome, Outcome::Done);
    assert!(reports[1..].iter().all(done), "{reports:?}");
    let reboots: Vec<_> =
        emulator.read_site(|site| site.machines.iter().map(Machine::reboots).collect());
    assert_eq!(
        (reboots[0], reboots[1..].iter().all(|it| *it == 1)),
        (0, true)
    );
    let posts = asked(&emulator)
        .into_iter()
        .filter(|(line, _)| line.starts_with("POST /cvad/manage/"));
    let posts: Vec<_> = posts.map(|(line, _)| line).collect();
    assert!(
        posts.iter().all(|line| line.ends_with("/$batch")),
        "{posts:?}"
    );
    assert!(posts.len() < 12, "{}", posts.len());
}

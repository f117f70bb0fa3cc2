//! `demo`.

use citrix_cloud_emulator::ids;

use crate::stage::{Ran, Stage, program};

#[test]
fn the_demo_needs_nothing_and_shows_the_walkthrough() {
    let shown = Ran::of(program().arg("demo")).ok();
    let mut rest = shown.as_str();
    for expected in [
        "== Sign in ==\nPOST /cctrustoauth2/root/tokens/clients\n",
        "== Resource locations ==\nGET /resourcelocations\n",
        "9e2fda49-c878-4c23-aae1-8ffcbdc2dab2",
        "== Services ==\nGET /abcd1024xyz/serviceStates\n",
        "== Services in ProductionTrial ==\n",
        "cas\nitsm\nmicroapps\nnetscalergateway\nwem\nxendesktop\n",
        "== Send a notification ==\nPOST /notifications\n",
        "Fish and Chips!",
        "== Who am I ==\nGET /cvad/manage/me\n",
        "Pat Patterson",
        "== Machines of the catalog ==\nGET /cvad/manage/MachineCatalogs/",
        "== Reboot idle machines ==\n",
        "POST /cvad/manage/Machines/0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e02/$reboot\n",
        "2 sessions on DEMOLAB\\OSPREY - skipping\n\
         Requesting reboot for DEMOLAB\\EAGLE... failure: Machine does not support specified power \
         action.\n\
         Requesting reboot for DEMOLAB\\KESTREL... success\n",
        "DEMOLAB\\HARRIER is powered off - skipping\n",
    ] {
        match rest.split_once(expected) {
            Some((_, after)) => rest = after,
            None => panic!("`{expected}` does not come in\n{rest}"),
        }
    }
}

#[test]
fn the_demo_shows_the_walkthroughs_own_paths() {
    let shown = Ran::of(program().args(["demo", "--api-version", "preview"])).ok();
    for path in [
        "GET /abcd1024xyz/resourcelocations\n",
        "POST /abcd1024xyz/notifications/items\n",
        "GET /cvadapis/me\n",
        "POST /cvadapis/12345678-1234-1234-1234-12345678abcd/Machines/",
    ] {
        assert!(shown.contains(path), "{path} does not come in\n{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_leaves_the_configured_customer_alone() {
    let stage = Stage::new().await;
    let mut command = stage.command();
    command.env("CITRIX_CLIENT_SECRET", "GarbageValue");
    command.env("CITRIX_CLOUD_REGION", "mars");
    let _ = Ran::of(command.arg("demo")).ok();
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_demo_needs_a_terminal() {
    let stage = Stage::new().await;
    stage.run(["demo", "--live"]).refused();
    stage
        .run(["demo", "--live", "--catalog", ids::CATALOG_ID])
        .refused();
    stage.run(["demo", "--catalog", ids::CATALOG_ID]).refused();
    stage
        .run(["demo", "--customer", ids::CUSTOMER_ID])
        .refused();
    let refused = stage.run(["demo", "--output", "json"]).refused_with_any();
    assert!(refused.contains("the demo only prints text"), "{refused}");
    assert!(stage.sent().is_empty());
}

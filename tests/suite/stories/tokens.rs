//! Tokens that expire while work is in progress.

use std::time::Duration;

use citrix_cloud::ApiVersion;
use citrix_cloud_emulator::{Emulator, World, ids};

use super::{asked, start};

fn sign_ins(emulator: &Emulator) -> usize {
    asked(emulator)
        .iter()
        .filter(|(line, _)| line.contains("/tokens/clients"))
        .count()
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_long_list_costs_one_renewal() {
    let emulator = Emulator::builder()
        .strict()
        .world(World::with_machines(40))
        .build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let site = client.daas().site(ids::SITE_ID);
    let first = site.machines().list().page_size(20).all().await.unwrap();
    emulator.expire_tokens();
    let second = site.machines().list().page_size(20).all().await.unwrap();
    assert_eq!(
        (first.len(), second.len(), sign_ins(&emulator)),
        (40, 40, 2)
    );
    let refused: Vec<_> = asked(&emulator)
        .into_iter()
        .filter(|(_, s)| *s == 401)
        .collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
}

#[tokio::test]
async fn a_token_that_the_service_ended_early_is_replaced() {
    let emulator = Emulator::builder()
        .strict()
        .token_lifetime(Duration::from_secs(3600))
        .build();
    let (_server, client) = start(&emulator, ApiVersion::Preview).await;
    client.resource_locations().list().all().await.unwrap();
    client.daas().me().await.unwrap();
    assert_eq!(sign_ins(&emulator), 1);
    emulator.clock().advance(Duration::from_secs(4000));
    client.resource_locations().list().all().await.unwrap();
    assert_eq!(
        sign_ins(&emulator),
        2,
        "the client's clock did not move, so a 401 told it"
    );
}

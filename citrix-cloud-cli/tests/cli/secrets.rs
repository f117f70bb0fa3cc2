//! No secret is ever shown.

use citrix_cloud_emulator::ids;

use crate::stage::{Ran, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn neither_secret_nor_token_is_in_the_most_verbose_log() {
    let stage = Stage::new().await;
    for arguments in [
        &["daas", "me"][..],
        &["resource-locations", "list"],
        &[
            "notifications",
            "send",
            "--yes",
            "--title",
            "T",
            "--description",
            "D",
        ],
        &["daas", "reboot-idle", "--yes", "--catalog", ids::CATALOG_ID],
    ] {
        let mut command = stage.command();
        let ran = Ran::of(command.arg("-vvv").args(arguments));
        assert!(ran.stderr.contains("citrix.operation"), "{}", ran.stderr);
        let journal = stage.emulator().journal();
        for exchange in journal.entries() {
            let Some(token) = exchange.header("authorization") else {
                continue;
            };
            let token = token.trim_start_matches("CwsAuth Bearer=");
            assert!(!ran.stderr.contains(token), "{}", ran.stderr);
        }
        for shown in [&ran.stderr, &ran.stdout] {
            assert!(!shown.contains(ids::CLIENT_SECRET), "{shown}");
            assert!(!shown.contains('\u{1b}'), "{shown}");
        }
    }
}

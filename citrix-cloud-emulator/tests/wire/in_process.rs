//! The emulator within a test of another program.

use std::time::Duration;

use citrix_cloud_emulator::{ClientConfig, Clock, Emulator, Machine, World, WorldFile, ids};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Cloud;

#[tokio::test]
async fn a_hundred_emulators_do_not_disturb_one_another() {
    let one = |number: usize| async move {
        let world = World::with_machines(number + 1);
        let server = Emulator::builder().world(world).start().await.unwrap();
        let config = server.client_config();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            config.client_id, config.client_secret
        );
        let body = ask(
            &config,
            "POST /cctrustoauth2/root/tokens/clients",
            "Content-Type: application/x-www-form-urlencoded\r\n",
            &form,
        )
        .await;
        let token = body["access_token"].as_str().unwrap().to_owned();
        let headers = format!(
            "Authorization: CwsAuth Bearer={token}\r\nAccept: application/json\r\nCitrix-CustomerId: {}\r\n\
             Citrix-InstanceId: {}\r\n",
            config.customer_id, config.site_id
        );
        let path = format!("POST /cvad/manage/Machines/{}/$reboot", number + 1);
        ask(&config, &path, &headers, "").await;
        let path = format!("GET /cvad/manage/MachineCatalogs/{}", config.catalog_id);
        let catalog = ask(&config, &path, &headers, "").await;
        assert_eq!(catalog["TotalCount"], number + 1);
        server.assert_rebooted_once(&(number + 1).to_string());
        if number > 0 {
            server.assert_untouched("1");
        }
        assert_eq!(server.journal().entries().len(), 3);
        server
    };
    let all = futures_util::future::join_all((0..100).map(one)).await;
    let first = all[0].addr();
    drop(all);
    // The listener closes when its task is next polled.
    while TcpStream::connect(first).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

async fn ask(config: &ClientConfig, call: &str, headers: &str, body: &str) -> serde_json::Value {
    let address = config.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{call} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).expect(&response)
}

#[tokio::test]
async fn an_assertion_that_fails_shows_the_calls() {
    let cloud = Cloud::new().await;
    let path = format!("/Machines/{}/$shutdown", ids::KESTREL_ID);
    cloud.site("POST", &path).await;
    cloud.site("GET", "/Machines/DEMOLAB%7CKESTREL").await;
    cloud.emulator.assert_untouched(ids::OSPREY_ID);
    type Assertion = fn(&Emulator, &str);
    for assertion in [
        Emulator::assert_rebooted_once as Assertion,
        Emulator::assert_untouched,
    ] {
        let emulator = cloud.emulator.clone();
        let failed = std::thread::spawn(move || assertion(&emulator, r"DEMOLAB\KESTREL")).join();
        let message = failed.unwrap_err().downcast::<String>().unwrap();
        assert!(message.contains("POST /cvad/manage/Machines/"), "{message}");
        assert!(message.contains("$shutdown -> 200"), "{message}");
        assert!(
            message.contains("GET /cvad/manage/Machines/DEMOLAB%7CKESTREL"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn sessions_come_and_go_the_same_way_each_time() {
    let file = json!({
        "seed": 3,
        "clock": { "start": "2026-01-05T08:30:00Z", "frozen": true },
        "catalogs": [{ "name": "A", "machines": { "count": 20, "name": r"LAB\A{}" } }],
        "sessions": { "every": "1m", "stay": "10m" },
    });
    let run = || {
        let file: WorldFile = serde_json::from_value(file.clone()).unwrap();
        let emulator = file.builder().unwrap().build();
        let mut seen = Vec::new();
        for _ in 0..120 {
            emulator.clock().advance(Duration::from_secs(60));
            seen.push(emulator.read_site(|site| {
                let counted = site.machines.iter().filter_map(|it| it.session_count);
                assert_eq!(
                    usize::try_from(counted.sum::<u32>()).unwrap(),
                    site.sessions.len()
                );
                site.sessions
                    .iter()
                    .map(|it| (it.id().to_owned(), it.uid()))
                    .collect::<Vec<_>>()
            }));
        }
        seen
    };
    let seen = run();
    assert_eq!(seen, run());
    let most = seen.iter().map(Vec::len).max().unwrap();
    assert!((5..40).contains(&most), "{most}");
    let left = seen
        .windows(2)
        .filter(|two| two[0].iter().any(|it| !two[1].contains(it)));
    assert!(left.count() > 20);
}

#[tokio::test]
async fn a_machine_that_nobody_knows_is_named() {
    let emulator = Emulator::builder()
        .world(World::with_machines(1))
        .clock(Clock::system())
        .build();
    emulator.update_site(|site| site.machines.push(Machine::new("X", 2, ids::CATALOG_ID)));
    emulator.assert_untouched("x");
    let failed = std::thread::spawn(move || emulator.assert_untouched("y")).join();
    let message = failed.unwrap_err().downcast::<String>().unwrap();
    assert_eq!(*message, "the world has no machine 'y'");
}

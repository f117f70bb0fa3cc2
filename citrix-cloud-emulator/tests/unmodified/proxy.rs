//! Requests from clients to the proxy itself.

use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use citrix_cloud_emulator::{Emulator, Proxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::run::has;

async fn proxy() -> (Emulator, Proxy) {
    let emulator = Emulator::default();
    let proxy = emulator.proxy(([127, 0, 0, 1], 0).into()).await.unwrap();
    (emulator, proxy)
}

/// Sends bytes, and reads until the proxy closes or waits for more.
async fn say(proxy: &Proxy, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    // The proxy may have closed already, which is a response too.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn a_foreign_host_is_refused_without_a_dns_lookup() {
    let (emulator, proxy) = proxy().await;
    let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let local = target.local_addr().unwrap();
    for request in [
        "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n".to_owned(),
        "CONNECT api.cloud.com.example.com:443 HTTP/1.1\r\n\r\n".to_owned(),
        "CONNECT console.cloud.com:443 HTTP/1.1\r\n\r\n".to_owned(),
        "CONNECT api.cloud.com:22 HTTP/1.1\r\nHost: api.cloud.com:22\r\n\r\n".to_owned(),
        format!("CONNECT {local} HTTP/1.1\r\nHost: {local}\r\n\r\n"),
        format!("GET http://{local}/ HTTP/1.1\r\nHost: api.cloud.com\r\n\r\n"),
        "GET https://example.com/ HTTP/1.1\r\nHost: api.cloud.com\r\n\r\n".to_owned(),
    ] {
        let response = say(&proxy, request.as_bytes()).await;
        let (head, body) = response.split_once("\r\n\r\n").expect(&response);
        assert!(
            head.starts_with("HTTP/1.1 403 Not a Citrix Cloud host"),
            "{head}"
        );
        assert!(body.contains("is not a host of Citrix's APIs"), "{body}");
    }
    let asked = tokio::time::timeout(std::time::Duration::ZERO, target.accept()).await;
    assert!(asked.is_err(), "the proxy went somewhere");
    assert!(emulator.journal().entries().is_empty());
}

#[tokio::test]
async fn addresses_without_tls_and_of_both_schemes_get_responses() {
    let (emulator, proxy) = proxy().await;
    for scheme in ["http", "https"] {
        let request = format!(
            "GET {scheme}://api.cloud.com/cvad/manage/me HTTP/1.1\r\nHost: api.cloud.com\r\nConnection: close\r\n\r\n"
        );
        let response = say(&proxy, request.as_bytes()).await;
        assert!(response.starts_with("HTTP/1.1 401 "), "{response}");
    }
    assert_eq!(emulator.journal().entries().len(), 2);
}

#[tokio::test]
async fn requests_through_a_tunnel_are_in_the_journal_with_their_host() {
    if !has("curl", &["--version"]) {
        return;
    }
    let (emulator, proxy) = proxy().await;
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, proxy.authority()).unwrap();
    for version in ["--http1.1", "--http2"] {
        let curl = tokio::process::Command::new("curl")
            .args([
                "-sS",
                "-q",
                version,
                "--proxy",
                proxy.url(),
                "--noproxy",
                "",
                "--cacert",
            ])
            .arg(&authority)
            .arg("https://registry.citrixworkspacesapi.net/abcd1024xyz/resourcelocations")
            .output()
            .await
            .unwrap();
        assert!(
            curl.status.success(),
            "{}",
            String::from_utf8_lossy(&curl.stderr)
        );
    }
    let entries = emulator.journal().entries();
    let host = Some("registry.citrixworkspacesapi.net");
    assert_eq!(entries.len(), 2);
    assert!(
        entries.iter().all(|it| it.header("host") == host),
        "{entries:?}"
    );
}

#[tokio::test]
async fn requests_not_meant_for_a_proxy_get_a_hint() {
    let (_, proxy) = proxy().await;
    let response = say(&proxy, b"GET /cvad/manage/me HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    assert!(response.contains("Name it in HTTPS_PROXY"), "{response}");
}

#[tokio::test]
async fn no_input_makes_the_proxy_panic_or_hang() {
    // A panicking task only ends its connection, so only a panic hook notices it.
    static PANICKED: AtomicBool = AtomicBool::new(false);
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        PANICKED.store(true, Ordering::Relaxed);
        report(panic);
    }));
    let (_, proxy) = proxy().await;
    let connect = "CONNECT api.cloud.com:443 HTTP/1.1\r\nHost: api.cloud.com:443\r\n\r\n";
    let mut state: u64 = 11;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let starts = [
        connect.to_owned(),
        connect.replace("1.1", "1.0"),
        connect.replace("api.cloud.com:443", ""),
        connect.replace("api.cloud.com:443", "[::1"),
        connect.replace("api.cloud.com:443", "http://api.cloud.com:99999/"),
        format!("{connect}{connect}"),
        "GET http://api.cloud.com".to_owned(),
        "POST https://api.cloud.com/x HTTP/1.1\r\nContent-Length: 99\r\n\r\n{".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "x".repeat(200_000)),
        "\u{16}\u{3}\u{1}".to_owned(),
        String::new(),
    ];
    for start in starts {
        for length in [0, 3, 200] {
            let noise: Vec<u8> = (0..length).map(|_| next().to_le_bytes()[0]).collect();
            let bytes = [start.as_bytes(), noise.as_slice()].concat();
            say(&proxy, &bytes).await;
        }
    }
    let response = say(&proxy, connect.as_bytes()).await;
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert!(!PANICKED.load(Ordering::Relaxed));
}

#[tokio::test]
async fn only_loopback_is_listened_on_and_a_stopped_proxy_is_gone() {
    let emulator = Emulator::default();
    let refused = emulator.proxy(([0, 0, 0, 0], 0).into()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    let proxy = emulator.proxy(([127, 0, 0, 1], 0).into()).await.unwrap();
    let addr = proxy.addr();
    proxy.stop().await;
    assert!(TcpStream::connect(addr).await.is_err());
}

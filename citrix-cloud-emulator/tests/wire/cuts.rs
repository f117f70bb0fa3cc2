//! Faults that need a connection.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, Server, ids};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::socket::token;

async fn server() -> Server {
    let emulator = Emulator::default();
    emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap()
}

/// Requests a reboot, and returns the received text and how the connection ended.
async fn reboot(server: &Server, token: &str) -> (String, Option<ErrorKind>) {
    let request = format!(
        "POST /cvad/manage/Machines/{}/$reboot HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
         Authorization: CwsAuth Bearer={token}\r\nAccept: application/json\r\n\
         Citrix-CustomerId: {}\r\nCitrix-InstanceId: {}\r\nContent-Length: 0\r\n\r\n",
        ids::KESTREL_ID,
        server.addr(),
        ids::CUSTOMER_ID,
        ids::SITE_ID,
    );
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    if let Err(error) = stream.write_all(request.as_bytes()).await {
        return (String::new(), Some(error.kind()));
    }
    let mut response = Vec::new();
    let ended = stream.read_to_end(&mut response).await;
    (
        String::from_utf8(response).unwrap(),
        ended.err().map(|error| error.kind()),
    )
}

fn reboots(server: &Server) -> usize {
    server.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots())
}

#[tokio::test]
async fn connections_end_before_acting_and_after() {
    for (kind, ending) in [
        (FaultKind::Close, None),
        (FaultKind::Reset, Some(ErrorKind::ConnectionReset)),
    ] {
        for acts in [false, true] {
            let server = server().await;
            let token = token(&server).await;
            let fault = Fault::new(kind.clone()).times(1);
            server
                .faults()
                .add(if acts { fault.after_acting() } else { fault });
            assert_eq!(reboot(&server, &token).await, (String::new(), ending));
            assert_eq!(reboots(&server), usize::from(acts));
            let entry = server.journal().entries().pop().unwrap();
            assert_eq!((entry.status, entry.acted), (0, acts));
            assert_eq!(entry.fault, Some(kind.clone()));
            let (response, ending) = reboot(&server, &token).await;
            assert!(response.starts_with("HTTP/1.1 200 ") && ending.is_none());
        }
    }
}

#[tokio::test]
async fn a_body_breaks_in_the_middle() {
    for (kind, ending) in [
        (FaultKind::CloseInBody, None),
        (FaultKind::ResetInBody, Some(ErrorKind::ConnectionReset)),
    ] {
        let server = server().await;
        let token = token(&server).await;
        server.faults().add(Fault::new(kind));
        let (response, ended) = reboot(&server, &token).await;
        assert_eq!(ended, ending);
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let length = head.to_ascii_lowercase();
        let length = length.split("content-length: ").nth(1).unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        assert_eq!(body.len(), length / 2);
        assert_eq!(reboots(&server), 1);
    }
}

#[tokio::test]
async fn a_slow_body_arrives_whole_and_late() {
    let server = server().await;
    let token = token(&server).await;
    let time = Duration::from_millis(60);
    server.faults().add(Fault::new(FaultKind::SlowBody(time)));
    let begun = Instant::now();
    let (response, _) = reboot(&server, &token).await;
    assert!(begun.elapsed() >= time);
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    assert!(!head.to_ascii_lowercase().contains("transfer-encoding"));
}

#[tokio::test]
async fn a_connection_is_refused_before_any_bytes() {
    let server = server().await;
    let token = token(&server).await;
    server
        .faults()
        .add(Fault::new(FaultKind::RefuseConnection).times(1));
    let requests = server.journal().entries().len();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "closed by itself");
    assert_eq!(server.journal().entries().len(), requests);
    assert_eq!(server.faults().injections()[0].exchange, None);
    assert!(reboot(&server, &token).await.0.contains(" 200 "));
}

#[tokio::test]
async fn a_client_that_gives_up_is_in_the_journal() {
    let server = server().await;
    let token = token(&server).await;
    let latency = citrix_cloud_emulator::faults::Latency::Fixed(Duration::from_secs(60));
    server.faults().add(Fault::new(FaultKind::Latency(latency)));
    let given_up = tokio::time::timeout(Duration::from_millis(50), reboot(&server, &token));
    assert!(given_up.await.is_err());
    let entry = loop {
        let entry = server.journal().entries().pop().unwrap();
        if entry.operation.as_deref() == Some("MachinesRebootMachine") {
            break entry;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((entry.status, entry.acted), (0, false));
    assert_eq!(reboots(&server), 0);
}

use citrix_cloud_emulator::{Emulator, Server, ids};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends these bytes and returns status and body.
async fn raw(server: &Server, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect(&answer);
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        body.to_owned(),
    )
}

async fn token(server: &Server) -> String {
    let (id, secret) = (ids::CLIENT_ID, ids::CLIENT_SECRET);
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let request = format!(
        "POST /cctrustoauth2/root/tokens/clients HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        server.addr(),
        form.len()
    );
    let (status, body) = raw(server, &request).await;
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_walkthrough_script_reboots_idle_machines() {
    let server = Emulator::default()
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let token = token(&server).await;
    let common = format!(
        "Host: {}\r\nConnection: close\r\nAuthorization: CwsAuth Bearer={token}\r\n\
         Citrix-CustomerId: {}\r\nAccept: application/json\r\n",
        server.addr(),
        ids::CUSTOMER_ID
    );
    let site = format!("/cvadapis/{}", ids::SITE_ID);
    let list = format!(
        "GET {site}/MachineCatalogs/{}/Machines HTTP/1.1\r\n",
        ids::CATALOG_ID
    );
    let (status, body) = raw(&server, &format!("{list}{common}\r\n")).await;
    assert_eq!(status, 200);
    let machines: Value = serde_json::from_str(&body).unwrap();
    let mut outcomes = Vec::new();
    for machine in machines["Items"].as_array().unwrap() {
        if machine["SessionCount"] != 0 {
            outcomes.push("skipped".to_owned());
            continue;
        }
        let id = machine["Id"].as_str().unwrap();
        let reboot = format!("POST {site}/Machines/{id}/$reboot HTTP/1.1\r\n{common}");
        let (status, _) = raw(&server, &format!("{reboot}\r\n")).await;
        assert_eq!(status, 411, "neither a length nor a transfer encoding");
        let (status, body) = raw(&server, &format!("{reboot}Content-Length: 0\r\n\r\n")).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        outcomes.push(match status {
            200 => format!("rebooted {}", body["Name"]),
            _ => format!("failed {}", body["ErrorMessage"]),
        });
    }
    assert_eq!(
        outcomes,
        [
            "skipped",
            r#"failed "Machine does not support specified power action.""#,
            r#"rebooted "DEMOLAB\\KESTREL""#,
        ]
    );
    assert_eq!(
        server.read(|world| world.machines.get(ids::KESTREL_ID).unwrap().reboots()),
        1
    );
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    let error = Emulator::default()
        .serve(([0, 0, 0, 0], 0).into())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("loopback"));
}

#[tokio::test]
async fn a_dropped_server_stops_listening() {
    let server = Emulator::default()
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let addr = server.addr();
    assert!(server.url().starts_with("http://127.0.0.1:"));
    server.stop().await.unwrap();
    assert!(TcpStream::connect(addr).await.is_err());
}

use citrix_cloud_emulator::{Emulator, Server, ids};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends these bytes and returns status and body.
async fn raw(server: &Server, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").expect(&response);
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        body.to_owned(),
    )
}

pub(crate) async fn token(server: &Server) -> String {
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
        server.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots()),
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
async fn a_stopped_server_no_longer_listens() {
    let server = Emulator::default()
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let addr = server.addr();
    assert_eq!(server.url(), format!("http://{addr}"));
    server.stop().await;
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn a_dropped_server_stops_by_itself() {
    let server = Emulator::default()
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let addr = server.addr();
    drop(server);
    while TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn no_input_makes_it_panic() {
    let server = Emulator::default()
        .serve(([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let token = token(&server).await;
    // A small generator that produces the same odd requests on every run.
    let mut state: u64 = 7;
    let mut pick = |choices: &[&str]| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        choices[usize::try_from(state >> 33).unwrap() % choices.len()].to_owned()
    };
    for _ in 0..2_000 {
        let method = pick(&[
            "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "FOO",
        ]);
        let mut path = pick(&[
            "/cvad/manage",
            "/cvadapis",
            "",
            "/abcd1024xyz",
            "/cvad/manage",
        ]);
        for _ in 0..3 {
            path += &pick(&[
                "/",
                "/Machines",
                "/Sessions",
                "/Jobs",
                "/$batch",
                "/1",
                "/3",
                "/%",
                "/%ff",
                "/..",
                "/$reboot",
                "/$logoff",
                "/$sendMessage",
                "/resourcelocations",
                "/notifications",
                "/tokens/clients",
                "/MachineCatalogs",
                "/me",
                "/Results",
                "/\"{|}\"",
                "",
            ]);
        }
        path += &pick(&[
            "",
            "?",
            "?limit=3",
            "?async=true",
            "?delay=4294967295",
            "?&=&=%&fields=,",
        ]);
        let path = if path.starts_with('/') {
            path
        } else {
            format!("/{path}")
        };
        let body = pick(&[
            "",
            "{}",
            "[]",
            "null",
            "7",
            "{\"Items\":[]}",
            "{\"Items\":[null]}",
            "\u{fffd}",
            "{\"Items\":[{\"Reference\":1,\"RelativeUrl\":\"%\"}]}",
            "{\"name\":\"\"}",
            "[[[[",
            "{\"Items\":[{\"Reference\":1,\"RelativeUrl\":\"/Machines?limit=1&async=true\"}]}",
        ]);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept: application/json\r\n\
             Authorization: CwsAuth Bearer={token}\r\nCitrix-CustomerId: {}\r\n\
             Citrix-InstanceId: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            server.addr(),
            ids::CUSTOMER_ID,
            ids::SITE_ID,
            body.len()
        );
        let (status, _) = raw(&server, &request).await;
        assert!(
            (200..=501).contains(&status) && status != 500,
            "{status}: {method} {path} {body}"
        );
    }
}

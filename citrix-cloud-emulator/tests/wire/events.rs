use citrix_cloud_emulator::{Emulator, Server, ids};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;

use crate::socket::token;

struct Events(Lines<BufReader<TcpStream>>);

impl Events {
    async fn listen(server: &Server) -> Self {
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        let request = "GET /_emulator/events HTTP/1.0\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut lines = BufReader::new(stream).lines();
        while lines.next_line().await.unwrap().unwrap() != "" {}
        Self(lines)
    }

    /// Reads until there is an event of this name for which the closure returns a value.
    async fn until<T>(&mut self, name: &str, look: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let mut event = String::new();
        while let Some(line) = self.0.next_line().await.unwrap() {
            if let Some(given) = line.strip_prefix("event: ") {
                event = given.to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ").filter(|_| event == name) {
                let data: Value = serde_json::from_str(data).unwrap();
                if let Some(found) = look(&data) {
                    return Some(found);
                }
            }
        }
        None
    }
}

#[tokio::test]
async fn the_event_stream_reports_requests_and_machines() {
    let emulator = Emulator::default();
    emulator.clock().freeze();
    let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let mut events = Events::listen(&server).await;
    token(&server).await;
    let status = events.until("exchange", |line| {
        (line["operation"] == "getAccessToken").then(|| line["status"].clone())
    });
    assert_eq!(status.await.unwrap(), 200);
    server.update_site(|site| {
        let mut machine = site.machines.get_mut(ids::KESTREL_ID).unwrap();
        machine.in_maintenance_mode = true;
    });
    let changed = events.until("machines", |told| {
        let changed = told["changed"].as_array().unwrap();
        (changed.len() == 1).then(|| changed[0].clone())
    });
    let changed = changed.await.unwrap();
    assert_eq!(
        (&changed["id"], &changed["maintenance"]),
        (&ids::KESTREL_ID.into(), &true.into())
    );
    let maintenance = events.until("state", |state| {
        state["machines"]["inMaintenance"]
            .as_u64()
            .filter(|it| *it > 1)
    });
    assert_eq!(maintenance.await, Some(2));
    server.update_site(|site| site.machines.remove(ids::KITE_ID));
    let gone = events.until("machines", |told| told["gone"].as_array()?.first().cloned());
    assert_eq!(gone.await.unwrap(), ids::KITE_ID);
}

#[tokio::test]
async fn a_listener_does_not_keep_the_server_from_stopping() {
    let server = Emulator::default();
    let server = server.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let mut events = Events::listen(&server).await;
    server.stop().await;
    assert_eq!(events.until("never", |_| Some(())).await, None);
}

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, Server, ids};
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

async fn client(server: &Server) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(server.addr()).await.unwrap();
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

async fn sign_in(client: &mut SendRequest<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        ids::CLIENT_ID,
        ids::CLIENT_SECRET
    );
    let request = Request::post("http://localhost/cctrustoauth2/root/tokens/clients")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", form.len())
        .body(Full::from(form))
        .unwrap();
    client.send_request(request).await
}

#[tokio::test]
async fn requests_share_a_connection() {
    let server = Emulator::default();
    let server = server.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let mut client = client(&server).await;
    let mut other = client.clone();
    let (first, second) = tokio::join!(sign_in(&mut client), sign_in(&mut other));
    for response in [first.unwrap(), second.unwrap()] {
        assert_eq!(
            (response.status().as_u16(), response.version()),
            (200, Version::HTTP_2)
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"\n"));
    }
    drop((client, other));
    server.stop().await;
}

#[tokio::test]
async fn cuts_end_the_whole_connection() {
    for kind in [FaultKind::Close, FaultKind::Reset, FaultKind::ResetInBody] {
        let server = Emulator::default();
        let server = server.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let mut client = client(&server).await;
        sign_in(&mut client).await.unwrap();
        server.faults().add(Fault::new(kind.clone()));
        let failed = match sign_in(&mut client).await {
            Ok(response) => response.into_body().collect().await.is_err(),
            Err(_) => true,
        };
        assert!(failed, "{kind:?}");
        while !client.is_closed() {
            tokio::task::yield_now().await;
        }
        let entry = server.journal().entries().pop().unwrap();
        assert_eq!(entry.fault, Some(kind));
    }
}

#[tokio::test]
async fn head_gets_no_body_whatever_the_status() {
    let server = Emulator::default();
    let server = server.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let mut client = client(&server).await;
    for path in [
        "/cvad/manage/Machines/nobody",
        "/unknown",
        "/_emulator/nothing",
    ] {
        let request = Request::head(format!("http://localhost{path}"));
        let request = request.body(Full::default()).unwrap();
        let response = client.send_request(request).await.unwrap();
        assert!(response.status().is_client_error(), "{path}");
        let length = response.headers()["content-length"].to_str().unwrap();
        assert!(length.parse::<u64>().unwrap() > 0, "{path}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.is_empty(), "{path}: {body:?}");
    }
}

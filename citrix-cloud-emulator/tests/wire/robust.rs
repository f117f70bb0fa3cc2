//! Things that no client should do, but some do.

use std::time::Duration;

use citrix_cloud_emulator::{Emulator, Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SOON: Duration = Duration::from_millis(80);

async fn server(limits: Limits) -> Server {
    let emulator = Emulator::builder().limits(limits).build();
    emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap()
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.addr()).await.unwrap()
}

/// Reads until the other side closes the connection, in any way.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends a request after which the server closes the connection.
async fn ask(server: &Server, request: &[u8]) -> String {
    let mut stream = connect(server).await;
    // The server may close before everything is written.
    let _ = stream.write_all(request).await;
    rest(&mut stream).await
}

/// Sends something, and closes the sending side.
async fn send(server: &Server, request: &[u8]) -> String {
    let mut stream = connect(server).await;
    let _ = stream.write_all(request).await;
    let _ = stream.shutdown().await;
    rest(&mut stream).await
}

fn status(response: &str) -> &str {
    response.split(' ').nth(1).unwrap_or("none")
}

async fn is_well(server: &Server) {
    let response = ask(
        server,
        b"GET /_emulator/state HTTP/1.0\r\nHost: localhost\r\n\r\n",
    )
    .await;
    assert_eq!(status(&response), "200", "{response}");
}

#[tokio::test]
async fn input_that_is_not_http_is_rejected() {
    let server = server(Limits::default()).await;
    for request in [
        &b"\r\n\r\n\r\n"[..],
        b"\0\0\0\0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n: nameless\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"G\x01T / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\0\0\0\0\0\0\0\0\0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        let response = send(&server, request).await;
        let refused = ["none", "400", "404", "411"].contains(&status(&response));
        assert!(
            refused || response.starts_with('\0'),
            "{request:?}: {response}"
        );
    }
    is_well(&server).await;
}

#[tokio::test]
async fn path_traversal_is_rejected() {
    let server = server(Limits::default()).await;
    for target in [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/cvad/manage/..%2f..%2f_emulator/state",
        "//_emulator/state",
        "/_emulator/../../x",
        "/_emulator/%00",
        "/_emulator/state/machines/..",
        "/%",
        "/%zz",
        "/\\..\\..",
        "http://api.cloud.com/../x",
        "http://[::1/",
        "*",
        "host:443",
        "/cvad/manage/Machines/%00%0d%0aSet-Cookie:%20x",
        "/cvadapis/%2f%2f/Machines",
    ] {
        for method in ["GET", "POST", "OPTIONS", "CONNECT", "DELETE"] {
            let request = format!(
                "{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let response = send(&server, request.as_bytes()).await;
            let status = status(&response);
            assert!(
                status == "none" || status.starts_with('4'),
                "{request}: {response}"
            );
            let head = response.split("\r\n\r\n").next().unwrap_or_default();
            assert!(!head.to_ascii_lowercase().contains("set-cookie"));
        }
    }
    is_well(&server).await;
}

#[tokio::test]
async fn input_that_is_too_long_is_rejected() {
    let limits = Limits {
        header_bytes: 8 * 1024,
        body_bytes: 1000,
        ..Limits::default()
    };
    let server = server(limits).await;
    let long = "x".repeat(100_000);
    for head in [
        format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: x\r\nlong: {long}\r\n\r\n"),
        format!(
            "GET / HTTP/1.1\r\nHost: x\r\n{}\r\n",
            "a: b\r\n".repeat(5000)
        ),
        // The head does not end.
        format!("GET / HTTP/1.1\r\nHost: x\r\nlong: {long}"),
    ] {
        let response = send(&server, head.as_bytes()).await;
        assert!(
            ["431", "414", "none"].contains(&status(&response)),
            "{response}"
        );
    }
    let path = "/cctrustoauth2/root/tokens/clients";
    let sized = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n{long}"
    );
    let response = send(&server, sized.as_bytes()).await;
    assert!(["413", "none"].contains(&status(&response)), "{response}");
    let chunk = format!("3e8\r\n{}\r\n", &long[..1000]);
    let chunked = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}"
    );
    let mut stream = connect(&server).await;
    stream.write_all(chunked.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
    let entry = server.journal().entries().pop().unwrap();
    assert_eq!((entry.status, entry.body.len()), (413, 0));
    is_well(&server).await;
}

#[tokio::test]
async fn deep_json_is_an_error() {
    let server = server(Limits::default()).await;
    let deep = "[".repeat(1_000_000);
    for path in ["/_emulator/faults", "/root/tokens/clients"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{deep}",
            deep.len()
        );
        let response = ask(&server, request.as_bytes()).await;
        assert_eq!(status(&response), "400", "{path}");
    }
    is_well(&server).await;
}

#[tokio::test]
async fn slow_and_idle_clients_are_disconnected() {
    let limits = Limits {
        head_time: SOON,
        body_time: SOON,
        idle_time: 3 * SOON,
        ..Limits::default()
    };
    let server = server(limits).await;
    for start in ["", "GET / HTT", "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let mut stream = connect(&server).await;
        stream.write_all(start.as_bytes()).await.unwrap();
        assert_eq!(rest(&mut stream).await, "", "{start}");
    }
    let mut stream = connect(&server).await;
    let head =
        "POST /cctrustoauth2/root/tokens/clients HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx";
    stream.write_all(head.as_bytes()).await.unwrap();
    let response = rest(&mut stream).await;
    assert_eq!(status(&response), "408", "{response}");

    // A head that arrives byte by byte does not extend the timeout.
    let mut stream = connect(&server).await;
    let (mut read, mut write) = stream.split();
    let drip = async {
        for byte in "GET / HTTP/1.1\r\n".bytes().cycle() {
            if write.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(SOON / 10).await;
        }
    };
    let mut nothing = Vec::new();
    tokio::select! {
        _ = read.read_to_end(&mut nothing) => {}
        () = drip => {}
    }
    assert!(nothing.is_empty());

    // The same holds for a connection that was used before.
    let mut stream = connect(&server).await;
    let request = "GET /_emulator/state HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(status(&rest(&mut stream).await), "200");
    is_well(&server).await;
}

#[tokio::test]
async fn a_client_that_reads_no_response_is_disconnected() {
    let limits = Limits {
        head_time: SOON,
        idle_time: SOON,
        ..Limits::default()
    };
    let server = server(limits).await;
    let stream = connect(&server).await;
    let (read, mut write) = stream.into_split();
    // Responses to pipelined requests fill every buffer, because nobody reads them.
    let request = "GET /_emulator/script.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    while write.write_all(request.as_bytes()).await.is_ok() {}
    drop(read);
    is_well(&server).await;
}

#[tokio::test]
async fn idle_connections_are_bounded() {
    let limits = Limits {
        connections: 300,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut idle = Vec::new();
    for _ in 0..300 {
        idle.push(connect(&server).await);
    }
    let mut refused = connect(&server).await;
    let response = rest(&mut refused).await;
    assert_eq!(status(&response), "503", "{response}");
    idle.truncate(150);
    // The slots are free as soon as the server has noticed.
    loop {
        let mut stream = connect(&server).await;
        let request = "GET /_emulator/state HTTP/1.0\r\nHost: localhost\r\n\r\n";
        let _ = stream.write_all(request.as_bytes()).await;
        match status(&rest(&mut stream).await) {
            "200" => break,
            other => assert!(["503", "none"].contains(&other), "{other}"),
        }
    }
}

/// Returns how many connections this process can open with both ends, besides the descriptors of other tests.
#[cfg(unix)]
fn many() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let files = usize::try_from(files.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    (files.saturating_sub(1500) / 2).clamp(100, 10_000)
}

#[cfg(unix)]
#[tokio::test]
async fn a_request_gets_a_response_among_thousands_of_idle_and_slow_clients() {
    let limits = Limits {
        connections: 20_000,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut clients = Vec::new();
    for number in 0..many() {
        let mut stream = connect(&server).await;
        if number % 10 == 0 {
            stream.write_all(b"POST / HTTP/1.1\r\nHos").await.unwrap();
        }
        clients.push(stream);
        if number % 1000 == 0 {
            is_well(&server).await;
        }
    }
    is_well(&server).await;
    // Slow clients may still continue, and get their responses.
    for stream in clients.iter_mut().step_by(1000) {
        let rest_of_it = b"t: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(rest_of_it).await.unwrap();
        assert_eq!(status(&rest(stream).await), "404");
    }
}

#[tokio::test]
async fn a_client_may_leave_at_any_point() {
    let server = server(Limits::default()).await;
    let request = "POST /cctrustoauth2/root/tokens/clients HTTP/1.1\r\nHost: x\r\n\
                   Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\n\
                   grant_type=client_credentials";
    for end in 0..request.len() {
        let mut stream = connect(&server).await;
        stream.write_all(&request.as_bytes()[..end]).await.unwrap();
        if end % 2 == 0 {
            stream.set_zero_linger().unwrap();
        }
    }
    is_well(&server).await;
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_before_it_comes() {
    let limits = Limits {
        body_bytes: 1000,
        ..Limits::default()
    };
    let server = server(limits).await;
    for expect in ["", "Expect: 100-continue\r\n"] {
        let head = format!(
            "POST /x HTTP/1.1\r\nHost: x\r\n{expect}Content-Length: 1001\r\nConnection: close\r\n\r\n"
        );
        let response = send(&server, head.as_bytes()).await;
        assert_eq!(status(&response), "413", "{response}");
        assert!(!response.contains("100 Continue"), "{response}");
    }
}

#[tokio::test]
async fn a_request_for_two_hosts_is_refused() {
    let server = server(Limits::default()).await;
    for second in ["x", "y"] {
        let head = format!(
            "GET /cvad/manage/me HTTP/1.1\r\nHost: x\r\nHost: {second}\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(status(&send(&server, head.as_bytes()).await), "400");
    }
}

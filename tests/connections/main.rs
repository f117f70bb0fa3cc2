//! How connections are made: proxies, certificates, and the caller's own clients.

// In tests, a failed `unwrap` is a failed test.
#![allow(clippy::unwrap_used)]

mod servers;

use std::net::SocketAddr;

use citrix_cloud::{Client, ClientBuilder, Credentials, Error, ErrorKind};
use citrix_cloud_tests::{CUSTOMER, Reply, SECRET, Scripted, client};
use servers::{Authority, Proxy, tls};

const LIST: &str = r#"{"items":[]}"#;

async fn service() -> (Scripted, SocketAddr) {
    serving([Reply::token(), Reply::json(200, LIST)]).await
}

async fn serving(replies: impl IntoIterator<Item = Reply>) -> (Scripted, SocketAddr) {
    let server = Scripted::start(replies).await;
    let address = server.url().trim_start_matches("http://").parse().unwrap();
    (server, address)
}

/// Returns a client for the service in the cloud.
fn world() -> ClientBuilder {
    Client::builder()
        .credentials(Credentials::new("client-1", SECRET, CUSTOMER).unwrap())
        .max_attempts(1)
}

async fn list(client: &Client) -> Result<usize, Error> {
    let all = client.resource_locations().list().all().await;
    all.map(|locations| locations.len())
}

#[tokio::test]
async fn requests_to_the_cloud_go_through_the_proxy_and_trust_the_given_root() {
    let (server, address) = service().await;
    let authority = Authority::new();
    let front = tls(address, &authority, "api.cloud.com", None).await;
    let proxy = Proxy::to(front).await;
    let url = format!("http://pat:p%40ss%20word@{}", proxy.address);
    let builder = world().proxy(url).root_certificate(authority.pem());
    let client = builder.build().unwrap();
    assert_eq!(list(&client).await.unwrap(), 0);

    let heads = proxy.heads();
    assert_eq!(heads.len(), 1, "one connection: {heads:?}");
    assert!(
        heads[0].starts_with("CONNECT api.cloud.com:443 HTTP/1.1\r\n"),
        "{heads:?}"
    );
    let head = heads[0].to_lowercase();
    assert!(
        // pat:p@ss word
        heads[0].contains("Basic cGF0OnBAc3Mgd29yZA==\r\n") && head.contains("proxy-authorization"),
        "{heads:?}"
    );
    assert!(!head.contains("bearer") && !head.contains(SECRET));
    let lines: Vec<_> = server.seen().into_iter().map(|it| it.line).collect();
    assert_eq!(
        lines,
        [
            "POST /cctrustoauth2/root/tokens/clients",
            "GET /resourcelocations"
        ]
    );
}

#[tokio::test]
async fn the_password_of_a_proxy_shows_up_in_no_error() {
    let echo = r#"{"detail":"pat said p@ss word, that is cGF0OnBAc3Mgd29yZA=="}"#;
    let server = Scripted::start([Reply::token(), Reply::json(400, echo)]).await;
    let client = client(&server.url()).proxy("http://pat:p%40ss%20word@127.0.0.1:9");
    let error = list(&client.build().unwrap()).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("pat said ***"), "{shown}");
    assert!(
        !shown.contains("p@ss") && !shown.contains("cGF0"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_server_whose_root_nobody_trusts_is_refused_before_anything_is_sent() {
    let (server, address) = serving([]).await;
    let front = tls(address, &Authority::new(), "api.cloud.com", None).await;
    let proxy = Proxy::to(front).await;
    let builder = world().proxy(format!("http://{}", proxy.address));
    for builder in [
        builder.clone(),
        builder.root_certificate(Authority::new().pem()),
    ] {
        let error = list(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert!(error.message().contains("ertificate"), "{error}");
    }
    assert_eq!(server.seen(), []);
}

#[tokio::test]
async fn this_machine_is_never_asked_through_the_proxy() {
    let (server, address) = service().await;
    let proxy = Proxy::to(address).await;
    let builder = client(&server.url()).proxy(format!("http://{}", proxy.address));
    list(&builder.build().unwrap()).await.unwrap();
    assert_eq!(proxy.heads(), Vec::<String>::new());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_a_server_that_demands_one() {
    let (server, address) = service().await;
    let (servers, clients) = (Authority::new(), Authority::new());
    let front = tls(address, &servers, "localhost", Some(&clients)).await;
    let builder = client(&format!("https://localhost:{}", front.port()))
        .root_certificate(servers.pem())
        .max_attempts(1);
    let refused = list(&builder.clone().build().unwrap()).await.unwrap_err();
    assert!(
        matches!(refused.kind(), ErrorKind::Connect | ErrorKind::Network),
        "{refused}"
    );
    assert_eq!(server.seen(), []);

    let (certificate, key) = clients.sign("client.example.com");
    let with = builder.client_certificate(format!("{certificate}{key}"));
    assert_eq!(list(&with.build().unwrap()).await.unwrap(), 0);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn an_invalid_setting_is_rejected_by_name() {
    let authority = Authority::new();
    let (certificate, key) = authority.sign("client.example.com");
    let (_, other_key) = authority.sign("client.example.com");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let http = own_http().build().unwrap();
    let refusals = [
        (
            world().user_agent("two\nlines"),
            r#"user_agent "two\nlines" cannot be sent in a header; use visible ASCII characters"#,
        ),
        (
            world().proxy("proxy.example.com"),
            "proxy `proxy.example.com` is not a URL (relative URL without a base); write it like \
             http://proxy.example.com:3128",
        ),
        (
            world().proxy("socks5://pat:hunter2@proxy.example.com"),
            "proxy `socks5://***@proxy.example.com` is not an HTTP proxy; it must begin with \
             http:// or https://",
        ),
        (
            world().root_certificate("DER or so"),
            "root_certificate has no certificate; give PEM text with `-----BEGIN CERTIFICATE-----`",
        ),
        (
            world().root_certificate(&broken[..40]),
            "root_certificate is cut off: a PEM section has no end",
        ),
        (
            world().root_certificate(broken),
            "root_certificate has a certificate that cannot be used: ",
        ),
        (
            world().client_certificate(&certificate),
            "client_certificate has no private key; give certificate and key in one PEM text",
        ),
        (
            world().client_certificate(format!("{certificate}{encrypted}")),
            "client_certificate has an encrypted private key; decrypt it first, as with \
             `openssl pkey`",
        ),
        (
            world().client_certificate(format!("{certificate}{key}{other_key}")),
            "client_certificate has more than one private key",
        ),
        (
            world().client_certificate(format!("{certificate}{other_key}")),
            // The system's library compares them only when the client is built.
            match cfg!(any(feature = "rustls-ring", feature = "rustls-aws-lc")) {
                true => "client_certificate cannot be used: ",
                false => "the HTTP client cannot be built: ",
            },
        ),
        (
            world()
                .http_client(http.clone())
                .proxy("http://127.0.0.1:9"),
            "`proxy` and `http_client` cannot be combined; set it where that client is built",
        ),
        (
            world().root_certificate(authority.pem()).http_client(http),
            "`root_certificate` and `http_client` cannot be combined; set it where that client is \
             built",
        ),
    ];
    for (builder, words) in refusals {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with(words), "{error}\n{words}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let debug = format!("{:?}", world().client_certificate(key));
    assert!(
        !debug.contains("PRIVATE") && !debug.contains(SECRET),
        "{debug}"
    );
}

/// Returns an HTTP client as a program builds it; with rustls it has to choose a crypto provider.
fn own_http() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder();
    #[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
    let builder = builder.tls_backend_preconfigured(servers::trusts_nobody());
    builder
}

#[tokio::test]
async fn a_client_of_the_callers_sends_everything() {
    let (server, _) = service().await;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-own", "yes".parse().unwrap());
    let http = own_http()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .default_headers(headers)
        .build()
        .unwrap();
    let client = client(&server.url()).http_client(http).build().unwrap();
    assert_eq!(list(&client).await.unwrap(), 0);
    for seen in server.seen() {
        assert_eq!(seen.header("x-own"), Some("yes"), "{seen:?}");
        let agent = seen.header("user-agent");
        assert_eq!(agent, Some(citrix_cloud::USER_AGENT), "{seen:?}");
    }
}

#[tokio::test]
async fn a_redirect_that_a_client_of_the_callers_followed_fails_the_call() {
    let elsewhere = Scripted::start([Reply::json(200, LIST), Reply::json(200, "")]).await;
    let away = |status| {
        let to = format!("{}/elsewhere", elsewhere.url());
        Reply::json(status, "").with("Location", to)
    };
    let server = Scripted::start([Reply::token(), away(302), away(307)]).await;
    let http = own_http().no_proxy().build().unwrap();
    let client = client(&server.url()).http_client(http).build().unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert_eq!(
        error.message(),
        "the client given to `http_client` followed a redirect to 127.0.0.1; build it with \
         `redirect(Policy::none())`"
    );
    let deleted = client
        .resource_locations()
        .resource_location("00000000-0000-0000-0000-000000000001")
        .delete();
    let error = deleted.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(elsewhere.seen().len(), 2);
    assert_eq!(server.seen().len(), 3, "nothing is repeated");
}

//! Which path and headers each service gets, in both API versions.

use citrix_cloud::ApiVersion::{Auto, Current, Preview};
use citrix_cloud::{ApiVersion, CreateNotification, ErrorKind};
use citrix_cloud_tests::{CUSTOMER, Reply, SITE, Scripted, Seen, client_of};

const LIST: &str = r#"{"items":[]}"#;
const ME: &str = r#"{"UserId":"u","DisplayName":"Pat Patterson","ExpiryTime":"6:50:19 PM","RefreshExpirationTime":"5:50:19 AM","Customers":[{"Id":"abcd1024xyz","Name":null,"Sites":[{"Id":"12345678-1234-1234-1234-12345678abcd","Name":"cloudxdsite"}]}]}"#;
const MACHINE: &str = r#"{"Id":"m1","Name":"DEMOLAB\\KESTREL"}"#;
const NOT_HERE: &str = r#"{"statusCode":404,"message":"Resource not found"}"#;

async fn server(replies: &[(u16, &str)]) -> Scripted {
    let replies = replies
        .iter()
        .map(|(status, body)| Reply::json(*status, *body));
    Scripted::start(std::iter::once(Reply::token()).chain(replies)).await
}

/// Header names besides those that HTTP itself needs.
fn names(seen: &Seen) -> Vec<&str> {
    let mut names: Vec<&str> = seen
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !["host", "user-agent", "accept-encoding"].contains(name))
        .collect();
    names.sort_unstable();
    names
}

async fn platform_calls(api_version: ApiVersion) -> Vec<Seen> {
    let echo = r#"{"severity":"Information","suppressEmail":false}"#;
    let server = server(&[(200, LIST), (200, LIST), (200, echo)]).await;
    let client = client_of(&server.url(), api_version);
    client.resource_locations().list().all().await.unwrap();
    client.service_states().list().all().await.unwrap();
    client
        .notifications()
        .send(CreateNotification::new("t", "d"))
        .await
        .unwrap();
    server.seen().split_off(1)
}

#[tokio::test]
async fn the_current_platform_paths_carry_the_customer_in_a_header() {
    for api_version in [Current, Auto] {
        let seen = platform_calls(api_version).await;
        assert_eq!(seen[0].line, "GET /resourcelocations");
        assert_eq!(seen[1].line, format!("GET /{CUSTOMER}/serviceStates"));
        assert_eq!(seen[2].line, "POST /notifications");
        let read = [
            "accept",
            "authorization",
            "citrix-customerid",
            "citrix-transactionid",
        ];
        assert_eq!(names(&seen[0]), read);
        assert_eq!(seen[0].header("citrix-customerid"), Some(CUSTOMER));
        // Service entitlement has no newer host, so its path contains the customer.
        assert_eq!(
            names(&seen[1]),
            ["accept", "authorization", "citrix-transactionid"]
        );
        assert_eq!(seen[2].header("content-type"), Some("application/json"));
        for seen in seen {
            assert_eq!(seen.header("accept"), Some("application/json"));
        }
    }
}

#[tokio::test]
async fn the_walkthroughs_platform_paths_carry_the_customer_in_the_path() {
    let seen = platform_calls(Preview).await;
    assert_eq!(seen[0].line, format!("GET /{CUSTOMER}/resourcelocations"));
    assert_eq!(seen[1].line, format!("GET /{CUSTOMER}/serviceStates"));
    assert_eq!(
        seen[2].line,
        format!("POST /{CUSTOMER}/notifications/items")
    );
    for seen in seen {
        assert_eq!(seen.header("citrix-customerid"), None);
        assert_eq!(seen.header("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn daas_paths_follow_the_api_version() {
    let server_current = server(&[(200, ME), (200, MACHINE)]).await;
    let current = client_of(&server_current.url(), Current);
    current.daas().me().await.unwrap();
    current
        .daas()
        .site(SITE)
        .machine("m1")
        .reboot()
        .await
        .unwrap();
    let seen = server_current.seen();
    assert_eq!(seen[1].line, "GET /cvad/manage/me");
    assert_eq!(seen[1].header("citrix-instanceid"), None);
    assert_eq!(seen[2].line, "POST /cvad/manage/Machines/m1/$reboot");
    assert_eq!(seen[2].header("citrix-instanceid"), Some(SITE));

    let server_walkthrough = server(&[(200, ME), (200, MACHINE)]).await;
    let walkthrough = client_of(&server_walkthrough.url(), Preview);
    walkthrough.daas().me().await.unwrap();
    walkthrough
        .daas()
        .site(SITE)
        .machine("m1")
        .reboot()
        .await
        .unwrap();
    let seen = server_walkthrough.seen();
    assert_eq!(seen[1].line, "GET /cvadapis/me");
    assert_eq!(
        seen[2].line,
        format!("POST /cvadapis/{SITE}/Machines/m1/$reboot")
    );
    assert_eq!(seen[2].header("citrix-instanceid"), None);
    for seen in &seen[1..] {
        assert_eq!(seen.header("citrix-customerid"), Some(CUSTOMER));
        assert_eq!(seen.header("api-version"), None);
    }
}

#[tokio::test]
async fn a_post_without_a_body_says_that_its_length_is_zero() {
    let server = server(&[(200, MACHINE)]).await;
    let client = client_of(&server.url(), Current);
    client
        .daas()
        .site(SITE)
        .machine("m1")
        .reboot()
        .await
        .unwrap();
    let seen = &server.seen()[1];
    let lengths: Vec<_> = seen
        .headers
        .iter()
        .filter(|(name, _)| name == "content-length")
        .collect();
    assert_eq!(lengths, [&("content-length".to_owned(), "0".to_owned())]);
    assert_eq!(seen.header("transfer-encoding"), None);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.body, "");
}

#[tokio::test]
async fn force_and_delay_are_sent_only_when_they_are_set() {
    let server = server(&[(200, MACHINE), (200, MACHINE), (200, "")]).await;
    let machine = client_of(&server.url(), Current)
        .daas()
        .site(SITE)
        .machine("m1");
    machine.shutdown().await.unwrap();
    let delay = std::time::Duration::from_secs(90);
    machine
        .shutdown()
        .force(true)
        .delay(delay)
        .detail(false)
        .await
        .unwrap();
    assert!(
        machine.start().await.unwrap().is_none(),
        "an empty response is not an error"
    );
    let lines = server.lines();
    assert_eq!(lines[1], "POST /cvad/manage/Machines/m1/$shutdown");
    assert_eq!(
        lines[2],
        "POST /cvad/manage/Machines/m1/$shutdown?delay=90&detailResponseRequired=false&force=true"
    );
}

#[tokio::test]
async fn auto_asks_me_once_and_falls_back_to_the_walkthroughs_paths() {
    let server = server(&[
        (404, NOT_HERE),
        (200, ME),
        (200, MACHINE),
        (200, ME),
        (200, MACHINE),
    ])
    .await;
    let client = client_of(&server.url(), Auto);
    let machine = client.daas().site(SITE).machine("m1");
    machine.reboot().await.unwrap();
    client.daas().me().await.unwrap();
    machine.reboot().await.unwrap();
    assert_eq!(
        server.lines()[1..],
        [
            "GET /cvad/manage/me".to_owned(),
            "GET /cvadapis/me".to_owned(),
            format!("POST /cvadapis/{SITE}/Machines/m1/$reboot"),
            "GET /cvadapis/me".to_owned(),
            format!("POST /cvadapis/{SITE}/Machines/m1/$reboot"),
        ]
    );
    assert_eq!(server.seen()[1].header("citrix-instanceid"), None);
}

#[tokio::test]
async fn auto_takes_a_first_me_as_its_own_question() {
    let server = server(&[(200, ME), (200, MACHINE)]).await;
    let client = client_of(&server.url(), Auto);
    assert_eq!(
        client.daas().me().await.unwrap().display_name.unwrap(),
        "Pat Patterson"
    );
    client
        .daas()
        .site(SITE)
        .machine("m1")
        .reboot()
        .await
        .unwrap();
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn auto_ignores_a_response_that_proves_nothing() {
    let server = server(&[
        (502, "<html>bad gateway</html>"),
        (404, NOT_HERE),
        (404, NOT_HERE),
        (200, ME),
        (200, MACHINE),
    ])
    .await;
    let client = client_of(&server.url(), Auto);
    let machine = client.daas().site(SITE).machine("m1");
    let error = machine.reboot().await.unwrap_err();
    assert_eq!(
        (error.status(), error.kind()),
        (Some(502), ErrorKind::Unavailable),
        "no write yet"
    );
    let error = machine.reboot().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.hint().unwrap().contains("--api-version"), "{error}");
    machine.reboot().await.unwrap();
    assert_eq!(
        server.lines().last().unwrap(),
        "POST /cvad/manage/Machines/m1/$reboot",
        "no reboot was sent before an API version was found"
    );
}

#[tokio::test]
async fn an_endpoint_may_have_a_path_of_its_own() {
    let server = server(&[(200, LIST), (200, MACHINE)]).await;
    let client = client_of(&format!("{}/gateway/", server.url()), Current);
    client.resource_locations().list().all().await.unwrap();
    client
        .daas()
        .site(SITE)
        .machine(r"DEMOLAB\KESTREL")
        .start()
        .await
        .unwrap();
    assert_eq!(
        server.lines(),
        [
            "POST /gateway/cctrustoauth2/root/tokens/clients",
            "GET /gateway/resourcelocations",
            "POST /gateway/cvad/manage/Machines/DEMOLAB%7CKESTREL/$start",
        ]
    );
}

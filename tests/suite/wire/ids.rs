//! Ids that could change a path are either encoded, or rejected before anything is sent.

use citrix_cloud::operations::machines::RebootMachine;
use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};

const REACHING: [(&str, &str); 6] = [
    (r"DEMOLAB\EAGLE", "DEMOLAB%7CEAGLE"),
    ("a/b?c#d", "a%2Fb%3Fc%23d"),
    ("%2e%2e", "%252e%252e"),
    ("...", "..."),
    ("Büro 1", "B%C3%BCro%201"),
    (";a=b@c:d", "%3Ba%3Db%40c%3Ad"),
];

const REFUSED: [&str; 3] = ["", ".", ".."];

#[tokio::test]
async fn hard_ids_reach_the_right_path() {
    for (id, encoded) in REACHING {
        let server = Scripted::start([
            Reply::token(),
            Reply::json(200, r#"{"Id":"m"}"#),
            Reply::Response(204, vec![], String::new()),
            Reply::json(200, r#"{"Id":"m"}"#),
        ])
        .await;
        let client = client_of(&server.url(), ApiVersion::Current);
        client.daas().site(SITE).machine(id).reboot().await.unwrap();
        let location = client.resource_locations().resource_location(id);
        location.delete().await.unwrap();
        let site = client.daas().site(SITE);
        site.send(RebootMachine::new(id)).await.unwrap();
        let reboot = format!("POST /cvad/manage/Machines/{encoded}/$reboot");
        let delete = format!("DELETE /resourcelocations/{encoded}");
        assert_eq!(
            server.lines()[1..],
            [reboot.clone(), delete, reboot],
            "{id}"
        );
    }
}

#[tokio::test]
async fn ids_that_would_change_the_path_are_refused_before_anything_is_sent() {
    let server = Scripted::start([]).await;
    let client = client_of(&server.url(), ApiVersion::Auto);
    let locations = client.resource_locations();
    let principals = client.service_principals();
    let connectors = client.connectors();
    for id in REFUSED {
        let site = client.daas().site(SITE);
        let errors = [
            site.machine(id).reboot().await.unwrap_err(),
            site.machine(id).maintenance_mode(true).await.unwrap_err(),
            site.machine_catalog(id).machines().all().await.unwrap_err(),
            site.session(id).logoff().await.unwrap_err(),
            locations.resource_location(id).delete().await.unwrap_err(),
            principals.service_principal(id).delete().await.unwrap_err(),
            connectors.connector(id).delete().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Input, "{id:?}: {error}");
            let words = match id {
                "" => "` is empty; nothing was sent".to_owned(),
                id => format!("` is `{id}`, which is not an id or a name; nothing was sent"),
            };
            assert!(error.to_string().contains(&words), "{error}");
            assert!(error.operation().is_some(), "{error}");
        }
    }
    assert!(server.seen().is_empty(), "{:?}", server.lines());
}

#[tokio::test]
async fn site_ids_cannot_reach_another_path_or_header() {
    let server = Scripted::start([]).await;
    let client = client_of(&server.url(), ApiVersion::Preview);
    for site in ["", "..", "a/b", "a\r\nX-Evil: 1", "ä"] {
        let error = client
            .daas()
            .site(site)
            .machine("m1")
            .reboot()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{site:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_transaction_id_cannot_split_the_header() {
    let server = Scripted::start([]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client
        .service_principals()
        .service_principal("p")
        .delete()
        .transaction_id("a\r\nX-Evil: 1")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(server.seen().is_empty());
}

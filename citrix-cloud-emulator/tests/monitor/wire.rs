//! Hosts, headers, response shapes and rejections.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use citrix_cloud_emulator::{Limits, ids};
use serde_json::{Value, json};

use crate::client::{Office, office};

#[tokio::test]
async fn every_set_of_the_service_document_responds() {
    let office = Office::open().await;
    let response = office.ask("").await;
    assert!(
        response.head.contains("odata-version: 4.0"),
        "{}",
        response.head
    );
    let document = response.json();
    assert_eq!(
        document["@odata.context"],
        "https://api.cloud.com/monitorodata/$metadata"
    );
    let sets = document["value"].as_array().unwrap();
    assert_eq!(sets.len(), 74);
    for set in sets {
        let name = set["name"].as_str().unwrap();
        let response = office.ask(&format!("{name}?$top=2&$count=true")).await;
        // Measurements for every five minutes are too many to be counted in 30 seconds.
        let status = if name == "LoadIndexes" { 504 } else { 200 };
        assert_eq!(response.status, status, "{name}: {}", response.body);
    }
    let metadata = office.ask("$metadata").await;
    assert!(metadata.head.contains("application/xml"));
    assert!(
        metadata
            .body
            .contains("<EntityType Name=\"ProcessInfo\"><Key><PropertyRef Name=\"ProcessKey\"/>")
    );
}

#[tokio::test]
async fn every_host_form_responds_with_its_own_addresses() {
    let office = Office::open().await;
    let customer = ids::CUSTOMER_ID;
    let older = "/Citrix/Monitor/OData/v4/Data";
    for (host, base) in [
        ("api.cloud.com", "/monitorodata"),
        ("api-us.cloud.com", "/monitorodata"),
        ("api-eu.cloud.com", "/monitorodata"),
        ("api-ap-s.cloud.com", "/MonitorOData"),
        ("api.citrixcloud.jp", "/monitorodata"),
        (
            &format!("{customer}.apps.citrixworkspacesapi.jp"),
            "/Citrix/monitor/odata/v4/data",
        ),
        (&format!("{customer}.xendesktop.net"), older),
        ("127.0.0.1:8080", "/monitorodata"),
        ("127.0.0.1:8080", older),
    ] {
        let response = office.from(host, &format!("{base}/sessions?$top=1")).await;
        assert_eq!(response.status, 200, "{host}{base}: {}", response.body);
        let scheme = if host.starts_with("127") {
            "http"
        } else {
            "https"
        };
        let context = format!("{scheme}://{host}{base}/$metadata#Sessions");
        assert_eq!(response.json()["@odata.context"], context);
    }
    for (host, path, status) in [
        ("api.cloud.com", older, 404),
        (&format!("{customer}.xendesktop.net"), "/monitorodata", 404),
        ("other.xendesktop.net", older, 403),
        (
            "127.0.0.1:8080",
            "/Citrix/Monitor/OData/v3/Data/Machines",
            501,
        ),
        ("127.0.0.1:8080", "/Citrix/Monitor/OData/v4/Methods", 501),
        ("api.cloud.com", "/monitorodata/abcd1024xyz/v4/data", 404),
    ] {
        let response = office.from(host, path).await;
        assert_eq!(response.status, status, "{host}{path}: {}", response.body);
    }
}

#[tokio::test]
async fn a_forbidden_query_gets_the_error_body_of_the_part_that_refuses_it() {
    let office = Office::open().await;
    let get = async |host: &str, path: &str, headers: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
        office.raw(&request).await
    };
    let path = "/monitorodata/Machines";
    let customer = format!("Citrix-CustomerId: {}\r\n", ids::CUSTOMER_ID);
    let token = format!("Authorization: CWSAuth Bearer={}\r\n", office.token);
    let response = get("api.cloud.com", path, &customer).await;
    assert_eq!(response.status, 401);
    assert_eq!(
        response.json()["type"],
        "https://errors-api.cloud.com/common/authentication"
    );
    let stranger = format!("{token}Citrix-CustomerId: somebody\r\n");
    assert_eq!(get("api.cloud.com", path, &stranger).await.status, 403);
    assert_eq!(get("api.cloud.com", path, &token).await.status, 500);
    let direct = "/Citrix/Monitor/OData/v4/Data/Machines?$top=1";
    let response = get("controller", direct, "").await;
    assert_eq!((response.status, response.body.as_str()), (401, ""));
    assert!(
        response.head.contains("www-authenticate: negotiate"),
        "{}",
        response.head
    );
    let basic = |secret: &str| {
        let pair = format!(r"DEMOLAB\{}:{secret}", ids::CLIENT_ID);
        format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(pair))
    };
    assert_eq!(
        get("controller", direct, &basic(ids::CLIENT_SECRET))
            .await
            .status,
        200
    );
    assert_eq!(get("controller", direct, &basic("wrong")).await.status, 401);
    let post = format!(
        "POST {path} HTTP/1.1\r\nHost: api.cloud.com\r\nContent-Length: 0\r\nConnection: close\r\n{token}{customer}\r\n"
    );
    assert_eq!(office.raw(&post).await.status, 405);
}

#[tokio::test]
async fn responses_have_the_shapes_that_samples_show() {
    let office = Office::open().await;
    let first = async |query: &str| office.ask(query).await.json();
    let it = first("Machines?$top=1&$count=true&$select=name,ID").await;
    assert_eq!(
        it["@odata.context"],
        "https://api.cloud.com/monitorodata/$metadata#Machines(Id,Name)"
    );
    let keys: Vec<&String> = it.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["@odata.context", "@odata.count", "value"]);
    let keys: Vec<&String> = it["value"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["Id", "Name"]);
    let it = first("Sessions?$expand=ApplicationInstances&$top=1").await;
    assert!(
        it["@odata.context"]
            .as_str()
            .unwrap()
            .ends_with("#Sessions(ApplicationInstances())")
    );
    assert!(it["value"][0]["ApplicationInstances"].is_array());
    let it = first("Connections?$select=*&$expand=Session($select=*;$expand=User($select=UserName,Upn),Machine($select=Name))&$top=1").await;
    let context = it["@odata.context"].as_str().unwrap();
    assert!(
        context.ends_with("#Connections(*,Session(*,User(Upn,UserName),Machine(Name)))"),
        "{context}"
    );
    assert!(it["value"][0]["Session"]["User"]["Upn"].is_string());
    let it = first("Sessions?$apply=filter(User/FullName ne null)/groupby((User/FullName),aggregate(LogonDuration with average as Mean))&$top=1").await;
    let row = it["value"][0].as_object().unwrap();
    assert_eq!(
        row.keys().collect::<Vec<_>>(),
        ["@odata.id", "User", "Mean"]
    );
    assert_eq!(row["User"]["@odata.id"], Value::Null);
    let it = first("Sessions?$filter=EndDate eq null&$top=0&$count=true").await;
    assert!(it["@odata.count"].as_u64().unwrap() > 20);
    assert_eq!(it["value"], json!([]));
    let it = first("Machines?$select=Name&$expand=Sessions($select=SessionKey;$filter=EndDate eq null;$count=true),Sessions($select=ConnectionState)&$top=1").await;
    assert!(it["value"][0]["Sessions"].is_array());
    let plus = office
        .ask("Machines?null=null&orderby=Nothing&%25$top=1&$filter=Name+ne+null&$top=1")
        .await;
    assert_eq!(plus.status, 200, "{}", plus.body);
}

#[tokio::test]
async fn queries_that_fail_respond_as_observed() {
    let office = Office::open().await;
    for (query, status) in [
        ("Machines(11111111-2222-3333-4444-555555555555)", 404),
        ("Machines/$count", 404),
        ("SessionMetric", 404),
        ("ApplicationInstanceSummary", 404),
        ("ReconnectSummaries", 404),
        ("SessionMetricsLatest", 404),
        ("SessionActivitySummaries()", 404),
        ("Sessions?$filter=ConnectionState eq 'Active'", 400),
        ("ConnectionFailureLogs?$expand=DesktopGroup", 400),
        ("ApplicationFaults?$expand=Application", 400),
        ("MachineMetric?$filter=ModifiedDate gt 2026-01-05", 400),
        (
            "LoadIndexes?$filter=CreatedDate gt datetime'2026-01-05T00:00:00'",
            400,
        ),
        ("Sessions?$select=Hidden", 400),
        ("Machines?$select=ResumedDate", 400),
        ("Machines?$search=x", 501),
        ("$batch", 501),
    ] {
        let response = office.ask(query).await;
        assert_eq!(response.status, status, "{query}: {}", response.body);
        if status == 400 {
            let error = response.json();
            let message = error["error"]["message"].as_str().unwrap();
            assert!(
                message.starts_with("The query specified in the URI is not valid."),
                "{message}"
            );
        }
    }
}

#[tokio::test]
async fn pages_have_a_thousand_rows_and_lead_to_each_row_once() {
    let office = Office::open().await;
    let query =
        "Sessions?$select=SessionKey&$filter=StartDate ge 2025-12-01 and LogOnDuration ne null";
    let first = office.ask(query).await.json();
    assert_eq!(first["value"].as_array().unwrap().len(), 1000);
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["@odata.context", "value", "@odata.nextLink"]);
    let counted = office
        .ask(&format!("{query}&$top=0&$count=true"))
        .await
        .json();
    let number = usize::try_from(counted["@odata.count"].as_u64().unwrap()).unwrap();
    for more in ["", "&$orderby=LogOnDuration desc", "&$count=true"] {
        let rows = office.rows(&format!("{query}{more}")).await;
        let keys: BTreeSet<&str> = rows
            .iter()
            .map(|it| it["SessionKey"].as_str().unwrap())
            .collect();
        assert_eq!((keys.len(), rows.len()), (number, number), "{more}");
    }
    let rows = office.rows(&format!("{query}&$top=2500&$skip=7")).await;
    assert_eq!(rows.len(), 2500);
}

#[tokio::test]
async fn all_pages_show_the_moment_of_the_first_one() {
    let lifetime = Duration::from_secs(30 * 24 * 3600);
    let office = Office::of(office().token_lifetime(lifetime)).await;
    // The load is measured every five minutes, and kept for 90 days.
    for when in ["CreatedDate ge 2026-01-05", "CreatedDate lt 2025-10-09"] {
        for more in ["", "&$orderby=CreatedDate desc", "&$count=true"] {
            let all = format!("LoadIndexes?$select=Id&$filter={when}");
            let counted = office.ask(&format!("{all}&$top=0&$count=true")).await;
            let counted = counted.json()["@odata.count"].clone();
            let query = format!("{all}{more}");
            let (mut ids, mut pages) = (BTreeSet::new(), 0);
            let mut page = office.ask(&query).await.json();
            loop {
                pages += 1;
                let rows = page["value"].as_array().unwrap();
                for row in rows {
                    assert!(
                        ids.insert(row["Id"].as_i64()),
                        "{query}: {row} is there twice"
                    );
                }
                if more.contains("count") {
                    assert_eq!(page["@odata.count"], counted, "{query}");
                }
                let Some(next) = page["@odata.nextLink"].as_str() else {
                    break;
                };
                let path = next.strip_prefix("https://api.cloud.com").expect(next);
                office.emulator.clock().advance(Duration::from_secs(300));
                page = office.from("api.cloud.com", path).await.json();
            }
            assert!(pages > 2, "{query}: {pages} pages");
            assert_eq!(counted, ids.len(), "{query}");
        }
    }
}

#[tokio::test]
async fn a_second_query_of_a_customer_is_refused_while_the_first_one_runs() {
    let builder = office().latency(Duration::from_millis(300));
    let office = Office::of(builder).await;
    let query = "Machines?$top=1";
    let both = tokio::join!(office.ask(query), office.ask(query));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 429]);
    let refused = if both.0.status == 429 { both.0 } else { both.1 };
    let error = refused.json();
    assert_eq!(
        error["type"],
        "https://errors-api.cloud.com/common/rateLimitExceeded"
    );
    assert_eq!(
        error["parameters"],
        json!([{ "name": "retryDelay", "value": "4" }])
    );
    assert!(!refused.head.contains("retry-after"));
    let older = format!("{}.xendesktop.net", ids::CUSTOMER_ID);
    let direct = "/Citrix/Monitor/OData/v4/Data/Machines?$top=1";
    for (host, statuses) in [(older.as_str(), [200, 429]), ("controller", [200, 200])] {
        let both = tokio::join!(office.from(host, direct), office.from(host, direct));
        let mut found = [both.0.status, both.1.status];
        found.sort_unstable();
        assert_eq!(found, statuses, "{host}");
    }
    assert_eq!(office.ask(query).await.status, 200);
}

#[tokio::test]
async fn a_query_over_too_many_rows_times_out_after_30_seconds() {
    let limits = Limits {
        monitor_rows: 5000,
        ..Limits::default()
    };
    let office = Office::of(office().limits(limits)).await;
    let before = office.emulator.clock().now();
    let response = office
        .ask("Sessions?$apply=groupby((ConnectionState))")
        .await;
    assert_eq!(response.status, 504);
    assert!(response.json()["activityId"].is_string());
    let took = office.emulator.clock().now().duration_since(before);
    assert_eq!(took.as_secs(), 30);
    // A narrower query is fast.
    let query = "Sessions?$apply=filter(StartDate ge 2026-01-02)/groupby((ConnectionState))";
    assert_eq!(office.ask(query).await.status, 200);
}

/// Returns the keys of running sessions, according to Monitor and according to the world.
async fn running(office: &Office) -> (BTreeSet<String>, BTreeSet<String>) {
    let open = "Sessions?$filter=EndDate eq null&$select=SessionKey";
    let rows = office.rows(open).await;
    let shown = rows
        .iter()
        .map(|it| it["SessionKey"].as_str().unwrap().to_owned());
    let live = office.emulator.read_site(|site| {
        let sessions = site.sessions.iter();
        sessions.map(|it| it.id().to_owned()).collect()
    });
    (shown.collect(), live)
}

#[tokio::test]
async fn changes_in_the_world_show_up_in_monitor() {
    let mut office = Office::open().await;
    let (shown, live) = running(&office).await;
    assert_eq!(shown, live);
    let gone = live.first().unwrap().clone();
    office.emulator.clock().advance(Duration::from_secs(600));
    office.emulator.update_site(|site| site.end_session(&gone));
    office.emulator.clock().advance(Duration::from_secs(600));
    let (shown, live) = running(&office).await;
    assert_eq!(shown, live);
    let query = format!("Sessions?$filter=SessionKey eq {gone}&$expand=Machine($select=Name)");
    let ended = office.rows(&query).await;
    assert_eq!(ended[0]["EndDate"], "2026-01-05T08:40:00Z");
    assert_eq!(ended[0]["ConnectionState"], 3);
    // A deleted machine remains in the history.
    let name = ended[0]["Machine"]["Name"].as_str().unwrap().to_owned();
    office
        .emulator
        .update_site(|site| site.machines.remove(&name));
    let query = format!("Machines?$filter=Name eq '{name}'&$select=LifecycleState");
    assert_eq!(office.rows(&query).await[0]["LifecycleState"], 1);
    office.emulator.reset();
    office.sign_in().await;
    let (shown, live) = running(&office).await;
    assert_eq!(shown, live);
    assert!(live.contains(&gone));
    assert_eq!(office.rows(&query).await[0]["LifecycleState"], 0);
}

#[tokio::test]
async fn sessions_that_start_and_end_between_queries_are_recorded() {
    let office = Office::open().await;
    office
        .emulator
        .clock()
        .advance(Duration::from_secs(20 * 3600));
    // Their tokens have expired by now.
    let mut office = office;
    office.sign_in().await;
    let query = "Sessions?$filter=StartDate gt 2026-01-05T08:30:00Z and EndDate ne null&$select=StartDate,EndDate";
    let rows = office.rows(query).await;
    assert!(rows.len() > 200, "{} sessions", rows.len());
    let ends: BTreeSet<&str> = rows
        .iter()
        .map(|it| it["EndDate"].as_str().unwrap())
        .collect();
    assert!(ends.len() > 200, "they all end at one moment");
}

use std::time::Duration;

use citrix_cloud_emulator::faults::{
    Fault, FaultKind, Latency, RateLimit, RetryDelay, Shape, Time,
};
use citrix_cloud_emulator::{Emulator, Exchange, ids};
use serde_json::{Value, json};

use crate::client::{Cloud, Response, escape};

async fn with_fault(fault: Fault) -> Cloud {
    let cloud = Cloud::new().await;
    cloud.emulator.faults().add(fault);
    cloud.emulator.journal().clear();
    cloud
}

async fn reboot(cloud: &Cloud) -> Response {
    let path = format!("/Machines/{}/$reboot", ids::KESTREL_ID);
    cloud.site("POST", &path).await
}

fn reboots(cloud: &Cloud) -> usize {
    let id = ids::KESTREL_ID;
    cloud
        .emulator
        .read_site(|site| site.machines.get(id).unwrap().reboots())
}

fn last(cloud: &Cloud) -> Exchange {
    cloud.emulator.journal().entries().pop().unwrap()
}

#[tokio::test]
async fn a_status_is_returned_before_or_after_acting() {
    for status in [500, 502, 503, 504, 530] {
        let fault = Fault::new(FaultKind::Status(status));
        let cloud = with_fault(fault.clone()).await;
        let response = reboot(&cloud).await;
        assert_eq!((response.status, reboots(&cloud)), (status, 0));
        let has_id = response.headers.contains_key("citrix-transactionid");
        assert_eq!(has_id, status != 502, "a gateway that failed knows no id");
        let entry = last(&cloud);
        assert!(!entry.acted);
        assert_eq!(entry.fault, Some(FaultKind::Status(status)));
        assert_eq!(entry.operation.as_deref(), Some("MachinesRebootMachine"));

        let cloud = with_fault(fault.after_acting()).await;
        assert_eq!(reboot(&cloud).await.status, status);
        assert_eq!(reboots(&cloud), 1);
        assert!(last(&cloud).acted);
    }
}

#[tokio::test]
async fn a_delay_is_said_in_each_of_the_services_ways() {
    let said = async |delay| {
        let cloud = with_fault(Fault::new(FaultKind::throttled(delay))).await;
        let response = reboot(&cloud).await;
        assert_eq!((response.status, reboots(&cloud)), (429, 0));
        let header = response.headers.get("retry-after");
        let header = header.map(|it| it.to_str().unwrap().to_owned());
        (header, response.json())
    };
    assert_eq!(said(RetryDelay::None).await.0, None);
    assert_eq!(said(RetryDelay::Seconds(7)).await.0.as_deref(), Some("7"));
    let date = said(RetryDelay::HttpDate(7)).await.0.unwrap();
    assert!(date.ends_with(" GMT") && date.contains(", "), "{date}");
    let time = said(RetryDelay::Rfc3339(7)).await.0.unwrap();
    let wait = time.parse::<jiff::Timestamp>().unwrap() - jiff::Timestamp::now();
    let wait = wait.total(jiff::Unit::Second).unwrap();
    assert!((6.0..=8.0).contains(&wait), "{time}");
    for (shape, parameters) in [
        (
            Shape::NameValue,
            json!([{ "name": "retryDelay", "value": "7" }]),
        ),
        (
            Shape::KeyValue,
            json!([{ "key": "retryDelay", "value": "7" }]),
        ),
        (Shape::Map, json!({ "retryDelay": "7" })),
        (Shape::Bare, json!({ "name": "retryDelay", "value": "7" })),
        (Shape::Maps, json!([{ "retryDelay": "7" }])),
    ] {
        let (header, body) = said(RetryDelay::Parameters { seconds: 7, shape }).await;
        assert_eq!((header, &body["parameters"]), (None, &parameters));
        assert_eq!(
            body["type"],
            "https://errors-api.cloud.com/common/rateLimitExceeded"
        );
    }
    let (_, body) = said(RetryDelay::Message(7)).await;
    assert_eq!(
        body["message"],
        "Rate limit is exceeded. Try again in 7 seconds."
    );
}

#[tokio::test]
async fn bodies_can_be_of_the_wrong_kind() {
    for (kind, content_type, text) in [
        (FaultKind::Html(502), Some("text/html"), "<html>"),
        (FaultKind::Text(503), Some("text/plain"), "unavailable"),
        (FaultKind::Empty(500), None, ""),
    ] {
        let cloud = with_fault(Fault::new(kind)).await;
        let response = reboot(&cloud).await;
        let given = response.headers.get("content-type");
        assert_eq!(given.map(|it| it.to_str().unwrap()), content_type);
        assert!(response.body.contains(text) && response.status >= 500);
        assert_eq!(reboots(&cloud), 0);
    }
    let cloud = with_fault(Fault::new(FaultKind::WrongContentType("image/png".into()))).await;
    let response = reboot(&cloud).await;
    assert_eq!(response.header("content-type"), "image/png");
    assert_eq!(response.json()["Id"], ids::KESTREL_ID);
    assert_eq!(reboots(&cloud), 1, "a real response");

    let cloud = with_fault(Fault::new(FaultKind::TruncatedJson)).await;
    let response = reboot(&cloud).await;
    assert_eq!(response.status, 200);
    let error = serde_json::from_str::<Value>(&response.body).unwrap_err();
    assert!(error.is_eof());

    let cloud = with_fault(Fault::new(FaultKind::HexEscapes)).await;
    let response = reboot(&cloud).await;
    assert!(response.body.contains(r#""\x49d":"#), "{}", response.body);
    assert!(serde_json::from_str::<Value>(&response.body).is_err());
}

#[tokio::test]
async fn an_expired_token_is_really_gone() {
    let cloud = with_fault(Fault::new(FaultKind::ExpiredToken).times(1)).await;
    assert_eq!(reboot(&cloud).await.status, 401);
    assert_eq!(reboot(&cloud).await.status, 401, "without a fault");
    assert_eq!(cloud.emulator.faults().injections().len(), 1);
}

#[tokio::test]
async fn a_redirect_names_the_region_and_a_path_of_its_own() {
    let host = "api-eu.cloud.com".to_owned();
    let kind = FaultKind::Redirect {
        host,
        location: true,
    };
    let response = reboot(&with_fault(Fault::new(kind)).await).await;
    assert_eq!(response.status, 307);
    let location = response.header("location");
    assert!(
        location.starts_with("https://api-eu.cloud.com/feature-data_"),
        "{location}"
    );
    let body = response.json();
    assert_eq!(body["type"], "https://errors-api.cloud.com/common/Redirect");
    assert_eq!(
        body["parameters"],
        json!([
            { "name": "Citrix-CustomerId", "value": ids::CUSTOMER_ID },
            { "name": "customerDataRegion", "value": "eu" },
            { "name": "currentAPIMRegion", "value": "us" },
        ])
    );
}

#[tokio::test]
async fn lists_can_go_in_circles_or_never_end() {
    let next = async |cloud: &Cloud, token: &Value| {
        let token = token.as_str().map_or(String::new(), |token| {
            format!("&continuationToken={}", escape(token))
        });
        let response = cloud
            .site("GET", &format!("/Machines?limit=5{token}"))
            .await;
        let mut body = response.json();
        assert!(!body["Items"].as_array().unwrap().is_empty());
        body["ContinuationToken"].take()
    };
    let circle = with_fault(Fault::new(FaultKind::RepeatedToken).on("MachinesGetMachines")).await;
    let first = next(&circle, &Value::Null).await;
    assert_eq!(next(&circle, &first).await, first);
    assert_eq!(next(&circle, &first).await, first);

    let endless = with_fault(Fault::new(FaultKind::EndlessTokens).on("MachinesGetMachines")).await;
    let mut seen = vec![Value::Null];
    for _ in 0..8 {
        let token = next(&endless, seen.last().unwrap()).await;
        assert!(token.is_string() && !seen.contains(&token), "{token}");
        seen.push(token);
    }
}

#[tokio::test]
async fn jobs_fail_hang_and_vanish() {
    for (kind, ending, acts) in [
        (FaultKind::JobFails, Some("Failed"), false),
        (FaultKind::JobFails, Some("Failed"), true),
        (FaultKind::JobHangs, Some("InProgress"), false),
        (FaultKind::JobVanishes, None, true),
    ] {
        let fault = Fault::new(kind.clone()).on("MachinesReboot*");
        let cloud = with_fault(if acts { fault.after_acting() } else { fault }).await;
        let path = format!("/Machines/{}/$reboot?async=true", ids::KESTREL_ID);
        let response = cloud.site("POST", &path).await;
        assert_eq!(response.status, 202);
        let job = response.header("location").split("/Jobs/").nth(1).unwrap();
        let job = format!("/Jobs/{job}");
        assert_eq!(cloud.site("GET", &job).await.json()["Status"], "NotStarted");
        cloud.wait(1_000);
        assert_eq!(cloud.site("GET", &job).await.json()["Status"], "InProgress");
        cloud.wait(60_000);
        let response = cloud.site("GET", &job).await;
        match ending {
            Some(status) => assert_eq!(response.json()["Status"], status),
            None => assert_eq!(response.status, 404),
        }
        assert_eq!(reboots(&cloud), usize::from(acts), "{kind:?}");
        let struck = cloud.emulator.faults().injections();
        assert_eq!(struck.len(), 1);
        assert_eq!(
            struck[0].operation.as_deref(),
            Some("MachinesRebootMachine")
        );
    }
}

#[tokio::test]
async fn items_of_a_batch_fail_one_by_one() {
    let fault = Fault::new(FaultKind::ItemFails(500)).on("MachinesGetMachine");
    let cloud = with_fault(fault.after(1).times(1)).await;
    let items = (0..3).map(|reference| {
        let url = format!("/Machines/{}", ids::KESTREL_ID);
        json!({ "Reference": reference, "RelativeUrl": url })
    });
    let body = json!({ "Items": items.collect::<Vec<_>>() });
    let response = cloud.call("POST", "/cvad/manage/$batch", body).await;
    let body = response.json();
    let codes = body["Items"].as_array().unwrap();
    let codes: Vec<_> = codes.iter().map(|item| item["Code"].clone()).collect();
    assert_eq!(codes, [200, 500, 200]);
}

#[tokio::test]
async fn a_share_of_the_requests_is_struck_and_the_same_one_each_time() {
    let pattern = async |seed| {
        let fault = Fault::new(FaultKind::Status(500)).rate(0.1).seed(seed);
        let cloud = with_fault(fault.on("MachinesGetMachine")).await;
        let mut pattern = Vec::new();
        for _ in 0..400 {
            let path = format!("/Machines/{}", ids::KESTREL_ID);
            pattern.push(cloud.site("GET", &path).await.status == 500);
        }
        pattern
    };
    let first = pattern(1).await;
    let share = first.iter().filter(|struck| **struck).count();
    assert!((20..=60).contains(&share), "{share} of 400");
    assert_eq!(first, pattern(1).await);
    assert_ne!(first, pattern(2).await);
}

#[tokio::test]
async fn the_first_rule_that_strikes_decides_and_latency_adds_up() {
    let cloud = Cloud::new().await;
    let held = Duration::from_millis(2);
    cloud.emulator.faults().set(vec![
        Fault::new(FaultKind::Latency(Latency::Fixed(held))),
        Fault::new(FaultKind::Status(500)).after(1).times(1),
        Fault::new(FaultKind::Status(503)),
    ]);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(reboot(&cloud).await.status);
    }
    assert_eq!(statuses, [503, 500, 503]);
    assert!(last(&cloud).duration >= held);
    let struck = cloud.emulator.faults().injections();
    assert_eq!(
        struck.iter().map(|strike| strike.rule).collect::<Vec<_>>(),
        [0, 2, 0, 1, 0, 2]
    );
    assert_eq!(struck[0].exchange, struck[1].exchange);
    assert_eq!(struck[5].exchange, Some(last(&cloud).number));
    cloud.emulator.faults().clear();
    assert_eq!(reboot(&cloud).await.status, 200);
}

#[tokio::test]
async fn a_rate_limit_can_follow_the_emulators_clock() {
    let limit = RateLimit {
        burst: 2,
        time: Time::Emulated,
        ..RateLimit::per_second(1.0)
    };
    let cloud = with_fault(Fault::new(FaultKind::RateLimit(limit))).await;
    let mut statuses = Vec::new();
    for pause in [0, 0, 0, 1_000, 0] {
        cloud.wait(pause);
        let response = cloud.get("/cvad/manage/me").await;
        if response.status == 429 {
            assert_eq!(response.header("retry-after"), "1");
        }
        statuses.push(response.status);
    }
    assert_eq!(statuses, [200, 200, 429, 200, 429]);
}

#[tokio::test(start_paused = true)]
async fn latency_of_every_distribution_is_held_back() {
    let begun = tokio::time::Instant::now();
    let second = Duration::from_secs(1);
    for latency in [
        Latency::Fixed(second),
        Latency::Uniform {
            from: second,
            to: 3 * second,
        },
        Latency::LogNormal {
            median: 2 * second,
            sigma: 0.0,
        },
    ] {
        let cloud = with_fault(Fault::new(FaultKind::Latency(latency))).await;
        let before = begun.elapsed();
        cloud.get("/cvad/manage/me").await;
        let held = begun.elapsed() - before;
        assert!(held >= second && held <= 3 * second, "{held:?}");
    }
}

#[tokio::test]
async fn without_a_port_a_cut_is_a_body_that_breaks_off() {
    let cloud = with_fault(Fault::new(FaultKind::Reset).after_acting()).await;
    let request = http::Request::get("/cvad/manage/me").body(axum::body::Body::empty());
    let response = tower::ServiceExt::oneshot(cloud.emulator.app(), request.unwrap()).await;
    let body = response.unwrap().into_body();
    assert!(axum::body::to_bytes(body, 100).await.is_err());
    assert_eq!(last(&cloud).status, 0);
}

#[test]
fn rules_read_as_they_are_written() {
    let rules = vec![
        Fault::new(FaultKind::Reset)
            .on("Machines*")
            .method("POST")
            .rate(0.1),
        Fault::new(FaultKind::Latency(Latency::Fixed(Duration::from_millis(
            250,
        ))))
        .after_acting(),
        Fault::new(FaultKind::throttled(RetryDelay::Parameters {
            seconds: 3,
            shape: Shape::Bare,
        })),
        Fault::new(FaultKind::RateLimit(RateLimit::per_second(20.0))).path("/cvad"),
        Fault::new(FaultKind::SlowBody(Duration::from_secs(90)))
            .times(2)
            .after(1),
    ];
    let text = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Fault>>(&text).unwrap(), rules);
    assert!(text.contains(r#""latency":{"fixed":"250ms"}"#), "{text}");
    for (wrong, why) in [
        (r#"{ "kind": "resett" }"#, "resett"),
        (r#"{ "kind": "reset", "rates": 1 }"#, "rates"),
        (
            r#"{ "kind": "reset", "rate": 10 }"#,
            "must be between 0 and 1",
        ),
        (r#"{ "kind": { "slow_body": "90" } }"#, "write 250ms"),
        (
            r#"{ "kind": { "redirect": { "host": "a", "x": 1 } } }"#,
            "unknown field `x`",
        ),
        (r#"{ "rate": 1 }"#, "missing field `kind`"),
    ] {
        let error = serde_json::from_str::<Fault>(wrong)
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{wrong}: {error}");
    }
    assert!(
        Emulator::builder()
            .faults(rules)
            .build()
            .faults()
            .rules()
            .len()
            == 5
    );
}

#[tokio::test]
async fn a_frozen_site_returns_530_until_it_is_active() {
    let cloud = Cloud::built(Emulator::builder().job_duration(Duration::from_secs(60))).await;
    cloud
        .emulator
        .faults()
        .add(Fault::new(FaultKind::FrozenSite));
    let me = async || cloud.get("/cvad/manage/me").await.status;
    assert_eq!((me().await, reboot(&cloud).await.status), (530, 530));
    assert_eq!(reboots(&cloud), 0);
    let older = format!("/cvadapis/{}/Machines", ids::SITE_ID);
    assert_eq!(cloud.get(&older).await.status, 530);
    assert_eq!(cloud.get("/resourcelocations").await.status, 200);

    let activate = async |customer: &str| {
        let path = format!(
            "/resourceprovider/{}/site/activation?customerId={customer}",
            ids::CUSTOMER_ID
        );
        cloud.post(&path).await.status
    };
    assert_eq!(activate("another").await, 400);
    cloud.wait(100_000);
    assert_eq!(me().await, 530, "nobody activated it");
    assert_eq!(activate(ids::CUSTOMER_ID).await, 202);
    cloud.wait(59_000);
    assert_eq!(me().await, 530, "it is waking up");
    assert_eq!(activate(ids::CUSTOMER_ID).await, 200, "once is enough");
    cloud.wait(1_000);
    assert_eq!((me().await, reboot(&cloud).await.status), (200, 200));
    assert_eq!(cloud.emulator.faults().injections().len(), 5);
}

#[tokio::test]
async fn a_plain_530_is_not_lifted() {
    let cloud = with_fault(Fault::new(FaultKind::Status(530)).path("/cvad")).await;
    let path = format!(
        "/resourceprovider/{0}/site/activation?customerId={0}",
        ids::CUSTOMER_ID
    );
    assert_eq!(cloud.post(&path).await.status, 200);
    assert_eq!(reboot(&cloud).await.status, 530);
}

#[tokio::test]
async fn pages_shift_and_rows_come_twice_with_other_values() {
    let cloud = Cloud::lenient().await;
    let names = |page: &Value| -> Vec<String> {
        let rows = page["Items"].as_array().unwrap().iter();
        rows.map(|it| it["Name"].as_str().unwrap().to_owned())
            .collect()
    };
    let pages = async || {
        let first = cloud.site("GET", "/Machines?limit=2").await.json();
        let token = first["ContinuationToken"].as_str().unwrap();
        let path = format!("/Machines?limit=2&continuationToken={token}");
        (first.clone(), cloud.site("GET", &path).await.json())
    };
    let (first, second) = pages().await;
    let list = "MachinesGetMachines";
    let fault = Fault::new(FaultKind::ShiftedPages(1)).on(list);
    cloud.emulator.faults().set(vec![fault]);
    let (same, shifted) = pages().await;
    assert_eq!(names(&same), names(&first));
    assert_eq!(names(&shifted), names(&second)[1..]);
    let change = json!({ "SessionCount": 7 }).as_object().unwrap().clone();
    let fault = Fault::new(FaultKind::RepeatedRows(change)).on(list);
    cloud.emulator.faults().set(vec![fault]);
    let (same, repeated) = pages().await;
    assert_eq!(same["Items"], first["Items"]);
    assert_eq!(names(&repeated), [names(&first), names(&second)].concat());
    assert_eq!(repeated["Items"][0]["SessionCount"], 7);
    assert_eq!(repeated["Items"][2], second["Items"][0]);
}

#[tokio::test]
async fn the_last_page_gets_a_token_that_it_lacks() {
    let cloud = Cloud::lenient().await;
    for kind in [FaultKind::RepeatedToken, FaultKind::EndlessTokens] {
        let fault = Fault::new(kind).on("MachinesGetMachines");
        cloud.emulator.faults().set(vec![fault]);
        let page = cloud.site("GET", "/Machines").await.json();
        assert!(page["ContinuationToken"].is_string(), "{page}");
    }
}

#[tokio::test]
async fn new_objects_appear_after_a_delay() {
    let late = Fault::new(FaultKind::LateConsistency(Duration::from_secs(30)));
    let cloud = Cloud::built(Emulator::builder().faults(vec![late])).await;
    let body = json!({ "Name": "Blue" });
    let made = cloud.call("POST", "/cvad/manage/Tags", body).await.json();
    let by_id = format!("/Tags/{}", made["Id"].as_str().unwrap());
    for path in [by_id.as_str(), "/Tags/blue"] {
        assert_eq!(cloud.site("GET", path).await.status, 404, "{path}");
    }
    assert_eq!(cloud.site("GET", "/Tags/Pilot").await.status, 200);
    cloud.wait(31_000);
    assert_eq!(cloud.site("GET", &by_id).await.status, 200);
}

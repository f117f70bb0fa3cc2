//! Many calls in one request, byte for byte.

use std::num::NonZeroUsize;
use std::time::Duration;

use citrix_cloud::daas::{RelativeUrls, Site};
use citrix_cloud::{ApiVersion, BoxRequest, ErrorKind};
use citrix_cloud_emulator::{Emulator, ids};
use citrix_cloud_tests::{CUSTOMER, Reply, SITE, Scripted, TOKEN, client, client_of, raw};
use serde_json::{Value, json};

fn site(server: &Scripted) -> Site {
    client_of(&server.url(), ApiVersion::Current)
        .daas()
        .site(SITE)
}

fn reply(items: &Value) -> Reply {
    Reply::json(200, json!({ "Items": items }).to_string())
}

fn told(reference: impl Into<Value>, code: u16, body: &Value) -> Value {
    json!({ "Reference": reference.into(), "Code": code, "Body": body.to_string() })
}

#[tokio::test]
async fn items_are_written_as_the_service_wants_them() {
    let server = Scripted::start([Reply::token(), reply(&json!([]))]).await;
    let site = site(&server);
    let value = |_| Value::Null;
    let calls = [
        site.machine(r"D\X").get().fields(["Id", "Name"]).map(value),
        site.machine("7").reboot().force(true).map(|_| Value::Null),
        site.machine("7")
            .maintenance_mode(true)
            .map(|_| Value::Null),
        site.send_raw(raw("DELETE", "/Machines/7?deleteVm=false", ""))
            .boxed(),
        site.send_raw(raw("POST", "/Things?at=a%20b", r#"{"Quote":"\"ü\""}"#))
            .boxed(),
    ];
    let outcomes = site.batch(calls).await;
    assert_eq!(outcomes.len(), 5);
    let seen = &server.seen()[1];
    assert_eq!(seen.line, "POST /cvad/manage/$batch");
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(
        seen.header("authorization"),
        Some(&*format!("CwsAuth Bearer={TOKEN}"))
    );
    let headers = format!(r#"[{{"Name":"Authorization","Value":"Bearer {TOKEN}"}}]"#);
    let item = |reference: u8, method: &str, url: &str, body: Option<&str>| {
        let body = body.map_or_else(String::new, |body| format!(r#","Body":{body}"#));
        format!(
            r#"{{"Reference":"{reference}","Method":"{method}","RelativeUrl":"{url}","Headers":{headers}{body}}}"#
        )
    };
    let items = [
        item(0, "GET", "/Machines/D%7CX?fields=Id%2CName", None),
        item(1, "POST", "/Machines/7/$reboot?force=true", None),
        item(
            2,
            "PATCH",
            "/Machines/7",
            Some(r#""{\"InMaintenanceMode\":true}""#),
        ),
        item(3, "DELETE", "/Machines/7?deleteVm=false", None),
        item(
            4,
            "POST",
            "/Things?at=a%20b",
            Some(r#""{\"Quote\":\"\\\"ü\\\"\"}""#),
        ),
    ];
    assert_eq!(seen.body, format!(r#"{{"Items":[{}]}}"#, items.join(",")));
}

#[tokio::test]
async fn paths_of_items_have_three_forms() {
    for (form, expected) in [
        (RelativeUrls::Resource, "/Machines/7".to_owned()),
        (RelativeUrls::Site, format!("{CUSTOMER}/{SITE}//Machines/7")),
        (
            RelativeUrls::Versioned,
            format!("v1/{CUSTOMER}/{SITE}/Machines/7"),
        ),
    ] {
        let server = Scripted::start([Reply::token(), reply(&json!([]))]).await;
        let walkthrough = client_of(&server.url(), ApiVersion::Preview);
        let site = walkthrough.daas().site(SITE);
        let batch = site.batch([site.machine("7").get()]);
        batch.relative_urls(form).await;
        let seen = &server.seen()[1];
        assert_eq!(seen.line, format!("POST /cvadapis/{SITE}/$batch"));
        let body: Value = serde_json::from_str(&seen.body).unwrap();
        assert_eq!(body["Items"][0]["RelativeUrl"], *expected);
    }
}

#[tokio::test]
async fn every_item_has_its_own_outcome_in_the_order_of_the_calls() {
    let refused = json!({ "SdkErrorId": "e", "ErrorMessage": "Machine does not support specified power action." });
    let slow =
        json!({ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 30 seconds." });
    let codeless = json!({ "Reference": "5", "Body": "{}" });
    let empty = json!({ "Reference": "9", "Code": 204 });
    let loose = json!({ "Reference": "10", "Code": "200", "Body": { "Id": "10" } });
    let server = Scripted::start([
        Reply::token(),
        reply(&json!([
            told("3", 200, &json!({ "Id": "3", "Name": "C" })),
            told(0, 200, &json!({ "Id": "0", "Name": "A", "NewProperty": 1 })),
            told(
                "2",
                404,
                &json!({ "SdkErrorId": "e", "ErrorMessage": "No such machine" })
            ),
            told("1", 400, &refused),
            told("4", 429, &slow),
            codeless,
            told("6", 200, &json!({})),
            told("6", 500, &json!({})),
            told("8", 502, &json!("<html>bad gateway</html>")),
            empty,
            loose,
            told("stranger", 200, &json!({})),
            7,
        ])),
    ])
    .await;
    let site = site(&server);
    let reboots = (0..11).map(|id| site.machine(id.to_string()).reboot());
    let outcomes = site.batch(reboots).await;
    let indices: Vec<_> = outcomes.iter().map(|outcome| outcome.index).collect();
    assert_eq!(indices, (0..11).collect::<Vec<_>>());
    let results: Vec<_> = outcomes.into_iter().map(|outcome| outcome.result).collect();
    let name = |at: usize| {
        results[at]
            .as_ref()
            .unwrap()
            .as_ref()
            .unwrap()
            .name
            .as_deref()
    };
    assert_eq!((name(0), name(3)), (Some("A"), Some("C")));
    assert!(
        results[9].as_ref().unwrap().is_none(),
        "an empty body is not a machine"
    );
    assert!(results[10].is_ok());
    let error = |at: usize| results[at].as_ref().unwrap_err();
    assert_eq!(error(1).kind(), ErrorKind::Api);
    assert_eq!(error(1).operation(), Some("MachinesRebootMachine"));
    assert_eq!(
        error(1).message(),
        "Machine does not support specified power action."
    );
    assert_eq!(error(2).kind(), ErrorKind::NotFound);
    assert_eq!(error(4).retry_after(), Some(Duration::from_secs(30)));
    let transaction = server.seen()[1]
        .header("citrix-transactionid")
        .unwrap()
        .to_owned();
    for unknown in [5, 6, 7, 8] {
        assert!(
            error(unknown).is_outcome_unknown(),
            "{unknown}: {}",
            error(unknown)
        );
        assert_eq!(error(unknown).transaction_id(), Some(&*transaction));
    }
    assert!(
        error(5).message().contains("no status code"),
        "{}",
        error(5)
    );
    assert!(error(6).message().contains("twice"), "{}", error(6));
    assert!(
        error(7).message().contains("does not mention this item"),
        "{}",
        error(7)
    );
}

#[tokio::test]
async fn the_failure_of_a_batch_becomes_the_failure_of_each_item() {
    use ErrorKind as K;
    let gateway = "<html>bad gateway</html>";
    let refused = r#"{"SdkErrorId":"e","ErrorMessage":"bad batch"}"#;
    for (reply, write, read) in [
        (Reply::json(502, gateway), K::OutcomeUnknown, K::Unavailable),
        (Reply::HangUp, K::OutcomeUnknown, K::Unavailable),
        (
            Reply::CutShort(200, r#"{"Items":["#.into()),
            K::OutcomeUnknown,
            K::Unavailable,
        ),
        (Reply::json(200, "surprise"), K::OutcomeUnknown, K::Decode),
        (
            Reply::json(200, r#"{"Items":{}}"#),
            K::OutcomeUnknown,
            K::Decode,
        ),
        (Reply::json(400, refused), K::Api, K::Api),
        (Reply::json(404, refused), K::Api, K::Api),
        (Reply::json(403, refused), K::Forbidden, K::Forbidden),
    ] {
        let what = format!("{reply:?}");
        let server = Scripted::start([Reply::token(), reply]).await;
        let site = site(&server);
        let calls = [
            site.machine("7").reboot().map(|_| ()),
            site.machine("7").get().map(|_| ()),
        ];
        let outcomes = site.batch(calls).await;
        let kinds: Vec<_> = outcomes
            .iter()
            .map(|outcome| outcome.result.as_ref().unwrap_err().kind())
            .collect();
        assert_eq!(kinds, [write, read], "{what}");
        assert_eq!(server.seen().len(), 2, "{what}");
    }
}

#[tokio::test]
async fn a_batch_that_only_reads_is_repeated() {
    let server = Scripted::start([
        Reply::token(),
        Reply::json(502, "<html>bad gateway</html>"),
        reply(&json!([told("0", 200, &json!({ "Id": "7" }))])),
    ])
    .await;
    let client = client(&server.url()).api_version(ApiVersion::Current);
    let site = client.build().unwrap().daas().site(SITE);
    let outcomes = site.batch([site.machine("7").get()]).await;
    assert!(outcomes[0].result.is_ok());
}

#[tokio::test]
async fn items_refused_for_their_token_are_sent_once_more_with_a_new_one() {
    let server = Scripted::start([
        Reply::token_named("old"),
        reply(&json!([
            told("0", 200, &json!({ "Id": "0" })),
            told("1", 401, &json!({}))
        ])),
        Reply::token_named("new"),
        reply(&json!([told("1", 401, &json!({}))])),
    ])
    .await;
    let site = site(&server);
    let outcomes = site
        .batch([site.machine("0").get(), site.machine("1").get()])
        .await;
    assert!(outcomes[0].result.is_ok());
    assert!(outcomes[1].result.as_ref().unwrap_err().is_auth());
    let again: Value = serde_json::from_str(&server.seen()[3].body).unwrap();
    assert_eq!(again["Items"].as_array().unwrap().len(), 1);
    assert_eq!(again["Items"][0]["Reference"], "1");
    assert_eq!(again["Items"][0]["Headers"][0]["Value"], "Bearer new");
}

#[tokio::test]
async fn an_item_that_becomes_a_job_is_waited_for() {
    let job = |id: &str, status: &str| {
        let job = json!({ "Id": id, "Type": "RebootMachines", "Status": status, "ErrorString": "no power" });
        Reply::json(200, job.to_string())
    };
    let accepted = |reference: &str, id: &str| {
        let location = format!("https://api.example/cvad/manage/Jobs/{id}");
        json!({
            "Reference": reference,
            "Code": 202,
            "Headers": [{ "Name": "Location", "Value": location }],
            "Body": "",
        })
    };
    let server = Scripted::start([
        Reply::token(),
        reply(&json!([accepted("0", "j0")])),
        job("j0", "Complete"),
        Reply::json(200, r#"{"Id":"7","Name":"A"}"#),
        reply(&json!([accepted("1", "j1")])),
        job("j1", "Failed"),
        reply(&json!([accepted("2", "j2")])),
        job("j2", "Complete"),
        Reply::json(
            404,
            r#"{"SdkErrorId":"e","ErrorMessage":"The job has no results"}"#,
        ),
    ])
    .await;
    let site = site(&server);
    let one = NonZeroUsize::MIN;
    let calls = (0..3).map(|_| site.machine("7").reboot());
    let outcomes = site.batch(calls).size(one).concurrency(one).await;
    let machine = outcomes[0].result.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(machine.name.as_deref(), Some("A"));
    let failed = outcomes[1].result.as_ref().unwrap_err();
    assert_eq!(
        (failed.kind(), failed.job_id()),
        (ErrorKind::JobFailed, Some("j1"))
    );
    assert!(failed.message().contains("no power"), "{failed}");
    assert!(outcomes[2].result.as_ref().unwrap().is_none());
    assert_eq!(server.lines()[3], "GET /cvad/manage/Jobs/j0/Results");
}

#[tokio::test]
async fn a_batch_can_be_a_job_and_its_results_are_json_text() {
    let results = json!({ "Items": [told("0", 200, &json!({ "Id": "7" }))] });
    for results in [results.clone(), Value::String(results.to_string())] {
        let server = Scripted::start([
            Reply::token(),
            Reply::json(202, "").with("Location", "/x/Jobs/b1"),
            // If some items fail, the job fails, but its results contain all of them.
            Reply::json(200, r#"{"Id":"b1","Type":"Batch","Status":"Failed"}"#),
            Reply::json(200, results.to_string()),
        ])
        .await;
        let site = site(&server);
        let calls = [site.machine("7").get(), site.machine("8").get()];
        let outcomes = site.batch(calls).as_job().await;
        assert!(outcomes[0].result.is_ok());
        assert_eq!(
            outcomes[1].result.as_ref().unwrap_err().kind(),
            ErrorKind::Decode
        );
        assert_eq!(server.lines()[1], "POST /cvad/manage/$batch?async=true");
        assert_eq!(server.lines()[3], "GET /cvad/manage/Jobs/b1/Results");
    }
}

#[tokio::test]
async fn a_batch_job_without_results_leaves_its_writes_unknown() {
    let server = Scripted::start([
        Reply::token(),
        Reply::json(202, "").with("Location", "/x/Jobs/b1"),
        Reply::json(200, r#"{"Id":"b1","Type":"Batch","Status":"Canceled"}"#),
        Reply::json(404, r#"{"SdkErrorId":"e","ErrorMessage":"no results"}"#),
    ])
    .await;
    let site = site(&server);
    let outcomes = site.batch([site.machine("7").reboot()]).as_job().await;
    let error = outcomes[0].result.as_ref().unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(error.job_id(), Some("b1"));
    assert!(error.message().contains("ended as Canceled"), "{error}");
    assert!(error.message().contains("no results"), "{error}");
}

#[tokio::test]
async fn calls_that_cannot_be_items_are_rejected_and_the_others_are_sent() {
    let server =
        Scripted::start([Reply::token(), reply(&json!([told("4", 200, &json!({}))]))]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let other = client.daas().site("87654321-1234-1234-1234-12345678abcd");
    let site = client.daas().site(SITE);
    let calls = [
        other.machine("7").get().map(|_| ()),
        client.daas().me().map(|_| ()),
        site.machine("..").get().map(|_| ()),
        site.send_raw(raw("GET", "/Machines/../Sites", ""))
            .map(|_| ()),
        site.machine("7").get().map(|_| ()),
        client_of(&server.url(), ApiVersion::Current)
            .daas()
            .site(SITE)
            .get()
            .map(|_| ()),
        client
            .resource_locations()
            .resource_location("l")
            .get()
            .map(|_| ()),
    ];
    let outcomes = site.batch(calls).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        match at {
            4 => assert!(outcome.result.is_ok()),
            _ => assert_eq!(
                outcome.result.as_ref().unwrap_err().kind(),
                ErrorKind::Input,
                "{at}"
            ),
        }
    }
    let sent: Value = serde_json::from_str(&server.seen()[1].body).unwrap();
    assert_eq!(sent["Items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_for_no_calls_nor_before_the_first_poll() {
    let server = Scripted::start([]).await;
    let site = site(&server);
    assert!(site.batch([] as [BoxRequest<Value>; 0]).await.is_empty());
    drop(site.batch([site.machine("7").get()]).outcomes());
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn the_token_of_items_is_not_shown() {
    let echo = json!({ "SdkErrorId": "e", "ErrorMessage": format!("Bearer {TOKEN}") });
    let server = Scripted::start([
        Reply::token(),
        reply(&json!([told("0", 400, &echo)])),
        Reply::json(400, echo.to_string()),
    ])
    .await;
    let site = site(&server);
    for _ in 0..2 {
        let outcomes = site.batch([site.machine("7").get()]).await;
        let shown = format!("{outcomes:?} {}", outcomes[0].result.as_ref().unwrap_err());
        assert!(!shown.contains(TOKEN), "{shown}");
        assert!(shown.contains("***"), "{shown}");
    }
    assert!(!format!("{:?}", site.batch([site.machine("7").get()])).contains(TOKEN));
}

#[tokio::test]
async fn a_long_list_of_calls_is_split() {
    let emulator = Emulator::default();
    let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let client = client(server.url())
        .credentials(
            citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
                .unwrap(),
        )
        .build()
        .unwrap();
    let site = client.daas().site(ids::SITE_ID);
    let machines = site.machines().list().all().await.unwrap();
    let ids: Vec<String> = machines.into_iter().filter_map(|it| it.id).collect();
    let calls = (0..25).map(|at| site.machine(ids[at % ids.len()].clone()).get());
    let outcomes = site.batch(calls).size(NonZeroUsize::new(4).unwrap()).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        let machine = outcome.result.as_ref().unwrap();
        assert_eq!(outcome.index, at);
        assert_eq!(machine.id.as_ref(), Some(&ids[at % ids.len()]));
    }
    assert_eq!(outcomes.len(), 25);
    let journal = server.journal();
    let batches = journal.entries();
    let batches = batches.iter().filter(|it| it.path.ends_with("$batch"));
    assert_eq!(batches.count(), 7);
}

//! What proves that the service has accepted a reboot, and what does not.

use std::time::Duration;

use citrix_cloud::ApiVersion;
use citrix_cloud::bulk::{Mode, Outcome, Plan, Report};
use citrix_cloud_tests::{Reply, SITE, Scripted, client, client_of};

const ONE: &str = r#"{"Items":[{"Id":"aB-1","Name":"D\\ONE","SessionCount":0}]}"#;

async fn plan(server: &Scripted) -> Plan {
    let client = client_of(&server.url(), ApiVersion::Current);
    client
        .daas()
        .site(SITE)
        .machine_catalog("c")
        .reboot_idle()
        .confirm_timeout(Duration::ZERO)
        .plan()
        .await
        .unwrap()
}

async fn outcome(reply: Reply) -> Outcome {
    let server = Scripted::start([Reply::token(), Reply::json(200, ONE), reply]).await;
    let mut reports: Vec<Report> = plan(&server).await.run().collect().await;
    assert_eq!(reports.len(), 1);
    reports.remove(0).outcome
}

#[tokio::test]
async fn a_response_that_names_the_machine_or_has_no_body_or_points_to_a_job_is_success() {
    let job = Reply::Response(
        202,
        vec![("Location", "https://x.test/Jobs/1".into())],
        String::new(),
    );
    for reply in [
        Reply::json(200, r#"{"Id":"AB-1"}"#),
        Reply::json(201, r#"{"Id":"aB-1","PowerState":"Brandnew"}"#),
        Reply::Response(200, vec![], String::new()),
        Reply::Response(204, vec![], String::new()),
        job,
    ] {
        let got = outcome(reply.clone()).await;
        assert!(matches!(got, Outcome::Done), "{reply:?}: {got:?}");
    }
}

#[tokio::test]
async fn any_other_success_proves_nothing() {
    for body in [
        "<html>Sign in to the proxy</html>",
        r#"{"SdkErrorId":"x","ErrorMessage":"nope"}"#,
        r#"{"Id":"another"}"#,
        r#"{"Id":"aB-1""#,
        "null",
        "[]",
        "{}",
    ] {
        let got = outcome(Reply::json(200, body)).await;
        assert!(matches!(got, Outcome::Unknown(_)), "{body}: {got:?}");
    }
}

#[tokio::test]
async fn refusals_mean_failed_and_broken_or_5xx_responses_mean_unknown() {
    for status in [400, 403, 404, 409, 429] {
        // Longer than the call's timeout, so the client does not wait.
        let reply = Reply::json(status, r#"{"ErrorMessage":"no"}"#).with("Retry-After", "60");
        let got = outcome(reply).await;
        assert!(matches!(got, Outcome::Failed(_)), "{status}: {got:?}");
    }
    let region = r#"{"type":"https://errors-api.cloud.com/common/Redirect","detail":"elsewhere",
        "parameters":[{"name":"customerDataRegion","value":"eu"}]}"#;
    let got = outcome(Reply::json(307, region)).await;
    assert!(matches!(got, Outcome::Failed(_)), "another region: {got:?}");
    for reply in [
        Reply::json(500, ""),
        Reply::json(502, "<p>"),
        Reply::HangUp,
        // Only the redirect of another region proves that nothing ran.
        Reply::json(301, "").with("Location", "https://elsewhere.test/"),
        Reply::json(302, ""),
        Reply::json(303, "").with("Location", "/login"),
        Reply::json(307, "").with("Location", "https://elsewhere.test/"),
        Reply::json(308, ""),
    ] {
        let got = outcome(reply.clone()).await;
        assert!(matches!(got, Outcome::Unknown(_)), "{reply:?}: {got:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_item_is_sent_again() {
    let item = |code: u16| {
        let delay = r#"[{"Name":"Retry-After","Value":"5"}]"#;
        let body = r#""{\"Id\":\"aB-1\"}""#;
        let item = format!(r#"{{"Reference":"0","Code":{code},"Headers":{delay},"Body":{body}}}"#);
        Reply::json(200, format!(r#"{{"Items":[{item}]}}"#))
    };
    let look = || Reply::json(200, r#"{"Id":"aB-1","SessionCount":0}"#);
    let replies = [
        Reply::token(),
        Reply::json(200, ONE),
        item(429),
        look(),
        item(503),
        look(),
        item(200),
    ];
    let server = Scripted::start(replies).await;
    let settings = client(&server.url()).api_version(ApiVersion::Current);
    let client = settings.build().unwrap();
    let run = client.daas().site(SITE).machine_catalog("c").reboot_idle();
    let plan = run.mode(Mode::Batch).plan().await.unwrap();
    let reports: Vec<Report> = plan.run().collect().await;
    assert!(matches!(reports[0].outcome, Outcome::Done), "{reports:?}");
    assert_eq!(server.seen().len(), 7, "a look after every wait");
}

#[tokio::test]
async fn a_machine_listed_twice_is_processed_once() {
    let page = r#"{"Items":[{"Id":"m-a","SessionCount":0},{"Id":"M-A","SessionCount":0},{"SessionCount":0},{"SessionCount":0}]}"#;
    let server = Scripted::start([Reply::token(), Reply::json(200, page)]).await;
    let plan = plan(&server).await;
    assert_eq!(plan.to_act_on().count(), 1);
    assert_eq!(plan.steps().len(), 3, "what has no id cannot be told apart");
}

#[tokio::test]
async fn a_second_look_that_returns_another_machine_reboots_nothing() {
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, ONE),
        Reply::json(200, r#"{"Id":"another","SessionCount":0}"#),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let run = client
        .daas()
        .site(SITE)
        .machine_catalog("c")
        .reboot_idle()
        .max_staleness(Duration::ZERO);
    let reports: Vec<Report> = run.plan().await.unwrap().run().collect().await;
    assert!(
        matches!(reports[0].outcome, Outcome::Failed(_)),
        "{reports:?}"
    );
    assert!(!server.lines().iter().any(|line| line.contains("$reboot")));
}

#[tokio::test]
async fn a_slow_machine_does_not_block_others_and_a_timeout_reports_what_is_known() {
    // The first machine's reboot gets no response; nine more wait behind it, two at a time.
    let items: Vec<String> = (0..10)
        .map(|id| format!(r#"{{"Id":"m{id}","SessionCount":0}}"#))
        .collect();
    let page = format!(r#"{{"Items":[{}]}}"#, items.join(","));
    let server = Scripted::start_with([Reply::token(), Reply::json(200, page)], |line| match line
        .strip_prefix("POST /cvad/manage/Machines/m0/")
    {
        Some(_) => None,
        None => {
            let id = line.split('/').nth(4).unwrap_or_default();
            Some(Reply::json(200, format!(r#"{{"Id":"{id}"}}"#)))
        }
    })
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let run = client.daas().site(SITE).machine_catalog("c").reboot_idle();
    let plan = run
        .concurrency(2.try_into().unwrap())
        .ordered(true)
        .plan()
        .await
        .unwrap();
    let (give_up, given_up) = tokio::sync::oneshot::channel::<()>();
    let reports = tokio::spawn(
        plan.run_until(std::future::pending(), async { given_up.await.unwrap() })
            .collect(),
    );
    server.wait_for(12).await;
    give_up.send(()).unwrap();
    let reports: Vec<Report> = reports.await.unwrap();
    assert_eq!(reports.len(), 10);
    assert!(
        matches!(reports[0].outcome, Outcome::Unknown(_)),
        "{:?}",
        reports[0]
    );
    // The last one was requested, and its response may have been too late.
    for report in &reports[1..9] {
        assert!(matches!(report.outcome, Outcome::Done), "{report:?}");
    }
}

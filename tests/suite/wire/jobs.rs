//! Jobs: starting, polling and abandoning them.

use std::time::Duration;

use citrix_cloud::daas::Site;
use citrix_cloud::models::JobStatus;
use citrix_cloud::{ApiVersion, ErrorKind, Service};
use citrix_cloud_tests::{Reply, SITE, Scripted, TOKEN, client_of, raw};
use serde_json::json;

const SOON: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(20);

fn site(server: &Scripted) -> Site {
    let client = client_of(&server.url(), ApiVersion::Current);
    client.daas().site(SITE)
}

fn job(status: &str, percent: u8) -> Reply {
    let sub = json!({ "Id": "s", "Type": "RebootMachines", "Status": status });
    let job = json!({
        "Id": "j",
        "Type": "Batch",
        "Status": status,
        "OverallProgressPercent": percent,
        "SubJobs": [sub],
    });
    Reply::json(200, job.to_string())
}

fn accepted() -> Reply {
    Reply::json(202, "").with("Location", "https://elsewhere.example/x/Jobs/j/?v=1")
}

fn gone() -> Reply {
    Reply::json(404, r#"{"SdkErrorId":"e","ErrorMessage":"No such job"}"#)
}

#[tokio::test]
async fn any_request_of_a_site_can_be_a_job() {
    let server = Scripted::start([
        Reply::token(),
        accepted(),
        accepted(),
        accepted(),
        job("NotStarted", 0),
        Reply::json(200, r#"{"Id":"7"}"#),
    ])
    .await;
    let site = site(&server);
    assert_eq!(
        site.machine("7")
            .reboot()
            .force(true)
            .as_job()
            .await
            .unwrap()
            .id(),
        "j"
    );
    assert_eq!(site.session("8").logoff().as_job().await.unwrap().id(), "j");
    let described = site.send_raw(raw("POST", "/Machines/7/$start?async=true", ""));
    assert_eq!(described.as_job().await.unwrap().id(), "j");
    let shown = site.send_raw(raw("POST", "/Machines", "{}"));
    assert_eq!(
        shown.as_job().await.unwrap().id(),
        "j",
        "a job that comes with 200"
    );
    let at_once = site.machine("7").start().as_job().await.unwrap_err();
    assert_eq!(at_once.kind(), ErrorKind::Decode);
    assert!(at_once.message().contains("at once"), "{at_once}");
    assert_eq!(
        server.lines()[1..],
        [
            "POST /cvad/manage/Machines/7/$reboot?async=true&force=true",
            "POST /cvad/manage/Sessions/8/$logoff?async=true",
            "POST /cvad/manage/Machines/7/$start?async=true",
            "POST /cvad/manage/Machines?async=true",
            "POST /cvad/manage/Machines/7/$start?async=true",
        ]
    );
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client
        .send_raw(Service::Platform, raw("POST", "/resourcelocations", "{}"))
        .as_job()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

#[tokio::test]
async fn an_unexpected_job_is_named_in_the_error() {
    let server = Scripted::start([Reply::token(), accepted(), job("Complete", 100)]).await;
    let site = site(&server);
    let error = site.machine("7").reboot().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::JobStarted);
    let job = site.job_of(&error).unwrap();
    let done = job.wait(LONG).await.unwrap();
    assert_eq!(done.status, Some(JobStatus::Complete));
    assert_eq!(server.lines()[2], "GET /cvad/manage/Jobs/j");
}

#[tokio::test]
async fn progress_shows_every_poll_and_survives_failed_ones() {
    let server = Scripted::start([
        Reply::token(),
        job("NotStarted", 0),
        Reply::HangUp,
        gone(),
        job("InProgress", 50),
        job("Failed", 100),
    ])
    .await;
    let job = site(&server).job("j");
    let looks: Vec<_> = job
        .wait(LONG)
        .poll_every(SOON)
        .updates()
        .collect()
        .await
        .unwrap();
    let seen: Vec<_> = looks
        .iter()
        .map(|look| (look.status.clone().unwrap(), look.overall_progress_percent))
        .collect();
    assert_eq!(
        seen,
        [
            (JobStatus::NotStarted, Some(0)),
            (JobStatus::InProgress, Some(50)),
            (JobStatus::Failed, Some(100)),
        ]
    );
    let part = &looks[2].sub_jobs.as_ref().unwrap()[0];
    assert_eq!(part.status, Some(JobStatus::Failed));
}

#[tokio::test]
async fn a_job_that_vanishes_is_an_error_of_its_own_and_nothing_is_cancelled() {
    let server = Scripted::start([
        Reply::token(),
        job("InProgress", 50),
        gone(),
        gone(),
        gone(),
        gone(),
    ])
    .await;
    let job = site(&server).job("j");
    let vanished = job.wait(LONG).poll_every(SOON).await.unwrap_err();
    assert_eq!(vanished.kind(), ErrorKind::JobVanished);
    assert_eq!(vanished.job_id(), Some("j"));
    let never = job.wait(LONG).poll_every(SOON).await.unwrap_err();
    assert_eq!(never.kind(), ErrorKind::NotFound);
    assert!(
        server.lines()[1..]
            .iter()
            .all(|line| line == "GET /cvad/manage/Jobs/j")
    );
}

#[tokio::test]
async fn a_failed_job_shows_no_secret_and_its_details_first() {
    let failed = json!({
        "Id": "j",
        "Type": "RebootMachines",
        "Status": "Failed",
        "ErrorString": "The job failed.",
        "ErrorCode": "MachineNotFound",
        "ErrorParameters": [
            { "Name": "ErrorDetails", "Value": format!("No machine\nfor Bearer {TOKEN}") },
            { "Name": "Machine", "Value": "7" },
        ],
    });
    let server = Scripted::start([Reply::token(), Reply::json(200, failed.to_string())]).await;
    let error = site(&server).job("j").wait(LONG).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "job j ended as Failed: No machine for Bearer ***; The job failed.; Machine: 7 \
         (code MachineNotFound)"
    );
    assert!(!format!("{error:?}").contains(TOKEN));
}

//! Every operation of Citrix DaaS through the SDK's pipeline, with each kind of response.

use std::collections::BTreeMap;
use std::pin::Pin;

use citrix_cloud::daas::Site;
use citrix_cloud::{ApiVersion, Client, Error, ErrorKind};
use citrix_cloud_gen::operation::{Arguments, FromArguments, Operation, Reads, Scope};
use citrix_cloud_gen::ops;
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};
use serde_json::Value;

use super::models::Models;
use super::{Row, facts};

/// The result of each response, by the output's `Debug`.
type Outcomes = Vec<Result<String, Error>>;
type Executing<'a> = Pin<Box<dyn Future<Output = Outcomes> + 'a>>;
type Execute = for<'a> fn(&'a Client, &'a Site, &'a Arguments) -> Executing<'a>;

/// The number of responses that each operation gets, one after the other.
const REPLIES: usize = 5;

async fn execute<O: FromArguments>(client: &Client, site: &Site, with: &Arguments) -> Outcomes
where
    O::Output: std::fmt::Debug,
{
    let mut outcomes = Vec::new();
    for _ in 0..REPLIES {
        let operation = O::from_arguments(with).unwrap();
        let request = match O::META.scope {
            Scope::Site => site.send(operation),
            Scope::Service => client.send(operation),
        };
        outcomes.push(request.await.map(|output| format!("{output:?}")));
    }
    outcomes
}

macro_rules! table {
    ($($area:ident :: $name:ident)*) => {
        BTreeMap::from([$((
            ops::$area::$name::META.id,
            (|client, site, with| {
                Box::pin(execute::<ops::$area::$name>(client, site, with))
            }) as Execute,
        ),)*])
    };
}

fn replies(row: &Row) -> [Reply; REPLIES] {
    let body = match row.response.as_str() {
        "" => String::new(),
        model => Models::read().sample(model).to_string(),
    };
    let located = Reply::Response(202, vec![], String::new());
    let refused = r#"{"ErrorType":"Invalid","ErrorMessage":"not like this"}"#;
    [
        Reply::json(200, body),
        Reply::Response(204, vec![], String::new()),
        located.with("Location", "https://api.cloud.com/cvad/manage/Jobs/job-7"),
        Reply::json(404, r#"{"ErrorMessage":"there is none"}"#),
        Reply::json(400, refused),
    ]
}

fn judge(id: &str, reads: Reads, outcomes: &Outcomes) {
    let kind = |at: usize| {
        outcomes[at]
            .as_ref()
            .map(String::as_str)
            .map_err(Error::kind)
    };
    let [typed, empty, job, absent, refused] = [0, 1, 2, 3, 4].map(kind);
    match reads {
        Reads::Json => {
            assert!(typed.is_ok(), "{id}: {:?}", outcomes[0]);
            assert_eq!(empty, Err(ErrorKind::Decode), "{id}");
        }
        Reads::Optional => {
            assert!(
                typed.is_ok_and(|it| it.starts_with("Some(")),
                "{id}: {:?}",
                outcomes[0]
            );
            assert_eq!(empty, Ok("None"), "{id}");
        }
        Reads::Empty => assert_eq!((typed, empty), (Ok("()"), Ok("()")), "{id}"),
        Reads::Exists => assert_eq!((typed, empty), (Ok("true"), Ok("true")), "{id}"),
        Reads::Bytes => panic!("{id} reads bytes"),
    }
    match reads {
        Reads::Exists => {
            assert_eq!((job, absent), (Ok("true"), Ok("false")), "{id}");
        }
        _ => {
            assert_eq!(
                (job, absent),
                (Err(ErrorKind::JobStarted), Err(ErrorKind::NotFound)),
                "{id}"
            );
            let error = outcomes[2].as_ref().unwrap_err();
            assert_eq!(
                (error.job_id(), error.operation()),
                (Some("job-7"), Some(id))
            );
        }
    }
    assert_eq!(refused, Err(ErrorKind::Api), "{id}");
    if reads != Reads::Exists {
        let error = outcomes[4].as_ref().unwrap_err();
        assert_eq!(error.message(), "not like this", "{id}");
    }
}

#[tokio::test]
async fn every_operation_goes_through_the_pipeline() {
    let operations: BTreeMap<&str, Execute> = citrix_cloud_gen::every_operation!(table);
    let known = super::daas();
    let rows = Row::all();
    for rows in rows.chunks(60) {
        let script = rows.iter().flat_map(replies);
        let server = Scripted::start(std::iter::once(Reply::token()).chain(script)).await;
        let client = client_of(&server.url(), ApiVersion::Current);
        let site = client.daas().site(SITE);
        let mut expected = Vec::new();
        for row in rows {
            let id = row.id.as_str();
            let run = operations.get(id).unwrap_or_else(|| panic!("{id}"));
            let outcomes = run(&client, &site, &row.arguments(true)).await;
            judge(id, known[id].meta.reads, &outcomes);
            let line = format!("{} /cvad/manage{}", row.method, facts::target(row, true));
            expected.extend(std::iter::repeat_n(line, REPLIES));
        }
        assert_eq!(server.lines()[1..], expected);
        let bodies = server.seen().into_iter().skip(1).map(|seen| seen.body);
        for (body, row) in bodies.zip(rows.iter().flat_map(|row| [row; REPLIES])) {
            match row.body.as_str() {
                "" => assert_eq!(body, "", "{}", row.id),
                model => {
                    let sent: Value = serde_json::from_str(&body).unwrap();
                    assert_eq!(sent, Models::read().sample(model), "{}", row.id);
                }
            }
        }
    }
    assert_eq!(rows.len(), 537);
}

//! Disconnecting, hiding and unhiding many sessions, and forced power actions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use citrix_cloud::bulk::{Bulk, JournalEntry, Outcome, Report, SessionSelection, SkipReason};
use citrix_cloud::daas::{PowerAction, Site};
use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, Seen, client_of};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

const FIELDS: &str = "FormattedStateChangeTime%2CId%2CIsHidden%2CLogoffInProgress%2CMachine%2CState\
                      %2CStateChangeTime%2CUntrustedUserName%2CUser";

/// What happens to a request and its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It does not run, and the connection breaks.
    BreakBefore,
    /// It runs, and the connection breaks.
    BreakAfter,
    /// The same, and the user has reconnected by the next check.
    BreakAndReturn,
    /// The session ends, and the connection breaks.
    BreakAndEnd,
    /// It runs, and the response is about another session.
    Swap,
    /// The service rejects it.
    Refuse,
    /// The session has ended before.
    Gone,
}

#[derive(Debug, Clone, Default)]
struct Session {
    disconnected: bool,
    hidden: bool,
    ended: bool,
    /// How often its state has changed.
    changes: usize,
    faults: VecDeque<Fault>,
    asked: usize,
}

impl Session {
    fn with(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            faults: faults.into_iter().collect(),
            ..Self::default()
        }
    }

    fn json(&self, id: &str) -> Value {
        json!({
            "Id": id,
            "State": if self.disconnected { "Disconnected" } else { "Active" },
            "FormattedStateChangeTime": format!("2026-01-05T08:3{}:00Z", self.changes),
            "LogoffInProgress": false,
            "IsHidden": self.hidden,
            "User": {"SamName": format!("D\\{id}")},
        })
    }

    fn act(&mut self, verb: &str) {
        match verb {
            "$disconnect" => {
                self.changes += usize::from(!self.disconnected);
                self.disconnected = true;
            }
            verb => self.hidden = verb == "$hide",
        }
    }

    fn reply(&mut self, id: &str, verb: &str) -> Reply {
        self.asked += 1;
        let fault = self.faults.pop_front();
        let runs = !matches!(
            fault,
            Some(Fault::BreakBefore | Fault::Refuse | Fault::Gone)
        );
        if runs {
            self.act(verb);
        }
        match fault {
            Some(Fault::BreakAndReturn) => {
                self.disconnected = false;
                self.changes += 1;
                Reply::HangUp
            }
            Some(Fault::BreakAndEnd) => {
                self.ended = true;
                Reply::HangUp
            }
            Some(Fault::BreakBefore | Fault::BreakAfter) => Reply::HangUp,
            Some(Fault::Refuse) => Reply::json(403, r#"{"ErrorMessage":"no"}"#),
            Some(Fault::Gone) => Reply::json(404, r#"{"ErrorMessage":"gone"}"#),
            Some(Fault::Swap) => Reply::json(200, r#"{"Id":"another"}"#),
            None if verb == "$disconnect" => Reply::json(200, self.json(id).to_string()),
            None => Reply::Response(200, vec![], String::new()),
        }
    }
}

/// Returns a site with sessions `s0`, `s1` and so on.
struct Office {
    server: Scripted,
    sessions: Arc<Mutex<Vec<Session>>>,
}

impl Office {
    async fn of(sessions: impl IntoIterator<Item = Session>) -> Self {
        let sessions: Vec<Session> = sessions.into_iter().collect();
        let sessions = Arc::new(Mutex::new(sessions));
        let shared = sessions.clone();
        let reply = move |seen: &Seen| Some(reply(&mut shared.lock().unwrap(), &seen.line));
        let server = Scripted::start_seeing([], reply).await;
        Self { server, sessions }
    }

    fn site(&self) -> Site {
        let client = client_of(&self.server.url(), ApiVersion::Current);
        client.daas().site(SITE)
    }

    async fn run(&self, action: Act) -> Vec<Report> {
        let bulk = action(self.site().select_sessions()).ordered(true);
        bulk.plan().await.unwrap().run().collect().await
    }

    fn asked(&self) -> Vec<usize> {
        let sessions = self.sessions.lock().unwrap();
        sessions.iter().map(|it| it.asked).collect()
    }
}

fn reply(sessions: &mut [Session], line: &str) -> Reply {
    let path = line.split(['?', ' ']).nth(1).unwrap_or_default();
    let mut parts = path.split('/').skip(4);
    let (id, verb) = (parts.next().unwrap_or_default(), parts.next());
    if path.ends_with("/tokens/clients") {
        return Reply::token();
    }
    if path.ends_with("/Sessions") {
        let all = sessions.iter().enumerate().filter(|(_, it)| !it.ended);
        let items: Vec<Value> = all.map(|(at, it)| it.json(&format!("s{at}"))).collect();
        return Reply::json(200, json!({ "Items": items }).to_string());
    }
    let number: usize = id.trim_start_matches('s').parse().unwrap();
    let session = &mut sessions[number];
    match verb {
        _ if session.ended => Reply::json(404, r#"{"ErrorMessage":"gone"}"#),
        Some(verb) => session.reply(id, verb),
        None => Reply::json(200, session.json(id).to_string()),
    }
}

type Act = fn(SessionSelection) -> Bulk;

const ACTIONS: [(Act, &str); 3] = [
    (SessionSelection::disconnect, "disconnect"),
    (SessionSelection::hide, "hide"),
    (SessionSelection::unhide, "unhide"),
];

#[tokio::test(start_paused = true)]
async fn each_action_is_these_requests() {
    for (action, verb) in ACTIONS {
        let sessions = [Session::default(), Session::default()].map(|session| Session {
            hidden: verb == "unhide",
            ..session
        });
        let office = Office::of(sessions).await;
        let reports = office.run(action).await;
        assert!(
            reports.iter().all(|it| matches!(it.outcome, Outcome::Done)),
            "{reports:?}"
        );
        let mut seen = office.server.seen().split_off(1);
        seen[1..].sort_by(|a, b| a.line.cmp(&b.line));
        let lines: Vec<&str> = seen.iter().map(|it| it.line.as_str()).collect();
        assert_eq!(
            lines,
            [
                format!("GET /cvad/manage/Sessions?fields={FIELDS}&limit=250"),
                format!("POST /cvad/manage/Sessions/s0/${verb}"),
                format!("POST /cvad/manage/Sessions/s1/${verb}"),
            ]
        );
        for post in &seen[1..] {
            assert_eq!(
                (post.body.as_str(), post.header("content-length")),
                ("", Some("0"))
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn objects_already_in_that_state_are_skipped() {
    let so = Session {
        disconnected: true,
        hidden: true,
        ..Session::default()
    };
    for (action, verb) in ACTIONS {
        let session = Session {
            hidden: verb != "unhide",
            ..so.clone()
        };
        let office = Office::of([session]).await;
        let reports = office.run(action).await;
        assert!(
            matches!(reports[0].outcome, Outcome::Skipped(SkipReason::AlreadySo)),
            "{verb} {reports:?}"
        );
        assert_eq!(office.asked(), [0], "{verb}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_is_confirmed_by_a_poll_at_once() {
    use Fault::{BreakAfter, BreakBefore, Swap};
    for (action, verb) in ACTIONS {
        let sessions = [
            vec![BreakAfter],
            vec![BreakBefore],
            vec![BreakBefore, BreakBefore, BreakAfter],
            vec![],
        ];
        let hidden = verb == "unhide";
        let office = Office::of(sessions.map(|faults| Session {
            hidden,
            ..Session::with(faults)
        }));
        let office = office.await;
        let began = Instant::now();
        let reports = office.run(action).await;
        assert!(
            reports.iter().all(|it| matches!(it.outcome, Outcome::Done)),
            "{verb} {reports:?}"
        );
        assert_eq!(office.asked(), [1, 2, 3, 1], "{verb}");
        assert!(began.elapsed() < Duration::from_secs(5), "{verb}");
    }
    let office = Office::of([Session::with([Swap])]).await;
    let reports = office.run(SessionSelection::disconnect).await;
    assert!(matches!(reports[0].outcome, Outcome::Done), "{reports:?}");
    assert_eq!(office.asked(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_has_reconnected_is_not_disconnected_again() {
    let office = Office::of([Session::with([Fault::BreakAndReturn])]).await;
    let reports = office.run(SessionSelection::disconnect).await;
    let outcome = &reports[0].outcome;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(office.asked(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ended_is_unknown_after_a_request_and_gone_before_it() {
    for (action, verb) in &ACTIONS[..2] {
        let office = Office::of([
            Session::with([Fault::BreakAndEnd]),
            Session::with([Fault::Gone]),
            Session::with([Fault::Refuse]),
        ]);
        let office = office.await;
        let reports = office.run(*action).await;
        assert!(
            matches!(reports[0].outcome, Outcome::Unknown(_)),
            "{verb} {reports:?}"
        );
        assert!(
            matches!(reports[1].outcome, Outcome::Skipped(SkipReason::Gone)),
            "{verb} {reports:?}"
        );
        assert!(
            matches!(reports[2].outcome, Outcome::Failed(_)),
            "{verb} {reports:?}"
        );
        assert_eq!(office.asked(), [1, 1, 1], "{verb}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_resumed_run_checks_unknown_outcomes_first() {
    let sessions = [
        Session {
            disconnected: true,
            changes: 1,
            ..Session::default()
        },
        Session {
            changes: 2,
            ..Session::default()
        },
        Session::default(),
    ];
    let office = Office::of(sessions).await;
    let record = |id: &str| -> JournalEntry {
        let before = json!({"state": "Active", "stateChanged": "2026-01-05T08:30:00Z"});
        let entry = json!({"id": id, "name": id, "state": "asking", "before": before});
        serde_json::from_value(entry).unwrap()
    };
    let records = ["s0", "s1", "s2"].map(record);
    let bulk = office.site().select_sessions().disconnect().ordered(true);
    let plan = bulk.plan().await.unwrap().resume(&records);
    let reports: Vec<Report> = plan.run().collect().await;
    let outcomes: Vec<String> = reports.iter().map(|it| it.outcome.to_string()).collect();
    assert!(matches!(reports[0].outcome, Outcome::Done), "{outcomes:?}");
    assert!(
        matches!(reports[1].outcome, Outcome::Unknown(_)),
        "it was connected to again: {outcomes:?}"
    );
    assert!(matches!(reports[2].outcome, Outcome::Done), "{outcomes:?}");
    assert_eq!(office.asked(), [0, 0, 1]);
}

#[tokio::test]
async fn a_forced_power_action_still_checks_sessions() {
    let list = r#"{"Items":[
        {"Id":"m0","SessionCount":0,"PowerState":"On"},
        {"Id":"m1","SessionCount":1,"PowerState":"On"}]}"#;
    for (action, in_use, expected) in [
        (PowerAction::Reboot, false, &["m0/$reboot"][..]),
        (PowerAction::Shutdown, false, &["m0/$shutdown"]),
        (
            PowerAction::Shutdown,
            true,
            &["m0/$shutdown", "m1/$shutdown"],
        ),
    ] {
        let accepted = expected
            .iter()
            .map(|_| Reply::Response(200, vec![], String::new()));
        let replies = [Reply::token(), Reply::json(200, list)];
        let server = Scripted::start(replies.into_iter().chain(accepted)).await;
        let site = client_of(&server.url(), ApiVersion::Current)
            .daas()
            .site(SITE);
        let power = site
            .select_machines()
            .power(action)
            .in_use(in_use)
            .force(true);
        let reports: Vec<Report> = power.plan().await.unwrap().run().collect().await;
        assert_eq!(reports.len(), 2);
        let mut posts = server.lines().split_off(2);
        posts.sort();
        let expected = expected.iter();
        let expected: Vec<String> = expected
            .map(|it| format!("POST /cvad/manage/Machines/{it}?force=true"))
            .collect();
        assert_eq!(posts, expected, "{action} {in_use}");
    }
}

#[tokio::test]
async fn an_option_that_an_action_does_not_have_is_refused_before_anything_is_sent() {
    let server = Scripted::start([]).await;
    let site = client_of(&server.url(), ApiVersion::Current)
        .daas()
        .site(SITE);
    let machines = || site.select_machines();
    let sessions = || site.select_sessions();
    for (bulk, words) in [
        (
            machines().power(PowerAction::Start).force(true),
            "`force` cannot be used with start",
        ),
        (
            machines().power(PowerAction::Suspend).force(true),
            "`force` cannot be used with suspend",
        ),
        (
            machines().reboot_idle().force(true),
            "`force` cannot be used with reboot-idle",
        ),
        (
            sessions().hide().force(true),
            "`force` cannot be used with hide",
        ),
        (
            machines().maintenance_mode(true).in_use(true),
            "`in_use` cannot be used with maintenance-on",
        ),
        (
            sessions().disconnect().min_available(1),
            "`min_available` cannot be used with disconnect",
        ),
    ] {
        let error = bulk.plan().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert!(server.seen().is_empty());
    let kept = machines()
        .power(PowerAction::Reboot)
        .force(true)
        .force(false);
    assert!(!format!("{kept:?}").contains("force: true"));
}

//! Random calls against the emulator and a simple model of it, side by side, with restarts and resets in between.

#[path = "model/known.rs"]
mod known;

use std::path::Path;

use citrix_cloud_emulator::{Clock, Emulator, Session, World};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::client::{Cloud, Response, escape};
use known::{Known, Verb, Work};

const MACHINES: u32 = 4;
/// One more than ever exist, so that some calls refer to nothing.
const SESSIONS: u32 = 6;

#[derive(Debug, Clone)]
enum Step {
    Now(Work),
    Later(Work),
    /// A user logs on.
    Arrive(u32),
    GetMachine(u32),
    GetSession(u32),
    Cancel(Index),
    DeleteJob(Index),
    /// In half seconds.
    Advance(u64),
    Reset,
    Restart,
}

fn work() -> impl Strategy<Value = Work> {
    let machine = 1..=MACHINES + 1;
    let session = 1..=SESSIONS;
    let verb = prop_oneof![Just(Verb::Start), Just(Verb::Shutdown), Just(Verb::Reboot)];
    prop_oneof![
        4 => (machine.clone(), verb).prop_map(|(uid, verb)| Work::Power(uid, verb)),
        1 => (machine.clone(), any::<bool>()).prop_map(|(uid, on)| Work::Maintain(uid, on)),
        1 => machine.clone().prop_map(Work::Remove),
        1 => machine.prop_map(Work::LogOffAll),
        1 => session.clone().prop_map(Work::LogOff),
        1 => session.clone().prop_map(Work::Disconnect),
        1 => (session, any::<bool>()).prop_map(|(uid, on)| Work::Hide(uid, on)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => work().prop_map(Step::Now),
        6 => work().prop_map(Step::Later),
        4 => (1..=MACHINES).prop_map(Step::Arrive),
        1 => (1..=MACHINES + 1).prop_map(Step::GetMachine),
        1 => (1..=SESSIONS).prop_map(Step::GetSession),
        2 => any::<Index>().prop_map(Step::Cancel),
        2 => any::<Index>().prop_map(Step::DeleteJob),
        6 => (1..6_u64).prop_map(Step::Advance),
        1 => Just(Step::Reset),
        2 => Just(Step::Restart),
    ]
}

/// Calls the operation for some work.
async fn ask(cloud: &Cloud, work: Work, query: &str) -> Response {
    let (method, path, body) = match work {
        Work::Power(uid, verb) => {
            let verb = format!("{verb:?}").to_lowercase();
            ("POST", format!("/Machines/{uid}/${verb}"), Value::Null)
        }
        Work::Maintain(uid, on) => {
            let body = json!({ "InMaintenanceMode": on });
            ("PATCH", format!("/Machines/{uid}"), body)
        }
        Work::Remove(uid) => ("DELETE", format!("/Machines/{uid}"), Value::Null),
        Work::LogOffAll(uid) => ("POST", format!("/Machines/{uid}/$logoff"), Value::Null),
        Work::LogOff(uid) => ("POST", format!("/Sessions/{uid}/$logoff"), Value::Null),
        Work::Disconnect(uid) => ("POST", format!("/Sessions/{uid}/$disconnect"), Value::Null),
        Work::Hide(uid, hidden) => {
            let verb = if hidden { "hide" } else { "unhide" };
            ("POST", format!("/Sessions/{uid}/${verb}"), Value::Null)
        }
    };
    let path = format!("/cvad/manage{path}{query}");
    cloud.call(method, &path, body).await
}

async fn open(file: &Path) -> Cloud {
    let builder = Emulator::builder()
        .world(World::with_machines(MACHINES as usize))
        .clock(Clock::manual(jiff::Timestamp::UNIX_EPOCH));
    let mut cloud = Cloud {
        emulator: builder.build_with_state(file).unwrap(),
        token: String::new(),
    };
    cloud.sign_in().await;
    cloud
}

async fn run(steps: Vec<Step>) {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let folder = folder.unwrap();
    let file = folder.path().join("world.state");
    let mut cloud = open(&file).await;
    let mut known = Known::with_machines(MACHINES);
    let mut start = known.clone();
    for step in steps {
        match step {
            Step::Now(work) => {
                let response = ask(&cloud, work, "").await;
                assert_eq!(response.status, known.work(work), "{work:?}");
            }
            Step::Later(work) => {
                let response = ask(&cloud, work, "?async=true").await;
                assert_eq!(
                    (response.status, response.body.as_str()),
                    (202, ""),
                    "{work:?}"
                );
                let id = response.header("location").rsplit('/').next().unwrap();
                known.accept(id.to_owned(), work);
            }
            Step::Arrive(machine) => {
                let free = (1..SESSIONS).find(|uid| known.sessions.iter().all(|it| it.uid != *uid));
                if let (Some(uid), true) = (free, known.has_machine(machine)) {
                    arrive(&cloud, &mut known, uid, machine);
                }
            }
            Step::GetMachine(uid) => {
                let response = cloud.site("GET", &format!("/Machines/{uid}")).await;
                let status = if known.has_machine(uid) { 200 } else { 404 };
                assert_eq!(response.status, status, "machine {uid}");
            }
            Step::GetSession(uid) => {
                let response = cloud.site("GET", &format!("/Sessions/{uid}")).await;
                match known.sessions.iter().find(|it| it.uid == uid) {
                    Some(it) => assert_eq!(response.json()["IsHidden"], it.hidden, "session {uid}"),
                    None => assert_eq!(response.status, 404, "session {uid}"),
                }
            }
            Step::Cancel(index) if !known.jobs.is_empty() => {
                let id = index.get(&known.jobs).id.clone();
                let response = cloud.site("POST", &format!("/Jobs/{id}/$cancel")).await;
                known.cancel(&id);
                assert_eq!(response.status, 200);
            }
            Step::DeleteJob(index) if !known.jobs.is_empty() => {
                let id = known.jobs.remove(index.index(known.jobs.len())).id;
                let path = format!("/Jobs/{id}");
                assert_eq!(cloud.site("DELETE", &path).await.status, 200);
                assert_eq!(cloud.site("GET", &path).await.status, 404);
            }
            Step::Cancel(_) | Step::DeleteJob(_) => {
                let path = "/Jobs/00000000-0000-0000-0000-000000000000";
                assert_eq!(cloud.site("GET", path).await.status, 404);
            }
            Step::Advance(halves) => {
                cloud.wait(500 * halves);
                // The clock is saved with the next change, or when the world is read.
                cloud.emulator.update(|_| ());
                known.now += halves;
            }
            Step::Reset => {
                cloud.emulator.reset();
                cloud.sign_in().await;
                known = start.at(known.now);
            }
            Step::Restart => {
                drop(cloud);
                cloud = open(&file).await;
                start = known.clone();
            }
        }
        known.catch_up();
        compare(&cloud, &known).await;
    }
}

fn arrive(cloud: &Cloud, known: &mut Known, uid: u32, machine: u32) {
    cloud.emulator.update_site(|site| {
        let id = site.machines.get(&machine.to_string()).unwrap().id();
        let session = Session::new(r"DEMOLAB\robin", uid, id);
        site.start_session(session);
    });
    known.sessions.push(known::Session {
        uid,
        machine,
        disconnected: false,
        hidden: false,
    });
}

/// Reads a list in pages of two.
async fn list(cloud: &Cloud, path: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let path = format!("/{path}?limit=2&continuationToken={}", escape(&token));
        let page = cloud.site("GET", &path).await.json();
        all.extend(page["Items"].as_array().unwrap().iter().cloned());
        match page["ContinuationToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => return all,
        }
    }
}

async fn compare(cloud: &Cloud, known: &Known) {
    let seen = list(cloud, "Machines").await.into_iter().map(|it| {
        json!([
            it["Uid"],
            it["PowerState"],
            it["RegistrationState"],
            it["PowerActionPending"],
            it["InMaintenanceMode"],
            it["SessionCount"],
        ])
    });
    let expected = known.machines.iter().map(|it| {
        let state = if it.registered {
            "Registered"
        } else {
            "Unregistered"
        };
        let count = known.sessions_on(it.uid);
        json!([it.uid, it.power, state, it.pending, it.maintained, count])
    });
    assert_eq!(seen.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    let seen = list(cloud, "Sessions")
        .await
        .into_iter()
        .map(|it| json!([it["Uid"], it["Machine"]["Uid"], it["State"], it["IsHidden"]]));
    let expected = known.sessions.iter().map(|it| {
        let state = if it.disconnected {
            "Disconnected"
        } else {
            "Active"
        };
        json!([it.uid, it.machine, state, it.hidden])
    });
    assert_eq!(seen.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    let seen = list(cloud, "Jobs").await;
    let seen = seen.iter().map(|it| json!([it["Id"], it["Status"]]));
    let expected = known.jobs.iter().map(|it| json!([it.id, it.status]));
    assert_eq!(seen.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_emulator_does_what_the_model_does(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(steps));
    }
}

//! Random calls against the emulator and a simple model of it, side by side, with restarts in between.

use std::time::Duration;

use citrix_cloud_emulator::{Clock, Emulator, World};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::Cloud;

const MACHINES: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    Reboot(usize),
    Shutdown(usize),
    Maintain(usize, bool),
    Advance(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let machine = 0..MACHINES;
    prop_oneof![
        machine.clone().prop_map(Step::Reboot),
        machine.clone().prop_map(Step::Shutdown),
        (machine, any::<bool>()).prop_map(|(at, on)| Step::Maintain(at, on)),
        (1..4_u64).prop_map(Step::Advance),
        Just(Step::Restart),
    ]
}

/// What is known about a machine from the calls alone: an action takes two seconds.
#[derive(Clone, Default)]
struct Known {
    maintained: bool,
    is_off: bool,
    action: Option<(bool, u64)>,
}

impl Known {
    fn power(&mut self, now: u64) -> &'static str {
        match self.action {
            Some((stays_off, since)) if now >= since + 2 => {
                (self.is_off, self.action) = (stays_off, None);
            }
            Some((true, since)) if now > since => return "TurningOff",
            Some((false, since)) if now > since => return "TurningOn",
            _ => {}
        }
        if self.is_off { "Off" } else { "On" }
    }
}

async fn run(steps: Vec<Step>) {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let state = folder.unwrap();
    let file = state.path().join("world.state");
    let open = || {
        let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let builder = Emulator::builder()
            .world(World::with_machines(MACHINES))
            .clock(clock);
        builder.build_with_state(&file).unwrap()
    };
    let mut cloud = Cloud {
        emulator: open(),
        token: String::new(),
    };
    cloud.sign_in().await;
    let mut known = vec![Known::default(); MACHINES];
    let mut now = 0;
    for step in steps {
        match step {
            Step::Reboot(at) | Step::Shutdown(at) => {
                // What came before is over as far as it came.
                let before = known[at].power(now);
                let stays_off = matches!(step, Step::Shutdown(_));
                let verb = if stays_off { "$shutdown" } else { "$reboot" };
                let answer = cloud
                    .site("POST", &format!("/Machines/{}/{verb}", at + 1))
                    .await;
                assert_eq!(
                    (answer.status, &answer.json()["PowerState"]),
                    (200, &json!(before))
                );
                if known[at].action.is_some_and(|(_, since)| now > since) {
                    // Half done: the machine stays between until the new action is half done.
                    cloud.wait(2000);
                    now += 2;
                    for it in &mut known {
                        it.power(now);
                    }
                    known[at].is_off = stays_off;
                    known[at].action = None;
                } else {
                    known[at].action = Some((stays_off, now));
                }
            }
            Step::Maintain(at, on) => {
                let path = format!("/cvad/manage/Machines/{}", at + 1);
                let answer = cloud
                    .call("PATCH", &path, json!({ "InMaintenanceMode": on }))
                    .await;
                assert_eq!(answer.status, 200);
                known[at].maintained = on;
            }
            Step::Advance(seconds) => {
                cloud.emulator.clock().advance(Duration::from_secs(seconds));
                // The clock is kept with the next change of anything, or when the world is looked at.
                cloud.emulator.update(|_| ());
                now += seconds;
            }
            Step::Restart => {
                let token = String::new();
                drop(std::mem::take(&mut cloud.emulator));
                cloud = Cloud {
                    emulator: open(),
                    token,
                };
                cloud.sign_in().await;
            }
        }
        let list: Value = cloud.site("GET", "/Machines").await.json();
        for (at, known) in known.iter_mut().enumerate() {
            let machine = &list["Items"][at];
            assert_eq!(machine["PowerState"], known.power(now), "machine {at}");
            assert_eq!(
                machine["InMaintenanceMode"], known.maintained,
                "machine {at}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_emulator_does_what_the_model_does(steps in prop::collection::vec(step(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(steps));
    }
}

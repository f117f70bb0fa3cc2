//! `/_emulator/events`: changes as server-sent events, as they happen.
//!
//! `exchange` is a line of the journal, `machines` lists the machines that changed or are `gone`, `state` is the
//! summary after a change, and `lost` is the number of exchanges that this listener was too slow for.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::chosen::Chosen;
use super::{Refusal, asked, exchanges, state};
use crate::connection::ConnectionHandle;
use crate::emulator::Emulator;
use crate::journal::Exchange;
use crate::world::{Collection, Machine};

/// How often the world is checked for changes.
const PAUSE: Duration = Duration::from_millis(250);

/// How often an idle stream sends a keep-alive.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// The maximum number of machines in one event.
const MACHINES: usize = 500;

pub(super) async fn listen(
    State(emulator): State<Emulator>,
    connection: Option<Extension<ConnectionHandle>>,
    request: Request,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let chosen: Chosen = asked(&request.into_parts().0)?;
    let listener = Listener::new(
        emulator,
        chosen,
        connection.map(|Extension(connection)| connection),
    );
    let events = stream::unfold(listener, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)))
}

struct Listener {
    emulator: Emulator,
    chosen: Chosen,
    connection: Option<ConnectionHandle>,
    exchanges: broadcast::Receiver<Arc<Exchange>>,
    looks: Interval,
    /// A fingerprint of each machine as last sent, by id.
    machines: HashMap<Box<str>, u64>,
    summary: Value,
    events: VecDeque<Event>,
}

impl Listener {
    fn new(emulator: Emulator, chosen: Chosen, connection: Option<ConnectionHandle>) -> Self {
        let mut looks = interval(PAUSE);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut listener = Self {
            exchanges: emulator.journal().listen(),
            chosen,
            connection,
            looks,
            machines: HashMap::new(),
            summary: Value::Null,
            events: VecDeque::new(),
            emulator,
        };
        listener.remember();
        listener
    }

    /// Waits for the next event; returns `None` once the server is stopping.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let stopped = async {
                match &self.connection {
                    Some(connection) => connection.stopped().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                exchange = self.exchanges.recv() => match exchange {
                    Ok(exchange) => return Some(event("exchange", &exchanges::line(&exchange.masked()))),
                    Err(RecvError::Lagged(lost)) => return Some(event("lost", &json!(lost))),
                    Err(RecvError::Closed) => return None,
                },
                _ = self.looks.tick() => self.look(),
                () = stopped => return None,
            }
        }
    }

    /// Remembers the current state without reporting it.
    fn remember(&mut self) {
        let (world, _) = self.emulator.shared().world();
        let site = self.chosen.find(&world);
        let machines = site.into_iter().flat_map(|it| &it.machines);
        self.machines = machines
            .map(|machine| (machine.id().into(), print(machine)))
            .collect();
    }

    /// Compares the world with what was last sent.
    fn look(&mut self) {
        let mut changed = Vec::new();
        let mut gone = Vec::new();
        {
            let (world, _) = self.emulator.shared().world();
            let site = self.chosen.find(&world);
            let machines = site.map(|it| &it.machines);
            for machine in machines.into_iter().flatten() {
                let now = print(machine);
                match self.machines.get_mut(machine.id()) {
                    Some(told) if *told == now => continue,
                    Some(told) => *told = now,
                    None => drop(self.machines.insert(machine.id().into(), now)),
                }
                changed.push(state::machine(machine));
            }
            if self.machines.len() > machines.map_or(0, Collection::len) {
                self.machines.retain(|id, _| {
                    let stays = machines.is_some_and(|it| it.contains(id));
                    if !stays {
                        gone.push(json!(id));
                    }
                    stays
                });
            }
        }
        for part in changed.chunks(MACHINES) {
            self.tell_machines(part, &[]);
        }
        for part in gone.chunks(MACHINES) {
            self.tell_machines(&[], part);
        }
        let mut summary = state::at_a_glance(&self.emulator, &self.chosen);
        let now = summary["now"].take();
        if summary != self.summary {
            self.summary = summary.clone();
            summary["now"] = now;
            self.events.push_back(event("state", &summary));
        }
    }

    fn tell_machines(&mut self, changed: &[Value], gone: &[Value]) {
        let told = json!({ "changed": changed, "gone": gone });
        self.events.push_back(event("machines", &told));
    }
}

/// Returns a fingerprint of everything shown of a machine that may change.
fn print(machine: &Machine) -> u64 {
    let sessions = machine
        .session_count
        .map_or(0, |count| u64::from(count) + 1);
    sessions << 16
        | (machine.power_state as u64) << 8
        | (machine.registration_state as u64) << 2
        | u64::from(machine.in_maintenance_mode) << 1
        | u64::from(machine.power_action_pending)
}

fn event(name: &str, data: &Value) -> Event {
    Event::default().event(name).data(data.to_string())
}

//! What happened to sessions since the emulator started: the world forgets a session that has ended.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use uuid::Uuid;

use super::moment::moment;
use super::picture::id_of;
use crate::world::{Kind, Session, SessionState, World};

/// How many ended sessions are remembered.
const REMEMBERED: usize = 100_000;

/// A session of the world, whether it goes on or not.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// Its place in the world, which no other session ever has.
    pub(crate) number: u64,
    pub(crate) key: Uuid,
    pub(crate) machine: Uuid,
    pub(crate) user: String,
    pub(crate) started: i64,
    pub(crate) is_disconnected: bool,
    /// When that became so, if somebody saw it.
    pub(crate) changed: Option<i64>,
    pub(crate) ended: Option<i64>,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Sessions that came or changed since the start, as they were last seen.
    seen: BTreeMap<u64, Visit>,
    ended: VecDeque<Visit>,
    /// Sessions that end, and when, until somebody looks.
    departing: Vec<Visit>,
    unseen: u64,
}

/// Sessions that came and went before anybody looked get numbers from here on.
const UNSEEN: u64 = 1 << 44;

impl Ledger {
    /// Notes that a session is about to end.
    pub(crate) fn departing(&mut self, session: &Session, at: Timestamp) {
        if self.departing.len() < REMEMBERED {
            let mut visit = visit(UNSEEN, session);
            visit.ended = Some(moment(at));
            self.departing.push(visit);
        }
    }

    /// Notes what changed in the world since it was last settled. Returns whether anything did that is of interest here.
    pub(crate) fn notice(&mut self, first: &World, world: &World, now: Timestamp) -> bool {
        let now = moment(now);
        let departing = std::mem::take(&mut self.departing);
        let mut departing: HashMap<Uuid, Visit> =
            departing.into_iter().map(|it| (it.key, it)).collect();
        let mut is_other = false;
        for (number, session) in world.sessions.changes() {
            is_other = true;
            let before = at(first, number);
            match session {
                Some(session) if before == Some(session) => {
                    self.seen.remove(&number);
                }
                Some(session) => {
                    let mut new = visit(number, session);
                    let old = self.seen.get(&number).cloned();
                    if let Some(old) = old.or_else(|| before.map(|it| visit(number, it))) {
                        let turned = old.is_disconnected != new.is_disconnected;
                        new.changed = if turned { Some(now) } else { old.changed };
                    }
                    self.seen.insert(number, new);
                }
                None => {
                    let seen = self.seen.remove(&number);
                    let seen = seen.or_else(|| before.map(|it| visit(number, it)));
                    if let Some(mut visit) = seen {
                        let ended = departing.remove(&visit.key).and_then(|it| it.ended);
                        visit.ended = Some(ended.unwrap_or(now).max(visit.started));
                        self.ended.push_back(visit);
                    }
                }
            }
        }
        let mut unseen: Vec<Visit> = departing.into_values().collect();
        unseen.sort_by_key(|it| (it.started, it.key));
        for mut visit in unseen {
            visit.number = UNSEEN + self.unseen;
            self.unseen += 1;
            self.ended.push_back(visit);
        }
        while self.ended.len() > REMEMBERED {
            self.ended.pop_front();
        }
        const KINDS: [Kind; 4] = [
            Kind::Application,
            Kind::DeliveryGroup,
            Kind::Hypervisor,
            Kind::User,
        ];
        let mut kinds = KINDS.into_iter();
        is_other
            || world.machines.changes().next().is_some()
            || world.catalogs.changes().next().is_some()
            || kinds.any(|it| world.resources(it).changes().next().is_some())
    }

    /// Lists every session in the order of arrival.
    pub(crate) fn visits(&self, world: &World) -> Vec<Visit> {
        let all = world.sessions.after(0);
        let mut visits: Vec<Visit> = all
            .map(|(number, session)| {
                let mut visit = visit(number, session);
                visit.changed = self.seen.get(&number).and_then(|it| it.changed);
                visit
            })
            .collect();
        visits.extend(self.ended.iter().cloned());
        visits.sort_by_key(|it| it.number);
        visits
    }
}

/// The session with a number, if it is there.
fn at(world: &World, number: u64) -> Option<&Session> {
    let mut behind = world.sessions.after(number.checked_sub(1)?);
    let (found, session) = behind.next()?;
    (found == number).then_some(session)
}

fn visit(number: u64, session: &Session) -> Visit {
    Visit {
        number,
        key: id_of(session.id()),
        machine: id_of(&session.machine_id),
        user: session.user.clone(),
        started: moment(session.started),
        is_disconnected: session.state == SessionState::Disconnected,
        changed: None,
        ended: None,
    }
}

//! Records of sessions since the emulator started, because the world drops a session that has ended.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use uuid::Uuid;

use super::moment::moment;
use super::sites::{ThenAndNow, sites};
use super::snapshot::id_of;
use crate::world::{Customer, ResourceKind, Session, SessionState, Site};

/// How many ended sessions are kept.
const REMEMBERED: usize = 100_000;

/// A session of the world, whether it has ended or not.
#[derive(Debug, Clone)]
pub(crate) struct SessionRecord {
    /// Its unique number among the customer's sessions.
    pub(crate) number: u64,
    pub(crate) key: Uuid,
    pub(crate) machine: Uuid,
    pub(crate) user: String,
    pub(crate) started: i64,
    pub(crate) is_disconnected: bool,
    /// When its state changed, if that was observed.
    pub(crate) changed: Option<i64>,
    pub(crate) ended: Option<i64>,
}

#[derive(Debug, Default)]
pub(crate) struct SessionLog {
    /// Sessions that started or changed since the start, as last seen.
    seen: BTreeMap<u64, SessionRecord>,
    ended: VecDeque<SessionRecord>,
    /// Sessions that ended by themselves, with their end times, until the next observation.
    departed: Vec<SessionRecord>,
    unseen: u64,
}

/// Sessions that started and ended between observations get numbers from here on.
const UNSEEN: u64 = 1 << 44;

impl SessionLog {
    /// Records that a session has ended.
    pub(crate) fn departed(&mut self, session: &Session, at: Timestamp) {
        if self.departed.len() < REMEMBERED {
            let mut record = record(UNSEEN, session);
            record.ended = Some(moment(at));
            self.departed.push(record);
        }
    }

    /// Records what changed in the customer's sites since they were last settled. Returns whether a relevant change was
    /// found.
    pub(crate) fn notice(
        &mut self,
        first: Option<&Customer>,
        customer: &Customer,
        now: Timestamp,
    ) -> bool {
        let now = moment(now);
        let departed = std::mem::take(&mut self.departed);
        let mut departed = departed.into_iter().map(|it| (it.key, it)).collect();
        let mut is_other = false;
        for site in sites(first, customer) {
            is_other |= self.notice_site(site, &mut departed, now);
        }
        let mut unseen: Vec<SessionRecord> = departed.into_values().collect();
        unseen.sort_by_key(|it| (it.started, it.key));
        for mut record in unseen {
            record.number = UNSEEN + self.unseen;
            self.unseen += 1;
            self.ended.push_back(record);
        }
        while self.ended.len() > REMEMBERED {
            self.ended.pop_front();
        }
        is_other
    }

    fn notice_site(
        &mut self,
        site: ThenAndNow<'_>,
        departed: &mut HashMap<Uuid, SessionRecord>,
        now: i64,
    ) -> bool {
        let mut is_other = false;
        for (within, session) in site.now.sessions.changes() {
            is_other = true;
            let number = site.session_number(within);
            let before = site.then.and_then(|it| at(it, within));
            match session {
                Some(session) if before == Some(session) => {
                    self.seen.remove(&number);
                }
                Some(session) => {
                    let mut new = record(number, session);
                    let old = self.seen.get(&number).cloned();
                    if let Some(old) = old.or_else(|| before.map(|it| record(number, it))) {
                        let turned = old.is_disconnected != new.is_disconnected;
                        new.changed = if turned { Some(now) } else { old.changed };
                    }
                    self.seen.insert(number, new);
                }
                None => {
                    let seen = self.seen.remove(&number);
                    let seen = seen.or_else(|| before.map(|it| record(number, it)));
                    if let Some(mut record) = seen {
                        let ended = departed.remove(&record.key).and_then(|it| it.ended);
                        record.ended = Some(ended.unwrap_or(now).max(record.started));
                        self.ended.push_back(record);
                    }
                }
            }
        }
        const KINDS: [ResourceKind; 5] = [
            ResourceKind::Application,
            ResourceKind::DeliveryGroup,
            ResourceKind::Hypervisor,
            ResourceKind::MachineCatalog,
            ResourceKind::User,
        ];
        let mut kinds = KINDS.into_iter();
        is_other
            || site.now.machines.changes().next().is_some()
            || kinds.any(|it| site.now.resources(it).changes().next().is_some())
    }

    /// Returns every session, those of one site in order of their start.
    pub(crate) fn records(&self, customer: &Customer) -> Vec<SessionRecord> {
        let mut records = Vec::new();
        for site in sites(None, customer) {
            for (within, session) in site.now.sessions.after(0) {
                let number = site.session_number(within);
                let mut record = record(number, session);
                record.changed = self.seen.get(&number).and_then(|it| it.changed);
                records.push(record);
            }
        }
        records.extend(self.ended.iter().cloned());
        records.sort_by_key(|it| it.number);
        records
    }
}

/// Returns a session by its number in a site.
fn at(site: &Site, number: u64) -> Option<&Session> {
    let mut behind = site.sessions.after(number.checked_sub(1)?);
    let (found, session) = behind.next()?;
    (found == number).then_some(session)
}

fn record(number: u64, session: &Session) -> SessionRecord {
    SessionRecord {
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

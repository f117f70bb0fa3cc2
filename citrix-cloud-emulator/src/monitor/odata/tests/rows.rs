//! Random rows of four related sets.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::super::super::schema::Set;
use super::super::super::value::Value;
use super::super::{Bounds, Chunk, Row, Source};

#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) key: Uuid,
    pub(super) start: i64,
    pub(super) logon: Option<i64>,
    pub(super) state: i64,
    pub(super) anonymous: bool,
    pub(super) user: Option<i64>,
    pub(super) machine: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) groups: Vec<String>,
    /// Name and group.
    pub(super) machines: Vec<(Option<String>, Option<usize>)>,
    /// Number and name.
    pub(super) users: Vec<(i64, Option<String>)>,
    pub(super) sessions: Vec<Session>,
}

pub(super) const NAMES: [&str; 5] = ["ann", "Bob", "bobby", "O'Neil", ""];

pub(super) fn group_id(number: usize) -> Uuid {
    Uuid::from_u64_pair(7, number as u64)
}

pub(super) fn machine_id(number: usize) -> Uuid {
    Uuid::from_u64_pair(8, number as u64)
}

fn name() -> impl Strategy<Value = Option<String>> {
    option::of(proptest::sample::select(&NAMES[..]).prop_map(str::to_owned))
}

fn session() -> impl Strategy<Value = Session> {
    let machine = option::of(0_usize..4);
    let logon = option::of(proptest::sample::select(vec![0_i64, 900, 5000, 60_001]));
    // Some refer to a user or machine that does not exist.
    (
        any::<u64>(),
        0_i64..4,
        logon,
        1_i64..6,
        any::<bool>(),
        option::of(1_i64..6),
        machine,
    )
        .prop_map(
            |(key, day, logon, state, anonymous, user, machine)| Session {
                key: Uuid::from_u64_pair(9, key),
                start: 1_767_571_200_000 + day * 86_400_000,
                logon,
                state,
                anonymous,
                user,
                machine,
            },
        )
}

pub(super) fn sites() -> impl Strategy<Value = Site> {
    let groups = vec(
        proptest::sample::select(&NAMES[..]).prop_map(str::to_owned),
        0..3,
    );
    let machines = vec((name(), option::of(0_usize..3)), 0..4);
    let users = vec(name(), 0..5);
    (groups, machines, users, vec(session(), 0..14)).prop_map(
        |(groups, machines, users, sessions)| Site {
            groups,
            machines,
            users: (1..).zip(users).collect(),
            sessions,
        },
    )
}

/// Creates sessions that differ only slightly.
pub(super) fn plain(number: u64) -> Site {
    let session = |it: u64| Session {
        key: Uuid::from_u64_pair(9, it),
        start: 1_767_571_200_000,
        logon: None,
        state: if it.is_multiple_of(2) { 5 } else { 2 },
        anonymous: false,
        user: it.is_multiple_of(3).then_some(1),
        machine: None,
    };
    Site {
        groups: Vec::new(),
        machines: Vec::new(),
        users: vec![(1, Some("xaver".to_owned()))],
        sessions: (0..number).map(session).collect(),
    }
}

fn row(set: &'static Set, values: Vec<(&str, Value)>) -> Row {
    let mut row = vec![Value::Null; set.columns.len()];
    for (name, value) in values {
        row[set.column(name).unwrap()] = value;
    }
    row
}

impl Site {
    fn all(&self, set: &'static Set) -> Vec<Row> {
        let text = |it: &Option<String>| Value::from(it.clone());
        match set.name {
            "DesktopGroups" => self
                .groups
                .iter()
                .enumerate()
                .map(|(number, name)| {
                    row(
                        set,
                        vec![
                            ("Id", group_id(number).into()),
                            ("Name", name.clone().into()),
                        ],
                    )
                })
                .collect(),
            "Machines" => self
                .machines
                .iter()
                .enumerate()
                .map(|(number, (name, group))| {
                    let group = Value::from(group.map(group_id));
                    let id = machine_id(number).into();
                    row(
                        set,
                        vec![("Id", id), ("Name", text(name)), ("DesktopGroupId", group)],
                    )
                })
                .collect(),
            "Users" => self
                .users
                .iter()
                .map(|(id, name)| row(set, vec![("Id", (*id).into()), ("UserName", text(name))]))
                .collect(),
            "Sessions" => self
                .sessions
                .iter()
                .map(|it| {
                    let start = Timestamp::from_millisecond(it.start).unwrap();
                    row(
                        set,
                        vec![
                            ("SessionKey", it.key.into()),
                            ("StartDate", start.into()),
                            ("LogOnDuration", it.logon.into()),
                            ("ConnectionState", it.state.into()),
                            ("IsAnonymous", it.anonymous.into()),
                            ("UserId", it.user.into()),
                            ("MachineId", it.machine.map(machine_id).into()),
                        ],
                    )
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The number of rows in a chunk.
const FEW: usize = 3;

impl Source for Site {
    fn chunks<'a>(
        &'a self,
        set: &'static Set,
        _: &Bounds,
        _: Option<Chunk>,
    ) -> Box<dyn Iterator<Item = Chunk> + 'a> {
        let number = u32::try_from(self.all(set).len().div_ceil(FEW)).unwrap();
        Box::new((0..number).map(|place| Chunk { day: 1, place }))
    }

    fn rows(&self, set: &'static Set, chunk: Chunk, _: &Bounds) -> Vec<Row> {
        let rows = self.all(set).into_iter();
        rows.skip(chunk.place as usize * FEW).take(FEW).collect()
    }

    fn finds(&self, set: &'static Set, _: usize) -> bool {
        // Both ways of finding rows are tested.
        set.name != "Sessions" && set.name != "Machines"
    }
}

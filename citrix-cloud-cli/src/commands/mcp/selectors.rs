//! The arguments that select objects, which are the selectors of the commands.

pub(super) const MACHINES: &[&str] = &[
    "name",
    "catalog",
    "delivery_group",
    "zone",
    "user",
    "state",
    "power",
    "registration",
    "tag",
    "idle_for",
    "disconnected_for",
];

pub(super) const SESSIONS: &[&str] = &[
    "user",
    "machine",
    "catalog",
    "delivery_group",
    "zone",
    "state",
    "power",
    "registration",
    "tag",
    "disconnected_for",
];

/// The arguments that name objects one by one.
pub(super) const NAMES: [&str; 2] = ["machines", "sessions"];

/// Returns whether an argument selects objects.
pub(super) fn chooses(argument: &str) -> bool {
    let all = [MACHINES, SESSIONS, &NAMES];
    all.iter().any(|some| some.contains(&argument))
}

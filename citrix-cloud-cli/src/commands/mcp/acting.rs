//! The tools that plan a change.

use super::selectors::{MACHINES, SESSIONS};
use super::tool::{Answer, Recipe};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "power_machines",
        title: "Plan: start, shut down, reboot, suspend or resume machines",
        description: "Plans a power action for the machines that are named or chosen, and changes nothing: \
                      confirm_plan carries the plan out. Choose at least something. Machines with sessions \
                      are left out of shutdown, reboot and suspend unless `in_use` is true, which loses \
                      what users have not saved; the plan says who is logged on. `drain` puts each machine \
                      into maintenance mode first. `max_unavailable` reboots so many at a time.",
        words: &["daas", "machines", "power"],
        arguments: &[
            &["action"],
            MACHINES,
            &[
                "in_use",
                "drain",
                "max_unavailable",
                "min_available",
                "ready_timeout",
                "max_failures",
            ],
        ],
        columns: &[],
        answer: Answer::PlanOfMany,
    },
    Recipe {
        name: "maintenance_mode",
        title: "Plan: maintenance mode of machines",
        description: "Plans to put machines into maintenance mode, in which they take no new sessions, or \
                      out of it, and changes nothing: confirm_plan carries the plan out. Running sessions \
                      stay. Choose at least something.",
        words: &["daas", "machines", "maintenance"],
        arguments: &[&["switch"], MACHINES, &["min_available", "max_failures"]],
        columns: &[],
        answer: Answer::PlanOfMany,
    },
    Recipe {
        name: "log_off_sessions",
        title: "Plan: log off sessions",
        description: "Plans to log off sessions, and changes nothing: confirm_plan carries the plan out. \
                      What users have not saved is lost, so send_message before it, or choose those that \
                      have been disconnected for long.",
        words: &["daas", "sessions", "logoff"],
        arguments: &[SESSIONS, &["max_failures"]],
        columns: &[],
        answer: Answer::PlanOfMany,
    },
    Recipe {
        name: "send_message",
        title: "Plan: show users a message",
        description: "Plans to show a message to the users of sessions, and sends nothing: confirm_plan \
                      carries the plan out. Choose at least something.",
        words: &["daas", "sessions", "message"],
        arguments: &[&["title", "text", "style"], SESSIONS],
        columns: &[],
        answer: Answer::PlanOfMany,
    },
    Recipe {
        name: "disconnect_session",
        title: "Plan: disconnect a session",
        description: "Plans to disconnect one session, by its id from list_sessions, and changes nothing: \
                      confirm_plan carries the plan out. The session goes on running, and its user can \
                      connect again.",
        words: &["daas", "sessions", "disconnect"],
        arguments: &[&["id"]],
        columns: &[],
        answer: Answer::PlanOfOne,
    },
];

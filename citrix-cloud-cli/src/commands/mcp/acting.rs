//! The tools that plan a change.

use super::selectors::{MACHINES, SESSIONS};
use super::tool::{Recipe, ResultKind};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "power_machines",
        title: "Plan: start, shut down, reboot, suspend or resume machines",
        description: "Plan a power action on machines. Nothing changes until confirm_plan is called with the \
                      returned plan_id. Name machines or use at least one selector. Shutdown, reboot and \
                      suspend skip machines that have sessions unless `in_use` is true, which costs users \
                      their unsaved work; the plan lists who is logged on. `force` does not ask the guest: \
                      anything it has not written to disk is lost, so use it only for machines that do not \
                      respond. `drain` puts each machine into maintenance mode first. `max_unavailable` \
                      limits how many machines are down at the same time.",
        words: &["daas", "machines", "power"],
        arguments: &[
            &["action"],
            MACHINES,
            &[
                "in_use",
                "force",
                "drain",
                "max_unavailable",
                "min_available",
                "ready_timeout",
                "max_failures",
            ],
        ],
        columns: &[],
        result: ResultKind::PlanOfMany,
    },
    Recipe {
        name: "maintenance_mode",
        title: "Plan: turn maintenance mode on or off",
        description: "Plan to turn maintenance mode on or off. A machine in maintenance mode accepts no new \
                      sessions; existing sessions continue. Nothing changes until confirm_plan is called \
                      with the returned plan_id. Name machines or use at least one selector.",
        words: &["daas", "machines", "maintenance"],
        arguments: &[&["switch"], MACHINES, &["min_available", "max_failures"]],
        columns: &[],
        result: ResultKind::PlanOfMany,
    },
    Recipe {
        name: "log_off_sessions",
        title: "Plan: log off sessions",
        description: "Plan to log off sessions. Users lose unsaved work, so warn them with send_message first \
                      or pick sessions that have been disconnected for a long time. Nothing changes until \
                      confirm_plan is called with the returned plan_id.",
        words: &["daas", "sessions", "logoff"],
        arguments: &[SESSIONS, &["max_failures"]],
        columns: &[],
        result: ResultKind::PlanOfMany,
    },
    Recipe {
        name: "disconnect_sessions",
        title: "Plan: disconnect sessions",
        description: "Plan to disconnect sessions. They keep running and their users can reconnect. Nothing \
                      changes until confirm_plan is called with the returned plan_id.",
        words: &["daas", "sessions", "disconnect"],
        arguments: &[SESSIONS, &["max_failures"]],
        columns: &[],
        result: ResultKind::PlanOfMany,
    },
    Recipe {
        name: "hide_sessions",
        title: "Plan: hide sessions",
        description: "Plan to hide sessions that no longer respond, so that their users get a new session \
                      instead of reconnecting. Hidden sessions keep running; to undo it, use call_operation \
                      with `daas sessions unhide`. Nothing changes until confirm_plan is called with the \
                      returned plan_id.",
        words: &["daas", "sessions", "hide"],
        arguments: &[SESSIONS, &["max_failures"]],
        columns: &[],
        result: ResultKind::PlanOfMany,
    },
    Recipe {
        name: "send_message",
        title: "Plan: show a message to users",
        description: "Plan to show a message to the users of sessions. Nothing is sent until confirm_plan is \
                      called with the returned plan_id. Name sessions or use at least one selector.",
        words: &["daas", "sessions", "message"],
        arguments: &[&["title", "text", "style"], SESSIONS],
        columns: &[],
        result: ResultKind::PlanOfMany,
    },
];

//! The tools that read.

use super::selectors::{MACHINES, SESSIONS};
use super::tool::{Answer, Recipe};

/// How many rows are read to count them where a row is small.
const COUNTED: usize = 1001;

/// How many rows are read where a row is a whole object: one more than can be shown.
const OF_OBJECTS: usize = 201;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "overview",
        title: "Overview of the site",
        description: "Counts of the site's machines by power state, registration and maintenance mode, of \
                      sessions by state and of jobs, with the last changes of the configuration. A good \
                      first call. Reads every machine and session, so call it once, not in a loop.",
        words: &["overview"],
        arguments: &[],
        columns: &[],
        answer: Answer::Report,
    },
    Recipe {
        name: "list_machines",
        title: "List machines",
        description: "Machines (VDAs) with catalog, number of sessions, power state, registration and \
                      maintenance mode. Different arguments narrow each other; several values of one \
                      widen. Names and patterns of one request are searched by the service, so ask for \
                      what you need instead of reading all.",
        words: &["daas", "machines", "list"],
        arguments: &[MACHINES],
        columns: &[],
        answer: Answer::Rows {
            read: COUNTED,
            how: "narrow with name, catalog, delivery_group, power, registration or user",
        },
    },
    Recipe {
        name: "get_machine",
        title: "Show a machine",
        description: "All that is known of one machine: agent version, address, last connection, faults, \
                      tags, delivery group and more. Properties without a value are left out.",
        words: &["daas", "machines", "get"],
        arguments: &[&["machine"]],
        columns: &[],
        answer: Answer::Object,
    },
    Recipe {
        name: "list_sessions",
        title: "List sessions",
        description: "Sessions with user, machine, state (Active, Disconnected, …) and start. What a user \
                      has open: give `user`, such as *smith. Times have their zone.",
        words: &["daas", "sessions", "list"],
        arguments: &[SESSIONS],
        columns: &[],
        answer: Answer::Rows {
            read: COUNTED,
            how: "narrow with user, machine, catalog, delivery_group or state",
        },
    },
    Recipe {
        name: "get_session",
        title: "Show a session",
        description: "All that is known of one session, by its id from list_sessions: client, protocol, \
                      applications in use, times of its logon and more.",
        words: &["daas", "sessions", "get"],
        arguments: &[&["id"]],
        columns: &[],
        answer: Answer::Object,
    },
    Recipe {
        name: "list_catalogs",
        title: "List machine catalogs",
        description: "Machine catalogs: the sets of machines that are made alike.",
        words: &["daas", "machine-catalogs", "list"],
        arguments: &[],
        columns: &[],
        answer: Answer::Rows {
            read: COUNTED,
            how: "get one with get_catalog",
        },
    },
    Recipe {
        name: "get_catalog",
        title: "Show a machine catalog",
        description: "All that is known of one machine catalog: image, provisioning, functional level, counts and more.",
        words: &["daas", "machine-catalogs", "get"],
        arguments: &[&["catalog"]],
        columns: &[],
        answer: Answer::Object,
    },
    Recipe {
        name: "list_delivery_groups",
        title: "List delivery groups",
        description: "Delivery groups: which users get which machines and applications, and how many of \
                      their machines there are and are available.",
        words: &["daas", "delivery-groups", "list"],
        arguments: &[&["admin-folder"]],
        columns: &[
            "Name",
            "Enabled",
            "InMaintenanceMode",
            "TotalDesktops",
            "DesktopsAvailable",
            "DesktopsUnregistered",
            "SessionCount",
            "SessionSupport",
            "Id",
        ],
        answer: Answer::Rows {
            read: OF_OBJECTS,
            how: "narrow with admin_folder",
        },
    },
    Recipe {
        name: "get_delivery_group",
        title: "Show a delivery group",
        description: "All that is known of one delivery group: users, power management, counts of machines and more.",
        words: &["daas", "delivery-groups", "get"],
        arguments: &[&["name-or-id"]],
        columns: &[],
        answer: Answer::Object,
    },
    Recipe {
        name: "list_applications",
        title: "List applications",
        description: "Published applications with the folder they are in.",
        words: &["daas", "applications", "list"],
        arguments: &[&["application-folder"]],
        columns: &[
            "Name",
            "ApplicationFolder",
            "Enabled",
            "Visible",
            "NumAssociatedDeliveryGroups",
            "Id",
        ],
        answer: Answer::Rows {
            read: OF_OBJECTS,
            how: "narrow with application_folder",
        },
    },
    Recipe {
        name: "get_application",
        title: "Show an application",
        description: "All that is known of one application: what it starts, who sees it, delivery groups and more.",
        words: &["daas", "applications", "get"],
        arguments: &[&["name-or-id"]],
        columns: &[],
        answer: Answer::Object,
    },
    Recipe {
        name: "list_jobs",
        title: "List jobs",
        description: "Work that the service does after it has answered, such as making machines, with \
                      status, progress in percent and error. Old jobs are forgotten by the service.",
        words: &["daas", "jobs", "list"],
        arguments: &[],
        columns: &[],
        answer: Answer::Rows {
            read: OF_OBJECTS,
            how: "get one by its id with get_job",
        },
    },
    Recipe {
        name: "get_job",
        title: "Show a job",
        description: "One job as it is now, by its id: status, progress, and why it failed. A job that is \
                      under way can be asked for again after some seconds.",
        words: &["daas", "jobs", "get"],
        arguments: &[&["id"]],
        columns: &[],
        answer: Answer::Object,
    },
    Recipe {
        name: "configuration_log",
        title: "Changes of the configuration",
        description: "Who changed what in the site, the last first: the administrators' log of Citrix DaaS. \
                      Give `days` or `text` to narrow it. What administrators did on the platform is in \
                      call_operation `system-log list`.",
        words: &["daas", "config-log", "operations", "list"],
        arguments: &[&["days", "text"]],
        columns: &[
            "FormattedStartTime",
            "StartTime",
            "User",
            "Text",
            "IsSuccessful",
            "Id",
        ],
        answer: Answer::Rows {
            read: OF_OBJECTS,
            how: "narrow with days or text",
        },
    },
    Recipe {
        name: "monitor_report",
        title: "Reports of Monitor",
        description: "Reports of what happened, for up to 90 days: concurrency (peaks of sessions), logon \
                      (how long logons take, by phase), failures (of connections, by reason, user and \
                      machine), machines (failed, unregistered, unused), applications, sessions \
                      (disconnected for long, idle), load, clients, savings. Lengths of time are \
                      milliseconds (`...Ms`) or minutes (`...Minutes`), shares are from 0 to 1, days are \
                      those of UTC. Lists in it are cut at `limit` rows; name a `section` for one of them \
                      alone. What is newer than some minutes may not be there yet.",
        words: &["monitor", "report"],
        arguments: &[&[
            "name",
            "since",
            "until",
            "group",
            "user",
            "disconnected_for",
            "section",
        ]],
        columns: &[],
        answer: Answer::Report,
    },
];

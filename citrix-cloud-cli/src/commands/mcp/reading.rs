//! The read-only tools.

use super::selectors::{MACHINES, SESSIONS};
use super::tool::{Recipe, ResultKind};

/// How many rows are read in order to count them, if rows are small.
const COUNTED: usize = 1001;

/// How many rows are read if a row is a whole object: one more than can be shown.
const OF_OBJECTS: usize = 201;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "overview",
        title: "Overview of the site",
        description: "Count machines by power state, registration and maintenance mode, sessions by state, and \
                      jobs by status, and show the latest configuration changes. A good first call. It reads \
                      every machine and session, so do not call it in a loop.",
        words: &["overview"],
        arguments: &[],
        columns: &[],
        result: ResultKind::Report,
    },
    Recipe {
        name: "list_machines",
        title: "List machines",
        description: "List machines (VDAs) with catalog, session count, power state, registration and \
                      maintenance mode. Different selectors narrow the list; several values of one selector \
                      widen it. The service does the filtering, so select what you need instead of reading \
                      everything.",
        words: &["daas", "machines", "list"],
        arguments: &[MACHINES],
        columns: &[],
        result: ResultKind::Rows {
            read: COUNTED,
            how: "narrow with name, catalog, delivery_group, power, registration or user",
        },
    },
    Recipe {
        name: "get_machine",
        title: "Show a machine",
        description: "Show everything known about one machine: agent version, address, last connection, faults, \
                      tags, delivery group and more. Properties without a value are omitted.",
        words: &["daas", "machines", "get"],
        arguments: &[&["machine"]],
        columns: &[],
        result: ResultKind::Object,
    },
    Recipe {
        name: "list_sessions",
        title: "List sessions",
        description: "List sessions with user, machine, state (Active, Disconnected, …) and start time. To find \
                      the sessions of one user, set `user`, for example to *smith. Times include their time \
                      zone.",
        words: &["daas", "sessions", "list"],
        arguments: &[SESSIONS],
        columns: &[],
        result: ResultKind::Rows {
            read: COUNTED,
            how: "narrow with user, machine, catalog, delivery_group or state",
        },
    },
    Recipe {
        name: "get_session",
        title: "Show a session",
        description: "Show everything known about one session, by its id from list_sessions: client, protocol, \
                      applications in use, logon times and more.",
        words: &["daas", "sessions", "get"],
        arguments: &[&["id"]],
        columns: &[],
        result: ResultKind::Object,
    },
    Recipe {
        name: "list_catalogs",
        title: "List machine catalogs",
        description: "List machine catalogs: groups of machines that are provisioned the same way.",
        words: &["daas", "machine-catalogs", "list"],
        arguments: &[],
        columns: &[],
        result: ResultKind::Rows {
            read: COUNTED,
            how: "get one with get_catalog",
        },
    },
    Recipe {
        name: "get_catalog",
        title: "Show a machine catalog",
        description: "Show everything known about one machine catalog: image, provisioning, functional level, \
                      machine counts and more.",
        words: &["daas", "machine-catalogs", "get"],
        arguments: &[&["catalog"]],
        columns: &[],
        result: ResultKind::Object,
    },
    Recipe {
        name: "list_delivery_groups",
        title: "List delivery groups",
        description: "List delivery groups, which assign machines and applications to users, with the number of \
                      machines in each and how many are available.",
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
        result: ResultKind::Rows {
            read: OF_OBJECTS,
            how: "narrow with admin_folder",
        },
    },
    Recipe {
        name: "get_delivery_group",
        title: "Show a delivery group",
        description: "Show everything known about one delivery group: users, power management, machine counts \
                      and more.",
        words: &["daas", "delivery-groups", "get"],
        arguments: &[&["name-or-id"]],
        columns: &[],
        result: ResultKind::Object,
    },
    Recipe {
        name: "list_applications",
        title: "List applications",
        description: "List published applications with the folder each is in.",
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
        result: ResultKind::Rows {
            read: OF_OBJECTS,
            how: "narrow with application_folder",
        },
    },
    Recipe {
        name: "get_application",
        title: "Show an application",
        description: "Show everything known about one application: what it runs, who can see it, its delivery \
                      groups and more.",
        words: &["daas", "applications", "get"],
        arguments: &[&["name-or-id"]],
        columns: &[],
        result: ResultKind::Object,
    },
    Recipe {
        name: "list_jobs",
        title: "List jobs",
        description: "List jobs, the long-running work of the service such as creating machines, with status, \
                      progress in percent and error. The service discards old jobs.",
        words: &["daas", "jobs", "list"],
        arguments: &[],
        columns: &[],
        result: ResultKind::Rows {
            read: OF_OBJECTS,
            how: "get one by its id with get_job",
        },
    },
    Recipe {
        name: "get_job",
        title: "Show a job",
        description: "Show the current state of one job by its id: status, progress, and why it failed. To follow \
                      a running job, call this again after a few seconds.",
        words: &["daas", "jobs", "get"],
        arguments: &[&["id"]],
        columns: &[],
        result: ResultKind::Object,
    },
    Recipe {
        name: "configuration_log",
        title: "Show configuration changes",
        description: "Show who changed what in the site, newest first: the administrators' log of Citrix DaaS. \
                      Narrow it with `days` or `text`. Administrators' actions on the Citrix Cloud platform are \
                      in a log of their own: use call_operation with `system-log list`.",
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
        result: ResultKind::Rows {
            read: OF_OBJECTS,
            how: "narrow with days or text",
        },
    },
    Recipe {
        name: "monitor_report",
        title: "Run a report on monitoring data",
        description: "Run a report on monitoring data from up to 90 days: concurrency (peak sessions), logon \
                      (logon duration by phase), failures (failed connections by reason, user and machine), \
                      machines (failed, unregistered, unused), applications, sessions (long disconnected, \
                      idle), load, clients, savings. Durations are in milliseconds (`...Ms`) or minutes \
                      (`...Minutes`), ratios range from 0 to 1, and days are UTC days. Lists are cut off at \
                      `limit` rows; set `section` to get a single list. Data from the last few minutes may be \
                      missing.",
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
        result: ResultKind::Report,
    },
];

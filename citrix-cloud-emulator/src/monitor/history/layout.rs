//! How the rows of each set are divided into chunks, how long they are kept, and which columns find them.

use super::super::odata::Bounds;
use super::super::schema::Set;
use super::super::value::Value;

/// The unit that makes up a chunk of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// The set is always empty.
    Nothing,
    /// The whole site, in one chunk.
    Site,
    /// A user.
    Users,
    /// A machine.
    Machines,
    /// The sessions of a machine that started on a day, kept until their end is this many days ago.
    Sessions { keep: i64 },
    /// The measurements of a machine on a day.
    Measurements { keep: i64 },
    /// All delivery groups on a day.
    Groups,
}

impl Layout {
    /// Returns how many days rows are kept, and how many days after its chunk's day a row can have its last time.
    pub(crate) fn days(self) -> (i64, i32) {
        match self {
            Self::Sessions { keep } => (keep, 2),
            Self::Measurements { keep } => (keep, 1),
            Self::Groups => (90, 1),
            _ => (0, 0),
        }
    }

    /// Returns whether there are rows about the present.
    pub(crate) fn has_now(self) -> bool {
        matches!(self, Self::Sessions { .. } | Self::Measurements { .. })
    }
}

pub(crate) fn of(set: &str) -> Layout {
    match set {
        "Machines" | "MachineCosts" | "Processes" => Layout::Machines,
        "Users" => Layout::Users,
        "DesktopGroups"
        | "Catalogs"
        | "Hypervisors"
        | "Applications"
        | "DesktopGroupApplications"
        | "ConnectionFailureCategories"
        | "Hotfixes"
        | "TaskLogs"
        | "LhcReport"
        | "Notifications"
        | "NotificationRules"
        | "NotificationRuleGroups"
        | "NotificationTargets"
        | "NotificationsLogs" => Layout::Site,
        "Sessions"
        | "Connections"
        | "ConnectionFailureLogs"
        | "ApplicationInstances"
        | "LogOnMetrics"
        | "SessionAutoReconnects"
        | "SessionLogonMetrics"
        | "SessionMetricsLatest" => Layout::Sessions { keep: 90 },
        "SessionMetrics" => Layout::Sessions { keep: 7 },
        "ApplicationFaults" | "ApplicationErrors" => Layout::Sessions { keep: 1 },
        "LoadIndexes"
        | "LoadIndexSummaries"
        | "ResourceUtilizationSummary"
        | "ServerOSDesktopSummaries"
        | "MachineMetricSummary"
        | "MachineFailureLogs"
        | "MachineHotfixLogs" => Layout::Measurements { keep: 90 },
        "ProcessUtilizationDaySummary" => Layout::Measurements { keep: 30 },
        "ProcessUtilizationHourSummary" => Layout::Measurements { keep: 7 },
        "MachineMetric" | "ProcessUtilizationMinuteSummary" => Layout::Measurements { keep: 3 },
        "ResourceUtilization" | "ProcessUtilization" => Layout::Measurements { keep: 1 },
        "SessionActivitySummaries"
        | "LogOnSummaries"
        | "FailureLogSummaries"
        | "ApplicationActivitySummaries"
        | "MachineSummaries"
        | "DesktopOSDesktopSummaries"
        | "MachineCostSavingsSummaries" => Layout::Groups,
        _ => Layout::Nothing,
    }
}

/// Returns whether a time column always falls on the day of its chunk.
pub(crate) fn is_exact(set: &str, column: &str) -> bool {
    matches!(
        (set, column),
        ("Sessions", "StartDate")
            | (_, "SummaryDate" | "FailureStartDate")
            | (
                "MachineMetric" | "ResourceUtilization" | "ProcessUtilization",
                "CollectedDate"
            )
            | ("LoadIndexes", "CreatedDate")
    )
}

/// Returns whether a column is independent of the row's day.
pub(crate) fn is_independent_of_day(set: &str, column: &str) -> bool {
    matches!((set, column), ("LoadIndexes", "ModifiedDate"))
}

/// Returns the column with the session's key.
pub(crate) fn session_column(set: &str) -> &'static str {
    match set {
        "SessionMetrics" => "SessionId",
        _ => "SessionKey",
    }
}

/// Returns whether only current activity can be within bounds.
pub(crate) fn is_now(set: &'static Set, bounds: &Bounds) -> bool {
    let is_open = |column| bounds.of(set, column).is_some_and(Value::is_null);
    let runs = |it: &Value| matches!(it, Value::Int(state) if *state != 3);
    match set.name {
        "Sessions" => is_open("EndDate") || bounds.of(set, "ConnectionState").is_some_and(runs),
        "ApplicationInstances" => is_open("EndDate"),
        "MachineFailureLogs" => is_open("FailureEndDate"),
        _ => false,
    }
}

/// Returns whether rows with a value of a column can be found without reading the whole set.
pub(crate) fn finds(set: &str, column: &str) -> bool {
    match of(set) {
        Layout::Nothing | Layout::Site => true,
        Layout::Users => column == "Id",
        Layout::Machines if set == "Machines" => column == "Id",
        Layout::Machines => column == "MachineId",
        Layout::Sessions { .. } => {
            column == session_column(set)
                || column == "MachineId"
                || (set, column) == ("Connections", "Id")
        }
        Layout::Measurements { .. } => {
            column == "MachineId" || (set, column) == ("LoadIndexes", "Id")
        }
        Layout::Groups => false,
    }
}

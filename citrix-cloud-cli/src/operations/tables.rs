//! The columns of lists from generated commands, for models whose first properties say little.

use crate::commands::daas::{catalogs, jobs, machines, sessions};
use crate::output::Table;

const DELIVERY_GROUPS: Table<'_> = Table::new(
    "delivery groups",
    &[
        ("NAME", "/Name"),
        ("MACHINES", "/TotalDesktops"),
        ("AVAILABLE", "/DesktopsAvailable"),
        ("SESSIONS", "/SessionCount"),
        ("ENABLED", "/Enabled"),
        ("MAINTENANCE", "/InMaintenanceMode"),
        ("ID", "/Id"),
    ],
)
.wide(&[
    ("UNREGISTERED", "/DesktopsUnregistered"),
    ("APPLICATIONS", "/TotalApplications"),
    ("DELIVERS", "/DeliveryType"),
    ("AUTOSCALE", "/AutoscalingEnabled"),
]);

const APPLICATIONS: Table<'_> = Table::new(
    "applications",
    &[
        ("NAME", "/Name"),
        ("PUBLISHED AS", "/PublishedName"),
        ("FOLDER", "/ApplicationFolder/Name"),
        ("ENABLED", "/Enabled"),
        ("VISIBLE", "/Visible"),
        ("ID", "/Id"),
    ],
)
.wide(&[
    ("GROUPS", "/NumAssociatedDeliveryGroups"),
    ("TYPE", "/ApplicationType"),
    ("COMMAND", "/InstalledAppProperties/CommandLineExecutable"),
]);

/// Returns the table for items of a model; `things` names an empty list.
pub(super) fn of<'a>(model: &str, things: &'a str) -> Table<'a> {
    match model {
        "Machine" => machines::TABLE,
        "Session" => sessions::TABLE,
        "MachineCatalog" => catalogs::TABLE,
        "Job" => jobs::TABLE,
        "DeliveryGroup" => DELIVERY_GROUPS,
        "Application" => APPLICATIONS,
        _ => Table::new(things, &[]),
    }
}

//! `/BackupRestore/Schedules`.

use super::context::Handler;
use super::resource;
use crate::world::Kind;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "BackupRestoreGetBackupSchedules" => {
            |context| resource::list(context, Kind::BackupSchedule)
        }
        "BackupRestoreCreateBackupSchedule" => {
            |context| resource::create(context, Kind::BackupSchedule)
        }
        "BackupRestoreGetBackupSchedule" => |context| resource::get(context, Kind::BackupSchedule),
        "BackupRestoreModifyBackupSchedule" => {
            |context| resource::update(context, Kind::BackupSchedule)
        }
        "BackupRestoreDeleteBackupSchedule" => {
            |context| resource::delete(context, Kind::BackupSchedule)
        }
        _ => return None,
    })
}

//! `/BackupRestore/Schedules`.

use super::handlers::Handler;
use super::objects;
use crate::world::Kind;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "BackupRestoreGetBackupSchedules" => |turn| objects::list(turn, Kind::BackupSchedule),
        "BackupRestoreCreateBackupSchedule" => |turn| objects::create(turn, Kind::BackupSchedule),
        "BackupRestoreGetBackupSchedule" => |turn| objects::get(turn, Kind::BackupSchedule),
        "BackupRestoreModifyBackupSchedule" => |turn| objects::update(turn, Kind::BackupSchedule),
        "BackupRestoreDeleteBackupSchedule" => |turn| objects::delete(turn, Kind::BackupSchedule),
        _ => return None,
    })
}

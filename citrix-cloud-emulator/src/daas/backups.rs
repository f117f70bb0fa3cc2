//! `/BackupRestore/Schedules`.

use super::context::Handler;
use super::resource::{self, PLAIN, ResourceSpec};
use crate::http::errors::common;
use crate::world::Kind;

pub(super) const SCHEDULE: ResourceSpec = ResourceSpec {
    entity: "BackupSchedule",
    validate: |_, schedule| {
        let time = schedule.fields.get("StartTime").and_then(|it| it.as_str());
        if let Some(time) = time {
            // Answers have the seconds, too.
            let whole = whole_time(time).ok_or_else(|| common::invalid_string("StartTime"))?;
            schedule.fields.insert("StartTime".to_owned(), whole.into());
        }
        Ok(())
    },
    ..PLAIN
};

fn whole_time(text: &str) -> Option<String> {
    let time: jiff::civil::Time = text.parse().ok()?;
    Some(time.strftime("%H:%M:%S").to_string())
}

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

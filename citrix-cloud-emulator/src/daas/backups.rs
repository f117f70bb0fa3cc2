//! `/BackupRestore`: schedules, backups and their history. A backup contains nothing, and restoring one changes nothing
//! but the history.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::context::{Context, Handler};
use super::resource::{self, PLAIN, ResourceSpec};
use crate::clock::later;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Resource, ResourceKind};

pub(super) const SCHEDULE: ResourceSpec = ResourceSpec {
    entity: "BackupSchedule",
    validate: |_, schedule| {
        let time = schedule.fields.get("StartTime").and_then(|it| it.as_str());
        if let Some(time) = time {
            // Responses include the seconds.
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

pub(super) const BACKUP: ResourceSpec = ResourceSpec {
    entity: "Backup",
    keys: ("HistoryId", "BackupName"),
    defaults: r#"{ "Result": true }"#,
    ..PLAIN
};

pub(super) const HISTORY: ResourceSpec = ResourceSpec {
    entity: "BackupHistory",
    keys: ("HistoryId", "BackupName"),
    shares_names: true,
    defaults: r#"{ "Successful": true }"#,
    ..PLAIN
};

/// The maximum number of backups: kept, pinned, and pinned by a schedule.
const MOST: (u32, u32, u32) = (100, 20, 10);
/// The size of a backup.
const BYTES: u32 = 65_536;
/// The components of a site that can be restored.
const COMPONENTS: [(&str, ResourceKind); 6] = [
    ("Tags", ResourceKind::Tag),
    ("AdminScopes", ResourceKind::Scope),
    ("AdminRoles", ResourceKind::Role),
    ("MachineCatalogs", ResourceKind::MachineCatalog),
    ("DeliveryGroups", ResourceKind::DeliveryGroup),
    ("Applications", ResourceKind::Application),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "BackupRestoreGetBackupSchedules" => {
            |context| resource::list(context, ResourceKind::BackupSchedule)
        }
        "BackupRestoreCreateBackupSchedule" => {
            |context| resource::create(context, ResourceKind::BackupSchedule)
        }
        "BackupRestoreGetBackupSchedule" => {
            |context| resource::get(context, ResourceKind::BackupSchedule)
        }
        "BackupRestoreModifyBackupSchedule" => {
            |context| resource::update(context, ResourceKind::BackupSchedule)
        }
        "BackupRestoreDeleteBackupSchedule" => {
            |context| resource::delete(context, ResourceKind::BackupSchedule)
        }
        "BackupRestoreEnableSingleBackupSchedule" => |context| switch(context, true),
        "BackupRestoreDisableSingleBackupSchedule" => |context| switch(context, false),
        "BackupRestoreGetBackups" => |context| resource::list(context, ResourceKind::Backup),
        "BackupRestoreDoBackup" => back_up,
        "BackupRestoreDeleteBackup" => |context| resource::delete(context, ResourceKind::Backup),
        "BackupRestorePinSingleBackup" => |context| pin(context, true),
        "BackupRestoreUnpinSingleBackup" => |context| pin(context, false),
        "BackupRestoreRestoreBackupToSite" => restore,
        "BackupRestoreDownloadSingleBackup" => download,
        "BackupRestoreGetComponentMembers" => members,
        "BackupRestoreGetResultLog" => result_log,
        "BackupRestoreGetAllBackupHistory" => {
            |context| resource::list(context, ResourceKind::BackupHistory)
        }
        "BackupRestoreGetHistoryForSpecificBackup" => history_of,
        "BackupRestoreGetBackupHistoryForSpecificHistory" => {
            |context| resource::get(context, ResourceKind::BackupHistory)
        }
        "BackupRestoreUpdateBckRstrHistoryNotes" => set_notes,
        "BackupRestoreGetCurrentActionStatus" => status,
        "BackupRestoreSetCurrentActionStatus" => set_status,
        "BackupRestoreGetInformation" => information,
        "BackupRestoreGetBackupRestoreOptions" | "BackupRestoreGetBlobStorage" => options,
        "BackupRestoreSetBackupRestoreOptions" => |context| {
            set_options(context)?;
            options(context)
        },
        "BackupRestoreSetBlobStorage" => |context| {
            set_options(context)?;
            validated(context)
        },
        "BackupRestoreValidateStorage" => validated,
        _ => return None,
    })
}

fn switch(context: &mut Context<'_>, enabled: bool) -> Outcome {
    let id = resource::named(context, ResourceKind::BackupSchedule)?
        .id()
        .to_owned();
    resource::edit(context.site, ResourceKind::BackupSchedule, &id, |fields| {
        fields.insert("Enabled".to_owned(), json!(enabled));
    });
    resource::empty()
}

fn back_up(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let notes = body.get("Notes").cloned().unwrap_or_default();
    let number = resource::next_uid(context.site, ResourceKind::BackupHistory);
    let time = context.now.strftime("%Y%m%d-%H%M%S");
    let name = format!("Backup-{time}-{number}");
    let backup = Resource::new(name.as_str())
        .with(
            "Uid",
            resource::next_uid(context.site, ResourceKind::Backup),
        )
        .with("HistoryUid", number)
        .with("Notes", notes.clone())
        .with("Pinned", false)
        .with("DateTime", context.now.to_string())
        .with("Duration", seconds(context))
        .with(
            "AdministratorName",
            context.administrator.display_name.as_str(),
        )
        .with("BackupSize", BYTES);
    context
        .site
        .resources_mut(ResourceKind::Backup)
        .push(backup);
    let schedule = body.get("ScheduleName").cloned().unwrap_or_default();
    let execution = note(context, "Backup", &name, notes, schedule);
    Ok(started(context, &execution))
}

fn restore(context: &mut Context<'_>) -> Outcome {
    let name = resource::named(context, ResourceKind::Backup)?.name.clone();
    let notes = context.body()?.shift_remove("Notes").unwrap_or_default();
    let execution = note(context, "Restore", &name, notes, Value::Null);
    Ok(started(context, &execution))
}

/// Records an action on a backup, and returns its name.
fn note(
    context: &mut Context<'_>,
    action: &str,
    name: &str,
    notes: Value,
    schedule: Value,
) -> String {
    let execution = Uuid::new_v4().to_string();
    let entry = Resource::new(name)
        .with(
            "Uid",
            resource::next_uid(context.site, ResourceKind::BackupHistory),
        )
        .with("Action", action)
        .with("ExecutionId", execution.as_str())
        .with("DateTime", context.now.to_string())
        .with("Duration", seconds(context))
        .with("Notes", notes)
        .with("ScheduleName", schedule)
        .with("BackupSize", BYTES);
    context
        .site
        .resources_mut(ResourceKind::BackupHistory)
        .push(entry);
    execution
}

fn started(context: &Context<'_>, execution: &str) -> Reply {
    let view = filled(resource::model_of(context), |field| match field.name {
        "ExecutionId" => Some(json!(execution)),
        "Result" => Some(json!("Success")),
        _ => None,
    });
    Reply::json(200, &view)
}

fn pin(context: &mut Context<'_>, pinned: bool) -> Outcome {
    let id = resource::named(context, ResourceKind::Backup)?
        .id()
        .to_owned();
    resource::edit(context.site, ResourceKind::Backup, &id, |fields| {
        fields.insert("Pinned".to_owned(), json!(pinned));
    });
    Ok(Reply::json(200, &json!(true)))
}

fn download(context: &mut Context<'_>) -> Outcome {
    resource::named(context, ResourceKind::Backup)?;
    let view = filled(resource::model_of(context), |field| match field.name {
        "Result" => Some(json!("Success")),
        // The header of an empty archive.
        "BackupBinaryData" => Some(json!("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==")),
        "BackupSize" | "SizeTransferred" => Some(json!(22)),
        _ => None,
    });
    Ok(Reply::json(200, &view))
}

/// Returns the site's current objects of a component, because a backup contains nothing.
fn members(context: &mut Context<'_>) -> Outcome {
    resource::named(context, ResourceKind::Backup)?;
    let body = context.body()?;
    let wanted = body
        .get("Component")
        .and_then(Value::as_str)
        .unwrap_or("All");
    let objects = context.objects();
    let kinds = COMPONENTS.iter();
    let kinds = kinds.filter(|(name, _)| wanted == "All" || wanted == *name);
    let members = kinds.flat_map(|(_, kind)| resource::places(objects, *kind));
    let model = resource::model_of(context);
    let views: Vec<Value> = members
        .map(|(_, name, description, _)| {
            filled(model, |field| match field.name {
                "Name" => Some(json!(name)),
                "Description" => Some(description.clone()),
                _ => None,
            })
        })
        .collect();
    resource::page(context, views.into_iter())
}

fn result_log(context: &mut Context<'_>) -> Outcome {
    let name = resource::named(context, ResourceKind::Backup)?.name.clone();
    let log = format!("{name}: complete");
    Ok(Reply::json(200, &json!({ "ResultLog": log })))
}

fn history_of(context: &mut Context<'_>) -> Outcome {
    let name = resource::named(context, ResourceKind::Backup)?.name.clone();
    resource::list_where(context, ResourceKind::BackupHistory, |_, it| {
        it.name == name
    })
}

fn set_notes(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::BackupHistory)?
        .id()
        .to_owned();
    let notes = context.body()?.shift_remove("Notes").unwrap_or_default();
    resource::edit(context.site, ResourceKind::BackupHistory, &id, |fields| {
        fields.insert("Notes".to_owned(), notes);
    });
    Ok(Reply::json(200, &json!(true)))
}

/// Returns the progress of the last action, which takes as long as a job.
fn status(context: &mut Context<'_>) -> Outcome {
    let mut entries = context.site.resources(ResourceKind::BackupHistory).iter();
    let last = entries.next_back();
    let field = |name: &str| last.and_then(|it| it.fields.get(name)).cloned();
    let begun: Option<jiff::Timestamp> = field("DateTime").and_then(|it| it.as_str()?.parse().ok());
    let duration = context.shared.settings.job_duration;
    let status = match begun {
        None => "Unknown",
        Some(begun) if later(begun, duration) > context.now => "InProgress",
        Some(_) => "Complete",
    };
    let view = filled(resource::model_of(context), |known| match known.name {
        "Action" => field("Action").or_else(|| Some(json!("Undefined"))),
        "Status" => field("Status").or_else(|| Some(json!(status))),
        "BackupName" => last.map(|it| json!(it.name)),
        "StartTime" => field("DateTime"),
        "CurrentTime" => Some(json!(context.now.to_string())),
        name => field(name),
    });
    Ok(Reply::json(200, &view))
}

/// Records the progress that the caller reports.
fn set_status(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let execution = body.get("ExecutionId").cloned().unwrap_or_default();
    let mut entries = context.site.resources(ResourceKind::BackupHistory).iter();
    let entry = entries.find(|it| it.fields.get("ExecutionId") == Some(&execution));
    let id = entry.map(|it| it.id().to_owned()).ok_or_else(|| {
        let name = execution.as_str().unwrap_or_default();
        orchestration::not_found("BackupHistory", name)
    })?;
    resource::edit(context.site, ResourceKind::BackupHistory, &id, |fields| {
        fields.extend(body);
    });
    status(context)
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn information(context: &mut Context<'_>) -> Outcome {
    let (saved, pinned, by_schedule) = MOST;
    let components = COMPONENTS.map(|(name, _)| {
        filled("BackupRestoreSingleComponentInfo", |field| {
            Some(match field.name {
                "LocalizedName" | "Component" => json!(name),
                "MembersViewable" | "CanBeRestored" => json!(true),
                _ => return None,
            })
        })
    });
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "MaxSavedBackups" => json!(saved),
            "MaxPinnedBackups" => json!(pinned),
            "MaxAutoPinnedBackups" => json!(by_schedule),
            "ComponentInformation" => json!(components),
            _ => return None,
        })
    });
    Ok(Reply::json(200, &view))
}

/// Returns the options or the storage settings.
#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn options(context: &mut Context<'_>) -> Outcome {
    let (saved, pinned, by_schedule) = MOST;
    let set = context
        .site
        .resources(ResourceKind::BackupOptions)
        .iter()
        .next();
    let view = filled(resource::model_of(context), |field| {
        let given = set.and_then(|it| it.fields.get(field.name)).cloned();
        given.or_else(|| {
            Some(match field.name {
                "result" => json!(true),
                "MaximumBackups" => json!(saved),
                "MaximumPinnedBackups" => json!(pinned),
                "MaximumAutoPinnedBackups" => json!(by_schedule),
                _ => return None,
            })
        })
    });
    Ok(Reply::json(200, &view))
}

fn set_options(context: &mut Context<'_>) -> Result<(), Reply> {
    let body = context.body()?;
    let all = context.site.resources_mut(ResourceKind::BackupOptions);
    if all.is_empty() {
        all.push(Resource::new("options"));
    }
    let id = all.iter().next().map(|it| it.id().to_owned());
    if let Some(mut options) = id.and_then(|id| all.get_mut(&id)) {
        options.fields.extend(body);
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn validated(context: &mut Context<'_>) -> Outcome {
    let view = filled(resource::model_of(context), |field| {
        (field.name == "Validated").then(|| json!(true))
    });
    Ok(Reply::json(200, &view))
}

fn seconds(context: &Context<'_>) -> i64 {
    let duration: SignedDuration = context.shared.settings.job_duration;
    duration.as_secs()
}

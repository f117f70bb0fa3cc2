//! Alerts and their rules.

use super::super::odata::Row;
use super::super::schema::Set;
use super::cells::Cells;
use super::moment::{DAY, HOUR, MINUTE, day_of, start_of, time};
use super::snapshot::{Snapshot, id_of};

/// Two alerts: an open one about the machine on which launches fail, and one that has ended.
pub(super) fn alerts(snapshot: &Snapshot, set: &'static Set, now: i64) -> Vec<Row> {
    let hole = snapshot.black_hole.and_then(|it| snapshot.machine(it));
    let today = start_of(day_of(snapshot.born));
    let mut alerts = vec![(
        2_i64,
        today - 9 * DAY + 9 * HOUR,
        3_i64,
        "Demo Site".to_owned(),
    )];
    if let Some(machine) = hole {
        alerts.push((
            1,
            (today + 8 * HOUR).min(snapshot.born),
            1,
            machine.name.clone(),
        ));
    }
    const RULES: [(i64, &str); 2] = [(1, "Failed launches"), (2, "Slow logons")];
    let founded = snapshot.founded();
    match set.name {
        "NotificationRuleGroups" => vec![
            Cells::of(set)
                .put("Id", 1)
                .put("Name", "Site policy")
                .put("Description", "For the whole site")
                .put("NotificationGroupState", 0)
                .stamped(founded, founded)
                .row(),
        ],
        "NotificationRules" => RULES
            .iter()
            .map(|(number, name)| {
                let cells = Cells::of(set).put("Id", *number).put("Enabled", true);
                let cells = cells.put("IsAggregate", false).put("Name", *name);
                let cells = cells.put("NotificationRuleGroupId", 1);
                cells.stamped(founded, founded).row()
            })
            .collect(),
        _ => alerts
            .iter()
            .filter(|it| it.1 >= now - 90 * DAY)
            .map(|it| alert(set, it))
            .collect(),
    }
}

fn alert(set: &'static Set, alert: &(i64, i64, i64, String)) -> Row {
    let (rule, at, state, about) = alert;
    let id = id_of(&format!("alert {rule}"));
    let cells = Cells::of(set);
    let cells = match set.name {
        "NotificationTargets" => cells
            .put("Id", *rule)
            .put("NotificationRuleTargetType", if *rule == 1 { 6 } else { 1 })
            .put("NotificationId", id)
            .put("NotificationTargetValue", about.clone()),
        "NotificationsLogs" => cells
            .put("Id", id_of(&format!("alert log {rule}")))
            .put("NotificationState", 3)
            .put("NotificationStateChangeDate", time(*at))
            .put("IsReannouncement", false)
            .put("NotificationRuleId", *rule)
            .put("NotificationPriority", 1)
            .put("NotificationId", id),
        _ => cells
            .put("Id", id)
            .put("FirstTimeConditionTrue", time(*at))
            .put("FirstTimeNotificationTriggered", time(*at + MINUTE))
            .put("LastTimeConditionTrue", time(*at + 30 * MINUTE))
            .put("LifecycleState", *state)
            .put("NotificationRuleId", *rule)
            .put("NotificationTargetId", *rule)
            .put("NotificationPriority", 1),
    };
    cells.stamped(*at, *at).row()
}

//! `/gpo/settingDefinitions`: the settings of policies. The service has many hundreds; these stand in for them.

use serde_json::{Value, json};

use crate::daas::context::Context;
use crate::daas::resource;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::schema::filled;

/// Name, description, category, default, and whether it is a user setting.
type Setting = (&'static str, &'static str, &'static str, &'static str, bool);

const SETTINGS: [Setting; 9] = [
    (
        "AdvanceWarningPeriod",
        "Advance warning frequency interval",
        r"ICA\Windows Server\Forced Logoff",
        "06:00:00",
        false,
    ),
    (
        "AutoClientReconnect",
        "Auto client reconnect",
        r"ICA\Auto Client Reconnect",
        "true",
        false,
    ),
    (
        "ClipboardRedirection",
        "Client clipboard redirection",
        "ICA",
        "true",
        true,
    ),
    (
        "IdleTimerInterval",
        "Session idle timer interval",
        r"ICA\Session Limits",
        "1440",
        false,
    ),
    (
        "LimitComBw",
        "COM port redirection bandwidth limit",
        r"ICA\Bandwidth",
        "0",
        true,
    ),
    (
        "PrinterAutoCreation",
        "Auto-create client printers",
        r"ICA\Printing",
        "true",
        true,
    ),
    (
        "SessionDisconnectTimer",
        "Disconnected session timer",
        r"ICA\Session Limits",
        "false",
        false,
    ),
    (
        "UsbDeviceRedirection",
        "Client USB device redirection",
        r"ICA\USB Devices",
        "false",
        true,
    ),
    (
        "ViewWindowContentWhileDragging",
        "View window contents while dragging",
        r"ICA\Desktop UI",
        "true",
        true,
    ),
];

/// Returns the category and the default of a setting.
pub(in crate::daas) fn known(name: &str) -> Option<(&'static str, &'static str)> {
    let setting = SETTINGS.iter().find(|it| it.0.eq_ignore_ascii_case(name))?;
    Some((setting.2, setting.3))
}

/// Returns whether a setting is a user setting; unknown ones are machine settings.
pub(in crate::daas) fn is_of_user(name: &str) -> bool {
    let setting = SETTINGS.iter().find(|it| it.0.eq_ignore_ascii_case(name));
    setting.is_some_and(|it| it.4)
}

/// Returns the details of a setting.
pub(in crate::daas) fn detail(context: &mut Context<'_>) -> Outcome {
    let name = context.call.query.get("settingName").unwrap_or_default();
    let setting = SETTINGS.iter().find(|it| it.0.eq_ignore_ascii_case(name));
    let setting = setting.ok_or_else(|| orchestration::not_found("Setting", name))?;
    Ok(Reply::json(
        200,
        &view(setting, resource::model_of(context)),
    ))
}

fn view((name, words, category, default, user): &Setting, model: &str) -> Value {
    let toggled = matches!(*default, "true" | "false");
    filled(model, |field| {
        Some(match field.name {
            "settingName" => json!(name),
            "displayName" | "editorName" => json!(words),
            "category" => json!(category),
            "isUserSetting" => json!(user),
            "valueType" => json!(if toggled { "Boolean" } else { "Integer" }),
            "isEnableDisable" => json!(toggled),
            "defaultValue" => json!(default),
            _ => return None,
        })
    })
}

pub(in crate::daas) fn definitions(context: &mut Context<'_>) -> Outcome {
    let query = &context.call.query;
    let users = query.flag("isUserSetting")?;
    let pattern = query
        .get("namePattern")
        .unwrap_or_default()
        .trim_matches('*')
        .to_lowercase();
    let fits = |name: &str, user: bool| {
        name.to_lowercase().contains(&pattern) && users.is_none_or(|wanted| wanted == user)
    };
    let mut found: Vec<_> = SETTINGS
        .iter()
        .filter(|(name, _, _, _, user)| fits(name, *user))
        .collect();
    if query.flag("isAscending")? == Some(false) {
        found.reverse();
    }
    let model = resource::model_of(context);
    let views = found.into_iter().map(|setting| view(setting, model));
    // Official clients request all of them this way.
    let all = !context.shared.settings.strict && query.get("limit") == Some("-1");
    if all {
        let items: Vec<_> = views.collect();
        let page = json!({ "items": items });
        return Ok(Reply::json(200, &page));
    }
    let reply = resource::page(context, views)?;
    let page: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    // Unlike the other lists of policies, its model has no total.
    let names = [
        ("Items", "items"),
        ("ContinuationToken", "continuationToken"),
    ];
    let small = names.iter().filter_map(|(name, small)| {
        let value = page.get(name)?.clone();
        Some(((*small).to_owned(), value))
    });
    let page = Value::Object(small.collect());
    Ok(Reply::json(200, &page))
}

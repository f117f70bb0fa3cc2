//! File types that applications open: those that a machine knows, and those enabled for an application.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::machines;
use crate::daas::resource::{self, Fields};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::ResourceKind;

/// Extension, content type, name and description of the types that every machine can open.
const KNOWN: [(&str, &str, &str, &str); 3] = [
    (".bmp", "image/bmp", "Paint.Picture", "Picture"),
    (".rtf", "application/rtf", "rtffile", "Formatted text"),
    (".txt", "text/plain", "txtfile", "Text"),
];

/// The field of an application with the file types it opens.
const LIST: &str = "ConfiguredFtas";

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ApplicationsGetApplicationFtas" => list,
        "ApplicationsGetApplicationFta" => get,
        "ApplicationsEnableApplicationFta" => enable,
        "ApplicationsDisableApplicationFta" => disable,
        "ApplicationsImportFileTypes" => |context| {
            resource::named(context, ResourceKind::Application)?;
            resource::empty()
        },
        "MachinesImportFileTypes" => |context| {
            machines::named(context)?;
            all_known(context)
        },
        "DeliveryGroupsGetDeliveryGroupFtas" => of_groups,
        _ => return None,
    })
}

fn known() -> impl Iterator<Item = Fields> {
    KNOWN.iter().map(|(ending, content, handler, description)| {
        Fields::from_iter([
            ("ExtensionName".to_owned(), json!(ending)),
            ("ContentType".to_owned(), json!(content)),
            ("HandlerName".to_owned(), json!(handler)),
            ("Description".to_owned(), json!(description)),
            ("OpenArguments".to_owned(), json!("\"%*\"")),
            ("IsImported".to_owned(), json!(true)),
        ])
    })
}

fn view(fields: &Fields) -> Value {
    filled("FtaResponseModel", |field| fields.get(field.name).cloned())
}

fn all_known(context: &Context<'_>) -> Outcome {
    resource::page(context, known().map(|it| view(&it)))
}

/// Returns the types that a group's machines can open, which are the same for all.
fn of_groups(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    for group in resource::strings(body.get("DeliveryGroups")) {
        resource::found(context.objects(), ResourceKind::DeliveryGroup, &group)?;
    }
    all_known(context)
}

fn ending(it: &Fields) -> &str {
    it.get("ExtensionName")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Compares extensions, with or without a leading dot.
fn is_same(left: &str, right: &str) -> bool {
    left.trim_start_matches('.')
        .eq_ignore_ascii_case(right.trim_start_matches('.'))
}

/// Returns the application's id and its enabled file types.
fn enabled(context: &Context<'_>) -> Result<(String, Vec<Fields>), Reply> {
    let application = resource::named(context, ResourceKind::Application)?;
    let list = application.fields.get(LIST).and_then(Value::as_array);
    let list = list.into_iter().flatten();
    let list = list.filter_map(|it| it.as_object().cloned()).collect();
    Ok((application.id().to_owned(), list))
}

/// Returns the application's file types: the enabled ones first, then the others that machines know.
fn all(context: &Context<'_>) -> Result<Vec<Fields>, Reply> {
    let (_, mut all) = enabled(context)?;
    for it in &mut all {
        it.insert("Enabled".to_owned(), json!(true));
    }
    for other in known() {
        if !all.iter().any(|it| is_same(ending(it), ending(&other))) {
            all.push(other);
        }
    }
    Ok(all)
}

fn list(context: &mut Context<'_>) -> Outcome {
    let views: Vec<Value> = all(context)?.iter().map(view).collect();
    resource::page(context, views.into_iter())
}

fn get(context: &mut Context<'_>) -> Outcome {
    let wanted = context.part(1);
    let found = all(context)?
        .into_iter()
        .find(|it| is_same(ending(it), wanted));
    let found = found.ok_or_else(|| orchestration::not_found("FileType", wanted))?;
    Ok(Reply::json(200, &view(&found)))
}

fn enable(context: &mut Context<'_>) -> Outcome {
    let mut new = context.body()?;
    let wanted = ending(&new).to_owned();
    if wanted.trim_start_matches('.').is_empty() {
        return Err(common::missing("ExtensionName"));
    }
    for (name, value) in known()
        .find(|it| is_same(ending(it), &wanted))
        .unwrap_or_default()
    {
        new.entry(name).or_insert(value);
    }
    let (id, mut list) = enabled(context)?;
    list.retain(|it| !is_same(ending(it), &wanted));
    list.push(new);
    store(context, &id, &list)
}

fn disable(context: &mut Context<'_>) -> Outcome {
    let (id, mut list) = enabled(context)?;
    let wanted = context.part(1).to_owned();
    let before = list.len();
    list.retain(|it| !is_same(ending(it), &wanted));
    if list.len() == before {
        return Err(orchestration::not_found("FileType", &wanted));
    }
    store(context, &id, &list)
}

fn store(context: &mut Context<'_>, application: &str, list: &[Fields]) -> Outcome {
    resource::edit(
        context.site,
        ResourceKind::Application,
        application,
        |fields| {
            fields.insert(LIST.to_owned(), json!(list));
        },
    );
    resource::empty()
}

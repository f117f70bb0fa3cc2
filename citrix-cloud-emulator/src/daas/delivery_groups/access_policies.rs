//! The access policies of a delivery group: two that every group has, and those that were added.

use serde_json::{Value, json};

use crate::daas::context::Context;
use crate::daas::resource::Fields;
use crate::world::{Resource, ResourceKind};

const LIST: &str = "AdvancedAccessPolicy";

/// The name suffixes of the built-in policies, and the connections that they apply to.
const BUILT_IN: [(&str, &str); 2] = [("AG", "ViaAG"), ("Direct", "NotViaAG")];

/// Completes the policies of a group. A body identifies existing policies by id and contains only their changes. The
/// built-in ones are kept even if the body omits them.
pub(in crate::daas) fn complete(context: &Context<'_>, group: &mut Resource) {
    let old = context
        .site
        .resources(ResourceKind::DeliveryGroup)
        .get(group.id());
    let old = old.map_or_else(Vec::new, |it| policies_of(&it.fields));
    let mut wanted = policies_of(&group.fields);
    for policy in &mut wanted {
        if let Some(before) = old.iter().find(|it| it["Id"] == policy["Id"]) {
            let mut whole = before.clone();
            whole.extend(std::mem::take(policy));
            *policy = whole;
        }
    }
    let mut all = Vec::new();
    for (place, (end, connection)) in BUILT_IN.into_iter().enumerate() {
        let is_this = |it: &Fields| {
            it.get("IsBuiltIn") == Some(&json!(true)) && it["AllowedConnection"] == connection
        };
        let there = wanted.iter().any(is_this);
        let before = old.iter().find(|it| is_this(it));
        match before {
            _ if there => {}
            Some(before) => all.push(before.clone()),
            None => all.push(built_in(group, end, connection, place + 1)),
        }
    }
    all.append(&mut wanted);
    group.fields.insert(LIST.to_owned(), json!(all));
}

fn policies_of(fields: &Fields) -> Vec<Fields> {
    let all = fields.get(LIST).and_then(Value::as_array);
    let all = all.into_iter().flatten();
    all.filter_map(|it| it.as_object().cloned()).collect()
}

fn built_in(group: &Resource, end: &str, connection: &str, uid: usize) -> Fields {
    let simple = |field: &str| {
        let policy = group.fields.get("SimpleAccessPolicy");
        policy.and_then(|it| it.get(field)).cloned()
    };
    Fields::from_iter([
        ("Id".to_owned(), json!(uuid::Uuid::new_v4())),
        ("Uid".to_owned(), json!(uid)),
        ("Name".to_owned(), json!(format!("{}_{end}", group.name))),
        ("AllowedConnection".to_owned(), json!(connection)),
        (
            "AllowedUsers".to_owned(),
            simple("AllowedUsers").unwrap_or_else(|| json!("AnyAuthenticated")),
        ),
        ("Enabled".to_owned(), json!(true)),
        ("IsBuiltIn".to_owned(), json!(true)),
    ])
}

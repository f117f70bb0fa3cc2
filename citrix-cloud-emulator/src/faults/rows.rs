//! Pages of a list whose rows are inconsistent.

use serde_json::{Map, Value};

use crate::http::{Call, Reply};

/// The names that services use for a list's rows.
const ROWS: [&str; 2] = ["Items", "items"];

/// Builds the call for the first page of a list from a call for a later page.
pub(crate) fn first_page(call: &Call) -> Option<Call> {
    let token = call.query.get("continuationToken")?;
    (!token.is_empty()).then(|| Call {
        query: call.query.without("continuationToken"),
        ..call.clone()
    })
}

/// Drops rows from the start of a page.
pub(crate) fn shifted(reply: Reply, count: usize) -> Reply {
    changed(reply, |rows| drop(rows.drain(..count.min(rows.len()))))
}

/// Inserts the first page's rows before those of another page, with properties changed.
pub(crate) fn repeated(reply: Reply, first: &Reply, change: &Map<String, Value>) -> Reply {
    let first = serde_json::from_slice::<Value>(&first.body).unwrap_or_default();
    let again = ROWS.iter().find_map(|it| first[*it].as_array());
    let mut again = again.cloned().unwrap_or_default();
    for row in again.iter_mut().filter_map(Value::as_object_mut) {
        row.extend(change.clone());
    }
    changed(reply, |rows| drop(rows.splice(..0, again)))
}

fn changed(reply: Reply, change: impl FnOnce(&mut Vec<Value>)) -> Reply {
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else {
        return reply;
    };
    let name = ROWS.iter().find(|it| body[**it].is_array());
    let rows = name.and_then(|it| body[*it].as_array_mut());
    let Some(rows) = rows else { return reply };
    change(rows);
    let body = body.to_string().into();
    Reply { body, ..reply }
}

//! Continuation tokens that do not advance.

use serde_json::Value;

use crate::http::{Call, Reply};

/// The prefix of the tokens made here, with characters that a caller has to encode.
const MADE: &str = "+again/";

/// The names that services use for the token in a list's query.
const PARAMETERS: [&str; 2] = ["continuationToken", "requestContinuation"];

/// Removes a token made here from a call, so that the list returns its first page again.
pub(crate) fn taken_out(call: &Call) -> Call {
    let mut call = call.clone();
    for name in PARAMETERS {
        if call.query.get(name).is_some_and(|it| it.starts_with(MADE)) {
            call.query = call.query.without(name);
        }
    }
    call
}

/// Returns the token that the request came with.
pub(super) fn repeated(call: &Call, reply: Reply) -> Reply {
    let given = given(call);
    replaced(reply, |token| match (given, token) {
        (Some(given), _) => Value::from(given),
        (None, Value::Null) => Value::from(format!("{MADE}0#==")),
        (None, real) => real,
    })
}

/// Returns a new token with every page.
pub(super) fn endless(call: &Call, reply: Reply) -> Reply {
    let number = given(call)
        .and_then(|token| token.strip_prefix(MADE)?.strip_suffix("#=="))
        .and_then(|number| number.parse::<u64>().ok());
    replaced(reply, |token| match (number, token) {
        (Some(number), _) => Value::from(format!("{MADE}{}#==", number.saturating_add(1))),
        (None, Value::Null) => Value::from(format!("{MADE}0#==")),
        (None, real) => real,
    })
}

fn given(call: &Call) -> Option<&str> {
    PARAMETERS.iter().find_map(|name| call.query.get(name))
}

/// Changes the token of a page. Only pages of a list have one, and the last page may lack it.
fn replaced(reply: Reply, change: impl FnOnce(Value) -> Value) -> Reply {
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else {
        return reply;
    };
    let token = body.as_object_mut().and_then(|fields| {
        let mut names = fields.keys();
        let present = names.find(|it| it.eq_ignore_ascii_case("continuationToken"));
        let lists = [
            ("Items", "ContinuationToken"),
            ("items", "continuationToken"),
        ];
        let mut lists = lists.iter().filter(|(list, _)| fields.contains_key(*list));
        let name = present
            .cloned()
            .or_else(|| Some(lists.next()?.1.to_owned()))?;
        Some(fields.entry(name).or_insert(Value::Null))
    });
    let Some(token) = token else { return reply };
    *token = change(token.take());
    let body = serde_json::to_vec(&body).unwrap_or_default();
    Reply {
        body: body.into(),
        ..reply
    }
}

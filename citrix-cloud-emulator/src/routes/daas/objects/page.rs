//! Lists of objects, in pages where the operation has them.

use serde_json::{Value, json};

use crate::http::{Outcome, Reply};
use crate::operations;
use crate::routes::daas::turn::Turn;

/// Answers a short list that is made again for each page.
pub(in crate::routes::daas) fn page(
    turn: &Turn<'_>,
    views: impl Iterator<Item = Value>,
) -> Outcome {
    page_after(turn, |after| {
        let numbered = (1..).zip(views);
        numbered.skip(usize::try_from(after).unwrap_or(usize::MAX))
    })
}

/// Answers a list: a page of it where the operation takes `limit`, else all of it. `behind` gives the views behind a
/// serial number, each with its own.
pub(super) fn page_after<I: Iterator<Item = (u64, Value)>>(
    turn: &Turn<'_>,
    behind: impl FnOnce(u64) -> I,
) -> Outcome {
    let pages = operations::daas(turn.call.operation).is_some_and(|it| it.takes("limit"));
    if !pages {
        let items: Vec<_> = behind(0).map(|(_, view)| view).collect();
        return Ok(Reply::json(
            200,
            &json!({ "Items": items, "ContinuationToken": null }),
        ));
    }
    let mut list = vec![turn.call.operation];
    list.extend(turn.call.parameters.iter().map(String::as_str));
    turn.shared
        .pager
        .page_after(&list, &turn.call.query, behind)
}

//! Lists of objects, in pages if the operation supports them.

use serde_json::{Value, json};

use crate::daas::context::Context;
use crate::http::{Outcome, Reply};

/// Returns a short list, which is built again for each page.
pub(in crate::daas) fn page(context: &Context<'_>, views: impl Iterator<Item = Value>) -> Outcome {
    let views: Vec<_> = views.collect();
    let total = views.len();
    page_after(
        context,
        || total,
        |after| {
            let numbered = (1..).zip(views);
            numbered.skip(usize::try_from(after).unwrap_or(usize::MAX))
        },
    )
}

/// Returns a list: one page if the operation takes `limit`, otherwise everything. `behind` returns the views after a
/// serial number, each with its own serial number; `total` counts all of them.
pub(super) fn page_after<I: Iterator<Item = (u64, Value)>>(
    context: &Context<'_>,
    total: impl FnOnce() -> usize,
    behind: impl FnOnce(u64) -> I,
) -> Outcome {
    let pages = context.call.operation.takes("limit");
    if !pages {
        let items: Vec<_> = behind(0).map(|(_, view)| view).collect();
        let page = if context.shared.settings.strict {
            json!({ "Items": items, "ContinuationToken": null })
        } else {
            json!({ "Items": items, "TotalItems": items.len() })
        };
        return Ok(Reply::json(200, &page));
    }
    let mut list = vec![context.call.operation.name];
    list.extend(context.call.parameters.iter().map(String::as_str));
    context
        .shared
        .pager
        .page_after(&list, &context.call.query, total, behind)
}

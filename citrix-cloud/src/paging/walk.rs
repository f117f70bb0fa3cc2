//! Walks the pages of a list whose first request has been built.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use citrix_cloud_gen::operation;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde_json::value::RawValue;

use super::{Bounds, Items, Page, envelope, paginate, query};
use crate::decode::{Response, Unreadable};
use crate::pipeline::Call;
use crate::{BoxRequest, Error};

/// The format of the pages of a list that no document describes.
pub(super) const UNDESCRIBED: operation::Envelope = operation::Envelope {
    items: "Items",
    token: Some("ContinuationToken"),
    token_parameter: Some("continuationToken"),
    limit_parameter: None,
};

/// A list whose first request has been built; it can be read more than once.
#[derive(Clone)]
pub(crate) struct Walk {
    pub(super) call: Call,
    pub(super) request: Result<http::Request<Bytes>, Error>,
    pub(super) envelope: operation::Envelope,
    pub(super) resume: Option<String>,
    pub(super) bounds: Bounds,
}

impl Walk {
    /// Returns the pages. Each is requested with the first request plus its continuation token.
    pub(super) fn pages<U: Send + 'static>(
        self,
        decode: impl Fn(&Response) -> Result<Page<U>, Unreadable> + Send + Sync + 'static,
    ) -> impl Stream<Item = Result<Page<U>, Error>> + Send + 'static {
        let (call, first) = (self.call, self.request);
        let token_parameter = self.envelope.token_parameter;
        let decode = Arc::new(decode);
        paginate(self.resume, self.bounds, move |token: Option<String>| {
            let request = match (&first, token) {
                (Err(error), _) => Err(error.clone()),
                (Ok(first), Some(token)) => match token_parameter {
                    Some(name) => query::with(first, &[(name, token)]),
                    None => Err(Error::input("this list has one page; it cannot be resumed")),
                },
                (Ok(first), None) => Ok(first.clone()),
            };
            let decode = decode.clone();
            let page = BoxRequest::from_parts(call.clone(), request, move |it| decode(it));
            page.into_future()
        })
    }

    /// Reads the items of all pages again.
    pub(crate) fn raw_items(&self) -> Items<Box<RawValue>> {
        let operation::Envelope { items, token, .. } = self.envelope;
        let walk = self.clone();
        Items::new(flat(
            walk.pages(move |response| envelope::read(response, items, token)),
        ))
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk")
            .field("operation", &self.call.meta.id)
            .field("site", &self.call.site)
            .finish_non_exhaustive()
    }
}

/// Flattens pages into items.
pub(crate) fn flat<T: Send + 'static>(
    pages: impl Stream<Item = Result<Page<T>, Error>> + Send + 'static,
) -> impl Stream<Item = Result<T, Error>> + Send + 'static {
    pages
        .map_ok(|page| stream::iter(page.items).map(Ok))
        .try_flatten()
}

//! Lists of operations that have no type.

use std::fmt;
use std::marker::PhantomData;

use citrix_cloud_gen::operation;
use serde::de::DeserializeOwned;

use super::walk::{UNDESCRIBED, Walk, flat};
use super::{Bounds, Items, envelope, query};
use crate::{RawOperation, Request};

/// The smallest page size, unless fewer items are wanted.
const SMALLEST_PAGE: usize = 250;

/// An untyped list that has not been requested yet. If no document describes it, its pages are
/// expected to look like those of Citrix DaaS.
#[must_use = "a list is not requested until `items` is called"]
pub struct RawList<R> {
    request: Request<RawOperation>,
    limit: Option<usize>,
    item: PhantomData<fn() -> R>,
}

impl<R: DeserializeOwned + Send + 'static> RawList<R> {
    pub(crate) fn new(request: Request<RawOperation>) -> Self {
        Self {
            request,
            limit: None,
            item: PhantomData,
        }
    }

    /// Ends the list after this many items. The last page is truncated, and no page after it is
    /// fetched.
    pub fn limit(mut self, items: usize) -> Self {
        self.limit = Some(items);
        self
    }

    /// Returns the items of all pages as a stream.
    pub fn items(self) -> Items<R> {
        let (call, request, _) = self.request.boxed().into_parts();
        let bounds = Bounds {
            time: call.shared.settings.list_timeout,
            items: self.limit,
        };
        let described = call.meta.envelope.unwrap_or(UNDESCRIBED);
        let wanted = self.limit.filter(|items| *items < SMALLEST_PAGE);
        let size = described.limit_parameter.zip(wanted);
        let pairs = size.map(|(name, items)| (name, items.to_string()));
        let request = request.and_then(|request| query::with(&request, pairs.as_slice()));
        let walk = Walk {
            call,
            request,
            envelope: described,
            resume: None,
            bounds,
        };
        let operation::Envelope { items, token, .. } = described;
        let pages = walk.pages(move |response| envelope::read(response, items, token));
        Items::new(flat(pages))
    }
}

impl Request<RawOperation> {
    /// Reads the response as a list, like [`Client::list_raw`](crate::Client::list_raw).
    pub fn list<R: DeserializeOwned + Send + 'static>(self) -> RawList<R> {
        RawList::new(self)
    }
}

impl<R> fmt::Debug for RawList<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawList")
            .field("request", &self.request)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

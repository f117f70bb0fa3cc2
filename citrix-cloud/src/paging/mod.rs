//! Paginated lists, read as streams.

use std::fmt;
use std::time::Duration;

use citrix_cloud_gen::operation::{HasFields, Listed};
use futures_util::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::decode::{Reader, Response, Unreadable};
use crate::stream::streams;
use crate::{Error, Request};

mod cycle;
mod envelope;
mod field_names;
mod paginate;
mod query;
mod raw;
mod walk;

#[cfg(feature = "monitor")]
pub(crate) use envelope::read as read_envelope;
pub(crate) use paginate::{Bounds, paginate};
#[cfg(feature = "monitor")]
pub(crate) use query::with as with_query;
pub use raw::RawList;
use walk::UNDESCRIBED;
pub(crate) use walk::{Walk, flat};

/// The default page size, the same as in Citrix's Terraform provider.
const PAGE_SIZE: u32 = 250;

/// The largest page size that the service supports.
const LARGEST_PAGE: u32 = 1000;

streams! {
    /// The items of a list, across all pages.
    Items<T> of T;
    /// The pages of a list, one request each.
    Pages<T> of Page<T>;
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the service's order.
    pub items: Vec<T>,
    continuation_token: Option<String>,
}

impl<T> Page<T> {
    /// Creates a page from the service's response; an empty token ends a list just like a missing
    /// one.
    pub(crate) fn new(items: Vec<T>, continuation_token: Option<String>) -> Self {
        let continuation_token = continuation_token.filter(|token| !token.is_empty());
        Self {
            items,
            continuation_token,
        }
    }

    /// Returns the token at which the next page starts, or `None` on the last page.
    ///
    /// [`List::resume`] continues there, even in another process.
    #[must_use]
    pub fn continuation(&self) -> Option<&str> {
        self.continuation_token.as_deref()
    }
}

/// A list that has not been requested yet.
///
/// It follows continuation tokens to the end, past empty pages too. A list that the service returns
/// as a whole has one page. While a page is being consumed, the next one is prefetched, so at most
/// two pages are held in memory. Dropping the stream stops it. An endless list is an error: when a
/// token repeats, after 100,000 pages, or after [`List::timeout`]. Tokens behave as described on
/// Citrix's page on paging.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// # use citrix_cloud_emulator::ids;
/// # let client = citrix_cloud::Client::builder()
/// #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
/// #     .endpoint(emulator.url())
/// #     .build()?;
/// let site = client.daas().site(ids::SITE_ID);
/// let mut machines = site.machine_catalog(ids::CATALOG_ID).machines().page_size(2).items();
/// while let Some(machine) = machines.try_next().await? {
///     println!("{}", machine.name.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a list is not requested until `pages`, `items` or `all` is called"]
pub struct List<O> {
    request: Request<O>,
    page_size: Option<u32>,
    /// Not sent if `None`.
    default_size: Option<u32>,
    largest_page: u32,
    fields: Vec<String>,
    resume: Option<String>,
    timeout: Option<Duration>,
    limit: Option<usize>,
}

impl<O: Listed> List<O> {
    pub(crate) fn new(request: Request<O>) -> Self {
        Self {
            request,
            page_size: None,
            default_size: Some(PAGE_SIZE),
            largest_page: LARGEST_PAGE,
            fields: Vec::new(),
            resume: None,
            timeout: None,
            limit: None,
        }
    }

    /// Uses the largest pages of a service whose limit is smaller than that of Citrix DaaS.
    pub(crate) fn largest_page(mut self, items: u32) -> Self {
        self.default_size = Some(items);
        self.largest_page = items;
        self
    }

    /// Lets the service choose the page size by default.
    pub(crate) fn size_by_service(mut self) -> Self {
        self.default_size = None;
        self
    }

    /// Makes the list fail with `error`, if there is one, instead of being requested.
    pub(crate) fn refuse(mut self, error: Option<Error>) -> Self {
        self.request = self.request.refuse(error);
        self
    }

    /// Changes the operation, for example to set optional parameters.
    pub fn with(mut self, change: impl FnOnce(O) -> O) -> Self {
        self.request = self.request.with(change);
        self
    }

    /// Sets the page size: 1 to 1,000, default 250.
    ///
    /// With any other number, or if the list does not support a page size, the first item of the
    /// stream is an error, and nothing is sent.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = Some(items);
        self
    }

    /// Ends the list after this many items. The last page is truncated, no page after it is
    /// fetched, and pages are not larger than the limit unless [`List::page_size`] is set.
    pub fn limit(mut self, items: usize) -> Self {
        self.limit = Some(items);
        self
    }

    /// Starts where an earlier list stopped, at the [`Page::continuation`] of its last page.
    ///
    /// The list, page size, fields and credentials must be the same as before; the service rejects
    /// the token otherwise.
    pub fn resume(mut self, continuation: impl Into<String>) -> Self {
        self.resume = Some(continuation.into());
        self
    }

    /// Sets the time limit for one page, including the token request and retries; default the
    /// client's [`ClientBuilder::timeout`](crate::ClientBuilder::timeout).
    pub fn page_timeout(mut self, timeout: Duration) -> Self {
        self.request = self.request.timeout(timeout);
        self
    }

    /// Sets the time limit for all pages together; default the client's
    /// [`ClientBuilder::list_timeout`](crate::ClientBuilder::list_timeout).
    ///
    /// Only the time spent fetching pages counts, not what the reader does in between. A list that
    /// takes longer ends with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Returns the pages as a stream, one request each.
    pub fn pages(self) -> Pages<O::Item> {
        Pages::new(self.walk(|response| {
            let page = O::into_page(O::decode(Reader::of::<O>(response))?);
            Ok(Page::new(page.items, page.token))
        }))
    }

    /// Returns the items of all pages as a stream.
    pub fn items(self) -> Items<O::Item> {
        Items::new(flat(self.pages()))
    }

    /// Returns the items as the service sent them, including unknown fields and nulls.
    pub fn json_items(self) -> Items<Value> {
        self.read_items()
    }

    /// Returns the items as the text that the service sent, with every digit of its numbers.
    ///
    /// Items are only scanned for where they end, which makes this the fastest way to pass a list
    /// on.
    pub fn raw_items(self) -> Items<Box<RawValue>> {
        self.read_items()
    }

    /// Returns the items as your own type `R`, and requests only the properties that `R` has.
    ///
    /// `R` is a struct whose fields are named as on the wire, with `Option` for properties that may
    /// be null. If the service supports choosing properties for this list, only those of `R` are
    /// requested, unless [`List::fields`] is set.
    ///
    /// In addition to the errors of [`List::items`], it fails with
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if an item cannot be read as `R`, and with
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if properties can be
    /// chosen but `R` has no field names.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
    /// # use citrix_cloud_emulator::ids;
    /// # let client = citrix_cloud::Client::builder()
    /// #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
    /// #     .endpoint(emulator.url())
    /// #     .build()?;
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Row {
    ///     name: String,
    ///     session_count: Option<u32>,
    /// }
    ///
    /// let site = client.daas().site(ids::SITE_ID);
    /// let rows: Vec<Row> = site.machines().list().rows().collect().await?;
    /// assert!(rows.iter().any(|row| row.name == r"DEMOLAB\KESTREL" && row.session_count == Some(0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<R: DeserializeOwned + Send + 'static>(mut self) -> Items<R> {
        self = self.fields_of_rows(names_of::<R>());
        self.read_items()
    }

    /// Requests the properties of a row, if properties can be chosen and none were.
    fn fields_of_rows(mut self, names: Result<Vec<String>, Error>) -> Self {
        if !O::META.fields || !self.fields.is_empty() {
            return self;
        }
        match names {
            Ok(names) => {
                self.fields = names;
                self
            }
            Err(error) => self.refuse(Some(error)),
        }
    }

    /// Collects all items.
    ///
    /// # Errors
    ///
    /// The error of the first page that fails.
    pub async fn all(self) -> Result<Vec<O::Item>, Error> {
        self.items().collect().await
    }

    fn read_items<R: DeserializeOwned + Send + 'static>(self) -> Items<R> {
        let items = O::META.envelope.map_or("Items", |envelope| envelope.items);
        let token = O::META.envelope.and_then(|envelope| envelope.token);
        Items::new(flat(
            self.walk(move |response| envelope::read(response, items, token)),
        ))
    }

    fn walk<U: Send + 'static>(
        self,
        decode: impl Fn(&Response) -> Result<Page<U>, Unreadable> + Send + Sync + 'static,
    ) -> impl Stream<Item = Result<Page<U>, Error>> + Send + 'static {
        self.prepared().pages(decode)
    }

    /// Prepares the list to be read repeatedly, in few pages and with ids; `names` are the
    /// properties of a row.
    pub(crate) fn repeated(mut self, names: Option<Result<Vec<String>, Error>>) -> Walk {
        if let Some(names) = names {
            self = self.fields_of_rows(names);
        }
        if !self.fields.is_empty() && !self.fields.iter().any(|it| it.eq_ignore_ascii_case("Id")) {
            self.fields.push("Id".to_owned());
        }
        let sized = O::META.envelope.and_then(|it| it.limit_parameter);
        if sized.is_some() && self.default_size.is_some() {
            self.page_size = self.page_size.or(Some(self.largest_page));
        }
        let resumed = self.resume.is_some();
        let refused = resumed.then(|| Error::input("a list that is watched cannot be resumed"));
        self.refuse(refused).prepared()
    }

    fn prepared(self) -> Walk {
        let envelope = O::META.envelope;
        let limit_parameter = envelope.and_then(|it| it.limit_parameter);
        let most = self.largest_page;
        let refused = match (self.page_size, limit_parameter) {
            (Some(size), Some(_)) if size == 0 || size > most => Some(Error::input(format!(
                "a page of {size} items: the service allows 1 to {most}"
            ))),
            (Some(_), None) => Some(Error::input("the page size of this list cannot be set")),
            _ => None,
        };
        let mut pairs = Vec::new();
        let wanted = self
            .limit
            .and_then(|items| u32::try_from(items.max(1)).ok())
            .filter(|items| *items < self.default_size.unwrap_or(most));
        let size = self.page_size.or(wanted).or(self.default_size);
        if let Some((name, size)) = limit_parameter.zip(size) {
            pairs.push((name, size.to_string()));
        }
        if !self.fields.is_empty() {
            pairs.push(("fields", self.fields.join(",")));
        }
        let (call, request, _) = self.request.refuse(refused).boxed().into_parts();
        let bounds = Bounds {
            time: self.timeout.or(call.shared.settings.list_timeout),
            items: self.limit,
        };
        // Built once; each page adds its starting point.
        let request = request.and_then(|request| query::with(&request, &pairs));
        Walk {
            call,
            request,
            envelope: envelope.unwrap_or(UNDESCRIBED),
            resume: self.resume,
            bounds,
        }
    }
}

/// Returns the properties of a row.
pub(crate) fn names_of<R: DeserializeOwned>() -> Result<Vec<String>, Error> {
    let names = field_names::field_names::<R>().unwrap_or_default();
    if names.is_empty() {
        let row = std::any::type_name::<R>();
        return Err(Error::input(format!(
            "`{row}` has no field names; choose the properties with `fields`"
        )));
    }
    Ok(names.iter().map(ToString::to_string).collect())
}

impl<O: Listed + HasFields> List<O> {
    /// Requests only these properties, by their names on the wire; the others are `None`.
    pub fn fields<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.fields = names.into_iter().map(Into::into).collect();
        self
    }
}

impl<O: fmt::Debug> fmt::Debug for List<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("request", &self.request)
            .field("page_size", &self.page_size)
            .field("fields", &self.fields)
            .field("resume", &self.resume)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// Parses a body as a page.
#[cfg(feature = "__fuzz")]
pub(crate) fn read_page<R: DeserializeOwned>(body: &bytes::Bytes) -> Result<Page<R>, Error> {
    let response = Response::new(body.clone());
    envelope::read(&response, "Items", Some("ContinuationToken"))
        .map_err(|error| Error::decode(format!("{error:?}")))
}

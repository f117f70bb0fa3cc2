//! Lists that come in pages, read as a stream.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Error, Request};

mod cycle;
mod envelope;
mod field_names;
mod paginate;

use envelope::PageEnvelope;
pub(crate) use paginate::paginate;

/// How many items a page has unless told otherwise; what Citrix's Terraform provider asks for.
const PAGE_SIZE: u32 = 250;

/// The most items that the service gives in one page.
const LARGEST_PAGE: u32 = 1000;

/// What a page is asked for with.
#[derive(Debug, Clone)]
pub(crate) struct PageQuery {
    pub(crate) limit: u32,
    pub(crate) fields: Option<String>,
    pub(crate) token: Option<String>,
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
    /// A page from the service's answer; an empty token ends a list as none does.
    pub(crate) fn new(items: Vec<T>, continuation_token: Option<String>) -> Self {
        let continuation_token = continuation_token.filter(|token| !token.is_empty());
        Self {
            items,
            continuation_token,
        }
    }

    /// The token at which the next page begins; none after the last one.
    ///
    /// [`List::resume`] goes on there, also in another process.
    #[must_use]
    pub fn continuation(&self) -> Option<&str> {
        self.continuation_token.as_deref()
    }
}

/// A list of the service, not asked for yet.
///
/// It follows `ContinuationToken` to the end, over empty pages too. While a page is used, the next
/// one is fetched, and no more than that: two pages are held, however long the list is. Dropping
/// the stream stops it. A list without an end is an error: when a token comes again, after 100,000
/// pages, and after [`List::timeout`]. Behaviour of the tokens as in Citrix's page on paging.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// # use citrix_cloud_emulator::ids;
/// # let client = citrix_cloud::Client::builder()
/// #     .credentials(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
/// #     .endpoint(emulator.url())
/// #     .build()?;
/// use futures_util::TryStreamExt as _;
///
/// let site = client.daas().site(ids::SITE_ID);
/// let mut machines = std::pin::pin!(site.catalog(ids::CATALOG_ID).machines().page_size(2).items());
/// while let Some(machine) = machines.try_next().await? {
///     println!("{}", machine.name.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a list is asked for by `pages`, `items` or `all`"]
pub struct List<T> {
    fetch: Arc<dyn Fn(PageQuery) -> Request<Page<T>> + Send + Sync>,
    page_size: u32,
    fields: Vec<String>,
    resume: Option<String>,
    page_timeout: Option<Duration>,
    timeout: Option<Duration>,
}

impl<T: Send + 'static> List<T> {
    pub(crate) fn new(
        fetch: impl Fn(PageQuery) -> Request<Page<T>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            fetch: Arc::new(fetch),
            page_size: PAGE_SIZE,
            fields: Vec::new(),
            resume: None,
            page_timeout: None,
            timeout: None,
        }
    }

    /// Sets how many items a page has: 1 to 1,000, default 250.
    ///
    /// Another number fails, before anything is sent, as the first item of the stream.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = items;
        self
    }

    /// Asks for these properties only, by their names on the wire; the rest come back as `None`.
    pub fn fields<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.fields = names.into_iter().map(Into::into).collect();
        self
    }

    /// Begins where an earlier list stopped, at the [`Page::continuation`] of its last page.
    ///
    /// The list, the page size, the fields and the credentials must be those of then; the service
    /// refuses others.
    pub fn resume(mut self, continuation: impl Into<String>) -> Self {
        self.resume = Some(continuation.into());
        self
    }

    /// Sets how long one page may take, token and repeats included; default the client's
    /// [`ClientBuilder::timeout`](crate::ClientBuilder::timeout).
    pub fn page_timeout(mut self, timeout: Duration) -> Self {
        self.page_timeout = Some(timeout);
        self
    }

    /// Sets how long all pages may take together; default the client's
    /// [`ClientBuilder::list_timeout`](crate::ClientBuilder::list_timeout).
    ///
    /// Only the time in which a page is fetched counts, and not what the reader does in between. A
    /// list that takes longer ends with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The pages, one request each.
    ///
    /// An error ends the stream.
    pub fn pages(self) -> impl Stream<Item = Result<Page<T>, Error>> + Send {
        self.walk(async |request| request.await)
    }

    /// The items of all pages.
    ///
    /// An error ends the stream.
    pub fn items(self) -> impl Stream<Item = Result<T, Error>> + Send {
        flat(self.pages())
    }

    /// The items as the service gave them, unknown fields and nulls included.
    ///
    /// An error ends the stream.
    pub fn json_items(self) -> impl Stream<Item = Result<Value, Error>> + Send {
        flat(self.walk(read::<T, Value>))
    }

    /// The items as the text that the service gave, every digit of its numbers included.
    ///
    /// Nothing of an item is read but where it ends, which makes this the fastest way to pass a list
    /// on. An error ends the stream.
    pub fn raw_items(self) -> impl Stream<Item = Result<Box<RawValue>, Error>> + Send {
        flat(self.walk(read::<T, Box<RawValue>>))
    }

    /// The items as rows of your own, with only the properties that `R` has.
    ///
    /// `R` is a struct whose fields have the names on the wire, with `Option` where a property may
    /// be null; unless [`List::fields`] says otherwise, these are the ones that are asked for.
    ///
    /// An error ends the stream: besides those of [`List::items`],
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) for an item that is no `R`, and
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `R` has no
    /// field names of its own.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
    /// # use citrix_cloud_emulator::ids;
    /// # let client = citrix_cloud::Client::builder()
    /// #     .credentials(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
    /// #     .endpoint(emulator.url())
    /// #     .build()?;
    /// use futures_util::TryStreamExt as _;
    ///
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Row {
    ///     name: String,
    ///     session_count: Option<u32>,
    /// }
    ///
    /// let site = client.daas().site(ids::SITE_ID);
    /// let rows: Vec<Row> = site.machines().rows().try_collect().await?;
    /// assert!(rows.iter().any(|row| row.name == r"DEMOLAB\KESTREL" && row.session_count == Some(0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<R: DeserializeOwned + Send + 'static>(
        mut self,
    ) -> impl Stream<Item = Result<R, Error>> + Send {
        let names = field_names::field_names::<R>().unwrap_or_default();
        if self.fields.is_empty() {
            self.fields = names.iter().map(ToString::to_string).collect();
        }
        let refused = self.fields.is_empty().then(|| {
            let row = std::any::type_name::<R>();
            Error::input(format!(
                "`{row}` does not say which properties it has; name them with `fields`"
            ))
        });
        flat(self.walk(move |request| read(request.refuse(refused.clone()))))
    }

    /// All items at once.
    ///
    /// # Errors
    ///
    /// What the first page that fails fails with.
    pub async fn all(self) -> Result<Vec<T>, Error> {
        self.items().try_collect().await
    }

    fn walk<U, F>(
        self,
        run: impl Fn(Request<Page<T>>) -> F + Send + Sync + 'static,
    ) -> impl Stream<Item = Result<Page<U>, Error>> + Send
    where
        U: Send + 'static,
        F: Future<Output = Result<Page<U>, Error>> + Send + 'static,
    {
        let refused = (self.page_size == 0 || self.page_size > LARGEST_PAGE).then(|| {
            Error::input(format!(
                "a page of {} items: the service gives 1 to {LARGEST_PAGE}",
                self.page_size
            ))
        });
        let (limit, fetch) = (self.page_size, self.fetch);
        let fields = (!self.fields.is_empty()).then(|| self.fields.join(","));
        let request = move |token| {
            fetch(PageQuery {
                limit,
                fields: fields.clone(),
                token,
            })
        };
        // A request knows its client, and one that is not awaited costs nothing.
        let timeout = self.timeout.or_else(|| request(None).list_timeout());
        paginate(self.resume, timeout, move |token| {
            let page = request(token).refuse(refused.clone());
            run(match self.page_timeout {
                Some(timeout) => page.timeout(timeout),
                None => page,
            })
        })
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("page_size", &self.page_size)
            .field("fields", &self.fields)
            .field("resume", &self.resume)
            .finish_non_exhaustive()
    }
}

/// Sends a generated list operation for one page.
///
/// The generator gives every operation a type of its own, so no function can do this.
macro_rules! fetch_page {
    ($call:expr, $page:expr, |$daas:ident| $operation:expr) => {{
        let $daas = $call.daas();
        let mut operation = $operation.limit(i64::from($page.limit));
        if let Some(fields) = $page.fields {
            operation = operation.fields(fields);
        }
        if let Some(token) = $page.token {
            operation = operation.continuation_token(token);
        }
        let answer = $call.settle(operation.send().await).await?;
        Ok($crate::pages::Page::new(
            answer.items,
            answer.continuation_token,
        ))
    }};
}

pub(crate) use fetch_page;

/// The items of pages.
pub(crate) fn flat<T: Send>(
    pages: impl Stream<Item = Result<Page<T>, Error>> + Send,
) -> impl Stream<Item = Result<T, Error>> + Send {
    pages
        .map_ok(|page| stream::iter(page.items).map(Ok))
        .try_flatten()
}

/// The page that a body is.
#[cfg(feature = "__fuzz")]
pub(crate) fn read_page<R: DeserializeOwned>(body: &[u8]) -> Result<Page<R>, Error> {
    let listed: Result<PageEnvelope<R>, _> = serde_json::from_slice(body);
    listed
        .map(Page::from)
        .map_err(|error| Error::decode(error.to_string()))
}

async fn read<T, R>(request: Request<Page<T>>) -> Result<Page<R>, Error>
where
    T: Send + 'static,
    R: DeserializeOwned,
{
    let listed: Option<PageEnvelope<R>> = request.read_as().await?;
    listed
        .map(Page::from)
        .ok_or_else(|| Error::decode("the answer is empty; it is no list"))
}

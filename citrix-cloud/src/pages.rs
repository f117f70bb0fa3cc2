//! Lists that come in pages, read as a stream.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use crate::{Error, Request};

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
    /// Where the next page begins; none after the last one.
    pub continuation_token: Option<String>,
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
}

/// A list of the service, not asked for yet.
///
/// It follows `ContinuationToken` to the end, over empty pages too. A token that comes twice is an
/// error, not an endless list. Behaviour of the tokens as in Citrix's page on paging.
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
    from: Option<String>,
}

impl<T: Send + 'static> List<T> {
    pub(crate) fn new(
        fetch: impl Fn(PageQuery) -> Request<Page<T>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            fetch: Arc::new(fetch),
            page_size: PAGE_SIZE,
            fields: Vec::new(),
            from: None,
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

    /// Begins at a token that an earlier [`Page`] had.
    ///
    /// The page size and the fields must be those of then; the service refuses others.
    pub fn from(mut self, continuation_token: impl Into<String>) -> Self {
        self.from = Some(continuation_token.into());
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
        flat(self.walk(async |request: Request<Page<T>>| page_of(request.json().await?)))
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
        U: Send,
        F: Future<Output = Result<Page<U>, Error>> + Send,
    {
        let refused = (self.page_size == 0 || self.page_size > LARGEST_PAGE).then(|| {
            Error::input(format!(
                "a page of {} items: the service gives 1 to {LARGEST_PAGE}",
                self.page_size
            ))
        });
        let (limit, fetch) = (self.page_size, self.fetch);
        let fields = (!self.fields.is_empty()).then(|| self.fields.join(","));
        follow(self.from, move |token| {
            let query = PageQuery {
                limit,
                fields: fields.clone(),
                token,
            };
            run(fetch(query).refuse(refused.clone()))
        })
    }
}

/// Follows continuation tokens from `start` to the end, over empty pages too.
///
/// An error ends the stream; so does a token that comes twice, with an error.
pub(crate) fn follow<T: Send, F>(
    start: Option<String>,
    fetch: impl Fn(Option<String>) -> F + Send + Sync + 'static,
) -> impl Stream<Item = Result<Page<T>, Error>> + Send
where
    F: Future<Output = Result<Page<T>, Error>> + Send,
{
    let seen: HashSet<String> = start.iter().cloned().collect();
    stream::try_unfold(Some((start, seen)), move |state| {
        let fetched = state.as_ref().map(|(token, _)| fetch(token.clone()));
        async move {
            let (Some((_, mut seen)), Some(fetched)) = (state, fetched) else {
                return Ok(None);
            };
            let page = fetched.await?;
            let next = match &page.continuation_token {
                Some(token) if !seen.insert(token.clone()) => {
                    return Err(Error::decode(
                        "the service gave the same continuation token twice; the list would not end",
                    ));
                }
                token => token.clone().map(|token| (Some(token), seen)),
            };
            Ok(Some((page, next)))
        }
    })
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("page_size", &self.page_size)
            .field("fields", &self.fields)
            .field("from", &self.from)
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

fn page_of(answer: Value) -> Result<Page<Value>, Error> {
    let Value::Object(mut answer) = answer else {
        return Err(Error::decode(
            "the answer is no object with `Items`; it is no list",
        ));
    };
    let token = answer
        .get("ContinuationToken")
        .and_then(Value::as_str)
        .map(str::to_owned);
    match answer.remove("Items") {
        Some(Value::Array(items)) => Ok(Page::new(items, token)),
        _ => Err(Error::decode(
            "the answer has no array `Items`; it is no list",
        )),
    }
}

//! Follows continuation tokens, one page ahead of the reader.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, stream};
use tokio::time::Instant;

use super::Page;
use super::cycle::CycleDetector;
use crate::Error;
use crate::task::started;

/// The most pages of a list. Only an endless list gets there: even with small pages, it is more
/// than any site has. A bound is needed because callers collect the items.
const MOST_PAGES: u32 = 100_000;

/// Where the next page comes from.
enum Next<T> {
    /// Fetch it when the reader asks for it.
    At(Option<String>),
    /// It is being fetched.
    Coming(Fetching<T>),
    /// It will not be fetched, for this reason.
    Never(Error),
}

type Fetching<T> = Pin<Box<dyn Future<Output = Result<(Page<T>, Duration), Error>> + Send>>;

/// The limits of a list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bounds {
    /// The time limit for all pages together.
    pub(crate) time: Option<Duration>,
    /// The most items.
    pub(crate) items: Option<usize>,
}

impl From<Option<Duration>> for Bounds {
    fn from(time: Option<Duration>) -> Self {
        Self { time, items: None }
    }
}

/// The progress of a list.
struct Progress {
    cycle: CycleDetector,
    pages: u32,
    /// How long its pages have taken so far, not counting what the reader does in between.
    spent: Duration,
    limit: Option<Duration>,
    /// How many more items are wanted.
    left: Option<usize>,
}

impl Progress {
    /// Truncates a page to the wanted items, and returns whether more are wanted.
    fn wants_more_after<T>(&mut self, page: &mut Page<T>) -> bool {
        let Some(left) = &mut self.left else {
            return true;
        };
        page.items.truncate(*left);
        *left -= page.items.len();
        *left > 0
    }

    /// Checks that the page at a token may be fetched; the error tells why the list ends.
    fn check(&mut self, token: &str) -> Result<(), Error> {
        if self.cycle.is_repeated(token) {
            // The token may contain anything, so it is not shown.
            return Err(Error::decode(
                "the service returned the same continuation token twice; the list would never end",
            ));
        }
        if self.pages >= MOST_PAGES {
            return Err(Error::decode(format!(
                "the list has more than {MOST_PAGES} pages; it seems to have no end"
            )));
        }
        match self.limit {
            Some(limit) if self.spent >= limit => Err(too_slow(limit, self.pages)),
            _ => Ok(()),
        }
    }

    /// Fetches a page within the remaining time of the list.
    fn fetch<T: Send + 'static>(
        &self,
        page: impl Future<Output = Result<Page<T>, Error>> + Send + 'static,
    ) -> impl Future<Output = Result<(Page<T>, Duration), Error>> + Send + 'static {
        let (limit, spent, pages) = (self.limit, self.spent, self.pages);
        async move {
            let started = Instant::now();
            let page = match limit {
                None => page.await?,
                Some(limit) => tokio::time::timeout(limit.saturating_sub(spent), page)
                    .await
                    .map_err(|_| too_slow(limit, pages))??,
            };
            Ok((page, started.elapsed()))
        }
    }
}

/// Follows continuation tokens from `start` to the end, past empty pages too.
///
/// While a page is being consumed, the next one is prefetched, and no other. An error ends the
/// stream. A repeated token, or exceeding the time limit for all pages, ends it with an error after
/// the last page. No page is fetched after the one with the last wanted item.
pub(crate) fn paginate<T: Send + 'static, F>(
    start: Option<String>,
    bounds: impl Into<Bounds>,
    fetch: impl Fn(Option<String>) -> F + Send + Sync + 'static,
) -> impl Stream<Item = Result<Page<T>, Error>> + Send + 'static
where
    F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
{
    let bounds = bounds.into();
    let mut progress = Progress {
        cycle: CycleDetector::default(),
        pages: 0,
        spent: Duration::ZERO,
        limit: bounds.time,
        left: bounds.items,
    };
    if let Some(token) = &start {
        progress.cycle.is_repeated(token);
    }
    let state = Some((Next::At(start), progress, fetch));
    stream::try_unfold(state, async |state| {
        let Some((next, mut progress, fetch)) = state else {
            return Ok(None);
        };
        let (mut page, took) = match next {
            Next::At(token) => progress.fetch(fetch(token)).await?,
            Next::Coming(fetching) => fetching.await?,
            Next::Never(error) => return Err(error),
        };
        progress.spent += took;
        progress.pages += 1;
        let wanted = progress.wants_more_after(&mut page);
        let token = page.continuation_token.clone().filter(|_| wanted);
        let next = token.map(|token| {
            if let Err(error) = progress.check(&token) {
                return Next::Never(error);
            }
            let fetching = progress.fetch(fetch(Some(token)));
            Next::Coming(Box::pin(started(fetching)))
        });
        Ok(Some((page, next.map(|next| (next, progress, fetch)))))
    })
}

fn too_slow(limit: Duration, pages: u32) -> Error {
    let limit = limit.as_secs_f64();
    Error::timeout(format!(
        "the list did not end within {limit} s; {pages} pages were read"
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{StreamExt as _, TryStreamExt as _};
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;

    fn page(items: &[u32], token: Option<&str>) -> Page<u32> {
        Page::new(items.to_vec(), token.map(str::to_owned))
    }

    /// Counts the fetches that started, and those that were dropped before they finished.
    #[derive(Default)]
    struct Counts {
        begun: AtomicUsize,
        dropped: AtomicUsize,
    }

    struct Guard(Arc<Counts>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn exactly_one_page_is_fetched_ahead() {
        let counts = Arc::new(Counts::default());
        let counting = counts.clone();
        let mut pages = Box::pin(paginate(None, Bounds::default(), move |token| {
            let number = counting.begun.fetch_add(1, Ordering::SeqCst);
            async move { Ok(page(&[], Some(&format!("{number}{}", token.is_some())))) }
        }));
        settle().await;
        assert_eq!(
            counts.begun.load(Ordering::SeqCst),
            0,
            "nothing before the first poll"
        );
        for read in 1..10 {
            pages.try_next().await.unwrap().unwrap();
            settle().await;
            assert_eq!(counts.begun.load(Ordering::SeqCst), read + 1);
        }
    }

    #[tokio::test]
    async fn no_page_is_fetched_after_the_one_with_the_last_item_that_is_wanted() {
        for (wanted, fetched) in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)] {
            let counts = Arc::new(Counts::default());
            let counting = counts.clone();
            let bounds = Bounds {
                time: None,
                items: Some(wanted),
            };
            let pages = paginate(None, bounds, move |_| {
                let number = counting.begun.fetch_add(1, Ordering::SeqCst);
                async move { Ok(page(&[1, 2], Some(&number.to_string()))) }
            });
            let items: Vec<u32> = super::super::flat(pages).try_collect().await.unwrap();
            settle().await;
            assert_eq!(items.len(), wanted);
            assert_eq!(counts.begun.load(Ordering::SeqCst), fetched, "{wanted}");
        }
    }

    #[tokio::test]
    async fn dropping_the_stream_stops_the_page_that_is_being_fetched() {
        let counts = Arc::new(Counts::default());
        let guarded = counts.clone();
        let mut pages = Box::pin(paginate(None, Bounds::default(), move |token| {
            let guard = Guard(guarded.clone());
            async move {
                if token.is_some() {
                    std::future::pending::<()>().await;
                }
                std::mem::forget(guard);
                Ok(page(&[], Some("next")))
            }
        }));
        pages.try_next().await.unwrap().unwrap();
        settle().await;
        assert_eq!(counts.dropped.load(Ordering::SeqCst), 0);
        drop(pages);
        settle().await;
        assert_eq!(counts.dropped.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn any_token_that_comes_again_ends_the_list_after_its_page_and_is_named() {
        let responses = [("", "a"), ("a", "b"), ("b", "c"), ("c", "a")];
        let pages = paginate(None, Bounds::default(), move |token: Option<String>| {
            let at = token.unwrap_or_default();
            let (_, next) = responses.iter().find(|(from, _)| *from == at).unwrap();
            let page = page(&[7], Some(next));
            async move { Ok(page) }
        });
        let pages: Vec<_> = pages.collect().await;
        assert_eq!(pages.len(), 5);
        assert!(pages[..4].iter().all(Result::is_ok));
        let error = pages[4].as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains("token twice"), "{error}");
    }

    #[tokio::test]
    async fn the_token_that_a_list_was_resumed_at_is_an_earlier_one_too() {
        let pages = paginate(Some("a".to_owned()), Bounds::default(), |_| async {
            Ok(page(&[7], Some("a")))
        });
        let pages: Vec<_> = pages.collect().await;
        assert_eq!(pages.len(), 2);
        assert!(pages[1].is_err());
    }

    /// An endless list whose pages take a second each.
    fn endless(limit: Option<Duration>) -> impl Stream<Item = Result<Page<u32>, Error>> + Send {
        let number = AtomicUsize::new(0);
        paginate(None, limit, move |_| {
            let number = number.fetch_add(1, Ordering::SeqCst).to_string();
            async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(page(&[7], Some(&number)))
            }
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_without_an_end_ends_when_its_time_is_over() {
        let started = Instant::now();
        let pages: Vec<_> = endless(Some(Duration::from_millis(10_500))).collect().await;
        assert_eq!(started.elapsed(), Duration::from_millis(10_500));
        assert_eq!(pages.len(), 11);
        let error = pages[10].as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.message().contains("10 pages"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn time_spent_by_the_reader_does_not_count() {
        let mut pages = Box::pin(endless(Some(Duration::from_secs(10))));
        for _ in 0..10 {
            pages.try_next().await.unwrap().unwrap();
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        assert!(pages.try_next().await.is_err());
    }

    #[test]
    fn a_list_without_a_limit_of_time_ends_as_well() {
        let mut progress = Progress {
            cycle: CycleDetector::default(),
            pages: MOST_PAGES - 1,
            spent: Duration::MAX,
            limit: None,
            left: None,
        };
        assert!(progress.check("a").is_ok());
        progress.pages += 1;
        let error = progress.check("b").unwrap_err();
        assert!(error.message().contains("no end"), "{error}");
    }

    proptest! {
        #[test]
        fn items_are_the_same_however_they_are_split(pages in prop::collection::vec(
            prop::collection::vec(any::<u32>(), 0..5),
            1..20,
        )) {
            let expected: Vec<u32> = pages.iter().flatten().copied().collect();
            let last = pages.len() - 1;
            let stream = paginate(None, Bounds::default(), move |token: Option<String>| {
                let at: usize = token.map_or(0, |token| token.parse().unwrap());
                let next = (at < last).then(|| (at + 1).to_string());
                let page = page(&pages[at], next.as_deref());
                async move { Ok(page) }
            });
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let items: Vec<u32> = runtime.block_on(super::super::flat(stream).try_collect()).unwrap();
            prop_assert_eq!(items, expected);
        }
    }
}

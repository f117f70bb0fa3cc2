//! Following continuation tokens, one page ahead of the reader.

use std::pin::Pin;

use futures_util::{Stream, stream};

use super::Page;
use super::seen::Seen;
use crate::Error;
use crate::task::started;

/// The longest piece of a token that an error repeats, in characters.
const EXCERPT: usize = 120;

/// Where the next page comes from.
enum Next<T> {
    /// It is to be fetched when somebody asks for it.
    At(Option<String>),
    /// It is being fetched.
    Coming(Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>),
    /// There is none that could be fetched.
    Again(String),
}

/// Follows continuation tokens from `start` to the end, over empty pages too.
///
/// While a page is used, the next one is fetched, and no other. An error ends the stream; so does a
/// token that comes a second time, with an error after its page.
pub(crate) fn follow<T: Send + 'static, F>(
    start: Option<String>,
    fetch: impl Fn(Option<String>) -> F + Send + Sync + 'static,
) -> impl Stream<Item = Result<Page<T>, Error>> + Send
where
    F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
{
    let mut seen = Seen::default();
    if let Some(token) = &start {
        seen.again(token);
    }
    let state = Some((Next::At(start), seen, fetch));
    stream::try_unfold(state, async |state| {
        let Some((next, mut seen, fetch)) = state else {
            return Ok(None);
        };
        let page = match next {
            Next::At(token) => fetch(token).await?,
            Next::Coming(fetching) => fetching.await?,
            Next::Again(token) => return Err(endless(&token)),
        };
        let next = page.continuation_token.clone().map(|token| {
            if seen.again(&token) {
                return Next::Again(token);
            }
            Next::Coming(Box::pin(started(fetch(Some(token)))))
        });
        Ok(Some((page, next.map(|next| (next, seen, fetch)))))
    })
}

fn endless(token: &str) -> Error {
    let shown: String = token.chars().take(EXCERPT).collect();
    let more = if shown.len() < token.len() { "..." } else { "" };
    Error::decode(format!(
        "the service gave the same continuation token twice, `{}{more}`; the list would not end",
        shown.escape_debug()
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

    /// Counts the fetches that began, and those that were dropped before their end.
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
        let mut pages = Box::pin(follow(None, move |token| {
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
    async fn dropping_the_stream_stops_the_page_that_is_being_fetched() {
        let counts = Arc::new(Counts::default());
        let guarded = counts.clone();
        let mut pages = Box::pin(follow(None, move |token| {
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
        let answers = [("", "a"), ("a", "b"), ("b", "c"), ("c", "a")];
        let pages = follow(None, move |token: Option<String>| {
            let at = token.unwrap_or_default();
            let (_, next) = answers.iter().find(|(from, _)| *from == at).unwrap();
            let page = page(&[7], Some(next));
            async move { Ok(page) }
        });
        let pages: Vec<_> = pages.collect().await;
        assert_eq!(pages.len(), 5);
        assert!(pages[..4].iter().all(Result::is_ok));
        let error = pages[4].as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains("twice, `a`"), "{error}");
    }

    #[tokio::test]
    async fn the_token_that_a_list_was_resumed_at_is_an_earlier_one_too() {
        let pages = follow(Some("a".to_owned()), |_| async {
            Ok(page(&[7], Some("a")))
        });
        let pages: Vec<_> = pages.collect().await;
        assert_eq!(pages.len(), 2);
        assert!(pages[1].is_err());
    }

    #[test]
    fn a_long_token_is_cut_and_control_characters_are_escaped() {
        let words = endless(&format!("\u{1b}[31m{}", "ü".repeat(1000))).to_string();
        assert!(
            words.contains(r"\u{1b}") && !words.contains('\u{1b}'),
            "{words}"
        );
        assert!(words.chars().count() < 300, "{words}");
    }

    proptest! {
        #[test]
        fn items_are_the_same_however_they_are_split(pages in prop::collection::vec(
            prop::collection::vec(any::<u32>(), 0..5),
            1..20,
        )) {
            let expected: Vec<u32> = pages.iter().flatten().copied().collect();
            let last = pages.len() - 1;
            let stream = follow(None, move |token: Option<String>| {
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

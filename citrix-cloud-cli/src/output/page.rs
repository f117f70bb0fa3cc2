//! Output that is shown as a whole, in a pager if it is long.

use std::sync::PoisonError;

use super::Output;
use super::sink::Sink;
use crate::exit::Failure;

impl Output {
    /// Starts output that is shown as a whole.
    pub(super) fn page(&self) -> Page<'_> {
        let Some(pager) = &self.pager else {
            return Page(None);
        };
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        match sink.take() {
            Some(direct @ Sink::Direct(_)) => {
                *sink = Some(direct.paged(pager));
                Page(Some(self))
            }
            // It is part of an outer page.
            other => {
                *sink = other;
                Page(None)
            }
        }
    }

    fn end_page(&self) -> Result<(), Failure> {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        *sink = sink.take().map(Sink::direct).transpose()?;
        Ok(())
    }
}

/// Output that is shown as a whole, in a pager if it is long.
pub(super) struct Page<'a>(Option<&'a Output>);

impl Page<'_> {
    /// Ends it, once the reader has seen it.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.0.take().map_or(Ok(()), Output::end_page)
    }
}

impl Drop for Page<'_> {
    /// After a failure, the partial output is shown; the error follows.
    fn drop(&mut self) {
        if let Some(out) = self.0.take() {
            let _ = out.end_page();
        }
    }
}

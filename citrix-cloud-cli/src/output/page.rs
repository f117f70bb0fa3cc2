//! What is shown in one piece, by a pager where it is long.

use std::sync::PoisonError;

use super::Output;
use super::sink::Sink;
use crate::exit::Failure;

impl Output {
    /// Begins what is shown in one piece.
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
            // It is a part of something.
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

/// Something that is shown in one piece, with a pager where it is long.
pub(super) struct Page<'a>(Option<&'a Output>);

impl Page<'_> {
    /// Ends it, once the reader has seen it.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.0.take().map_or(Ok(()), Output::end_page)
    }
}

impl Drop for Page<'_> {
    /// What failed on its way is shown as far as it came; why it failed is said then.
    fn drop(&mut self) {
        if let Some(out) = self.0.take() {
            let _ = out.end_page();
        }
    }
}

//! A progress bar on standard error, where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::exit::Failure;

/// A bar that keeps out of the way of lines on standard output.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar for so many things, hidden unless `shown`.
    pub(super) fn new(number: usize, things: &str, shown: bool) -> Self {
        let target = match shown {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(u64::try_from(number).ok(), target);
        if let Ok(style) = ProgressStyle::with_template(&format!(
            "[{{bar:30}}] {{pos}} of {{len}} {things} ({{elapsed}})"
        )) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.tick();
        Self(bar)
    }

    /// Writes something while the bar is cleared.
    pub(super) fn pause(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }

    /// Writes something while the bar is cleared, and counts one thing.
    pub(super) fn advance(
        &self,
        write: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let written = self.0.suspend(write);
        self.0.inc(1);
        written
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

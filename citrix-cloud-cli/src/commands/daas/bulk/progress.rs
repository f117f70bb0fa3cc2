//! A progress bar on standard error, if that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::tracker::Count;

/// How often the bar is redrawn while nothing else happens.
const TICK: Duration = Duration::from_millis(250);

/// A bar that does not interfere with lines on standard output.
#[derive(Debug, Clone)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Creates a bar for this many things, hidden unless `shown`.
    pub(super) fn new(number: usize, things: &str, shown: bool) -> Self {
        let target = match shown {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(u64::try_from(number).ok(), target);
        if let Ok(style) = ProgressStyle::with_template(&format!(
            "[{{bar:20}}] {{pos}} of {{len}} {things}: {{msg}} ({{elapsed}})"
        )) {
            bar.set_style(style.progress_chars("=> "));
        }
        let progress = Self(bar);
        progress.show(Count::default());
        if shown {
            progress.0.enable_steady_tick(TICK);
        }
        progress
    }

    /// Shows the progress of the run.
    pub(super) fn show(&self, count: Count) {
        self.0.set_message(words(count));
        self.0.set_position(u64::try_from(count.done).unwrap_or(0));
    }

    /// Calls a function while the bar is cleared.
    pub(super) fn pause<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    /// Removes the bar.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn words(count: Count) -> String {
    let Count {
        done,
        failed,
        confirming,
        ..
    } = count;
    format!("{done} done, {confirming} confirming, {failed} failed")
}

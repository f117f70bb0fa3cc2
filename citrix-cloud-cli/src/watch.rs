//! `--watch`: repeats a command and redraws its output until Ctrl-C.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::context::Context;
use crate::errors::ErrorReport;
use crate::exit::{Exit, Failure};
use crate::interrupt::interrupt;
use crate::options::{Asked, parsed_from};
use crate::rounds::{First, rounds, screen, title};

/// Repeats the requested command.
pub(crate) async fn run(
    context: &Context,
    asked: Asked,
    words: &[String],
    every: Duration,
) -> Result<Exit, Failure> {
    if !asked.reads(words) {
        return Err(Failure::Usage(format!(
            "`{}` cannot be watched; nothing was sent; --watch goes with commands that list, get or \
             query, and with overview and reports",
            words.join(" ")
        )));
    }
    let round = async || {
        let again = parsed_from(std::env::args_os());
        let (asked, options, _) =
            again.map_err(|it| ErrorReport::of_arguments(&it).into_usage())?;
        let drawn = Drawn::default();
        let context = context.drawing(options, Box::new(drawn.clone()));
        let exit = asked.run(&context).await?;
        Ok((exit, drawn.text()))
    };
    let draw = |text: String| {
        match context.terminal.height() {
            Some(height) => context.out.drawn(&screen(&title(every), &text, height))?,
            None => context.out.drawn(&text)?,
        }
        Ok(!context.out.is_closed())
    };
    let tell = |failure: &Failure| {
        context.report_failure(failure);
    };
    rounds(every, First::HasToWork, interrupt(), round, draw, tell).await
}

/// The output of a round.
#[derive(Clone, Default)]
struct Drawn(Arc<Mutex<Vec<u8>>>);

impl Drawn {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Drawn {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

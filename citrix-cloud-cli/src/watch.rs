//! `--watch`: a command again and again, drawn anew each time, until Ctrl-C.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Zoned;

use crate::context::Context;
use crate::errors::Told;
use crate::exit::{Exit, Failure};
use crate::interrupt::interrupt;
use crate::options::{Asked, parsed_from};

/// Moves to the first line; what follows is written over what is there.
const HOME: &str = "\u{1b}[H";

/// Clears the rest of a line, and of the screen.
const REST_OF_LINE: &str = "\u{1b}[K";
const REST: &str = "\u{1b}[J";

/// Runs what this process was asked to do every so often.
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
        let (asked, options, _) = again.map_err(|it| Told::of_arguments(&it).into_usage())?;
        let drawn = Drawn::default();
        let context = context.drawing(options, Box::new(drawn.clone()));
        let exit = asked.run(&context).await?;
        Ok((exit, drawn.text()))
    };
    let draw = |text: String| {
        let title = format!(
            "every {} s, {}; Ctrl-C ends",
            every.as_secs(),
            Zoned::now().strftime("%H:%M:%S")
        );
        match context.terminal.height() {
            Some(height) => context.out.drawn(&screen(&title, &text, height))?,
            None => context.out.drawn(&text)?,
        }
        Ok(!context.out.is_closed())
    };
    let tell = |failure: &Failure| {
        context.tell(failure);
    };
    rounds(every, interrupt(), round, draw, tell).await
}

/// Rounds until the user stops it, nobody looks any more, or it fails for good.
async fn rounds(
    every: Duration,
    interrupted: impl Future<Output = ()>,
    mut round: impl AsyncFnMut() -> Result<(Exit, String), Failure>,
    mut draw: impl FnMut(String) -> Result<bool, Failure>,
    mut tell: impl FnMut(&Failure),
) -> Result<Exit, Failure> {
    let mut interrupted = std::pin::pin!(interrupted);
    let mut shown = false;
    loop {
        let ran = tokio::select! {
            biased;
            () = &mut interrupted => return Ok(Exit::Done),
            ran = round() => ran,
        };
        match ran {
            Ok((Exit::Done, text)) => {
                if !draw(text)? {
                    return Ok(Exit::Done);
                }
                shown = true;
            }
            Ok((exit, _)) => return Ok(exit),
            // What passes may be over the next time.
            Err(failure) if shown && passes(&failure) => tell(&failure),
            Err(failure) => return Err(failure),
        }
        tokio::select! {
            biased;
            () = &mut interrupted => return Ok(Exit::Done),
            () = tokio::time::sleep(every) => {}
        }
    }
}

fn passes(failure: &Failure) -> bool {
    matches!(failure, Failure::Service(error) if error.is_retryable())
}

/// A text as the screen shows it, below a title and cut where the screen ends.
fn screen(title: &str, text: &str, height: usize) -> String {
    let room = height.saturating_sub(2);
    let lines = std::iter::once(title).chain(text.lines().take(room));
    let mut screen = HOME.to_owned();
    for line in lines {
        screen += line;
        screen += REST_OF_LINE;
        screen.push('\n');
    }
    screen + REST
}

/// What a round printed.
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

#[cfg(test)]
mod tests {
    use citrix_cloud::{Error, ErrorKind};
    use tokio::time::{Instant, sleep};

    use super::*;

    const EVERY: Duration = Duration::from_secs(5);

    fn failure(kind: ErrorKind) -> Failure {
        Failure::Service(Error::new(kind, "x"))
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_drawn_every_so_often_until_it_is_interrupted() {
        let began = Instant::now();
        let (mut drawn, mut told) = (Vec::new(), 0);
        let mut number = 0;
        let round = async || {
            number += 1;
            match number {
                2 => Err(failure(ErrorKind::Unavailable)),
                number => Ok((Exit::Done, number.to_string())),
            }
        };
        let draw = |text| {
            drawn.push(text);
            Ok(true)
        };
        let stop = sleep(EVERY * 4 - Duration::from_secs(1));
        let exit = rounds(EVERY, stop, round, draw, |_| told += 1).await;
        assert_eq!(exit.unwrap(), Exit::Done);
        assert_eq!((drawn, told), (vec!["1".into(), "3".into(), "4".into()], 1));
        assert_eq!(began.elapsed().as_secs(), 19);
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_at_once_or_for_good_ends_it() {
        for (first, second) in [
            (Some(ErrorKind::Unavailable), None),
            (None, Some(ErrorKind::Forbidden)),
        ] {
            let mut failures = [first, second].into_iter();
            let round = async || match failures.next().flatten() {
                Some(kind) => Err(failure(kind)),
                None => Ok((Exit::Done, String::new())),
            };
            let never = std::future::pending();
            let ended = rounds(EVERY, never, round, |_| Ok(true), |_| {}).await;
            assert!(matches!(ended, Err(Failure::Service(_))));
        }
        let never = std::future::pending();
        let round = async || Ok((Exit::Done, String::new()));
        let ended = rounds(EVERY, never, round, |_| Ok(false), |_| {}).await;
        assert_eq!(ended.unwrap(), Exit::Done, "nobody looks");
    }

    #[test]
    fn a_screen_has_no_more_lines_than_it_is_high() {
        let shown = screen("title", "a\nb\nc\n", 4);
        assert_eq!(
            shown,
            "\u{1b}[Htitle\u{1b}[K\na\u{1b}[K\nb\u{1b}[K\n\u{1b}[J"
        );
    }
}

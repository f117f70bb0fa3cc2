//! Repeats an action and redraws its output until Ctrl-C.

use std::time::Duration;

use jiff::Zoned;

use crate::exit::{Exit, Failure};

/// Moves to the first line; new text overwrites the old.
const HOME: &str = "\u{1b}[H";

/// Clears the rest of a line, and of the screen.
const REST_OF_LINE: &str = "\u{1b}[K";
const REST: &str = "\u{1b}[J";

/// What happens if the first round fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// The command fails.
    HasToWork,
    /// It is treated like any later round, for programs that run unattended.
    MayFail,
}

/// Repeats rounds until the user stops it, the reader is gone, or a permanent failure occurs.
pub(crate) async fn rounds<T>(
    every: Duration,
    first: First,
    interrupted: impl Future<Output = ()>,
    mut round: impl AsyncFnMut() -> Result<(Exit, T), Failure>,
    mut draw: impl FnMut(T) -> Result<bool, Failure>,
    mut tell: impl FnMut(&Failure),
) -> Result<Exit, Failure> {
    let mut interrupted = std::pin::pin!(interrupted);
    let mut goes_on = first == First::MayFail;
    loop {
        let ran = tokio::select! {
            biased;
            () = &mut interrupted => return Ok(Exit::Done),
            ran = round() => ran,
        };
        match ran {
            Ok((Exit::Done, seen)) => {
                if !draw(seen)? {
                    return Ok(Exit::Done);
                }
                goes_on = true;
            }
            Ok((exit, _)) => return Ok(exit),
            // A temporary failure may be over in the next round.
            Err(failure) if goes_on && passes(&failure) => tell(&failure),
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

/// Returns the title above the output.
pub(crate) fn title(every: Duration) -> String {
    format!(
        "every {} s, {}; Ctrl-C to stop",
        every.as_secs(),
        Zoned::now().strftime("%H:%M:%S")
    )
}

/// Returns the text for a screen, below a title and cut to the height.
pub(crate) fn screen(title: &str, text: &str, height: usize) -> String {
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
        let exit = rounds(EVERY, First::HasToWork, stop, round, draw, |_| told += 1).await;
        assert_eq!(exit.unwrap(), Exit::Done);
        assert_eq!((drawn, told), (vec!["1".into(), "3".into(), "4".into()], 1));
        assert_eq!(began.elapsed().as_secs(), 19);
    }

    #[tokio::test(start_paused = true)]
    async fn errors_at_the_start_and_permanent_ones_end_the_watch() {
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
            let ended = rounds(EVERY, First::HasToWork, never, round, |_| Ok(true), |_| {}).await;
            assert!(matches!(ended, Err(Failure::Service(_))));
        }
        let never = std::future::pending();
        let round = async || Ok((Exit::Done, String::new()));
        let ended = rounds(
            EVERY,
            First::HasToWork,
            never,
            round,
            |_: String| Ok(false),
            |_| {},
        )
        .await;
        assert_eq!(ended.unwrap(), Exit::Done, "nobody looks");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_first_round_is_reported_and_the_next_one_tried() {
        let (mut drawn, mut told) = (0, 0);
        let mut number = 0;
        let round = async || {
            number += 1;
            match number {
                1 => Err(failure(ErrorKind::Connect)),
                2 => Ok((Exit::Done, ())),
                _ => Err(failure(ErrorKind::Forbidden)),
            }
        };
        let draw = |()| {
            drawn += 1;
            Ok(true)
        };
        let never = std::future::pending();
        let ended = rounds(EVERY, First::MayFail, never, round, draw, |_| told += 1).await;
        assert!(ended.unwrap_err().to_string().contains('x'));
        assert_eq!((drawn, told), (1, 1));
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

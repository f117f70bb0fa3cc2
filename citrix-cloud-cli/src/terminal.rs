//! Interaction with the user at the terminal, if there is one.

use std::future::poll_fn;
use std::io::{self, IsTerminal as _, Write as _};
use std::pin::pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::exit::Failure;
use crate::interrupt::interrupt;

/// Which of the standard streams are terminals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Whether the user can be asked: questions go to standard error, answers come from standard input.
    pub(crate) can_ask: bool,
    /// Whether the user sees standard output before answering a question.
    pub(crate) stdout: bool,
    /// Whether standard error is a terminal.
    pub(crate) stderr: bool,
}

impl Terminal {
    /// Checks the streams of this process.
    pub(crate) fn detect() -> Self {
        let stderr = io::stderr().is_terminal();
        Self {
            can_ask: stderr && io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr,
        }
    }

    /// Returns the width of standard output, if it is a terminal.
    pub(crate) fn width(self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        self.stdout.then(|| usize::from(width.0))
    }

    /// Returns the number of lines of standard output, if it is a terminal.
    pub(crate) fn height(self) -> Option<usize> {
        let (_, height) = terminal_size::terminal_size_of(io::stdout())?;
        self.stdout.then(|| usize::from(height.0))
    }

    /// Asks a question and returns the trimmed answer.
    ///
    /// # Errors
    ///
    /// If the user presses Ctrl-C, or the answer cannot be read.
    pub(crate) fn ask(self, question: &str) -> Result<String, Failure> {
        waited_for(self.answered(question, line))
    }

    /// Asks for a value without showing it.
    ///
    /// # Errors
    ///
    /// If the user presses Ctrl-C, or the answer cannot be read.
    pub(crate) fn ask_secret(self, question: &str) -> Result<String, Failure> {
        waited_for(self.answered(question, rpassword::read_password))
    }

    /// Asks a yes-or-no question; Ctrl-C is neither.
    pub(crate) async fn confirm(self, question: String) -> Result<bool, Failure> {
        let answer = self.answered(&question, line).await?;
        Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
    }

    async fn answered(
        self,
        question: &str,
        read: fn() -> io::Result<String>,
    ) -> Result<String, Failure> {
        let mut interrupted = pin!(interrupt());
        // Polling installs the handler. Without one, Ctrl-C would end the program while the echo is off.
        let begin = |context: &mut Context<'_>| Poll::Ready(interrupted.as_mut().poll(context));
        if poll_fn(begin).await.is_ready() {
            return Err(Failure::Interrupted);
        }
        prompt(question)?;
        let echo = Echo::now();
        let (tell, told) = oneshot::channel();
        // This thread is abandoned if the user presses Ctrl-C.
        std::thread::spawn(move || tell.send(read()));
        tokio::select! {
            biased;
            () = interrupted => {
                echo.restore();
                prompt("\n")?;
                Err(Failure::Interrupted)
            }
            answer = told => match answer.map_err(io::Error::other)? {
                Ok(answer) => Ok(answer.trim().to_owned()),
                // The signal may interrupt the reading thread before `interrupt` sees it.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    echo.restore();
                    prompt("\n")?;
                    Err(Failure::Interrupted)
                }
                Err(error) => Err(error.into()),
            },
        }
    }

    /// Asks for confirmation before something is sent; without a terminal, fails and names the options to use.
    ///
    /// # Errors
    ///
    /// Anything but a yes; nothing must be sent then.
    pub(crate) async fn consent(self, asking: &str, question: &str) -> Result<(), Failure> {
        if !self.can_ask {
            return Err(Failure::Usage(format!(
                "{asking} asks for confirmation; add --yes when not running interactively, or --dry-run to \
                 see what it would do; nothing was sent"
            )));
        }
        match self.confirm(format!("{question} [y/N] ")).await? {
            true => Ok(()),
            false => Err(Failure::Usage("nothing was sent".to_owned())),
        }
    }
}

/// Blocks on a future within synchronous code.
fn waited_for<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

fn line() -> io::Result<String> {
    let mut answer = String::new();
    if io::stdin().read_line(&mut answer)? == 0 {
        // Ctrl-D leaves the cursor after the question.
        prompt("\n")?;
    }
    Ok(answer)
}

/// Restores the terminal's echo. If the program is stopped while it reads a secret, it must do so itself, because not
/// every shell does.
#[cfg(unix)]
struct Echo(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Echo {
    fn now() -> Self {
        Self(rustix::termios::tcgetattr(io::stdin()).ok())
    }

    fn restore(self) {
        use rustix::termios::{OptionalActions, tcsetattr};

        if let Some(settings) = self.0 {
            // A closed terminal shows nothing anyway.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &settings);
        }
    }
}

#[cfg(not(unix))]
struct Echo;

#[cfg(not(unix))]
impl Echo {
    fn now() -> Self {
        Self
    }

    fn restore(self) {}
}

fn prompt(text: &str) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()
}

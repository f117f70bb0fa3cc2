//! A pager for text that is longer than the screen.

use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The variables that name a pager; the first one that is set counts.
const VARIABLES: [&str; 2] = ["CITRIX_CLOUD_PAGER", "PAGER"];

/// The variable with the options of `less`, and our default for it: text that fits is left on the screen, colors are
/// shown, and the screen is not cleared.
const LESS: (&str, &str) = ("LESS", "FRX");

/// A command that is equivalent to no pager.
const NONE: &str = "cat";

/// How to start a pager, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    /// The shell command; `less` by default.
    command: Option<String>,
    /// Whether we set the pager's options.
    plain: bool,
    /// The number of lines on the screen.
    height: usize,
}

impl Pager {
    /// Returns the user's pager for a screen with this many lines.
    pub(crate) fn of_user(environment: fn(&str) -> Option<String>, height: usize) -> Option<Self> {
        let command = VARIABLES.into_iter().find_map(environment);
        // Windows has `more`, which does not support colors and waits at the end.
        if command.as_deref() == Some(NONE) || (command.is_none() && cfg!(windows)) {
            return None;
        }
        Some(Self {
            command,
            plain: environment(LESS.0).is_none(),
            height,
        })
    }

    fn start(&self) -> io::Result<(Child, ChildStdin)> {
        let mut command = match &self.command {
            None => Command::new("less"),
            Some(line) if cfg!(windows) => {
                let mut shell = Command::new("cmd");
                shell.args(["/C", line]);
                shell
            }
            Some(line) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", line]);
                shell
            }
        };
        if self.plain {
            command.env(LESS.0, LESS.1);
        }
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        // Ctrl-C is for the pager. If it ended this program, the pager would stay behind without its input.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
        }
        let stdin = child.stdin.take();
        let stdin = stdin.ok_or_else(|| io::Error::other("the pager has no standard input"))?;
        Ok((child, stdin))
    }
}

/// Text for the screen, which goes to a pager once it is longer than the screen.
pub(super) struct Paged {
    pager: Pager,
    below: Box<dyn Write + Send>,
    held: Vec<u8>,
    lines: usize,
    way: Way,
}

/// The destination of text.
enum Way {
    /// Held back until it is known whether the text fits.
    Unknown,
    /// Printed without a pager.
    Direct,
    Pager(Child, Option<ChildStdin>),
}

impl Paged {
    pub(super) fn new(pager: Pager, below: Box<dyn Write + Send>) -> Self {
        Self {
            pager,
            below,
            held: Vec::new(),
            lines: 0,
            way: Way::Unknown,
        }
    }

    /// Shows the rest, waits until the reader has closed the pager, and returns the underlying writer.
    pub(super) fn end(mut self) -> io::Result<Box<dyn Write + Send>> {
        let written = self.release();
        if let Way::Pager(child, stdin) = &mut self.way {
            drop(stdin.take());
            child.wait()?;
        }
        match written {
            // Readers may close the pager early.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(self.below),
        }
    }

    /// Writes the held text to its destination.
    fn release(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        match &mut self.way {
            Way::Pager(_, Some(stdin)) => stdin.write_all(&held).and_then(|()| stdin.flush()),
            _ => self
                .below
                .write_all(&held)
                .and_then(|()| self.below.flush()),
        }
    }
}

impl Write for Paged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend(bytes);
        if matches!(self.way, Way::Unknown) {
            self.lines += bytes.iter().filter(|it| **it == b'\n').count();
            // The shell's prompt needs a line too.
            if self.lines < self.pager.height {
                return Ok(bytes.len());
            }
            self.way = match self.pager.start() {
                Ok((child, stdin)) => Way::Pager(child, Some(stdin)),
                Err(_) => Way::Direct,
            };
        }
        self.release().map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns how many lines the screen and the pager received.
    fn shown(command: &str, lines: usize) -> (usize, usize) {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("paged");
        let screen = Screen::default();
        let pager = Pager {
            command: Some(command.replace("FILE", file.to_str().unwrap())),
            plain: true,
            height: 5,
        };
        let mut paged = Paged::new(pager, Box::new(screen.clone()));
        for _ in 0..lines {
            // A closed pager accepts no more text.
            if paged.write_all(b"line\n").is_err() {
                break;
            }
        }
        let _ = paged.end().unwrap();
        let count = |text: &[u8]| text.iter().filter(|it| **it == b'\n').count();
        let paged = std::fs::read(&file).unwrap_or_default();
        let direct = screen.0.lock().unwrap().clone();
        (count(&direct), count(&paged))
    }

    #[test]
    fn output_is_paged_only_if_it_does_not_fit() {
        assert_eq!(shown("cat > FILE", 0), (0, 0));
        assert_eq!(shown("cat > FILE", 4), (4, 0));
        assert_eq!(shown("cat > FILE", 5), (0, 5));
        assert_eq!(shown("cat > FILE", 5000), (0, 5000));
        assert_eq!(shown("head -n 1 > FILE", 100_000).1, 1);
    }

    #[test]
    fn the_pager_is_the_users() {
        let of = |environment| Pager::of_user(environment, 24).map(|it| (it.command, it.plain));
        assert_eq!(of(|_| None), Some((None, true)));
        let ours: fn(&str) -> Option<String> = |name| match name {
            "CITRIX_CLOUD_PAGER" => Some("more".to_owned()),
            "PAGER" => Some("most".to_owned()),
            "LESS" => Some("S".to_owned()),
            _ => None,
        };
        assert_eq!(of(ours), Some((Some("more".to_owned()), false)));
        assert_eq!(of(|name| (name == "PAGER").then(|| "cat".to_owned())), None);
    }
}

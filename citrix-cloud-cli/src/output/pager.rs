//! A program that shows text which is longer than the screen.

use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The variables that name a pager, the first that is set counts.
const VARIABLES: [&str; 2] = ["CITRIX_CLOUD_PAGER", "PAGER"];

/// The variable with the options of `less`, and what they are unless it is set: what fits is left on
/// the screen, colours are shown, and the screen is not cleared.
const LESS: (&str, &str) = ("LESS", "FRX");

/// What is the same as no pager.
const NONE: &str = "cat";

/// How a pager is started, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    /// What the shell runs; without it `less`.
    command: Option<String>,
    /// Whether its options are left to us.
    plain: bool,
    /// How many lines the screen has.
    height: usize,
}

impl Pager {
    /// The pager of this user for a screen of so many lines.
    pub(crate) fn of_user(environment: fn(&str) -> Option<String>, height: usize) -> Option<Self> {
        let command = VARIABLES.into_iter().find_map(environment);
        // Windows has `more`, which knows no colours and waits at the end.
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
        // Ctrl-C is the pager's, which would be left alone with the keyboard.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
        }
        let stdin = child.stdin.take();
        let stdin = stdin.ok_or_else(|| io::Error::other("the pager has no standard input"))?;
        Ok((child, stdin))
    }
}

/// Text on its way to the screen, which a pager shows once it is longer than that.
pub(super) struct Paged {
    pager: Pager,
    below: Box<dyn Write + Send>,
    held: Vec<u8>,
    lines: usize,
    way: Way,
}

/// Where text goes.
enum Way {
    /// It is held until it is clear whether it fits.
    Unknown,
    /// There is no pager after all.
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

    /// Shows what is left, waits until the reader has seen it, and gives back what is below.
    pub(super) fn end(mut self) -> io::Result<Box<dyn Write + Send>> {
        let written = self.release();
        if let Way::Pager(child, stdin) = &mut self.way {
            drop(stdin.take());
            child.wait()?;
        }
        match written {
            // Who leaves the pager early has seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(self.below),
        }
    }

    /// Writes what is held where it belongs.
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
            // The prompt of the shell needs a line too.
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

    /// What the screen and the pager have got of some lines.
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
            // A pager that was left takes no more.
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
    fn what_fits_is_printed_and_what_does_not_is_paged() {
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

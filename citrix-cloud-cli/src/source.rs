//! Text that the user hands over in a file.

use std::fmt;
use std::io::{self, Read as _};
use std::path::PathBuf;

use crate::output::escaped;

/// A file, or standard input for `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Stdin,
    File(PathBuf),
}

impl Source {
    /// All of the text, without the mark that Windows puts before it.
    ///
    /// # Errors
    ///
    /// Words that say why there is none.
    pub(crate) fn read(&self) -> Result<String, String> {
        let mut bytes = Vec::new();
        match self {
            Self::Stdin => io::stdin().read_to_end(&mut bytes).map(drop),
            Self::File(path) => std::fs::read(path).map(|read| bytes = read),
        }
        .map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned())?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(unmarked) => unmarked.to_owned(),
            None => text,
        })
    }
}

impl From<&str> for Source {
    fn from(argument: &str) -> Self {
        match argument {
            "-" => Self::Stdin,
            path => Self::File(path.into()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => f.write_str(&escaped(&path.display().to_string())),
        }
    }
}

/// Reads the argument that names a source.
pub(crate) fn source(text: &str) -> Result<Source, String> {
    match text {
        "" => Err("a file, or `-` for standard input".to_owned()),
        text => Ok(Source::from(text)),
    }
}

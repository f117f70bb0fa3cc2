//! Text that the user passes in a file.

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
    /// Reads all of the text, in UTF-8 or UTF-16, without a byte order mark.
    ///
    /// # Errors
    ///
    /// A message that says why it cannot be read.
    pub(crate) fn read(&self) -> Result<String, String> {
        let mut bytes = Vec::new();
        match self {
            Self::Stdin => io::stdin().read_to_end(&mut bytes).map(drop),
            Self::File(path) => std::fs::read(path).map(|read| bytes = read),
        }
        .map_err(|error| error.to_string())?;
        decoded(bytes).ok_or_else(|| "it is not UTF-8 text or UTF-16".to_owned())
    }
}

/// Decodes bytes that start with a byte order mark, or are UTF-8.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2);
        let whole = pairs.remainder().is_empty();
        let units = pairs.map(|pair| unit([pair[0], pair[1]]));
        let text = char::decode_utf16(units).collect::<Result<String, _>>();
        text.ok().filter(|_| whole)
    };
    match bytes.as_slice() {
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8(text.to_vec()).ok(),
        _ => String::from_utf8(bytes).ok(),
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

/// Parses the argument that names a source.
pub(crate) fn source(text: &str) -> Result<Source, String> {
    match text {
        "" => Err("a file, or `-` for standard input".to_owned()),
        text => Ok(Source::from(text)),
    }
}

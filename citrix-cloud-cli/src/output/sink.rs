//! The destination of printed text: standard output, directly or through a pager.

use std::io::{self, Write};

use super::pager::{Paged, Pager};

pub(super) enum Sink {
    Direct(Box<dyn Write + Send>),
    Paged(Paged),
}

impl Sink {
    /// Switches to a pager.
    pub(super) fn paged(self, pager: &Pager) -> Self {
        match self {
            Self::Direct(below) => Self::Paged(Paged::new(pager.clone(), below)),
            paged => paged,
        }
    }

    /// Switches back to direct output, once everything has been shown.
    pub(super) fn direct(self) -> io::Result<Self> {
        match self {
            Self::Paged(paged) => paged.end().map(Self::Direct),
            direct => Ok(direct),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Direct(below) => below.write(bytes),
            Self::Paged(paged) => paged.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Direct(below) => below.flush(),
            Self::Paged(paged) => paged.flush(),
        }
    }
}

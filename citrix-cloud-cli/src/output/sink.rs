//! Where printed text goes: to standard output, or by way of a pager.

use std::io::{self, Write};

use super::pager::{Paged, Pager};

pub(super) enum Sink {
    Direct(Box<dyn Write + Send>),
    Paged(Paged),
}

impl Sink {
    /// The same by way of a pager.
    pub(super) fn paged(self, pager: &Pager) -> Self {
        match self {
            Self::Direct(below) => Self::Paged(Paged::new(pager.clone(), below)),
            paged => paged,
        }
    }

    /// The same without one, once everything was shown.
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

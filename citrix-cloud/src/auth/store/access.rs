//! Who owns a file, who can read it, and opening it without surprises.

use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::replace::NewFile;

/// Why a file or folder is not safe for tokens.
#[cfg_attr(not(unix), allow(dead_code))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It belongs to another user.
    Foreign,
    /// Others than its owner have rights to it.
    OpenToOthers,
}

/// Who the files of this process belong to.
///
/// Read from a file that was just made, which needs no call that the standard library lacks, and is also
/// right where a file server knows users by other numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    #[cfg(unix)]
    uid: u32,
}

impl Owner {
    /// Makes a file in a folder, looks whose it is, and removes it again.
    pub(super) fn of_new_files(folder: &Path) -> io::Result<Self> {
        let probe = NewFile::beside(&folder.join("owner"))?;
        let found = probe.file().metadata()?;
        Ok(Self::of(&found))
    }

    #[cfg(unix)]
    fn of(found: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self { uid: found.uid() }
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self {}
    }

    /// What is wrong with a file or folder for tokens.
    #[cfg(unix)]
    pub(super) fn flaw(self, found: &Metadata) -> Option<Flaw> {
        use std::os::unix::fs::MetadataExt as _;
        // Root can open everybody's files: what it may do says nothing about who can change them.
        if found.uid() != self.uid {
            return Some(Flaw::Foreign);
        }
        (found.mode() & 0o077 != 0).then_some(Flaw::OpenToOthers)
    }

    #[cfg(not(unix))]
    pub(super) fn flaw(self, _: &Metadata) -> Option<Flaw> {
        // The user's own cache folder is private by the system's access lists.
        None
    }
}

#[cfg(unix)]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Opens, or makes for its owner alone, what the name itself means: no link is followed, and a pipe
/// does not wait for its other end, which no timeout could interrupt.
#[cfg(unix)]
pub(super) fn careful(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    options.mode(0o600).custom_flags(flags)
}

#[cfg(not(unix))]
pub(super) fn careful(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

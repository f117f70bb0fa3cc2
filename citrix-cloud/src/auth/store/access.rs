//! File ownership and permissions, and opening files safely.

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
    /// Users other than its owner have access to it.
    OpenToOthers,
}

/// The owner of files that this process creates.
///
/// It is read from a newly created file. This needs no call that the standard library lacks, and is
/// also right on a file server that maps user ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    #[cfg(unix)]
    uid: u32,
}

impl Owner {
    /// Creates a file in a folder, reads its owner, and removes it again.
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

    /// Returns why a file or folder is not safe for tokens, if it is not.
    #[cfg(unix)]
    pub(super) fn flaw(self, found: &Metadata) -> Option<Flaw> {
        use std::os::unix::fs::MetadataExt as _;
        // Root can open everybody's files, so being able to open one says nothing about who can
        // change it.
        if found.uid() != self.uid {
            return Some(Flaw::Foreign);
        }
        (found.mode() & 0o077 != 0).then_some(Flaw::OpenToOthers)
    }

    #[cfg(not(unix))]
    pub(super) fn flaw(self, _: &Metadata) -> Option<Flaw> {
        // The system's access control lists keep the user's cache folder private.
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

/// Makes the options open exactly the named file, or create it for its owner only. Links are not
/// followed, and opening a pipe does not block until its other end opens, which no timeout could
/// interrupt.
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

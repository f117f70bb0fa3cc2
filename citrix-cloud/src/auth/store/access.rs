//! Who owns a file, who can read it, and opening it without surprises.

use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Why a file or folder is not safe for tokens.
#[cfg_attr(not(unix), allow(dead_code))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It belongs to another user.
    Foreign,
    /// Others than its owner have rights to it.
    OpenToOthers,
}

/// What is wrong with a file or folder for tokens.
#[cfg(unix)]
pub(super) fn flaw(found: &Metadata) -> Option<Flaw> {
    use std::os::unix::fs::MetadataExt as _;
    // Root can open everybody's files: what it may do says nothing about who can change them.
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Some(Flaw::Foreign);
    }
    (found.mode() & 0o077 != 0).then_some(Flaw::OpenToOthers)
}

#[cfg(not(unix))]
pub(super) fn flaw(_: &Metadata) -> Option<Flaw> {
    // The user's own cache folder is private by the system's access lists.
    None
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

    use rustix::fs::OFlags;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

#[cfg(not(unix))]
pub(super) fn careful(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

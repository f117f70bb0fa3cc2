//! Finds the process that holds the lock on a report.

use std::fs::File;

/// Returns the process that holds the lock, if the system reports it.
///
/// This reads the system's table of locks instead of a file beside the report, so the result is correct after a crash
/// too, and whichever of its names the report was opened by.
#[cfg(target_os = "linux")]
pub(super) fn of(file: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;

    let ours = file.metadata().ok()?;
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let holders: Vec<u32> = locks
        .lines()
        .filter_map(|line| holder(line, ours.ino()))
        .collect();
    let has_it_open = |pid: &u32| {
        let open = std::fs::read_dir(format!("/proc/{pid}/fd")).ok();
        open.into_iter().flatten().flatten().any(|entry| {
            let theirs = std::fs::metadata(entry.path());
            theirs.is_ok_and(|it| (it.dev(), it.ino()) == (ours.dev(), ours.ino()))
        })
    };
    // Inodes of different file systems may have the same number, and other users' files are not visible.
    match holders.iter().find(|it| has_it_open(it)) {
        Some(holder) => Some(*holder),
        None if holders.len() == 1 => holders.first().copied(),
        None => None,
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn of(_: &File) -> Option<u32> {
    None
}

/// Returns the process of a line such as `1: FLOCK  ADVISORY  WRITE 5174 fe:00:10010634 0 EOF`.
#[cfg(target_os = "linux")]
fn holder(line: &str, inode: u64) -> Option<u32> {
    let mut words = line.split_whitespace().skip(1);
    if (words.next()?, words.nth(1)?) != ("FLOCK", "WRITE") {
        return None;
    }
    let process = words.next()?.parse().ok()?;
    let (_, number) = words.next()?.rsplit_once(':')?;
    (number.parse() == Ok(inode)).then_some(process)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_found_by_its_inode() {
        let line = "1: FLOCK  ADVISORY  WRITE 5174 fe:00:10010634 0 EOF";
        assert_eq!(holder(line, 10_010_634), Some(5174));
        assert_eq!(holder(line, 7), None);
        assert_eq!(
            holder("2: -> FLOCK  ADVISORY  WRITE 9 fe:00:7 0 EOF", 7),
            None
        );
        assert_eq!(holder("3: POSIX  ADVISORY  WRITE 9 fe:00:7 0 EOF", 7), None);
        assert_eq!(holder("4:", 7), None);
    }
}

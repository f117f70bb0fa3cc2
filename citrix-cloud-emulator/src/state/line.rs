//! One line of a state file: a checksum, the checksum of the line before, and a JSON object.
//!
//! The checksum covers everything after it. Because each line refers to the one before, a missing, repeated or moved
//! line is always detected.

use serde::{Deserialize, Serialize};

use super::Rest;
use crate::world::Change;

/// The first line of every state file, up to the number of its format.
const TITLE: &str = "citrix-cloud-emulator state, format ";
/// The current format.
pub(super) const FORMAT: u64 = 3;
/// The previous checksum of the first line, which has no predecessor.
pub(super) const FIRST: u32 = 0;

/// The content of a line.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Line<'a> {
    #[serde(borrow, default)]
    pub(super) changes: Vec<Change<'a>>,
    #[serde(default)]
    pub(super) rest: Option<Rest>,
    /// Whether this is the last line of the snapshot.
    #[serde(default)]
    pub(super) snapshot_ends: bool,
}

/// The content of a line to be written, whose changes are already serialized.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    pub(super) changes: &'a [u8],
    pub(super) rest: Option<&'a Rest>,
    pub(super) snapshot_ends: bool,
}

pub(super) fn title() -> String {
    format!("{TITLE}{FORMAT}\n")
}

/// Returns the format's number, if this is the first line of a state file.
pub(super) fn format_of(title: &[u8]) -> Option<u64> {
    let title = std::str::from_utf8(title).ok()?;
    title.strip_prefix(TITLE)?.strip_suffix('\n')?.parse().ok()
}

impl Entry<'_> {
    /// Appends the line, given the checksum of the line before, and returns its own checksum.
    pub(super) fn write(&self, out: &mut Vec<u8>, before: u32) -> Result<u32, serde_json::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Tail<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            rest: Option<&'a Rest>,
            snapshot_ends: bool,
        }
        let mut json = Vec::with_capacity(self.changes.len().saturating_add(256));
        json.extend_from_slice(format!("{before:08x} ").as_bytes());
        json.extend_from_slice(b"{\"changes\":[");
        json.extend_from_slice(self.changes);
        json.extend_from_slice(b"],");
        let tail = serde_json::to_vec(&Tail {
            rest: self.rest,
            snapshot_ends: self.snapshot_ends,
        })?;
        json.extend_from_slice(tail.strip_prefix(b"{").unwrap_or_default());
        let sum = crc32fast::hash(&json);
        out.extend_from_slice(format!("{sum:08x} ").as_bytes());
        out.extend_from_slice(&json);
        out.push(b'\n');
        Ok(sum)
    }
}

/// A line whose checksum is valid.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    pub(super) sum: u32,
    /// The checksum of the line that preceded it when it was written.
    pub(super) before: u32,
    pub(super) json: &'a [u8],
}

/// Parses a line, if its checksum is valid.
pub(super) fn checked(line: &[u8]) -> Option<Checked<'_>> {
    let (sum, rest) = summed(line.strip_suffix(b"\n")?)?;
    let (before, json) = summed(rest)?;
    (sum == crc32fast::hash(rest)).then_some(Checked { sum, before, json })
}

fn summed(text: &[u8]) -> Option<(u32, &[u8])> {
    let (sum, rest) = text.split_at_checked(9)?;
    let sum = std::str::from_utf8(sum.strip_suffix(b" ")?).ok()?;
    Some((u32::from_str_radix(sum, 16).ok()?, rest))
}

/// Returns whether a valid line begins anywhere in a text, even if the end of the line before is lost.
pub(super) fn holds_good_line(text: &[u8]) -> bool {
    const BEGIN: &[u8] = b" {\"changes\":[";
    let begins = text.windows(BEGIN.len()).enumerate();
    let mut begins = begins.filter(|(_, it)| *it == BEGIN).map(|(at, _)| at);
    begins.any(|at| {
        let line = at.checked_sub(17).and_then(|at| text.get(at..));
        line.is_some_and(|line| checked(line).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_any_byte_changed_or_missing_at_its_end_is_refused() {
        let mut line = Vec::new();
        let changes = br#"["tags",7,{"id":"x"}],["tags",8,null]"#;
        let entry = Entry {
            changes,
            ..Entry::default()
        };
        let sum = entry.write(&mut line, 7).unwrap();
        let good = checked(&line).unwrap();
        assert_eq!((good.sum, good.before), (sum, 7));
        let read: Line<'_> = serde_json::from_slice(good.json).unwrap();
        assert_eq!((read.changes.len(), read.changes[1].1), (2, 8));
        assert!(read.changes[1].2.is_none() && read.rest.is_none() && !read.snapshot_ends);
        for at in 0..line.len() {
            assert!(checked(&line[..at]).is_none(), "cut at {at}");
            let mut changed = line.clone();
            changed[at] ^= 0x11;
            assert!(checked(&changed).is_none(), "changed at {at}");
        }
        assert_eq!(format_of(title().as_bytes()), Some(FORMAT));
    }
}

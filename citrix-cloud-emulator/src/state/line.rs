//! One line of a state file: a checksum, a space and a JSON object.

use serde::{Deserialize, Serialize};

use super::Rest;
use crate::world::Change;

/// The first line of every state file, before the number of its format.
const TITLE: &str = "citrix-cloud-emulator state, format ";
/// The only format there is so far.
pub(super) const FORMAT: u64 = 1;

/// What a line says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Line<'a> {
    #[serde(borrow, default)]
    pub(super) changes: Vec<Change<'a>>,
    #[serde(default)]
    pub(super) rest: Option<Rest>,
    /// Set on the last line of the snapshot.
    #[serde(default)]
    pub(super) snapshot_ends: bool,
}

/// The same, on the way out: changes are text already.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    pub(super) changes: &'a [u8],
    pub(super) rest: Option<&'a Rest>,
    pub(super) snapshot_ends: bool,
}

pub(super) fn title() -> String {
    format!("{TITLE}{FORMAT}\n")
}

/// Returns the number of the format, if this is the first line of a state file.
pub(super) fn format_of(title: &[u8]) -> Option<u64> {
    let title = std::str::from_utf8(title).ok()?;
    title.strip_prefix(TITLE)?.strip_suffix('\n')?.parse().ok()
}

impl Entry<'_> {
    /// Appends the line.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Tail<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            rest: Option<&'a Rest>,
            snapshot_ends: bool,
        }
        let mut json = Vec::with_capacity(self.changes.len().saturating_add(256));
        json.extend_from_slice(b"{\"changes\":[");
        json.extend_from_slice(self.changes);
        json.extend_from_slice(b"],");
        let tail = serde_json::to_vec(&Tail {
            rest: self.rest,
            snapshot_ends: self.snapshot_ends,
        })?;
        json.extend_from_slice(tail.strip_prefix(b"{").unwrap_or_default());
        out.extend_from_slice(format!("{:08x} ", crc32fast::hash(&json)).as_bytes());
        out.extend_from_slice(&json);
        out.push(b'\n');
        Ok(())
    }
}

/// Returns the JSON of a line whose checksum is right.
pub(super) fn checked(line: &[u8]) -> Option<&[u8]> {
    let (sum, json) = line.strip_suffix(b"\n")?.split_at_checked(9)?;
    let sum = std::str::from_utf8(sum.strip_suffix(b" ")?).ok()?;
    let sum = u32::from_str_radix(sum, 16).ok()?;
    (sum == crc32fast::hash(json)).then_some(json)
}

/// Says whether a good line begins somewhere in a text, be it that the end of the line before it is lost.
pub(super) fn holds_good_line(text: &[u8]) -> bool {
    const BEGIN: &[u8] = b" {\"changes\":[";
    let begins = text.windows(BEGIN.len()).enumerate();
    let mut begins = begins.filter(|(_, it)| *it == BEGIN).map(|(at, _)| at);
    begins.any(|at| {
        let line = at.checked_sub(8).and_then(|at| text.get(at..));
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
        entry.write(&mut line).unwrap();
        let read: Line<'_> = serde_json::from_slice(checked(&line).unwrap()).unwrap();
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

//! Names that were fetched within the last minute, in a file that only its owner can read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::profiles::{Field, OthersMay, Settings, lock, read_private};

/// The file, in the token folder.
const FILE: &str = "names.cache";

/// How long a cached name is valid.
const KEPT: Duration = Duration::from_secs(60);

/// The result of a lookup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    /// Whether there are no other names with the same prefix.
    pub(super) complete: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// When it was fetched, in seconds since 1970.
    at: u64,
    #[serde(flatten)]
    names: Names,
}

/// The results by place and prefix.
type Entries = BTreeMap<String, BTreeMap<String, Entry>>;

/// The cache file.
#[derive(Debug)]
pub(super) struct Cache(PathBuf);

/// Returns the place of names, which identifies customer, site and kind.
pub(super) fn place(settings: &Settings, site: &str, kind: &str) -> String {
    let fields = [
        Field::Customer,
        Field::ClientId,
        Field::Region,
        Field::Endpoint,
        Field::Site,
    ];
    let said = fields.map(|field| settings.value(field).unwrap_or_default());
    let parts = said.into_iter().chain([site, kind]);
    parts.collect::<Vec<_>>().join("\n")
}

impl Cache {
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.join(FILE))
    }

    /// Returns the names of a place with this prefix, from the result for the same prefix or for a shorter one that was
    /// complete.
    pub(super) fn get(&self, place: &str, prefix: &str, now: SystemTime) -> Option<Vec<String>> {
        let entries = self.read();
        let of_place = entries.get(place)?.iter();
        let mut good = of_place.filter(|(asked, entry)| {
            let same = asked.as_str() == prefix;
            is_good(entry, now) && (same || (entry.names.complete && prefix.starts_with(*asked)))
        });
        good.next().map(|(_, entry)| entry.names.names.clone())
    }

    /// Stores a result, and drops expired ones. If storing fails, the result is fetched again next time.
    pub(super) fn put(&self, place: &str, prefix: &str, names: &Names, now: SystemTime) {
        let Ok(locked) = lock(&self.0) else { return };
        let mut entries = self.read();
        for of_place in entries.values_mut() {
            of_place.retain(|_, entry| is_good(entry, now));
        }
        entries.retain(|_, of_place| !of_place.is_empty());
        let entry = Entry {
            at: seconds(now),
            names: names.clone(),
        };
        let of_place = entries.entry(place.to_owned()).or_default();
        of_place.insert(prefix.to_owned(), entry);
        if let Ok(text) = serde_json::to_string(&entries) {
            let _ = locked.write(&text);
        }
    }

    /// Returns the contents; empty if the file cannot be read or others could have written it.
    fn read(&self) -> Entries {
        let text = read_private(&self.0, OthersMay::Nothing).ok().flatten();
        text.and_then(|it| serde_json::from_str(&it).ok())
            .unwrap_or_default()
    }
}

fn is_good(entry: &Entry, now: SystemTime) -> bool {
    // An entry from the future has a wrong clock.
    seconds(now)
        .checked_sub(entry.at)
        .is_some_and(|age| age < KEPT.as_secs())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn names(all: &[&str], complete: bool) -> Names {
        Names {
            names: all.iter().map(|it| (*it).to_owned()).collect(),
            complete,
        }
    }

    #[test]
    fn a_result_is_valid_for_a_minute_at_its_place() {
        let folder = TempDir::new().unwrap();
        let cache = Cache::new(folder.path());
        let now = SystemTime::now();
        assert_eq!(cache.get("a", "v", now), None);
        cache.put("a", "v", &names(&["v1"], false), now);
        let found = cache.get("a", "v", now + Duration::from_secs(58));
        assert_eq!(found, Some(vec!["v1".to_owned()]));
        assert_eq!(cache.get("b", "v", now), None);
        assert_eq!(cache.get("a", "v", now + KEPT), None);
        assert_eq!(cache.get("a", "v", now - KEPT), None);
        cache.put("b", "", &names(&[], true), now + KEPT);
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!text.contains("v1"), "{text}");
    }

    #[test]
    fn a_complete_result_serves_longer_prefixes_too() {
        let folder = TempDir::new().unwrap();
        let cache = Cache::new(folder.path());
        let now = SystemTime::now();
        cache.put("a", "v", &names(&["v1", "v2"], true), now);
        cache.put("a", "w", &names(&["w1"], false), now);
        assert_eq!(cache.get("a", "v1", now).map(|it| it.len()), Some(2));
        assert_eq!(cache.get("a", "w1", now), None);
        assert_eq!(cache.get("a", "", now), None);
    }

    #[cfg(unix)]
    #[test]
    fn others_can_neither_read_it_nor_put_names_into_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = TempDir::new().unwrap();
        let cache = Cache::new(folder.path());
        let now = SystemTime::now();
        cache.put("a", "", &names(&["x"], true), now);
        let file = folder.path().join(FILE);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o622)).unwrap();
        assert_eq!(cache.get("a", "", now), None);
    }
}

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::StateError;
use crate::world::{Notification, PowerAction, PowerState, RegistrationState, World};
use crate::{Clock, Emulator, Resource, ResourceKind, ids};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        // Flushing takes no time on a file system in memory, if there is one.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self(folder.unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("world.state")
    }

    fn open(&self) -> Emulator {
        open(&self.file()).unwrap()
    }
}

fn open(file: &Path) -> Result<Emulator, StateError> {
    let clock = Clock::manual(Timestamp::from_second(1_788_198_619).unwrap());
    Emulator::builder().clock(clock).build_with_state(file)
}

/// Everything that is saved, as text.
fn text(emulator: &Emulator) -> String {
    let text = emulator.update(|world| world.write_all().unwrap().concat());
    format!(
        "{} {}",
        emulator.clock().now(),
        String::from_utf8(text).unwrap()
    )
}

/// Makes changes one after the other, and records the file's length and content after each.
fn history(folder: &Folder) -> Vec<(usize, String)> {
    let emulator = folder.open();
    let mut history = Vec::new();
    let mut note = |emulator: &Emulator| {
        let length = fs::metadata(folder.file()).unwrap().len();
        history.push((usize::try_from(length).unwrap(), text(emulator)));
    };
    note(&emulator);
    emulator.update_site(|site| site.machines.get_mut("3").unwrap().in_maintenance_mode = true);
    note(&emulator);
    emulator.update_site(|site| site.end_session(ids::ACTIVE_SESSION_ID));
    note(&emulator);
    let now = emulator.clock().now();
    let minute = SignedDuration::from_mins(1);
    emulator.update_site(|site| {
        let delay = SignedDuration::ZERO;
        site.power("3", PowerAction::Shutdown, now, delay, minute)
            .unwrap();
        let tag = Resource::new("Blue").with("Description", "A \"tag\"\nof two lines");
        site.resources_mut(ResourceKind::Tag).push(tag);
    });
    note(&emulator);
    emulator.clock().advance(Duration::from_secs(40));
    emulator.update(|world| {
        world.administrator.display_name = "Robin".to_owned();
        let platform = &mut world.customer_mut(ids::CUSTOMER_ID).unwrap().platform;
        let body = serde_json::json!({ "content": [1, null, { "π": "ß" }] });
        platform.notifications.push(Notification::new(body));
        world.clients.remove(ids::CLIENT_ID);
    });
    note(&emulator);
    history
}

#[test]
fn a_restored_world_has_all_changes_and_runs_its_scheduled_events() {
    let folder = Folder::new();
    let last = history(&folder).pop().unwrap().1;
    let emulator = folder.open();
    assert_eq!(text(&emulator), last);
    let machine =
        || emulator.read_site(|site| site.machines.get(ids::KESTREL_ID).cloned().unwrap());
    assert_eq!(machine().power_state, PowerState::TurningOff);
    assert_eq!(
        machine().registration_state,
        RegistrationState::Unregistered
    );
    emulator.clock().advance(Duration::from_secs(20));
    assert_eq!(machine().power_state, PowerState::Off);
}

#[test]
fn a_truncated_file_keeps_its_complete_lines_and_can_be_extended() {
    let folder = Folder::new();
    let history = history(&folder);
    let whole = fs::read(folder.file()).unwrap();
    let (snapshot, first) = &history[0];
    assert_eq!(whole.len(), history.last().unwrap().0);
    // Positions in the middle of a line are equivalent, so a sample is enough.
    let within = (0..*snapshot).step_by(101);
    let within = within.chain((*snapshot..whole.len()).step_by(13));
    let edges = history
        .iter()
        .flat_map(|(length, _)| length - 3..=(length + 3).min(whole.len()));
    for cut in within.chain(edges) {
        fs::write(folder.file(), &whole[..cut]).unwrap();
        let opened = open(&folder.file());
        if cut < *snapshot {
            let error = opened.unwrap_err();
            let is_title = cut < whole.iter().position(|it| *it == b'\n').unwrap() + 1;
            assert_eq!(error.is_damaged(), !is_title, "cut at {cut}: {error}");
            assert_eq!(
                fs::read(folder.file()).unwrap().len(),
                cut,
                "left as it was"
            );
            continue;
        }
        let emulator = opened.unwrap();
        let known = history.iter().rfind(|(length, _)| *length <= cut);
        let (length, expected) = known.unwrap_or(&(0, first.clone())).clone();
        assert_eq!(text(&emulator), expected, "cut at {cut}");
        if cut != length {
            let torn = fs::read(folder.0.path().join("world.state.torn")).unwrap();
            assert_eq!(torn, &whole[length..cut]);
        }
        emulator.update_site(|site| site.machines.remove(ids::KITE_ID));
        let after = text(&emulator);
        drop(emulator);
        assert_eq!(text(&folder.open()), after, "cut at {cut}");
    }
}

#[test]
fn any_changed_byte_is_detected() {
    let folder = Folder::new();
    let history = history(&folder);
    let whole = fs::read(folder.file()).unwrap();
    let title = whole.iter().position(|it| *it == b'\n').unwrap() + 1;
    let last = history[history.len() - 2].clone();
    let log = history[0].0;
    let places = (0..log).step_by(997).chain((log..whole.len()).step_by(97));
    let edges = history
        .iter()
        .flat_map(|(length, _)| length - 1..(length + 2).min(whole.len()));
    for at in places.chain(edges) {
        let mut changed = whole.clone();
        changed[at] ^= 0x15;
        fs::write(folder.file(), &changed).unwrap();
        match open(&folder.file()) {
            Ok(emulator) => {
                assert!(at >= last.0, "a change at {at} went unnoticed");
                assert_eq!(text(&emulator), last.1, "changed at {at}");
            }
            Err(error) if at < title => assert!(!error.is_damaged(), "changed at {at}: {error}"),
            Err(error) => {
                assert!(
                    error.is_damaged() && at < last.0,
                    "changed at {at}: {error}"
                );
                let line = whole[..at].iter().filter(|it| **it == b'\n').count() + 1;
                assert!(
                    error.to_string().contains(&format!("line {line} ")),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn files_that_are_foreign_newer_or_in_use_are_rejected_and_left_alone() {
    let folder = Folder::new();
    for (content, words) in [
        ("", "is not a state file"),
        ("machines: 3\n", "is not a state file"),
        (
            "citrix-cloud-emulator state, format 4\nanything",
            "has format 4, and this version reads format 3",
        ),
    ] {
        fs::write(folder.file(), content).unwrap();
        let error = open(&folder.file()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.has_other_format(), content.contains("format 4"));
        assert_eq!(fs::read_to_string(folder.file()).unwrap(), content);
    }
    fs::remove_file(folder.file()).unwrap();
    let first = folder.open();
    let error = open(&folder.file()).unwrap_err();
    assert!(error.is_in_use(), "{error}");
    drop(first);
    drop(folder.open());
    let missing = folder.0.path().join("no such folder").join("world.state");
    assert!(
        open(&missing)
            .unwrap_err()
            .to_string()
            .starts_with("cannot use the state file")
    );
}

#[test]
fn a_world_that_replaces_another_is_saved_completely() {
    let folder = Folder::new();
    let emulator = folder.open();
    emulator.update(|world| *world = World::with_machines(2));
    emulator.update_site(|site| site.machines.remove("1"));
    drop(emulator);
    let emulator = folder.open();
    assert!(emulator.read_site(|site| site.machines.get("1").is_none()));
    assert_eq!(emulator.read_site(|site| site.machines.len()), 1);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_secrets_in_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    drop(folder.open());
    for entry in fs::read_dir(folder.0.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[cfg(unix)]
#[test]
fn a_state_file_is_opened_only_once_even_under_two_names() {
    let folder = Folder::new();
    let emulator = folder.open();
    let symbolic = folder.0.path().join("symbolic.state");
    std::os::unix::fs::symlink(folder.file(), &symbolic).unwrap();
    let hard = folder.0.path().join("hard.state");
    fs::hard_link(folder.file(), &hard).unwrap();
    for entry in fs::read_dir(folder.0.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it != "state") {
            fs::remove_file(path).unwrap();
        }
    }
    for path in [&folder.file(), &symbolic, &hard] {
        assert!(open(path).unwrap_err().is_in_use(), "{}", path.display());
    }
    // The file has been replaced by a new snapshot, and is still locked.
    emulator.update(|world| *world = World::with_machines(2));
    for path in [&folder.file(), &symbolic] {
        assert!(open(path).unwrap_err().is_in_use(), "{}", path.display());
    }
    drop(emulator);
    let emulator = open(&symbolic).unwrap();
    assert_eq!(emulator.read_site(|site| site.machines.len()), 2);
    emulator.update(|world| *world = World::with_machines(3));
    drop(emulator);
    assert!(symbolic.symlink_metadata().unwrap().is_symlink());
    assert_eq!(folder.open().read_site(|site| site.machines.len()), 3);
}

#[test]
fn lost_duplicated_and_swapped_lines_are_detected() {
    let folder = Folder::new();
    history(&folder);
    let whole = fs::read_to_string(folder.file()).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let count = lines.len();
    assert!(count > 4);
    for at in 1..count {
        let mut spoiled: Vec<Vec<&str>> = Vec::new();
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        spoiled.push(doubled);
        if at + 1 < count {
            let mut lost = lines.clone();
            lost.remove(at);
            spoiled.push(lost);
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            spoiled.push(swapped);
        }
        for lines in spoiled {
            fs::write(folder.file(), lines.concat()).unwrap();
            let error = open(&folder.file()).unwrap_err();
            assert!(error.is_damaged(), "line {at}: {error}");
        }
    }
}

//! Modules do not depend on one another in cycles, and none is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

mod sources;

use sources::{Module, Sources};

/// The most files of the emulator that may form a cycle.
const LARGEST: usize = 3;

/// These modules of the SDK depend on each other: a client creates handles, and a handle holds its
/// client.
const CLIENT_AND_HANDLES: [&str; 4] = ["client", "daas", "handles", "services"];

fn source(package: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join(package).join("src")
}

/// Returns everything that each module can reach.
fn reach<T: Ord + Clone>(edges: &BTreeMap<T, BTreeSet<T>>) -> BTreeMap<T, BTreeSet<T>> {
    let from = |first: &T| {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![first.clone()];
        while let Some(it) = waiting.pop() {
            for next in edges.get(&it).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        seen
    };
    edges.keys().map(|it| (it.clone(), from(it))).collect()
}

/// Returns the modules in a cycle with each one, including itself.
fn circles<T: Ord + Clone>(edges: &BTreeMap<T, BTreeSet<T>>) -> Vec<BTreeSet<T>> {
    let reach = reach(edges);
    let knows_back = |one: &T, other: &T| reach.get(other).is_some_and(|it| it.contains(one));
    let circle = |one: &T| {
        let others = reach[one].iter().filter(|other| knows_back(one, other));
        others.cloned().chain([one.clone()]).collect()
    };
    edges.keys().map(circle).collect()
}

#[test]
fn no_more_than_three_files_of_the_emulator_form_a_cycle() {
    let sources = Sources::read(&source("citrix-cloud-emulator"));
    let edges = sources.edges();
    assert!(edges.len() > 100, "{} files import others", edges.len());
    for circle in circles(&edges) {
        let names: Vec<_> = circle.iter().map(|it: &Module| it.join("/")).collect();
        assert!(
            circle.len() <= LARGEST,
            "these files know each other: {names:?}"
        );
    }
}

#[test]
fn the_only_module_cycle_of_the_sdk_is_client_and_handles() {
    let sources = Sources::read(&source("citrix-cloud"));
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, others) in sources.edges() {
        for to in others {
            if let (Some(from), Some(to)) = (from.first(), to.first())
                && from != to
            {
                edges.entry(from.clone()).or_default().insert(to.clone());
            }
        }
    }
    assert!(edges["daas"].contains("client"), "{edges:?}");
    // Only for fuzzing; nothing else uses it.
    edges.remove("__fuzz");
    for circle in circles(&edges) {
        let allowed = circle.len() == 1
            || circle
                .iter()
                .all(|it| CLIENT_AND_HANDLES.contains(&it.as_str()));
        assert!(allowed, "these modules know each other: {circle:?}");
    }
}

/// Returns the Rust files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let found = paths.flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    });
    found
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}

/// Returns the files that no `mod` line and no `#[path]` names, so that nothing compiles them.
fn not_compiled(root: &Path) -> Vec<PathBuf> {
    let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    let declares = |folder: &Path, module: &str| {
        let mut parents = ["lib.rs", "main.rs", "mod.rs"]
            .map(|name| folder.join(name))
            .to_vec();
        parents.push(folder.with_extension("rs"));
        let line = format!("mod {module};");
        let is_it = |it: &str| !it.trim_start().starts_with("//") && it.ends_with(&line);
        parents.iter().any(|it| text(it).lines().any(is_it))
    };
    let by_path = |folder: &Path, name: &str| {
        let below = format!("{}/{name}", folder.file_name().unwrap().to_str().unwrap());
        text(&folder.with_file_name(name)).contains(&format!("#[path = \"{below}\"]"))
    };
    let mut found = files(root);
    found.retain(|path| {
        let folder = path.parent().unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        match name.strip_suffix(".rs").unwrap() {
            "lib" | "main" => false,
            "mod" => {
                let module = folder.file_name().unwrap().to_str().unwrap();
                !declares(folder.parent().unwrap(), module)
            }
            module => !declares(folder, module) && !by_path(folder, name),
        }
    });
    found
}

#[test]
fn every_file_has_its_mod_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut forgotten = Vec::new();
    for folder in [
        "citrix-cloud/src",
        "citrix-cloud-cli/src",
        "citrix-cloud-cli/tests/cli",
        "citrix-cloud-emulator/src",
        "tests/suite",
        "xtask/src",
    ] {
        forgotten.extend(not_compiled(&root.join(folder)));
    }
    assert_eq!(
        forgotten,
        Vec::<PathBuf>::new(),
        "nothing compiles these files; add a `mod` line for each"
    );
}

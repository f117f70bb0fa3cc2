//! No module circle is made in the SDK, but that of client and handles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// These know each other: a client makes handles, and a handle keeps its client.
const CLIENT_AND_HANDLES: [&str; 3] = ["client", "daas", "services"];

type Uses = BTreeMap<String, BTreeSet<String>>;

/// The module that each name at the root of a crate comes from.
fn exports(lib: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for statement in lib.split(';') {
        let Some((_, path)) = statement.split_once("pub use ") else {
            continue;
        };
        let module = path.split("::").next().unwrap_or_default().trim();
        let names = path.split(|it: char| !it.is_alphanumeric() && it != '_');
        for name in names.filter(|name| *name != module && !name.is_empty()) {
            exports.insert(name.to_owned(), module.to_owned());
        }
    }
    exports
}

/// The first part of each path that begins with `crate::`.
fn paths(code: &str) -> Vec<&str> {
    let mut paths = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        let listed = rest
            .strip_prefix('{')
            .and_then(|rest| rest.split('}').next());
        let items = listed.map_or_else(|| vec![rest], |listed| listed.split(',').collect());
        paths.extend(items.into_iter().map(|item| {
            let item = item.trim_start();
            let end = item.find(|it: char| !it.is_alphanumeric() && it != '_');
            &item[..end.unwrap_or(item.len())]
        }));
    }
    paths
}

/// Which modules at the root of a crate use which others.
fn uses(source: &Path) -> Uses {
    let lib = std::fs::read_to_string(source.join("lib.rs")).unwrap();
    let exports = exports(&lib);
    let mut uses = Uses::new();
    for file in rust_files(source) {
        let relative = file.strip_prefix(source).unwrap();
        let first = relative.components().next().unwrap();
        let module = Path::new(first.as_os_str()).file_stem().unwrap();
        let module = module.to_string_lossy().into_owned();
        if module == "lib" {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<_> = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        for name in paths(&code.join("\n")) {
            let used = exports.get(name).map_or(name, String::as_str);
            if used != module && lib.contains(&format!("mod {used};")) {
                uses.entry(module.clone())
                    .or_default()
                    .insert(used.to_owned());
            }
        }
    }
    uses
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.file_name().is_some_and(|name| name == "tests.rs");
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") && !is_test {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What can be reached from a module.
fn reached(uses: &Uses, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(module) = next.pop() {
        for used in uses.get(&module).into_iter().flatten() {
            if seen.insert(used.clone()) {
                next.push(used.clone());
            }
        }
    }
    seen
}

#[test]
fn the_modules_of_the_sdk_make_no_circle_but_client_and_handles() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../citrix-cloud/src");
    let mut uses = uses(&source);
    assert!(uses["daas"].contains("client"), "{uses:?}");
    // A door for fuzzing, which nothing goes in by.
    uses.remove("__fuzz");
    let mut circles = Vec::new();
    for module in uses.keys() {
        let circle: BTreeSet<_> = reached(&uses, module)
            .into_iter()
            .filter(|other| reached(&uses, other).contains(module))
            .filter(|other| other != module)
            .collect();
        let allowed = CLIENT_AND_HANDLES.contains(&module.as_str())
            && circle
                .iter()
                .all(|other| CLIENT_AND_HANDLES.contains(&other.as_str()));
        if !circle.is_empty() && !allowed {
            circles.push(format!("{module}: {circle:?}"));
        }
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

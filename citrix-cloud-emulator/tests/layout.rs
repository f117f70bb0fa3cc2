//! Modules do not depend on one another in circles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// As many files as may know each other.
const LARGEST: usize = 3;

/// A module by the segments of its path from the crate's root.
type Module = Vec<String>;

/// What the files say in their `use` lines.
#[derive(Default)]
struct Sources {
    modules: BTreeSet<Module>,
    imports: Vec<(Module, Vec<String>)>,
    /// What a module passes on, by the path it has there.
    passed_on: BTreeMap<Vec<String>, Vec<String>>,
}

impl Sources {
    fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        collect(root, &mut Vec::new(), &mut files);
        let mut sources = Self::default();
        sources.modules = files.iter().map(|(module, _)| module.clone()).collect();
        for (module, text) in &files {
            sources.read_file(module, text);
        }
        sources
    }

    fn read_file(&mut self, module: &Module, text: &str) {
        // Tests may use what they like.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for statement in text.split(';') {
            let Some((before, tree)) = statement.rsplit_once("use ") else {
                continue;
            };
            let visibility = before.rsplit('\n').next().unwrap().trim();
            if !(visibility.is_empty() || visibility.starts_with("pub")) {
                continue;
            }
            for path in expand(tree.trim()) {
                let Some(target) = self.absolute(module, &path) else {
                    continue;
                };
                if visibility.is_empty() {
                    self.imports.push((module.clone(), target));
                } else {
                    let name = target.last().cloned();
                    let at = module.iter().cloned().chain(name).collect();
                    self.passed_on.insert(at, target);
                }
            }
        }
    }

    fn absolute(&self, module: &Module, path: &[String]) -> Option<Vec<String>> {
        let supers = path.iter().take_while(|it| *it == "super").count();
        let (base, rest): (&[String], &[String]) = match path.first()?.as_str() {
            "crate" => (&[], &path[1..]),
            "self" => (module, &path[1..]),
            "super" => (&module[..module.len() - supers], &path[supers..]),
            first => {
                let child: Module = module.iter().cloned().chain([first.to_owned()]).collect();
                self.modules.contains(&child).then_some(())?;
                (module, path)
            }
        };
        Some(base.iter().chain(rest).cloned().collect())
    }

    /// Finds the file that something is in, by way of the modules that pass it on.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&Module> {
        if let Some(module) = self.modules.get(path) {
            return Some(module);
        }
        for length in (1..=path.len()).rev() {
            let (head, rest) = path.split_at(length);
            if let Some(target) = self.passed_on.get(head).filter(|_| depth < 10) {
                let target: Vec<_> = target.iter().chain(rest).cloned().collect();
                return self.file_of(&target, depth + 1);
            }
            if let Some(module) = self.modules.get(head) {
                return Some(module);
            }
        }
        None
    }

    fn edges(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        let mut edges: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
        for (from, path) in &self.imports {
            if let Some(to) = self.file_of(path, 0).filter(|to| *to != from) {
                edges.entry(from).or_default().insert(to);
            }
        }
        edges
    }
}

/// Reads the files of a folder, apart from tests.
fn collect(folder: &Path, module: &mut Module, files: &mut Vec<(Module, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "tests" || name == "main" {
            continue;
        }
        if path.is_dir() {
            module.push(name);
            collect(&path, module, files);
            module.pop();
        } else if path.extension().is_some_and(|it| it == "rs") {
            let mut own = module.clone();
            if name != "mod" && name != "lib" {
                own.push(name);
            }
            files.push((own, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Lists the paths of a `use` tree.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    if let Some(list) = tree.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
        let mut depth = 0;
        let parts = list.split(|letter| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            letter == ',' && depth == 0
        });
        return parts
            .filter(|it| !it.trim().is_empty())
            .flat_map(expand)
            .collect();
    }
    match tree.split_once("::") {
        Some((first, rest)) if !first.contains('{') => {
            let rest = expand(rest).into_iter();
            let longer = rest.map(|path| [first.to_owned()].into_iter().chain(path).collect());
            longer.collect()
        }
        _ if tree == "self" => vec![Vec::new()],
        _ => {
            let name = tree.split(" as ").next().unwrap();
            vec![vec![name.trim().to_owned()]]
        }
    }
}

/// Lists everything that can be reached from a module.
fn reached<'a>(
    from: &'a Module,
    edges: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
) -> BTreeSet<&'a Module> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(module) = waiting.pop() {
        for next in edges.get(module).into_iter().flatten() {
            if seen.insert(*next) {
                waiting.push(next);
            }
        }
    }
    seen
}

#[test]
fn no_more_than_three_files_know_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = Sources::read(&root);
    let edges = sources.edges();
    assert!(edges.len() > 100, "{} files import others", edges.len());
    let reach: BTreeMap<_, _> = edges.keys().map(|it| (*it, reached(it, &edges))).collect();
    for (module, all) in &reach {
        let knows_back =
            |other: &&&Module| reach.get(**other).is_some_and(|it| it.contains(module));
        let mut circle: BTreeSet<_> = all.iter().filter(knows_back).copied().collect();
        circle.insert(module);
        let names: Vec<_> = circle.iter().map(|it| it.join("/")).collect();
        assert!(
            circle.len() <= LARGEST,
            "these files know each other: {names:?}"
        );
    }
}

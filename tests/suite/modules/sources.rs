//! The dependencies between the files of a crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module, by the segments of its path from the crate's root.
pub(super) type Module = Vec<String>;

/// The paths in the `use` declarations of the files.
#[derive(Default)]
pub(super) struct Sources {
    modules: BTreeSet<Module>,
    imports: Vec<(Module, Vec<String>)>,
    /// The re-exports of a module, by their path there.
    passed_on: BTreeMap<Vec<String>, Vec<String>>,
}

impl Sources {
    /// Reads all files of a crate.
    pub(super) fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        collect(root, &mut Vec::new(), &mut files);
        let modules = files.iter().map(|(module, _)| module.clone());
        let mut sources = Self {
            modules: modules.collect(),
            ..Self::default()
        };
        for (module, text) in &files {
            sources.read_file(module, text);
        }
        sources
    }

    fn read_file(&mut self, module: &Module, text: &str) {
        // Tests may use anything.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for statement in text.split(';') {
            let Some((before, tree)) = statement.rsplit_once("use ") else {
                self.read_paths(module, statement);
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

    /// Collects the paths from the root that occur in code.
    fn read_paths(&mut self, module: &Module, code: &str) {
        let lines = code.lines().map(str::trim_start);
        for line in lines.filter(|line| !line.starts_with("//")) {
            for (at, found) in line.match_indices("crate::") {
                let outside = line[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_');
                let path = line[at + found.len()..].split("::").map(|part| {
                    let end = part.find(|it: char| !it.is_alphanumeric() && it != '_');
                    (&part[..end.unwrap_or(part.len())], end.is_some())
                });
                let mut target = Vec::new();
                for (name, ends) in path {
                    target.push(name.to_owned());
                    if ends {
                        break;
                    }
                }
                if !outside {
                    self.imports.push((module.clone(), target));
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

    /// Finds the file that defines an item, through re-exports.
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

    /// Returns which files use which others.
    pub(super) fn edges(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut edges: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for (from, path) in &self.imports {
            if let Some(to) = self.file_of(path, 0).filter(|to| *to != from) {
                edges.entry(from.clone()).or_default().insert(to.clone());
            }
        }
        edges
    }
}

/// Reads the files of a folder, except for tests.
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

/// Lists the paths in a `use` tree.
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

//! Links in the README and in the guide have targets, and the README in an archive needs no other
//! file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the targets of links and images in a page, except for code blocks.
fn targets(text: &str) -> Vec<String> {
    let mut prose = String::new();
    let mut code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if !code {
            prose.push_str(line);
            prose.push(' ');
        }
    }
    let links = prose.split("](").skip(1);
    links
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.trim().to_owned())
        .filter(|target| !target.contains("://"))
        .collect()
}

/// Returns the anchors of the headings in a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words.chars().filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                _ => None,
            });
            kept.collect()
        })
        .collect()
}

fn pages() -> Vec<PathBuf> {
    let chapters = std::fs::read_dir(root().join("docs/src")).expect("the guide is there");
    let chapters = chapters.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = chapters
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    let others = [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ];
    pages.extend(others.map(|name| root().join(name)));
    pages.sort();
    pages
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_of_it() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for target in targets(&read(&page)) {
            seen += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let there = match file {
                "" => page.clone(),
                file => page.with_file_name("").join(file),
            };
            let found =
                there.exists() && (anchor.is_empty() || anchors(&read(&there)).contains(anchor));
            if !found {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(seen > 100, "only {seen} links were found");
}

#[test]
fn every_page_of_the_guide_is_in_its_contents() {
    let contents: BTreeSet<String> = targets(&read(&root().join("docs/src/SUMMARY.md")))
        .into_iter()
        .collect();
    let guide = pages().into_iter().filter(|page| {
        page.parent().is_some_and(|it| it.ends_with("docs/src")) && !page.ends_with("SUMMARY.md")
    });
    for page in guide {
        let name = page.file_name().expect("a name").to_string_lossy();
        assert!(contents.contains(&*name), "{name}");
    }
}

#[test]
fn a_readme_in_an_archive_links_to_nothing_that_is_not_in_it() {
    for name in [
        "citrix-cloud",
        "citrix-cloud-cli",
        "citrix-cloud-emulator",
        "citrix-cloud-gen",
    ] {
        let text = read(&root().join(name).join("README.md"));
        assert_eq!(targets(&text), Vec::<String>::new(), "{name}");
    }
}

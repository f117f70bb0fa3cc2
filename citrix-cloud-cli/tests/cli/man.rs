//! The manual pages, and the programs that read them.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::help::below;
use crate::stage::{Ran, program};

fn written(folder: &Path) -> String {
    Ran::of(program().args(["man", "--dir"]).arg(folder)).ok()
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut pages: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
    pages.sort();
    pages
}

/// Returns the subcommands of a command.
fn following(words: &[&str]) -> Vec<String> {
    below(&Ran::of(program().args(words).arg("--help")).ok())
}

/// Returns a name as written in a page.
fn escaped(name: &str) -> String {
    name.replace('-', r"\-")
}

#[test]
fn every_command_has_a_man_page_that_names_its_subcommands() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("share/man/man1");
    let said = written(&folder);
    let words = following(&[]);
    assert!(words.len() > 20, "{words:?}");
    assert!(said.starts_with(&format!("{} pages are in ", words.len() + 1)));
    let mut expected: Vec<PathBuf> = words
        .iter()
        .map(|word| folder.join(format!("citrix-cloud-{word}.1")))
        .collect();
    expected.push(folder.join("citrix-cloud.1"));
    expected.sort();
    assert_eq!(pages(&folder), expected);

    let version = env!("CARGO_PKG_VERSION");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let of_program = read("citrix-cloud.1");
    assert!(!of_program.contains("help(1)"));
    for word in words {
        let name = format!("citrix-cloud-{word}");
        assert!(
            of_program.contains(&format!("{}(1)", escaped(&name))),
            "{name}"
        );
        let page = read(&format!("{name}.1"));
        // The definition of apostrophes comes first.
        let first = page
            .lines()
            .find(|line| !line.starts_with(".ie ") && !line.starts_with(".el "));
        let title = format!(".TH {name} 1 \" \" \"citrix-cloud {version}\" \"Citrix Cloud\"");
        assert_eq!(first, Some(title.as_str()));
        assert!(
            page.contains(&format!("\n.SH NAME\n{} \\- ", escaped(&name))),
            "{page}"
        );
        for next in following(&[&word]) {
            let named = format!(".TP\n\\fB{}\\fR\n", escaped(&next));
            assert!(page.contains(&named), "{name}: {next}");
        }
    }
    let daas = read("citrix-cloud-daas.1");
    for part in ["\nFollowed by: ", "\n.SH \"EXIT STATUS\"\n"] {
        assert!(daas.contains(part), "{part}");
    }
}

#[test]
fn man_reports_no_problems_in_the_pages() {
    let home = TempDir::new().unwrap();
    let folder = home.path();
    written(folder);
    let readers: [(&str, &[&str]); 2] = [
        ("man", &["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]),
        ("mandoc", &["-Tlint", "-Werror"]),
    ];
    for (reader, options) in readers {
        if Command::new(reader).arg("--version").output().is_err() {
            eprintln!("skipped: {reader} is not installed");
            continue;
        }
        for page in pages(folder) {
            let mut command = Command::new(reader);
            command.env("MANWIDTH", "80").args(options);
            let read = command.arg(&page).output().unwrap();
            let told = String::from_utf8_lossy(&read.stderr);
            assert!(read.status.success(), "{}: {told}", page.display());
            assert_eq!(told, "", "{}", page.display());
        }
    }
}

#[test]
fn man_pages_are_replaced_and_a_path_that_is_not_a_folder_is_named() {
    let home = TempDir::new().unwrap();
    let page = home.path().join("citrix-cloud.1");
    std::fs::write(&page, "old").unwrap();
    written(home.path());
    assert!(std::fs::read_to_string(&page).unwrap().contains(".TH"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        let other = home.path().join("other");
        std::fs::write(&other, "").unwrap();
        assert_eq!(mode(&page), mode(&other), "as any other file of the user");
    }
    let refused = Ran::of(program().args(["man", "--dir"]).arg(&page));
    assert_eq!(refused.code, Some(1));
    let named = format!("cannot write to {}: ", page.display());
    assert!(refused.stderr.contains(&named), "{}", refused.stderr);
    let missing = Ran::of(program().arg("man"));
    assert_eq!(missing.code, Some(2));
    assert!(missing.stderr.contains("--dir <FOLDER>"));
}

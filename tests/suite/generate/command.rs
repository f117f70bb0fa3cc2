//! What the command writes, prints and rejects.

use std::fs;
use std::path::Path;

use xtask::pipeline::limits::Limits;
use xtask::tasks::generate::{Options, run};

fn options(folder: &Path, document: &str) -> Options {
    let spec = folder.join("document.yml");
    fs::write(&spec, document).expect("written");
    Options {
        spec,
        name: "old-things".to_owned(),
        out: folder.join("out"),
        limits: Limits {
            // Other tests use memory at the same time.
            max_megabytes: u64::MAX,
            ..Limits::default()
        },
        ..Options::default()
    }
}

/// Returns the output, or the error message, without the path of the folder.
fn ran(folder: &Path, options: &Options) -> Result<String, String> {
    let mut printed = Vec::new();
    let shown = |text: &str| text.replace(&folder.display().to_string(), "<folder>");
    match run(options, &mut printed) {
        Ok(()) => Ok(shown(&String::from_utf8_lossy(&printed))),
        Err(error) => Err(shown(&format!("{error:#}"))),
    }
}

#[test]
fn a_crate_is_written_and_each_step_is_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = options(folder.path(), super::SWAGGER);
    let printed = ran(folder.path(), &options).expect("generated");
    let read = |file: &str| fs::read_to_string(options.out.join(file)).expect("a file");
    insta::assert_snapshot!(printed);
    insta::assert_snapshot!("the_manifest", read("Cargo.toml"));
    insta::assert_snapshot!("the_readme", read("README.md"));
    assert!(read("src/lib.rs").contains("\"https://api.example.com/v2\""));
}

#[test]
fn only_a_crate_of_its_own_is_replaced_and_only_with_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(folder.path(), super::SWAGGER);
    ran(folder.path(), &options).expect("generated");
    let refused = ran(folder.path(), &options);
    options.force = true;
    ran(folder.path(), &options).expect("replaced");
    fs::write(options.out.join("Cargo.toml"), "[package]").expect("written");
    insta::assert_debug_snapshot!([refused, ran(folder.path(), &options)]);
}

/// If somebody has put a link into a generated crate, the link's target is not changed.
#[cfg(unix)]
#[test]
fn symlink_targets_in_the_folder_are_not_touched() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(folder.path(), super::SWAGGER);
    options.force = true;
    ran(folder.path(), &options).expect("generated");
    let theirs = folder.path().join("theirs");
    fs::create_dir(&theirs).expect("a folder");
    fs::write(theirs.join("lib.rs"), "precious").expect("written");

    let library = options.out.join("src/lib.rs");
    fs::remove_file(&library).expect("removed");
    symlink(theirs.join("lib.rs"), &library).expect("a link");
    ran(folder.path(), &options).expect("replaced");
    assert!(!library.is_symlink());

    fs::remove_dir_all(options.out.join("src")).expect("removed");
    symlink(&theirs, options.out.join("src")).expect("a link");
    let refused = ran(folder.path(), &options).expect_err("a link");
    assert_eq!(
        refused,
        "--out: <folder>/out/src is a link to another place; remove it first"
    );
    let kept = fs::read_to_string(theirs.join("lib.rs")).expect("read");
    assert_eq!(kept, "precious");
    assert_eq!(fs::read_dir(&theirs).expect("a folder").count(), 1);
}

#[test]
fn impossible_options_are_rejected_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |document: &str, name: &str| {
        let mut options = options(folder.path(), document);
        options.name = name.to_owned();
        let refused = ran(folder.path(), &options);
        assert!(!options.out.exists());
        refused
    };
    let fine = "openapi: 3.0.0\npaths: { /a: { get: {} } }";
    insta::assert_debug_snapshot!([
        of(fine, "no name"),
        of(fine, "test"),
        of("openapi: 3.0.0\ninfo: {}\n", "empty"),
        of("asyncapi: 2.0.0\n", "other"),
        of("openapi: 3.0.0\npaths: []\n", "list"),
        of("{", "broken"),
    ]);
}

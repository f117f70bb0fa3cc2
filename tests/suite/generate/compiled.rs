//! Generated crates compile as they are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use xtask::pipeline::template::Made;

use super::{EVERYTHING, SWAGGER, file, made, operations, random};

/// How many random documents are compiled as modules of one crate.
const SAMPLES: usize = 6;

/// In the workspace's target folder, so that another run compiles only what has changed.
fn target() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or(workspace.join("target"), PathBuf::from);
    target.join("generated")
}

/// Writes a crate unchanged, with this workspace's versions of its dependencies.
pub(super) fn written(name: &str, made: &Made) -> PathBuf {
    let folder = target().join("crates").join(name);
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (path, content) in &made.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("written");
    }
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("copied");
    folder
}

/// Returns cargo's output for a crate that must build, or nothing and a message if there is no
/// cargo.
pub(super) fn cargo(folder: &Path, arguments: &[&str]) -> Option<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ran = Command::new(cargo)
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env("RUSTFLAGS", "-D warnings")
        .output();
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => {
            eprintln!("skipped: cargo does not run: {error}");
            return None;
        }
    };
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{}:\n{said}", folder.display());
    Some(String::from_utf8(ran.stdout).expect("text"))
}

/// Writes a crate with additional modules, and checks it.
fn check(name: &str, document: &str, more: &[(String, String)]) {
    let document = xtask::pipeline::document::parse(document).expect("a document");
    let expected = operations(&document);
    let made = made(document);
    assert!(made.operations >= expected, "operations were lost");
    let folder = written(name, &made);
    let mut library = fs::read_to_string(folder.join("src/lib.rs")).expect("a library");
    for (index, (types, ops)) in more.iter().enumerate() {
        let sample = folder.join(format!("src/sample_{index}"));
        fs::create_dir_all(&sample).expect("a folder");
        let ops = ops.replace("use crate::types;", "use super::types;");
        fs::write(sample.join("types.rs"), types).expect("written");
        fs::write(sample.join("ops.rs"), ops).expect("written");
        fs::write(sample.join("mod.rs"), "pub mod ops;\npub mod types;\n").expect("written");
        library.push_str(&format!("#[allow(warnings)]\npub mod sample_{index};\n"));
    }
    fs::write(folder.join("src/lib.rs"), library).expect("written");
    cargo(
        &folder,
        &[
            "check",
            "--offline",
            "--quiet",
            "--no-default-features",
            "--features=schemars,__arguments,__models",
        ],
    );
}

#[test]
fn a_document_with_everything_compiles() {
    check("everything", EVERYTHING, &[]);
}

#[test]
fn swagger_and_random_documents_compile() {
    let mut runner = TestRunner::deterministic();
    let samples: Vec<(String, String)> = (0..SAMPLES)
        .map(|_| {
            let tree = random::document()
                .new_tree(&mut runner)
                .expect("a document");
            let made = made(tree.current());
            (
                file(&made, "types.rs").to_owned(),
                file(&made, "ops.rs").to_owned(),
            )
        })
        .collect();
    check("samples", SWAGGER, &samples);
}

//! `cargo xtask generate`: generates a stand-alone crate from one document.
//!
//! The document passes through the same pipeline as those of `regen`. Besides models and
//! operations, the crate contains the hand-written parts of `citrix-cloud-gen` and a small client,
//! so it depends only on published crates.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::print_reports;
use crate::pipeline::document;
use crate::pipeline::generate::caught;
use crate::pipeline::limits::Limits;
use crate::pipeline::template::{MARK, make};

/// Options of `cargo xtask generate`.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// OpenAPI 3.0 or 3.1, or Swagger 2.0, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub spec: PathBuf,
    /// Name of the crate
    #[arg(long)]
    pub name: String,
    /// Folder of the crate; created if it does not exist, must be empty otherwise
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace a crate that this command has generated in that folder
    #[arg(long)]
    pub force: bool,
    /// Header that the client sets, and that is therefore not a parameter; may be repeated
    #[arg(long, value_name = "HEADER")]
    pub injected_header: Vec<String>,
    /// Limits for the document
    #[command(flatten)]
    pub limits: Limits,
}

/// Runs the command, and prints to `out` what each step did.
///
/// # Errors
///
/// If the name is not valid for a crate, if the folder must not be overwritten, or if the document
/// cannot be handled (with its JSON path). Nothing is written unless everything could be generated.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<()> {
    ensure!(
        is_crate_name(&options.name),
        "--name: `{}` cannot be the name of a crate; use letters, digits, `-` and `_`",
        options.name
    );
    ensure_free(&options.out, options.force)?;
    let (spec, limits) = (options.spec.clone(), options.limits);
    let (name, injected) = (options.name.clone(), options.injected_header.clone());
    let work = move || {
        let (parsed, mended) = document::any::read(&spec, limits.max_nodes)?;
        caught(|| make(parsed, mended, &name, &injected, limits))
            .context("a fault of this program")
            .and_then(|made| made)
            .with_context(|| spec.display().to_string())
    };
    let made = options.limits.watch(work)?;
    for (path, content) in &made.files {
        write(&options.out, path, content)?;
    }
    print_reports(out, &options.name, &made.reports)?;
    let operations = match made.operations {
        1 => "1 operation".to_owned(),
        several => format!("{several} operations"),
    };
    writeln!(out, "wrote {operations} to {}", options.out.display())?;
    Ok(())
}

/// Returns whether cargo accepts the name.
fn is_crate_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let reserved = ["test", "core", "std", "alloc", "proc_macro", "proc-macro"];
    name.chars().all(plain)
        && syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_ok()
        && !reserved.contains(&name)
        && name.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
}

/// Writes a new file in a folder that belongs to this command.
///
/// A link in its place is replaced rather than followed, because its target belongs to somebody
/// else.
///
/// # Errors
///
/// If a file cannot be written, or a folder is a link; the error names it.
fn write(out: &Path, path: &Path, content: &str) -> Result<()> {
    let mut folder = out.to_owned();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        ensure!(
            !folder.is_symlink(),
            "--out: {} is a link to another place; remove it first",
            folder.display()
        );
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = out.join(path);
    let name = path.display();
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot replace {name}"));
        }
        _ => {}
    }
    let created = fs::File::create_new(&path);
    created
        .and_then(|mut file| file.write_all(content.as_bytes()))
        .with_context(|| format!("cannot write {name}"))
}

/// Rejects a folder that is not empty, unless `force` is set and this command has generated its
/// contents.
///
/// # Errors
///
/// If the folder is rejected; the error says why.
fn ensure_free(folder: &Path, force: bool) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => {
            return Err(error).with_context(|| format!("--out: cannot read {}", folder.display()));
        }
    };
    if !entries {
        return Ok(());
    }
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    ensure!(
        manifest.starts_with(MARK),
        "--out: {} is not empty, and not made by this command; choose another folder",
        folder.display()
    );
    ensure!(
        force,
        "--out: {} has a generated crate already; `--force` replaces it",
        folder.display()
    );
    Ok(())
}

//! `cargo xtask regen`: generates the modules of `citrix-cloud-gen` from the documents.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::config::Config;
use super::{commands, monitor, pin, print_reports};
use crate::pipeline::document;
use crate::pipeline::generate::caught;
use crate::pipeline::handles;
use crate::pipeline::module::Module;
use crate::pipeline::operations::{self, Area};
use crate::pipeline::template::BANNER;
use files::Files;
use make::together;

mod files;
mod make;

pub use files::difference;
pub(super) use files::page_banner;
pub use make::{Handles, Made, Merged, context, make, merged};

/// The folder with models and operations.
const SOURCES: &str = "citrix-cloud-gen/src";

/// The folder with handles, which are all generated.
const HANDLES: &str = "citrix-cloud/src/handles";

/// The page of the guide that lists every operation with its method.
const PAGE: &str = "docs/src/handles.md";

/// The folder with the tables of the test that calls every method, which are all generated.
const CALLS: &str = "tests/suite/operations/every_handle";

/// Options of `cargo xtask regen`.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// Write nothing; fail with a difference if a file is stale or upstream differs from its pin
    #[arg(long, conflicts_with = "accept_upstream")]
    pub check: bool,
    /// Accept a changed upstream document: pin it as it is now, then generate
    #[arg(long)]
    pub accept_upstream: bool,
    /// Print what each normalization step did
    #[arg(short, long)]
    pub verbose: bool,
}

/// Runs the command on the workspace at `root`, and prints to `out` what it did.
///
/// # Errors
///
/// If anything cannot be parsed or applied, with file and place; with `--check`, if a file is
/// stale. Nothing is written unless everything could be generated.
pub fn run(root: &Path, options: &Options, out: &mut dyn Write) -> Result<()> {
    let openapi = root.join("openapi");
    let config_path = openapi.join("regen.toml");
    let config = Config::read(&config_path)?;
    let mut files = Files::default();
    if options.accept_upstream {
        let found = pin::sha256(&openapi.join(&config.upstream.file))?;
        if found != config.upstream.sha256 {
            let text = fs::read_to_string(&config_path)?;
            let text = pin::repin(&text, &config.upstream.sha256, &found)?;
            files.put(config_path, text);
        }
    } else {
        pin::verify(&openapi, &config.upstream)?;
    }
    let sources = root.join(SOURCES);
    let made = together(&config.modules, |module| {
        caught(|| make(&openapi, &config, module))
            .with_context(|| format!("module `{}`: a fault of this program", module.name))?
    });
    let made: Vec<Made> = made.into_iter().collect::<Result<_>>()?;
    let of_modules = config.modules.iter().zip(&made);
    let areas: Vec<(&Module, &[Area])> = of_modules
        .map(|(module, made)| (module, made.operations.as_slice()))
        .collect();
    let operations = sources.join(operations::FOLDER);
    let index = operations::index(&areas).context("openapi/regen.toml")?;
    files.put_generated(
        operations::FOLDER,
        operations.join("mod.rs"),
        format!("{BANNER}\n\n{index}"),
    )?;
    for (path, code) in commands::files(&openapi, &made)? {
        files.put_generated("commands", root.join(path), code)?;
    }
    let by_hand = made.iter().filter(|made| made.handles.is_none());
    let by_hand = by_hand.flat_map(|made| &made.commands);
    let services = made.iter().filter_map(|made| made.handles.as_ref());
    let services: Vec<_> = services.flat_map(|it| it.services.clone()).collect();
    let services = handles::page::services(&services, by_hand).context("openapi/handles.toml")?;
    for (module, made) in config.modules.iter().zip(made) {
        if options.verbose {
            print_reports(out, &module.name, &made.reports)?;
        }
        put_module(root, &mut files, &module.name, made, &services)?;
    }
    put_monitor(root, &mut files)?;
    let folders = [
        sources,
        root.join(commands::FOLDER),
        operations,
        root.join(HANDLES),
        root.join(monitor::sets::FOLDER),
        root.join(CALLS),
    ];
    files.drop_orphans(&folders)?;
    match options.check {
        true => files.check(root, out),
        false => files.write(root, out),
    }
}

/// Returns the files of a module: its models, operations and, if it has any, handles.
fn put_module(
    root: &Path,
    files: &mut Files,
    module: &str,
    made: Made,
    services: &str,
) -> Result<()> {
    let file = |folder: &Path, name: &str| folder.join(name).with_extension("rs");
    let sources = root.join(SOURCES);
    files.put_generated(module, file(&sources, module), made.code)?;
    for area in made.operations {
        let path = file(&sources.join(operations::FOLDER), &area.name);
        files.put_generated(module, path, area.code)?;
    }
    let Some(handles) = made.handles else {
        return Ok(());
    };
    let page = format!("{}\n\n{}{services}", page_banner(), handles.page);
    files.put_generated(module, root.join(PAGE), page)?;
    let folder = root.join(HANDLES);
    let index = [(folder.join("mod.rs"), handles.index)];
    let areas = handles.files.into_iter();
    let areas = areas.map(|(name, code)| (file(&folder, &name), code));
    let calls = handles.calls.into_iter();
    let calls = calls.map(|(name, code)| (file(&root.join(CALLS), &name), code));
    for (path, code) in index.into_iter().chain(areas).chain(calls) {
        files.put_generated(module, path, format!("{BANNER}\n\n{code}"))?;
    }
    Ok(())
}

/// Returns the sets of Monitor for the program and the SDK.
fn put_monitor(root: &Path, files: &mut Files) -> Result<()> {
    let described = document::read(&root.join("openapi").join(monitor::DOCUMENT))
        .and_then(|document| monitor::read(&document))
        .with_context(|| format!("openapi/{}", monitor::DOCUMENT))?;
    files.put(
        root.join(monitor::table::TABLE),
        monitor::table::table(&described),
    );
    let sets = root.join(monitor::sets::FOLDER);
    for (name, code) in monitor::sets::files(&described)? {
        files.put(sets.join(name).with_extension("rs"), code);
    }
    Ok(())
}

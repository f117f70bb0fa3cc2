//! `cargo xtask regen`: documents in, modules of `citrix-cloud-gen` out.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use similar::TextDiff;

use super::commands;
use super::config::Config;
use super::{monitor, pin, print_reports};
use crate::pipeline::commands::{Answers, Command, Wire};
use crate::pipeline::document;
use crate::pipeline::explain::Explanations;
use crate::pipeline::facts::Facts;
use crate::pipeline::generate::{caught, generate};
use crate::pipeline::handles::{self, Exceptions};
use crate::pipeline::merge::merge;
use crate::pipeline::module::Module;
use crate::pipeline::normalize::{Context, Report, lower, prepare, reach::Reach};
use crate::pipeline::operations::rust_types::RustTypes;
use crate::pipeline::operations::{self, Area, Described};
use crate::pipeline::overlay::Overlay;
use crate::pipeline::rewrite;
use crate::pipeline::rewrite::Outline;
use crate::pipeline::rewrite::constructions::Constructions;
use crate::pipeline::rewrite::features::{self, Features};
use crate::pipeline::template::BANNER;

/// The longest difference `--check` prints per file, in lines.
const DIFF_LINES: usize = 200;

/// The folder with handles: all of it is machine-written.
const HANDLES: &str = "citrix-cloud/src/handles";

/// The page of the guide with every operation and its method.
const PAGE: &str = "docs/src/handles.md";

/// The folder with the tables of the test that calls every method: all of it is machine-written.
const CALLS: &str = "tests/suite/operations/every_handle";

/// Options of `cargo xtask regen`.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// Write nothing; fail with a difference when a file is stale or upstream is not as pinned
    #[arg(long, conflicts_with = "accept_upstream")]
    pub check: bool,
    /// Take a changed upstream document in: pin it as it is now, then generate
    #[arg(long)]
    pub accept_upstream: bool,
    /// Print what each preparation step did
    #[arg(short, long)]
    pub verbose: bool,
}

/// A file that should have this content, or should not be there.
struct Output {
    path: PathBuf,
    content: Option<String>,
}

/// Runs the command on the workspace at `root` and tells `out` what it did.
///
/// # Errors
///
/// Anything that does not parse or apply, naming file and place; with `--check`, what is stale.
/// Nothing is written unless everything could be made.
pub fn run(root: &Path, options: &Options, out: &mut dyn Write) -> Result<()> {
    let openapi = root.join("openapi");
    let config_path = openapi.join("regen.toml");
    let config = Config::read(&config_path)?;
    let mut outputs = Vec::new();
    if options.accept_upstream {
        let found = pin::sha256(&openapi.join(&config.upstream.file))?;
        if found != config.upstream.sha256 {
            let text = fs::read_to_string(&config_path)?;
            outputs.push(Output {
                content: Some(pin::repin(&text, &config.upstream.sha256, &found)?),
                path: config_path,
            });
        }
    } else {
        pin::verify(&openapi, &config.upstream)?;
    }
    let sources = root.join("citrix-cloud-gen").join("src");
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
    let mut write = |name: &str, path: PathBuf, code: String| {
        ensure!(
            !path.exists() || is_generated(&path)?,
            "openapi/regen.toml: module `{name}` would overwrite a file written by hand"
        );
        outputs.push(Output {
            path,
            content: Some(code),
        });
        anyhow::Ok(())
    };
    write(
        operations::FOLDER,
        operations.join("mod.rs"),
        format!("{BANNER}\n\n{index}"),
    )?;
    for (path, code) in commands::files(&openapi, &made)? {
        write("commands", root.join(path), code)?;
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
        let file = |folder: &Path, name: &str| folder.join(name).with_extension("rs");
        write(&module.name, file(&sources, &module.name), made.code)?;
        for area in made.operations {
            write(&module.name, file(&operations, &area.name), area.code)?;
        }
        if let Some(handles) = made.handles {
            let folder = root.join(HANDLES);
            let page = format!("{}\n\n{}{services}", page_banner(), handles.page);
            write(&module.name, root.join(PAGE), page)?;
            for (name, code) in handles.calls {
                let path = file(&root.join(CALLS), &name);
                write(&module.name, path, format!("{BANNER}\n\n{code}"))?;
            }
            let index = format!("{BANNER}\n\n{}", handles.index);
            write(&module.name, folder.join("mod.rs"), index)?;
            for (name, code) in handles.files {
                write(
                    &module.name,
                    file(&folder, &name),
                    format!("{BANNER}\n\n{code}"),
                )?;
            }
        }
    }
    let described = document::read(&openapi.join(monitor::DOCUMENT))
        .and_then(|document| monitor::read(&document))
        .with_context(|| format!("openapi/{}", monitor::DOCUMENT))?;
    outputs.push(Output {
        path: root.join(monitor::table::TABLE),
        content: Some(monitor::table::table(&described)),
    });
    let sets = root.join(monitor::sets::FOLDER);
    for (name, code) in monitor::sets::files(&described)? {
        outputs.push(Output {
            path: sets.join(name).with_extension("rs"),
            content: Some(code),
        });
    }
    let folders = [
        sources.clone(),
        root.join(commands::FOLDER),
        sources.join(operations::FOLDER),
        root.join(HANDLES),
        sets,
        root.join(CALLS),
    ];
    let orphans = orphans(&folders, &outputs)?;
    outputs.extend(orphans);
    settle(root, &outputs, options.check, out)
}

/// A generated module and what its preparation did.
#[derive(Debug)]
pub struct Made {
    /// The formatted source with its banner.
    pub code: String,
    /// What each step did, in order.
    pub reports: Vec<(String, Report)>,
    /// The module's operations as values.
    pub operations: Vec<Area>,
    /// The module's handles, if it has some.
    pub handles: Option<Handles>,
    /// The module's operations as commands.
    pub commands: Vec<Command>,
    /// The parameters and bodies of the commands.
    pub wire: Wire,
    /// The answers of the operations that read.
    pub answers: Answers,
    /// The document as it was generated from.
    pub document: serde_json::Value,
    /// The names that models with short names have in the documents.
    pub wire_names: BTreeMap<String, String>,
}

/// The handles of a module.
#[derive(Debug)]
pub struct Handles {
    /// The source of each area.
    pub files: Vec<(String, String)>,
    /// The source that declares the areas.
    pub index: String,
    /// The page of the guide.
    pub page: String,
    /// The sources of tables with a call of each method.
    pub calls: Vec<(String, String)>,
    /// The operations of the modules without handles.
    services: Vec<handles::exceptions::Service>,
}

/// The documents of a module as one, before anything is prepared.
#[derive(Debug)]
pub struct Merged {
    /// The document.
    pub document: serde_json::Value,
    /// What each step did, in order.
    pub reports: Vec<(String, Report)>,
    /// The feature of each operationId that has one.
    pub features: BTreeMap<String, String>,
}

/// Reads, corrects, merges and explains the documents of one module.
///
/// # Errors
///
/// Names the document and the place in it.
pub fn merged(openapi: &Path, config: &Config, module: &Module) -> Result<Merged> {
    let mut reports = Vec::new();
    let mut merged: Option<serde_json::Value> = None;
    let mut of_operation = BTreeMap::new();
    let parts = together(&module.documents, |file| {
        document::read(&openapi.join(file))
    });
    for (file, part) in module.documents.iter().zip(parts) {
        let mut part = part?;
        if let Some(feature) = module.feature_of(file) {
            of_operation.extend(features::operations(&part, feature));
        }
        if *file == config.upstream.file {
            let overlay = document::read(&openapi.join(&config.upstream.overlay))?;
            let places = Overlay::from_value(overlay)
                .and_then(|overlay| overlay.apply(&mut part))
                .with_context(|| format!("openapi/{}", config.upstream.overlay))?;
            let applied = places.iter().sum();
            reports.push((
                "overlay".to_owned(),
                Report {
                    applied,
                    ..Report::default()
                },
            ));
        }
        let lowered = lower::apply(&mut part).with_context(|| format!("openapi/{file}"))?;
        reports.push((format!("lower {file}"), lowered));
        match &mut merged {
            None => merged = Some(part),
            Some(whole) => merge(whole, &part).with_context(|| format!("openapi/{file}"))?,
        }
    }
    let Some(mut document) = merged else {
        bail!(
            "openapi/regen.toml: module `{}` has no documents",
            module.name
        )
    };
    let explained = Explanations::read(openapi, &module.fields)
        .and_then(|explanations| explanations.apply(&mut document))
        .with_context(|| format!("openapi/regen.toml, fields of module `{}`", module.name))?;
    reports.push(("fields".to_owned(), explained));
    Ok(Merged {
        document,
        reports,
        features: of_operation,
    })
}

/// What normalization has to know for a module.
#[must_use]
pub fn context<'a>(config: &'a Config, module: &'a Module) -> Context<'a> {
    Context {
        injected_headers: &config.injected_headers,
        module,
        max_nodes: usize::MAX,
    }
}

/// Makes one module from the documents below `openapi`.
///
/// # Errors
///
/// Names the document and the place in it.
pub fn make(openapi: &Path, config: &Config, module: &Module) -> Result<Made> {
    let Merged {
        document: mut merged,
        mut reports,
        features: of_operation,
    } = merged(openapi, config, module)?;
    let place = || {
        format!(
            "openapi/regen.toml, module `{}` ({})",
            module.name,
            module.documents.join(", ")
        )
    };
    let wire = Wire::of(&merged);
    let site_header = config.site_header.as_deref();
    let mut facts = Facts::take(&mut merged, site_header).with_context(place)?;
    let answers = Answers::of(&module.name, &merged, &facts).with_context(place)?;
    let (prepared, steps) =
        prepare(&mut merged, &mut facts, context(config, module)).with_context(place)?;
    for shared in &module.shared {
        ensure!(
            !merged["components"]["schemas"][&shared.model].is_null(),
            "openapi/regen.toml: module.{}.shared: there is no model `{}`",
            module.name,
            shared.model
        );
    }
    reports.extend(
        steps
            .into_iter()
            .map(|(name, report)| (name.to_owned(), report)),
    );
    let reach = Reach::of(&merged);
    let mut file = generate(&prepared, module).with_context(place)?;
    let sources = module.documents.join(", ");
    let banner = format!("{BANNER}\n// Sources: {sources}\n\n");
    let name = quote::format_ident!("{}", module.name);
    let operations = operations::emit(&operations::Input {
        document: &merged,
        facts: &facts,
        types: &RustTypes::of(&file),
        models: syn::parse_quote!(crate::#name::types),
        module,
        features: &of_operation,
    })
    .with_context(place)?;
    let mut exceptions = None;
    let mut handles = None;
    rewrite::keep_models(&mut file);
    let outline = Outline {
        setters: module.setters.then(|| rewrite::bodies::nullable(&merged)),
        wire_names: facts.former_names().clone(),
        reach,
        features: Features::of(&merged, &of_operation),
        either_casing: rewrite::casings::of(&facts),
    };
    let constructions = rewrite::shape(&mut file, &outline);
    if let Some(file) = &module.handles {
        let place = || format!("openapi/{file}");
        let read = Exceptions::read(&openapi.join(file)).with_context(place)?;
        let made = handles_of(&read, &operations, &constructions, &module.name);
        handles = Some(made.with_context(place)?);
        exceptions = Some(read);
    }
    let commands = commands::of_module(openapi, module, &operations, exceptions.as_ref(), &wire)?;
    let areas = operations.into_iter().map(|described| described.area);
    let operations = areas.map(|mut area| {
        area.code.insert_str(0, &banner);
        area
    });
    Ok(Made {
        code: format!("{banner}{}", rewrite::text(&file)),
        operations: operations.collect(),
        handles,
        commands,
        wire,
        answers,
        reports,
        document: merged,
        wire_names: facts.former_names().clone(),
    })
}

/// Emits the handles of a module.
fn handles_of(
    exceptions: &Exceptions,
    operations: &[Described],
    constructions: &Constructions,
    module: &str,
) -> Result<Handles> {
    let methods = handles::methods(operations, exceptions)?;
    let names = handles::Names {
        operations: "citrix_cloud_gen::ops",
        models: &format!("citrix_cloud_gen::{module}::types"),
    };
    let mut files = Vec::new();
    for described in operations {
        let code = handles::area(&methods, &described.area, exceptions, names)?;
        files.push((described.area.name.clone(), code));
    }
    let areas: Vec<&Area> = operations.iter().map(|described| &described.area).collect();
    Ok(Handles {
        files,
        index: handles::index(&methods, &areas, exceptions)?,
        calls: handles::calls(&methods, &areas, constructions, names)?,
        page: handles::page::page(&methods, exceptions, ["site", "daas"]),
        services: exceptions.services.clone(),
    })
}

/// What `work` makes of each item, in their order, each on a thread of its own.
fn together<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Vec<Result<R>> {
    std::thread::scope(|scope| {
        let running: Vec<_> = items
            .iter()
            .map(|item| scope.spawn(|| work(item)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Machine-written files in some folders that nothing makes any more.
fn orphans(folders: &[PathBuf], made: &[Output]) -> Result<Vec<Output>> {
    let mut found = Vec::new();
    for folder in folders.iter().filter(|folder| folder.exists()) {
        for entry in fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))? {
            let path = entry?.path();
            let source = path.extension().is_some_and(|end| end == "rs") && path.is_file();
            let known = made.iter().any(|output| output.path == path);
            if source && !known && is_generated(&path)? {
                found.push(Output {
                    path,
                    content: None,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The banner of a page of the guide.
pub(super) fn page_banner() -> String {
    format!("<!-- {} -->", BANNER.trim_start_matches("// "))
}

fn is_generated(path: &Path) -> Result<bool> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    // A page has the banner in a comment of its own kind.
    let page = page_banner();
    Ok(text.starts_with(BANNER) || text.starts_with(page.as_str()))
}

/// Writes what changed, or with `check` says what would.
fn settle(root: &Path, outputs: &[Output], check: bool, out: &mut dyn Write) -> Result<()> {
    let mut stale = Vec::new();
    for output in outputs {
        let old = match fs::read_to_string(&output.path) {
            Ok(text) => Some(text.replace("\r\n", "\n")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read {}", output.path.display()));
            }
        };
        if old != output.content {
            stale.push((output, old));
        }
    }
    let shown = |output: &Output| {
        let path = output.path.strip_prefix(root).unwrap_or(&output.path);
        path.to_string_lossy().replace('\\', "/")
    };
    if check {
        for (output, old) in &stale {
            let new = output.content.as_deref();
            print_difference(out, &shown(output), old.as_deref(), new)?;
        }
        if !stale.is_empty() {
            let names: Vec<String> = stale.iter().map(|(output, _)| shown(output)).collect();
            bail!("stale: {}\nrun `cargo xtask regen`", names.join(", "));
        }
        writeln!(out, "{} generated files are up to date", outputs.len())?;
        return Ok(());
    }
    for (output, _) in &stale {
        match &output.content {
            Some(content) => {
                let folder = output.path.parent().unwrap_or(root);
                fs::create_dir_all(folder).and_then(|()| fs::write(&output.path, content))
            }
            None => fs::remove_file(&output.path),
        }
        .with_context(|| format!("cannot write {}", output.path.display()))?;
        let verb = if output.content.is_some() {
            "wrote"
        } else {
            "removed"
        };
        writeln!(out, "{verb} {}", shown(output))?;
    }
    if stale.is_empty() {
        writeln!(out, "{} generated files are up to date", outputs.len())?;
    }
    Ok(())
}

fn print_difference(
    out: &mut dyn Write,
    name: &str,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<()> {
    let text = difference(name, old.unwrap_or_default(), new.unwrap_or_default());
    for line in text.lines().take(DIFF_LINES) {
        writeln!(out, "{line}")?;
    }
    let more = text.lines().count().saturating_sub(DIFF_LINES);
    if more > 0 {
        writeln!(out, "... and {more} more lines")?;
    }
    Ok(())
}

/// The unified difference of two texts.
#[must_use]
pub fn difference(name: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(2)
        .header(
            &format!("{name} (as it is)"),
            &format!("{name} (as generated)"),
        )
        .to_string()
}

//! Generates the commands of `citrix-cloud-cli`, as a part of `cargo xtask regen`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::regen::{Made, page_banner};
use crate::pipeline::commands::{self, Command, Exceptions, Wire};
use crate::pipeline::handles;
use crate::pipeline::module::Module;
use crate::pipeline::operations::Described;
use crate::pipeline::template::BANNER;

/// The folder with the table of commands.
pub(super) const FOLDER: &str = "citrix-cloud-cli/src/operations";

/// The page of the guide that lists every operation with its command.
const PAGE: &str = "docs/src/commands.md";

/// The documented responses, for `verify`.
const RESPONSES: &str = "citrix-cloud-cli/src/commands/verify/documents/responses.txt";

/// The exceptions, below `openapi/`.
const EXCEPTIONS: &str = "commands.toml";

/// The name of the program.
const PROGRAM: &str = "citrix-cloud";

/// The commands of one module.
pub(super) fn of_module(
    openapi: &Path,
    module: &Module,
    operations: &[Described],
    handles: Option<&handles::Exceptions>,
    wire: &Wire,
) -> Result<Vec<Command>> {
    let place = || format!("openapi/{EXCEPTIONS}");
    let exceptions = Exceptions::read(&openapi.join(EXCEPTIONS)).with_context(place)?;
    commands::commands(&module.name, operations, handles, &exceptions, wire).with_context(place)
}

/// Returns the generated files about commands, each with its content.
pub(super) fn files(openapi: &Path, made: &[Made]) -> Result<Vec<(PathBuf, String)>> {
    let commands = made.iter().flat_map(|module| &module.commands);
    let commands: Vec<&Command> = commands.collect();
    let exceptions = Exceptions::read(&openapi.join(EXCEPTIONS))?;
    commands::check(&commands, &exceptions).with_context(|| format!("openapi/{EXCEPTIONS}"))?;
    let models = commands::models(made.iter().map(|module| &module.wire))?;
    let code = [
        ("table.rs", commands::table(&commands)?),
        ("models.rs", models),
    ];
    let code = code.into_iter().map(|(name, code)| {
        let path = Path::new(FOLDER).join(name);
        (path, format!("{BANNER}\n\n{code}"))
    });
    let responses = made.iter().map(|module| module.responses.lines());
    let responses = format!("{BANNER}\n\n{}", responses.collect::<String>());
    let responses = (PathBuf::from(RESPONSES), responses);
    let page = commands::page(PROGRAM, &commands);
    let page = (PathBuf::from(PAGE), format!("{}\n\n{page}", page_banner()));
    Ok(code.chain([responses, page]).collect())
}

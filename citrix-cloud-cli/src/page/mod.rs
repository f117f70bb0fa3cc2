//! Reports: figures, sections and charts as a value, and as one HTML page.

use std::path::Path;

use crate::exit::Failure;
use crate::output::{Output, escaped};

mod html;
pub(crate) mod model;
mod svg;

use model::Report;

/// Writes a report to a file as a page, and prints a note. `about` describes the report, such as its period.
pub(crate) fn write(
    file: &Path,
    report: &Report,
    about: &str,
    out: &Output,
) -> Result<(), Failure> {
    let name = escaped(&file.display().to_string());
    std::fs::write(file, html::page(report, about)).map_err(|error| {
        Failure::Machine(std::io::Error::new(
            error.kind(),
            format!("{name}: {error}"),
        ))
    })?;
    out.note(&format!("wrote {name}"));
    Ok(())
}

//! `man`.

use std::path::PathBuf;
use std::{fs, io};

use clap::Args;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options;
use crate::output::escaped;

mod page;

/// Write this program's manual pages into a folder, for `man citrix-cloud`.
///
/// There is one page for the program and one for each top-level command, such as
/// citrix-cloud-daas(1). Each page lists the subcommands, which --help explains.
// A page for each of the 600 operations would be 600 files that repeat `--help`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud man --dir ~/.local/share/man/man1
  sudo citrix-cloud man --dir /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// The folder; it is created if it does not exist, and existing pages are overwritten.
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
}

impl Man {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let pages = page::all(options::command())?;
        let failed = |error: io::Error| {
            let words = format!("cannot write to {}: {error}", self.dir.display());
            Failure::Machine(io::Error::new(error.kind(), words))
        };
        fs::create_dir_all(&self.dir).map_err(failed)?;
        for page in &pages {
            page.write(&self.dir).map_err(failed)?;
        }
        let folder = self.dir.display().to_string();
        context.out.line(&format!(
            "{} pages are in {}",
            pages.len(),
            escaped(&folder)
        ))?;
        Ok(Exit::Done)
    }
}

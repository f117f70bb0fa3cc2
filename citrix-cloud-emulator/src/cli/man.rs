//! `man`: manual pages.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command};

/// Writes this program's manual pages into a folder, for `man citrix-cloud-emulator`: one for each command.
#[derive(Args)]
#[command(after_help = "Examples:
  citrix-cloud-emulator man --dir ~/.local/share/man/man1
  sudo citrix-cloud-emulator man --dir /usr/local/share/man/man1")]
pub(super) struct Man {
    /// The folder; it is created if it does not exist, and existing pages are overwritten.
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
}

impl Man {
    pub(super) fn run(&self, program: Command) -> io::Result<()> {
        let failed = |error: io::Error| {
            let words = format!("cannot write to {}: {error}", self.dir.display());
            io::Error::new(error.kind(), words)
        };
        fs::create_dir_all(&self.dir).map_err(failed)?;
        let mut program = program.disable_help_subcommand(true);
        program.build();
        let source = format!(
            "{} {}",
            program.get_name(),
            program.get_version().unwrap_or_default()
        );
        write(&program, &source, &self.dir).map_err(failed)
    }
}

/// Writes the page of a command and those of the commands below it.
fn write(command: &Command, source: &str, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write(below, source, folder)?;
    }
    let man = clap_mangen::Man::new(command.clone());
    // A date without a letter would be left out, and the source be taken for it.
    let man = man.date(" ").source(source).manual("Citrix Cloud");
    let mut builder = tempfile::Builder::new();
    builder.prefix(".citrix-cloud").suffix(".new");
    // For everybody to read, as far as the umask allows.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut page = Vec::new();
    man.render(&mut page)?;
    // A file that is whole whenever somebody reads it.
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(&page)?;
    file.persist(folder.join(man.get_filename()))?;
    Ok(())
}

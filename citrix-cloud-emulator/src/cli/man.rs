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

/// Writes the pages of a command and of its subcommands.
fn write(command: &Command, source: &str, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write(below, source, folder)?;
    }
    let man = clap_mangen::Man::new(command.clone());
    // troff would drop a date without a letter, and take the source for it.
    let man = man.date(" ").source(source).manual("Citrix Cloud");
    let mut builder = tempfile::Builder::new();
    builder.prefix(".citrix-cloud").suffix(".new");
    // Readable by everyone, as far as the umask allows.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut page = Vec::new();
    man.render(&mut page)?;
    // Written to a temporary file first, so that readers never see an incomplete page.
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(&page)?;
    file.persist(folder.join(man.get_filename()))?;
    Ok(())
}

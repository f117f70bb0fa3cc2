//! `completions`, and the candidates that its scripts request.

use std::sync::OnceLock;

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::CompleteEnv;
use clap_complete::env::Shells;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options;

/// The program's name for shells.
const PROGRAM: &str = "citrix-cloud";

/// The variable in which a completion script names its shell.
const ASKED: &str = "CITRIX_CLOUD_COMPLETE";

/// The shell of the completion script. By the time candidates are computed, the variable is gone.
static SHELL: OnceLock<String> = OnceLock::new();

/// Print a completion script for a shell.
///
/// The script asks the program for completions, so it stays valid after an update.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  echo 'source <(citrix-cloud completions bash)' >> ~/.bashrc
  echo 'source <(citrix-cloud completions zsh)' >> ~/.zshrc
  echo 'citrix-cloud completions fish | source' >> ~/.config/fish/config.fish
  citrix-cloud completions powershell | Out-String | Invoke-Expression")]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_parser = PossibleValuesParser::new(Shells::builtins().names()))]
    shell: String,
}

/// If a completion script started this process, prints the candidates and exits.
pub(crate) fn respond() {
    if let Ok(shell) = std::env::var(ASKED) {
        SHELL.get_or_init(|| shell);
    }
    CompleteEnv::with_factory(options::command)
        .var(ASKED)
        .bin(PROGRAM)
        .complete();
}

/// Returns the shell of the completion script, if one started this process.
pub(crate) fn shell() -> Option<&'static str> {
    SHELL.get().map(String::as_str)
}

impl Completions {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        let shells = Shells::builtins();
        let Some(shell) = shells.completer(&self.shell) else {
            return Err(Failure::Usage(format!("no script for `{}`", self.shell)));
        };
        shell.write_registration(ASKED, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
        context
            .out
            .line(String::from_utf8_lossy(&script).trim_end())?;
        Ok(Exit::Done)
    }
}

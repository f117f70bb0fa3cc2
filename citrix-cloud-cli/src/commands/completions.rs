//! `completions`.

use clap::Args;
use clap_complete::Shell;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options;

/// Print a script that completes this program's words in a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// Which shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut options::command(),
            "citrix-cloud",
            &mut script,
        );
        let mut script = String::from_utf8_lossy(&script).into_owned();
        if self.shell == Shell::Bash {
            // clap_complete takes the hyphen of the program's own name for a step to a subcommand in
            // one of the two places, so that nothing below the first level was completed.
            script = script.replace("citrix__subcmd__cloud", "citrix__cloud");
        }
        context.out.line(script.trim_end())?;
        Ok(Exit::Done)
    }
}

//! Access to the emulator from other machines.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use citrix_cloud_emulator::EmulatorBuilder;
use clap::Args;

/// The variable with the token, if no file is given.
pub(super) const TOKEN_VARIABLE: &str = "CITRIX_EMULATOR_CONTROL_TOKEN";

#[derive(Args)]
#[command(next_help_heading = "Access")]
pub(super) struct RemoteOptions {
    /// Allows `--addr` to be an address that other machines can reach. Anyone who reaches it can use its world, so a
    /// token must protect its control API.
    #[arg(long)]
    allow_remote: bool,

    /// A file with the token that the control API requires; without it, `CITRIX_EMULATOR_CONTROL_TOKEN` is used.
    #[arg(long, value_name = "FILE")]
    control_token_file: Option<PathBuf>,
}

impl RemoteOptions {
    /// Sets the token; without one, rejects addresses that are not loopback.
    pub(super) fn apply(
        &self,
        builder: EmulatorBuilder,
        addr: SocketAddr,
    ) -> io::Result<EmulatorBuilder> {
        let token = self.token()?;
        let remote = !addr.ip().is_loopback();
        if remote && !self.allow_remote {
            let message = format!(
                "{addr} is not a loopback address; use 127.0.0.1 or [::1], or add --allow-remote"
            );
            return Err(refused(message));
        }
        match token {
            None if remote => Err(refused(format!(
                "--allow-remote requires a token for the control API: --control-token-file FILE, or {TOKEN_VARIABLE}"
            ))),
            None => Ok(builder),
            Some(token) => Ok(builder.control_token(token)),
        }
    }

    fn token(&self) -> io::Result<Option<String>> {
        let (token, source) = match &self.control_token_file {
            Some(path) => {
                let shown = path.display();
                let token = fs::read_to_string(path)
                    .map_err(|error| refused(format!("cannot read {shown}: {error}")))?;
                (token, shown.to_string())
            }
            None => match std::env::var(TOKEN_VARIABLE) {
                Ok(token) => (token, TOKEN_VARIABLE.to_owned()),
                Err(_) => return Ok(None),
            },
        };
        let token = token.trim();
        if token.is_empty() || !token.chars().all(|it| it.is_ascii_graphic()) {
            let message =
                format!("the token in {source} must be one word of visible ASCII characters");
            return Err(refused(message));
        }
        Ok(Some(token.to_owned()))
    }
}

fn refused(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

//! `exec`: runs a program against the emulator as if it were Citrix Cloud.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, ExitStatus};

use clap::Args;
use tokio::runtime::Runtime;

use super::environment::Environment;
use super::folder::Folder;
use super::identity::Identity;
use super::options::CloudOptions;
use super::{isolation, remote, signals};

/// Runs an unchanged program against the emulator.
///
/// The program sees a proxy (`HTTPS_PROXY` and others) that serves Citrix's own hosts, a certificate authority to
/// trust (`SSL_CERT_FILE` and others) that is created for this run, and the credentials and ids of the emulated world
/// (`CLIENT_ID`, `CLIENT_SECRET`, `CUSTOMER_ID`, the same with `CITRIX_` before them, `SITE_ID`, `CATALOG_ID`). Other
/// hosts are refused, and nothing is ever forwarded.
///
/// Standard streams and the exit status are the program's own; if a signal ended it, the status is 128 plus the
/// signal's number. 127 means that the program does not exist, 126 that it cannot be run, and 125 that the emulator could not start. Requests are logged to standard error if `RUST_LOG` says so.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Exec {
    /// Runs program and emulator in a network of their own with nothing else in it, so that even a program that
    /// ignores the variables cannot reach the real service. Linux only.
    #[arg(long)]
    isolated: bool,

    #[command(flatten)]
    cloud: CloudOptions,

    /// The program and its arguments.
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  citrix-cloud-emulator exec -- python3 reboot_idle.py
  citrix-cloud-emulator exec --machines 240 -- ./nightly.sh --dry-run
  citrix-cloud-emulator exec --isolated --world office.yml --job-duration 0.5 -- ./nightly.sh
  citrix-cloud-emulator exec -- curl -sS https://api.cloud.com/cctrustoauth2/root/tokens/clients -d grant_type=client_credentials
  RUST_LOG=info citrix-cloud-emulator exec -- pwsh -File report.ps1
  citrix-cloud-emulator exec -- bash          a shell in which everything goes to the emulator";

/// The emulator's own failure, with the status that `env` and `timeout` use.
const FAILED: u8 = 125;
const NOT_RUNNABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

pub(super) fn run(options: &Exec) -> ExitCode {
    let Some((program, arguments)) = options.command.split_first() else {
        return ExitCode::from(FAILED);
    };
    let failed = |error: io::Error| {
        eprintln!("error: {error}");
        ExitCode::from(FAILED)
    };
    execute(options, program, arguments).unwrap_or_else(failed)
}

fn execute(options: &Exec, program: &OsStr, arguments: &[OsString]) -> io::Result<ExitCode> {
    if options.isolated {
        isolation::enter()?;
    }
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let runtime = Runtime::new()?;
    let (server, proxy) = runtime.block_on(async {
        let emulator = options.cloud.build(options.cloud.builder()?)?;
        let server = emulator.serve(loopback).await?;
        let proxy = server.proxy(loopback).await?;
        io::Result::Ok((server, proxy))
    })?;
    // From here on, a signal ends the program, and this process only with it, so that the folder is removed.
    let signals = signals::catch()?;
    let folder = Folder::new()?;
    let environment = Environment::new(&server, &proxy, &Identity::of(&server), &folder)?;
    Ok(match start(program, arguments, &environment) {
        Ok(child) => ExitCode::from(code(signals.pass_to(child)?)),
        Err(error) => {
            eprintln!("error: cannot run {}: {error}", program.display());
            let missing = error.kind() == ErrorKind::NotFound;
            ExitCode::from(if missing { NOT_FOUND } else { NOT_RUNNABLE })
        }
    })
}

fn start(program: &OsStr, arguments: &[OsString], environment: &Environment) -> io::Result<Child> {
    let spawn = |mut command: Command| {
        // The program must not get the token that controls the emulator.
        command.env_remove(remote::TOKEN_VARIABLE);
        command.args(arguments).envs(environment.iter()).spawn()
    };
    let started = spawn(Command::new(program));
    #[cfg(unix)]
    if let Err(error) = &started
        && error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error())
    {
        // As in any shell, a script without a `#!` line is run by sh.
        let mut shell = Command::new("sh");
        shell.arg(program);
        return spawn(shell);
    }
    started
}

/// Converts the status as shells do.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return u8::try_from(128 + signal).unwrap_or(u8::MAX);
        }
    }
    let code = status.code().unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

//! `citrix-cloud-emulator`: the emulator as a program.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}

//! A home directory with its own folders for profiles, secrets and tokens.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use citrix_cloud_emulator::ids;
use tempfile::TempDir;

use crate::stage::{Ran, Stage, program};

pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("there is a folder for temporary files");
        Self { folder }
    }

    /// Returns the folder of the program's settings.
    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("config").join("citrix-cloud")
    }

    /// Returns a file in the program's settings.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.config().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// Writes a file beside the settings, such as a download.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes the file with the profiles.
    pub(crate) fn write_config(&self, text: &str) {
        std::fs::create_dir_all(self.config()).unwrap();
        std::fs::write(self.file("config.toml"), text).unwrap();
    }

    /// Counts a profile's cached tokens.
    pub(crate) fn tokens(&self, profile: &str) -> usize {
        let folder = self.folder.path().join("cache/citrix-cloud/tokens");
        let Ok(found) = std::fs::read_dir(folder.join(profile)) else {
            return 0;
        };
        let paths = found.map(|it| it.unwrap().path());
        paths
            .filter(|it| it.extension().is_some_and(|it| it == "json"))
            .count()
    }

    /// Returns the program as this user runs it: without credentials in the environment, and with secrets in the file.
    pub(crate) fn command(&self) -> Command {
        let mut command = program();
        command
            .env_remove("CITRIX_CLOUD_CONFIG_DIR")
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env("CITRIX_CLOUD_SECRET_STORE", "file");
        if cfg!(windows) {
            command.env("CITRIX_CLOUD_CONFIG_DIR", self.config());
        }
        command
    }

    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        Ran::of(self.command().args(arguments))
    }

    /// Signs in to the emulator's customer.
    pub(crate) fn sign_in(&self, stage: &Stage, more: &[&str]) -> Ran {
        self.sign_in_with(stage, ids::CLIENT_SECRET, more)
    }

    /// Signs in with any secret, which is passed on standard input.
    pub(crate) fn sign_in_with(&self, stage: &Stage, secret: &str, more: &[&str]) -> Ran {
        let mut command = self.command();
        command
            .args(["login", "--endpoint", stage.url(), "--secret-stdin"])
            .args(["--client-id", ids::CLIENT_ID])
            .args(more);
        if !more.contains(&"--customer") {
            command.args(["--customer", ids::CUSTOMER_ID]);
        }
        fed(&mut command, secret)
    }
}

/// Runs a program with a text on its standard input.
pub(crate) fn fed(command: &mut Command, text: impl AsRef<[u8]>) -> Ran {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A program that rejects its arguments does not read its input.
    let _ = stdin.write_all(text.as_ref());
    drop(stdin);
    Ran::end(child)
}

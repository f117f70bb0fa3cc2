//! Environment variables that direct a program to the emulator, whatever language it is written in.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use citrix_cloud_emulator::{Proxy, Server};
use clap::ValueEnum;
use serde::{Serialize, Serializer};

use super::folder::Folder;
use super::identity::Identity;

/// Local programs are reached directly.
const NO_PROXY: &str = "localhost,127.0.0.1,::1";

/// For Node.js without `NODE_USE_ENV_PROXY`, whose `fetch` and `https` do not support proxies.
const PRELOAD: &str = include_str!("preload.cjs");

/// For Python, much of which ignores the proxy variables.
const SITE_CUSTOMIZE: &str = include_str!("sitecustomize.py");

/// Names and values, in the order of printing.
#[derive(Debug)]
pub(super) struct Environment(Vec<(&'static str, String)>);

/// How variables are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// `export` lines for sh, bash and zsh
    Shell,
    /// One line of JSON: what `serve` prints without a proxy, and `environment`
    Json,
    /// `$env:` lines for PowerShell
    Powershell,
}

impl Environment {
    /// Writes the files that programs need into the folder, and collects all variables.
    pub(super) fn new(
        server: &Server,
        proxy: &Proxy,
        identity: &Identity,
        folder: &Folder,
    ) -> io::Result<Self> {
        let authority = folder.write("authority.pem", proxy.authority())?;
        let preload = folder.write("preload.cjs", PRELOAD)?;
        let nothing = folder.empty("no-other-authorities")?;
        let python = folder.empty("python")?;
        folder.write("python/sitecustomize.py", SITE_CUSTOMIZE)?;
        let mut variables = Vec::new();
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
            variables.push((name, proxy.url().to_owned()));
        }
        for name in ["https_proxy", "http_proxy", "all_proxy"] {
            variables.push((name, proxy.url().to_owned()));
        }
        for name in ["NO_PROXY", "no_proxy"] {
            variables.push((name, NO_PROXY.to_owned()));
        }
        // Trust only our authority: a program that bypasses the proxy must fail instead of reaching the real service.
        for name in [
            "SSL_CERT_FILE",
            "NIX_SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "NODE_EXTRA_CA_CERTS",
        ] {
            variables.push((name, text(&authority)?));
        }
        variables.push(("SSL_CERT_DIR", text(&nothing)?));
        variables.push(("NODE_USE_ENV_PROXY", "1".to_owned()));
        variables.push(("NODE_OPTIONS", node_options(&text(&preload)?)));
        variables.push(("PYTHONPATH", python_path(&text(&python)?)));
        variables.push(("CITRIX_CLOUD_ENDPOINT", server.url().to_owned()));
        variables.extend(identity.variables());
        Ok(Self(variables))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Formats the variables as lines for a shell.
    pub(super) fn lines(&self, format: Format) -> String {
        let line = |(name, value): (&str, &str)| match format {
            Format::Powershell => format!("$env:{name} = '{}'\n", value.replace('\'', "''")),
            Format::Shell | Format::Json => {
                format!("export {name}='{}'\n", value.replace('\'', r"'\''"))
            }
        };
        self.iter().map(line).collect()
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Adds the preload script to the user's options.
fn node_options(preload: &str) -> String {
    let escaped = preload.replace('\\', r"\\").replace('"', "\\\"");
    let ours = format!("--require \"{escaped}\"");
    match env::var("NODE_OPTIONS") {
        Ok(theirs) if !theirs.trim().is_empty() => format!("{theirs} {ours}"),
        _ => ours,
    }
}

/// Puts our folder before the user's path.
fn python_path(ours: &str) -> String {
    let separator = if cfg!(windows) { ';' } else { ':' };
    match env::var("PYTHONPATH") {
        Ok(theirs) if !theirs.is_empty() => format!("{ours}{separator}{theirs}"),
        _ => ours.to_owned(),
    }
}

fn text(path: &Path) -> io::Result<String> {
    let path = OsString::from(path);
    path.into_string().map_err(|path| {
        let message =
            format!("the path of the folder for temporary files, {path:?}, is not valid UTF-8");
        io::Error::new(io::ErrorKind::InvalidInput, message)
    })
}

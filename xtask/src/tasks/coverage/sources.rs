//! Finds calls in Rust sources without compiling them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use proc_macro2::{TokenStream, TokenTree};

/// The calls in one source file.
#[derive(Debug, Default)]
pub struct Calls {
    /// Names in code, except for functions that the file itself defines. This is not limited to
    /// `.name()`, because the names of operations are also passed to macros.
    pub names: BTreeSet<String>,
    /// Names in text: an operation that is sent by hand appears in errors by its name.
    pub texts: BTreeSet<String>,
}

/// Finds the calls in each source file below `folder`.
///
/// # Errors
///
/// If a file cannot be read or is not Rust; the error names it.
pub fn called(folder: &Path) -> Result<Vec<Calls>> {
    let mut found = Vec::new();
    for path in rust_files(folder)? {
        let tokens: TokenStream = read(&path)?
            .parse()
            .map_err(|error| anyhow!("{} is not Rust: {error}", path.display()))?;
        let mut calls = Calls::default();
        collect(tokens, &mut calls);
        found.push(calls);
    }
    Ok(found)
}

/// Comments are not tokens, so names in them do not count.
fn collect(tokens: TokenStream, calls: &mut Calls) {
    let mut defines = false;
    for token in tokens {
        let defined = std::mem::take(&mut defines);
        match token {
            TokenTree::Ident(name) if name == "fn" => defines = true,
            TokenTree::Ident(name) if !defined => {
                calls.names.insert(name.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), calls),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    calls.texts.insert(text.value());
                }
            }
            _ => {}
        }
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

//! What Rust sources show without being compiled: calls and match arms.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};

/// What one source file calls.
#[derive(Debug, Default)]
pub struct Calls {
    /// Names in code, but for those of the functions that the file itself defines. Not only
    /// `.name()`: macros are given the names of operations, too.
    pub names: BTreeSet<String>,
    /// Names in text; an operation that is sent by hand is told to errors by its name.
    pub texts: BTreeSet<String>,
}

/// Reads what each source file below `folder` calls.
///
/// # Errors
///
/// Names the file that cannot be read or is not Rust.
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

/// Comments are no tokens, so what they mention does not count.
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

/// Reads the names of the operations that the emulator answers: the patterns in its functions
/// whose names end with `handler`.
///
/// # Errors
///
/// Names the file that is not Rust, and the folder that has no such function.
pub fn handled(folder: &Path) -> Result<BTreeSet<String>> {
    let mut handlers = Handlers::default();
    for path in rust_files(folder)? {
        let mut file = syn::parse_file(&read(&path)?)
            .with_context(|| format!("{} is not Rust", path.display()))?;
        handlers.visit_file_mut(&mut file);
    }
    ensure!(
        !handlers.names.is_empty(),
        "{}: no function `handler` that matches operations by name; the emulator says by it what \
         it emulates",
        folder.display()
    );
    Ok(handlers.names)
}

#[derive(Default)]
struct Handlers {
    inside: bool,
    names: BTreeSet<String>,
}

fn is_handler(function: &syn::ItemFn) -> bool {
    function.sig.ident.to_string().ends_with("handler")
}

impl VisitMut for Handlers {
    fn visit_item_fn_mut(&mut self, function: &mut syn::ItemFn) {
        let outside = std::mem::replace(&mut self.inside, is_handler(function));
        visit_mut::visit_item_fn_mut(self, function);
        self.inside = outside;
    }

    fn visit_pat_mut(&mut self, pattern: &mut syn::Pat) {
        if let (true, syn::Pat::Lit(literal)) = (self.inside, &*pattern)
            && let syn::Lit::Str(text) = &literal.lit
        {
            self.names.insert(text.value());
        }
        visit_mut::visit_pat_mut(self, pattern);
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

//! Runs progenitor on a normalized document.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use anyhow::{Context as _, Result, anyhow};
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};

use crate::pipeline::module::Module;
use crate::pipeline::normalize::rust_names;
use crate::pipeline::normalize::steps::own_types;

mod builders;

/// The syntax tree of a generated module.
pub type Source = syn::File;

/// Generates one module and parses it into a syntax tree, without struct builders.
///
/// # Errors
///
/// If the generator rejects the document, with its own message. A panic of the generator is caught
/// and becomes an error too; it names what normalization does not handle yet.
pub fn generate(document: &OpenAPI, module: &Module) -> Result<Source> {
    let modules = builders::dropped(tokens(document, module)?);
    let items = modules
        .into_iter()
        .map(|module| parsed(module).map(syn::Item::Mod));
    Ok(Source {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: items.collect::<Result<_>>()?,
    })
}

/// The output of the generator.
fn tokens(document: &OpenAPI, module: &Module) -> Result<TokenStream> {
    let mut generator = Generator::new(&settings(module));
    caught(|| generator.generate_tokens(document))
        .and_then(|tokens| Ok(tokens?))
        .with_context(|| format!("the generator refuses module `{}`", module.name))
}

/// Returns the syntax tree of a module, with the document's names restored.
///
/// Items are parsed one by one, and the text of each is freed, because both at once would take
/// twice the memory.
fn parsed(module: builders::Written) -> Result<syn::ItemMod> {
    let unread = "the generated code does not parse";
    let mut parsed: syn::ItemMod = syn::parse2(module.head).context(unread)?;
    let items = module.items.into_iter();
    let items = items.map(|item| syn::parse2(rust_names::restore(item)).context(unread));
    let content = items.collect::<Result<Vec<syn::Item>>>()?;
    parsed.content = Some((syn::token::Brace::default(), content));
    Ok(parsed)
}

fn settings(module: &Module) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged);
    for own in own_types::of(module) {
        settings.with_replacement(own.component, own.rust, [].into_iter());
    }
    for shared in &module.shared {
        let path = format!("crate::{}::types::{}", shared.from, shared.model);
        settings.with_replacement(&shared.model, path, [TypeImpl::Default].into_iter());
    }
    settings
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs code that may panic; keeps the message, but not the backtrace.
///
/// The generator has assertions for documents that it does not support, and so may its libraries.
///
/// The hook is global, so it is set once and checks which thread it runs on: tests generate on
/// several threads, and a panic on another one must be reported.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.map_err(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_else(|| "a panic without a message".to_owned());
        anyhow!("it stopped with: {message}")
    })
}

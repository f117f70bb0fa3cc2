//! Rewrites the generated syntax tree, for changes that neither a document nor a setting can
//! achieve.

use std::collections::BTreeMap;

use self::constructions::Constructions;
use self::features::Features;
use crate::pipeline::normalize::reach::Reach;

pub mod bodies;
pub mod casings;
pub mod constructions;
pub mod constructors;
pub mod derives;
pub mod features;
pub mod lazy;
pub mod models;
pub mod open_enums;
pub mod tabled;

/// What the passes know about the document.
#[derive(Debug, Default)]
pub struct Outline {
    /// Which models requests and responses reach.
    pub reach: Reach,
    /// The features that each item needs.
    pub features: Features,
    /// Whether models are built by setters, and the nullable fields if so.
    pub setters: Option<bodies::Nullable>,
    /// The document's names of models that have short names.
    pub wire_names: BTreeMap<String, String>,
    /// The models that come in either casing.
    pub either_casing: Vec<String>,
}

/// Runs every pass on a generated module, and returns how models that are sent are built.
pub fn shape(file: &mut syn::File, outline: &Outline) -> Constructions {
    open_enums::apply(file);
    derives::apply(file);
    if let Some(nullable) = &outline.setters {
        bodies::three_states(file, &outline.reach, nullable);
        derives::closed(file);
    }
    constructors::apply(file, &outline.reach, outline.setters.is_some());
    if outline.setters.is_some() {
        bodies::setters(file, &outline.reach);
    }
    let constructions = Constructions::of(file);
    casings::apply(file, &outline.either_casing);
    tabled::apply(file);
    models::apply(file, &outline.reach, &outline.wire_names);
    features::apply(file, &outline.features);
    lazy::apply(file);
    constructions
}

/// Returns the formatted source of a module.
#[must_use]
pub fn text(file: &syn::File) -> String {
    shown(prettyplease::unparse(file))
}

/// Replaces invisible characters, which the compiler rejects, by escapes.
///
/// They come from names and enum values; descriptions no longer contain any.
pub(crate) fn shown(code: String) -> String {
    if !code.contains(unseen) {
        return code;
    }
    let escaped = code.chars().map(|c| match unseen(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    });
    escaped.collect()
}

/// Returns whether a character changes the direction of text or is a control character.
pub(crate) fn unseen(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n' && c != '\t')
}

/// Keeps only `mod types`, because the generator's code for sending is not used.
pub fn keep_models(file: &mut syn::File) {
    file.items
        .retain(|item| matches!(item, syn::Item::Mod(module) if module.ident == "types"));
}

/// Returns the models of a generated module, as their own file.
#[must_use]
pub fn models_of(mut file: syn::File) -> syn::File {
    file.items = module_items(&mut file.items, "types").map_or_else(Vec::new, std::mem::take);
    file
}

/// Returns the items of `pub mod {name}` at the top level of a generated file.
pub(crate) fn module_items<'a>(
    items: &'a mut [syn::Item],
    name: &str,
) -> Option<&'a mut Vec<syn::Item>> {
    items.iter_mut().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == name => {
            module.content.as_mut().map(|(_, items)| items)
        }
        _ => None,
    })
}

/// Returns the last segment of the type that an `impl` is for.
fn implemented_for(item: &syn::ItemImpl) -> Option<String> {
    match &*item.self_ty {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// Squeezes a name, because names in a document and in generated code differ only in case and
/// separators.
pub(crate) fn squeezed(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Returns the name of a field on the wire.
pub(crate) fn wire_name(field: &syn::Field) -> Option<String> {
    let renamed = field.attrs.iter().flat_map(open_enums::serde_words);
    let renamed = renamed.into_iter().find_map(|word| match word {
        syn::Meta::NameValue(pair) if pair.path.is_ident("rename") => match pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    renamed.or_else(|| field.ident.as_ref().map(unraw))
}

/// Returns a name without the `r#` of a keyword.
fn unraw(name: &syn::Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

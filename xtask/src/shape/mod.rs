//! Shaping: rewriting the generated syntax tree where no document and no setting can.

use crate::prepare::reach::Reach;

pub mod builders;
pub mod client;
pub mod derives;
pub mod open_enums;
pub mod tables;

/// Runs every pass on a generated module.
pub fn shape(file: &mut syn::File, reach: &Reach, unauthenticated: &[String]) {
    client::apply(file);
    builders::apply(file, reach);
    open_enums::apply(file);
    derives::apply(file);
    tables::apply(file, unauthenticated);
}

/// The items of `pub mod {name}` at the top of a generated file.
fn module_items<'a>(items: &'a mut [syn::Item], name: &str) -> Option<&'a mut Vec<syn::Item>> {
    items.iter_mut().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == name => {
            module.content.as_mut().map(|(_, items)| items)
        }
        _ => None,
    })
}

/// The last segment of the type an `impl` is for.
fn implemented_for(item: &syn::ItemImpl) -> Option<String> {
    match &*item.self_ty {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

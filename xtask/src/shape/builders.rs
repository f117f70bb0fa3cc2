//! Struct builders of models that no request reaches are dropped: they are most of the code.

use std::collections::BTreeSet;

use syn::Item;

use super::{implemented_for, module_items, squeezed};
use crate::prepare::reach::Reach;

/// Keeps `types::builder::X` and `X::builder()` for types that requests reach.
///
/// A type whose name is no component (an inline body) is kept unless it is an answer's
/// (`...Response`), since its reach has no name.
pub fn apply(file: &mut syn::File, reach: &Reach) {
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    let requests: BTreeSet<String> = reach.requests.iter().map(|name| squeezed(name)).collect();
    let components: BTreeSet<String> = reach.components.iter().map(|name| squeezed(name)).collect();
    let keep = |name: &str| {
        let name = squeezed(name);
        requests.contains(&name) || (!components.contains(&name) && !name.ends_with("response"))
    };
    types.retain_mut(|item| match item {
        Item::Impl(implementation) if implementation.trait_.is_none() => {
            let kept = implemented_for(implementation).is_none_or(|name| keep(&name));
            if !kept {
                implementation.items.retain(
                    |item| !matches!(item, syn::ImplItem::Fn(method) if method.sig.ident == "builder"),
                );
            }
            !implementation.items.is_empty()
        }
        _ => true,
    });
    let Some(builders) = module_items(types, "builder") else {
        return;
    };
    builders.retain(|item| match item {
        Item::Struct(item) => keep(&item.ident.to_string()),
        // Builder and model have the same name, so `impl Default for X` and
        // `impl TryFrom<X> for super::X` are judged alike.
        Item::Impl(item) => implemented_for(item).is_none_or(|name| keep(&name)),
        _ => true,
    });
}

//! `JsonSchema` on every generated type, behind the `schemars` feature.

use super::module_items;

/// Adds `#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]` to structs and enums.
pub fn apply(file: &mut syn::File) {
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    for item in types {
        let attributes = match item {
            syn::Item::Struct(item) => &mut item.attrs,
            syn::Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        attributes.push(syn::parse_quote!(
            #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        ));
    }
}

//! Adds derives to generated types: `JsonSchema`, behind the feature `schemars`, and `PartialEq`.

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

/// Marks models as `non_exhaustive`, so that new fields do not break programs.
pub fn closed(file: &mut syn::File) {
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    for item in types {
        if let syn::Item::Struct(item) = item {
            let derive = item
                .attrs
                .iter_mut()
                .find(|it| it.path().is_ident("derive"));
            if let Some(derive) = derive
                && let syn::Meta::List(list) = &mut derive.meta
            {
                let tokens = &list.tokens;
                list.tokens = quote::quote!(#tokens, PartialEq);
            }
            if matches!(item.fields, syn::Fields::Named(_)) {
                item.attrs.push(syn::parse_quote!(#[non_exhaustive]));
            }
        }
    }
}

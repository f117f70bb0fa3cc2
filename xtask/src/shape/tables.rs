//! Constants that tell the transport what only the document knows.

use serde_json::Value;

use crate::prepare::schemas::METHODS;

/// The operationIds that the document exempts from authentication (`security: []`).
#[must_use]
pub fn unauthenticated(document: &Value) -> Vec<String> {
    let items = document["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values());
    items
        .flat_map(|item| METHODS.iter().filter_map(|method| item.get(method)))
        .filter(|operation| operation["security"].as_array().is_some_and(Vec::is_empty))
        .filter_map(|operation| operation["operationId"].as_str().map(str::to_owned))
        .collect()
}

/// Adds `UNAUTHENTICATED` with the names that the generated code gives these operations.
pub fn apply(file: &mut syn::File, unauthenticated: &[String]) {
    let names = unauthenticated.iter().map(|name| snake(name));
    file.items.push(syn::parse_quote! {
        /// Operations that carry no token, by the name that hooks see.
        pub const UNAUTHENTICATED: &[&str] = &[#(#names),*];
    });
}

/// `getAccessToken` as the generator spells it: `get_access_token`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(character.to_ascii_lowercase());
    }
    text
}

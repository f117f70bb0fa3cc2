//! The generated client goes through our seam: no client of its own, no path encoding of its own.

use syn::{Item, UseTree};

/// Removes `Client::new`, which builds an HTTP client with a 15 s time-out and panics when it
/// cannot, and takes `encode_path` from `crate::hooks`.
pub fn apply(file: &mut syn::File) {
    for item in &mut file.items {
        if let Item::Impl(implementation) = item
            && implementation.trait_.is_none()
        {
            implementation.items.retain(
                |item| !matches!(item, syn::ImplItem::Fn(method) if method.sig.ident == "new"),
            );
        }
    }
    without_their_encoding(&mut file.items);
    let import: Item = syn::parse_quote!(
        #[allow(unused_imports)]
        use crate::hooks::encode_path;
    );
    file.items.insert(0, import);
}

fn without_their_encoding(items: &mut [Item]) {
    for item in items {
        match item {
            Item::Mod(module) => {
                let content = module.content.as_mut();
                content
                    .into_iter()
                    .for_each(|(_, items)| without_their_encoding(items));
            }
            Item::Use(import) => {
                if let UseTree::Path(path) = &mut import.tree
                    && path.ident == "progenitor_client"
                    && let UseTree::Group(group) = &mut *path.tree
                {
                    group.items = std::mem::take(&mut group.items)
                        .into_iter()
                        .filter(|tree| !matches!(tree, UseTree::Name(name) if name.ident == "encode_path"))
                        .collect();
                }
            }
            _ => {}
        }
    }
}

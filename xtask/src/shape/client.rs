//! The generated client goes through our seam: no client of its own, no path encoding of its own.

use syn::visit_mut::{self, VisitMut};

/// Removes `Client::new`, which builds an HTTP client with a 15 s time-out and panics when it
/// cannot, and takes `encode_path` from `crate::hooks`.
pub fn apply(file: &mut syn::File) {
    for item in &mut file.items {
        if let syn::Item::Impl(implementation) = item
            && implementation.trait_.is_none()
        {
            implementation.items.retain(
                |item| !matches!(item, syn::ImplItem::Fn(method) if method.sig.ident == "new"),
            );
        }
    }
    Imports.visit_file_mut(file);
    let import: syn::Item = syn::parse_quote!(
        #[allow(unused_imports)]
        use crate::hooks::encode_path;
    );
    file.items.insert(0, import);
}

struct Imports;

impl VisitMut for Imports {
    fn visit_item_use_mut(&mut self, item: &mut syn::ItemUse) {
        let syn::UseTree::Path(path) = &mut item.tree else {
            return;
        };
        if path.ident == "progenitor_client"
            && let syn::UseTree::Group(group) = &mut *path.tree
        {
            group.items = std::mem::take(&mut group.items)
                .into_iter()
                .filter(
                    |tree| !matches!(tree, syn::UseTree::Name(name) if name.ident == "encode_path"),
                )
                .collect();
        }
        visit_mut::visit_item_use_mut(self, item);
    }
}

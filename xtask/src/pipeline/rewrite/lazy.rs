//! Functions are compiled where they are called.
//!
//! Of hundreds of operations a program calls a few. `#[inline]` leaves machine code to the crate that
//! calls one, so that the others cost nothing.

use syn::ImplItemFn;
use syn::visit_mut::VisitMut;

/// Marks every function of the generated code that is not marked yet.
pub fn apply(file: &mut syn::File) {
    Functions.visit_file_mut(file);
}

struct Functions;

impl VisitMut for Functions {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        // Generic ones are compiled where they are called anyway.
        let marked = function
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("inline"));
        if function.sig.generics.params.is_empty() && function.sig.asyncness.is_none() && !marked {
            function.attrs.push(syn::parse_quote!(#[inline]));
        }
    }
}

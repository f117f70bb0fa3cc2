//! Marks functions as `#[inline]`, so that only programs that call them compile them.
//!
//! A program calls a few of hundreds of operations. With `#[inline]`, the calling crate contains
//! the machine code, so the others cost nothing.

use syn::ImplItemFn;
use syn::visit_mut::VisitMut;

/// Marks every function of the generated code that is not marked already.
pub fn apply(file: &mut syn::File) {
    Functions.visit_file_mut(file);
}

struct Functions;

impl VisitMut for Functions {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        // Generic functions are compiled by the calling crate anyway.
        let marked = function
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("inline"));
        if function.sig.generics.params.is_empty() && function.sig.asyncness.is_none() && !marked {
            function.attrs.push(syn::parse_quote!(#[inline]));
        }
    }
}

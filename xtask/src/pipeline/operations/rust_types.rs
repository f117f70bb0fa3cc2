//! The Rust types that the generator chose for parameters, bodies, responses and fields.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Fields, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, ItemStruct, PathArguments,
    ReturnType, Type, TypeParamBound, WherePredicate,
};

/// The types of operations and models in a generated module that has not been rewritten yet.
#[derive(Default)]
pub struct RustTypes {
    operations: BTreeMap<String, OperationTypes>,
    models: BTreeMap<String, BTreeMap<String, Type>>,
}

/// The types of one operation.
#[derive(Default)]
pub struct OperationTypes {
    /// Of each parameter and of `body`, by the name of its setter.
    pub parameters: BTreeMap<String, Type>,
    /// Of a successful response.
    pub response: Option<Type>,
}

impl RustTypes {
    /// Reads a generated module.
    #[must_use]
    pub fn of(file: &syn::File) -> Self {
        let mut types = Self::default();
        for item in module_items(&file.items, "builder") {
            if let Item::Impl(item) = item
                && let Some(name) = last_segment(&item.self_ty)
            {
                let operation = types.operations.entry(name).or_default();
                for member in &item.items {
                    if let ImplItem::Fn(function) = member {
                        operation.add(function);
                    }
                }
            }
        }
        for item in module_items(&file.items, "types") {
            if let Item::Struct(item) = item {
                types.models.insert(item.ident.to_string(), fields(item));
            }
        }
        types
    }

    /// Returns the types of an operation, by the name of its builder.
    #[must_use]
    pub fn operation(&self, builder: &str) -> Option<&OperationTypes> {
        self.operations.get(builder)
    }

    /// Returns the types of a model's fields, by wire name.
    #[must_use]
    pub fn fields(&self, model: &str) -> Option<&BTreeMap<String, Type>> {
        self.models.get(model)
    }

    /// Returns the type of a field, by model and wire name.
    #[must_use]
    pub fn field(&self, model: &str, wire: &str) -> Option<&Type> {
        self.models.get(model)?.get(wire)
    }
}

impl OperationTypes {
    fn add(&mut self, function: &ImplItemFn) {
        if function.sig.ident == "send" {
            if let ReturnType::Type(_, result) = &function.sig.output {
                self.response =
                    argument(result, "Result").and_then(|it| argument(&it, "ResponseValue"));
            }
            return;
        }
        let takes_self = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_)));
        if let Some(ty) = converted(function).filter(|_| takes_self) {
            self.parameters.insert(function.sig.ident.to_string(), ty);
        }
    }
}

/// Returns the type `T` of a setter `fn x<V: TryInto<T>>(mut self, value: V)`.
fn converted(function: &ImplItemFn) -> Option<Type> {
    let predicates = &function.sig.generics.where_clause.as_ref()?.predicates;
    predicates.iter().find_map(|predicate| {
        let WherePredicate::Type(predicate) = predicate else {
            return None;
        };
        predicate.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => {
                let last = bound.path.segments.last()?;
                let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                    return None;
                };
                match arguments.args.first()? {
                    GenericArgument::Type(ty)
                        if last.ident == "TryInto" || last.ident == "Into" =>
                    {
                        Some(ty.clone())
                    }
                    _ => None,
                }
            }
            _ => None,
        })
    })
}

/// Returns the fields of a model by wire name.
fn fields(item: &ItemStruct) -> BTreeMap<String, Type> {
    let Fields::Named(fields) = &item.fields else {
        return BTreeMap::new();
    };
    let named = fields.named.iter().filter_map(|field| {
        let wire = crate::pipeline::rewrite::wire_name(field)?;
        let mut ty = field.ty.clone();
        Qualified.visit_type_mut(&mut ty);
        Some((wire, ty))
    });
    named.collect()
}

/// Adds the module to names of models, which are unqualified next to their definitions.
struct Qualified;

impl VisitMut for Qualified {
    fn visit_type_path_mut(&mut self, ty: &mut syn::TypePath) {
        visit_mut::visit_type_path_mut(self, ty);
        if let Some(name) = ty.path.get_ident()
            && name.to_string().starts_with(char::is_uppercase)
        {
            *ty = syn::parse_quote!(types::#name);
        }
    }
}

fn module_items<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    let found = items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_ref(),
        _ => None,
    });
    found.map_or(&[], |(_, items)| items.as_slice())
}

fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// Returns the first type argument of a type with this name.
pub(crate) fn argument(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) if last.ident == name => Some(ty.clone()),
        _ => None,
    })
}

/// Returns a type as in a declaration, without the paths of types in Rust's prelude.
pub(crate) fn plain(ty: &Type) -> Type {
    struct Plain;
    impl VisitMut for Plain {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            visit_mut::visit_path_mut(self, path);
            let last = path.segments.last().map(|last| last.ident.to_string());
            let first = path.segments.first().map(|first| first.ident.to_string());
            if first.as_deref() == Some("std")
                && ["String", "Vec", "Option"].contains(&last.as_deref().unwrap_or_default())
                && let Some(last) = path.segments.pop()
            {
                *path = last.into();
            }
        }
    }
    let mut ty = ty.clone();
    Plain.visit_type_mut(&mut ty);
    ty
}

/// How a value of a type is passed to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// As it is.
    Plain,
    /// As anything that converts to it.
    Into,
    /// As anything that yields its elements.
    Each,
}

/// Returns the type of an argument with this name, and the value that the field gets from it.
pub(crate) fn passed(name: &Ident, ty: &Type) -> (TokenStream, TokenStream) {
    match (Passing::of(ty), argument(ty, "Vec")) {
        (Passing::Plain, _) => (quote!(#ty), quote!(#name)),
        (Passing::Each, Some(element)) => (
            quote!(impl IntoIterator<Item = impl Into<#element>>),
            quote!(#name.into_iter().map(Into::into).collect()),
        ),
        _ => (quote!(impl Into<#ty>), quote!(#name.into())),
    }
}

impl Passing {
    pub(crate) fn of(ty: &Type) -> Self {
        let text = ty.to_token_stream().to_string();
        let scalar = [
            "bool", "f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64",
        ];
        if scalar.contains(&text.as_str()) {
            Self::Plain
        } else if argument(ty, "Vec").is_some() {
            Self::Each
        } else {
            Self::Into
        }
    }
}

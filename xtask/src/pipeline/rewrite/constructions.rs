//! How models that are sent are built: the arguments of `new`, and the setters of each model.

use std::collections::{BTreeMap, BTreeSet};

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Fields, Ident, Item, ItemStruct, LitStr, Token, Type, Visibility};

use super::constructors::{has_default, is_needed};
use super::{module_items, wire_name};
use crate::pipeline::operations::rust_types::argument;

/// The models that are sent, and the open enums.
#[derive(Default)]
pub struct Constructions {
    models: BTreeMap<String, Construction>,
    /// The last variant of each.
    enums: BTreeMap<String, Ident>,
}

/// How one model is built.
pub struct Construction {
    /// The arguments of `new`.
    pub needed: Vec<Part>,
    /// Whether `new` takes them by name.
    pub by_name: bool,
    /// The setters.
    pub set: Vec<Part>,
}

/// An argument of `new`, or a setter.
pub struct Part {
    /// Its name in Rust.
    pub name: Ident,
    /// Its name on the wire.
    pub wire: String,
    /// The type of its value.
    pub ty: Type,
}

impl Constructions {
    /// Reads a module whose models have constructors and setters, and serde's attributes.
    pub(super) fn of(file: &mut syn::File) -> Self {
        let mut found = Self::default();
        let Some(types) = module_items(&mut file.items, "types") else {
            return found;
        };
        let built: BTreeSet<String> = types.iter().filter_map(built).collect();
        let names: BTreeSet<String> = types.iter().filter_map(super::features::declared).collect();
        for item in types.iter() {
            match item {
                Item::Struct(model) if built.contains(&model.ident.to_string()) => {
                    let name = model.ident.to_string();
                    let by_name = names.contains(&format!("{name}Required"));
                    if let Some(construction) = construction(model, by_name) {
                        found.models.insert(name, construction);
                    }
                }
                Item::Macro(item) if is_open_enum(&item.mac.path) => {
                    if let Ok(open) = item.mac.parse_body::<OpenEnum>() {
                        found.enums.insert(open.name.to_string(), open.last);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Returns how a model is built.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&Construction> {
        self.models.get(name)
    }

    /// Returns the last variant of an open enum.
    #[must_use]
    pub fn last_of(&self, name: &str) -> Option<&Ident> {
        self.enums.get(name)
    }

    /// Returns whether a model contains another one, directly or indirectly; each contains itself.
    #[must_use]
    pub fn holds(&self, outer: &str, inner: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut left = vec![outer.to_owned()];
        while let Some(name) = left.pop() {
            if name == inner {
                return true;
            }
            let parts = self.models.get(&name).into_iter().flat_map(|it| &it.set);
            if seen.insert(name) {
                left.extend(parts.filter_map(|part| self.model_in(&part.ty)));
            }
        }
        false
    }

    /// Returns the model in a type, if there is one.
    #[must_use]
    pub fn model_in(&self, ty: &Type) -> Option<String> {
        let Type::Path(path) = ty else { return None };
        let last = path.path.segments.last()?;
        if let syn::PathArguments::AngleBracketed(arguments) = &last.arguments {
            return arguments.args.iter().find_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => self.model_in(ty),
                _ => None,
            });
        }
        let name = last.ident.to_string();
        self.models.contains_key(&name).then_some(name)
    }
}

fn is_open_enum(path: &syn::Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident == "open_enum")
}

/// Returns the type that has a function `new`.
fn built(item: &Item) -> Option<String> {
    let Item::Impl(item) = item else { return None };
    let has_new = item.items.iter().any(|member| match member {
        syn::ImplItem::Fn(function) => function.sig.ident == "new",
        _ => false,
    });
    match item.trait_.is_none() && has_new {
        true => super::implemented_for(item),
        false => None,
    }
}

fn construction(model: &ItemStruct, by_name: bool) -> Option<Construction> {
    let Fields::Named(fields) = &model.fields else {
        return None;
    };
    let takes_some = !has_default(model);
    let needed = fields.named.iter();
    let needed = needed.filter(|field| takes_some && is_needed(field));
    Some(Construction {
        needed: needed.filter_map(part).collect(),
        by_name,
        set: fields.named.iter().filter_map(part).collect(),
    })
}

fn part(field: &Field) -> Option<Part> {
    let held = ["Update", "Option"].map(|word| argument(&field.ty, word));
    let held = held.into_iter().flatten().next();
    let held = held.unwrap_or_else(|| field.ty.clone());
    Some(Part {
        name: field.ident.clone()?,
        wire: wire_name(field)?,
        ty: argument(&held, "Box").unwrap_or(held),
    })
}

/// The arguments of `crate::open_enum!`.
struct OpenEnum {
    name: Ident,
    last: Ident,
}

impl Parse for OpenEnum {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Token![enum]>()?;
        let name = input.parse()?;
        let variants;
        syn::braced!(variants in input);
        let variants = Punctuated::<Variant, Token![,]>::parse_terminated(&variants)?;
        let last = variants.into_iter().last();
        let last = last.ok_or_else(|| input.error("an enum without variants"))?;
        Ok(Self { name, last: last.0 })
    }
}

struct Variant(Ident);

impl Parse for Variant {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        input.parse::<LitStr>()?;
        Ok(Self(name))
    }
}

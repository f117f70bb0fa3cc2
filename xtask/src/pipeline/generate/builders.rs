//! Drops generated code that nothing reads, because parsing it is most of the work.
//!
//! Operations take models, so the struct builders of models are dropped. Of the builders of
//! operations, only the types in the signatures of their methods are read. The bodies of these
//! methods, which send a request, are most of the code. Besides the two modules, there is only a
//! client that nothing uses.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A module as the generator writes it.
pub(super) struct Written {
    /// The module without its content.
    pub(super) head: TokenStream,
    /// The code of each item.
    pub(super) items: Vec<TokenStream>,
}

/// Keeps the models of `types` and, of `builder`, the signatures of the methods.
#[must_use]
pub(super) fn dropped(code: TokenStream) -> Vec<Written> {
    let modules = items(code).into_iter().filter_map(|mut item| {
        let kept = match named(&item)?.as_str() {
            "types" if item.iter().any(is_mod) => models,
            "builder" if item.iter().any(is_mod) => heads,
            _ => return None,
        };
        let Some(TokenTree::Group(content)) = item.pop() else {
            return None;
        };
        item.push(Group::new(Delimiter::Brace, TokenStream::new()).into());
        Some(Written {
            head: item.into_iter().collect(),
            items: kept(content.stream()),
        })
    });
    modules.collect()
}

/// Keeps the models, without `mod builder` and each `X::builder()`.
fn models(types: TokenStream) -> Vec<TokenStream> {
    let kept = items(types).into_iter().filter(|item| {
        let of_builders = item.iter().any(is_mod) && named(item).is_some_and(|it| it == "builder");
        !of_builders && !is_builder_method(item)
    });
    kept.map(TokenStream::from_iter).collect()
}

/// `struct X {}` for each operation, and `impl X { pub fn y<V>(self, value: V) -> Self where ... {} }`.
fn heads(builders: TokenStream) -> Vec<TokenStream> {
    let kept = items(builders).into_iter().filter_map(|mut item| {
        let words: Vec<String> = item.iter().filter_map(name).collect();
        let has = |word: &str| words.iter().any(|it| it == word);
        if has("struct") {
            within(&mut item, |_| TokenStream::new());
        } else if has("impl") && !has("for") {
            within(&mut item, methods);
        } else {
            return None;
        }
        Some(item.into_iter().collect())
    });
    kept.collect()
}

fn methods(builder: TokenStream) -> TokenStream {
    let methods = items(builder).into_iter().map(|mut method| {
        within(&mut method, |_| TokenStream::new());
        method
    });
    methods.flatten().collect()
}

/// Replaces the body at the end of an item with what `change` makes of it.
fn within(item: &mut [TokenTree], change: fn(TokenStream) -> TokenStream) {
    if let Some(TokenTree::Group(body)) = item.last_mut() {
        *body = Group::new(body.delimiter(), change(body.stream()));
    }
}

fn is_mod(token: &TokenTree) -> bool {
    name(token).is_some_and(|name| name == "mod")
}

/// Returns the items of a module or an `impl`, each of which ends with a body or a semicolon.
fn items(code: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut items = Vec::new();
    let mut item = Vec::new();
    for token in code {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        item.push(token);
        if ends {
            items.push(std::mem::take(&mut item));
        }
    }
    if !item.is_empty() {
        items.push(item);
    }
    items
}

/// `impl X { pub fn builder() -> builder::X {...} }`, which the generator writes as a separate
/// item.
fn is_builder_method(item: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(body)) = item.last() else {
        return false;
    };
    let names = |tokens: &mut dyn Iterator<Item = TokenTree>| -> Vec<String> {
        tokens.filter_map(|token| name(&token)).collect()
    };
    let head = names(&mut item.iter().cloned());
    let body = names(&mut body.stream().into_iter());
    head.len() == 2
        && head[0] == "impl"
        && body.starts_with(&["pub", "fn", "builder"].map(str::to_owned))
        && body.iter().filter(|name| *name == "fn").count() == 1
}

/// Returns the last name before the body: `struct X {`, `impl Default for X {`.
fn named(item: &[TokenTree]) -> Option<String> {
    item.iter().rev().find_map(name)
}

fn name(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn bodies_and_the_client_are_dropped_before_they_are_parsed() {
        let code = quote! {
            pub use progenitor_client::{ByteStream, Error};
            pub mod types {
                pub struct Thing { pub name: String, }
                impl Thing { pub fn builder() -> builder::Thing { Default::default() } }
                pub mod builder { pub struct Thing { name: Result<String, String> } }
            }
            pub struct Client { baseurl: String }
            impl Client { pub fn get(&self) -> builder::Get<'_> { builder::Get::new(self) } }
            pub mod builder {
                use super::types;
                #[derive(Debug, Clone)]
                pub struct Get<'a> { client: &'a super::Client, name: Result<Option<String>, String> }
                impl<'a> Get<'a> {
                    pub fn name<V>(mut self, value: V) -> Self where V: TryInto<String>, {
                        self.name = value.try_into().map(Some);
                        self
                    }
                    pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error<()>> {
                        let Self { client, name } = self;
                        client.get(name).await
                    }
                }
                impl<'a> Drop for Get<'a> { fn drop(&mut self) { loop {} } }
            }
            pub mod prelude { pub use super::Client; }
        };
        let kept = [
            (
                quote!(
                    pub mod types {}
                ),
                vec![quote!(
                    pub struct Thing {
                        pub name: String,
                    }
                )],
            ),
            (
                quote!(
                    pub mod builder {}
                ),
                vec![
                    quote! {
                        #[derive(Debug, Clone)]
                        pub struct Get<'a> {}
                    },
                    quote! {
                        impl<'a> Get<'a> {
                            pub fn name<V>(mut self, value: V) -> Self where V: TryInto<String>, {}
                            pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error<()>> {}
                        }
                    },
                ],
            ),
        ];
        let shown = |head: TokenStream, items: Vec<TokenStream>| {
            let items = items.iter().map(ToString::to_string);
            (head.to_string(), items.collect::<Vec<_>>())
        };
        let dropped = dropped(code).into_iter().map(|it| shown(it.head, it.items));
        let kept = kept.into_iter().map(|(head, items)| shown(head, items));
        assert_eq!(dropped.collect::<Vec<_>>(), kept.collect::<Vec<_>>());
    }
}

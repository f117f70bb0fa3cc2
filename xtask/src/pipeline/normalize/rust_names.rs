//! The names that generated code will have, and marks that tell apart two that collide.
//!
//! Two wire names can become the same Rust name (`Id` and `ID`). The second one gets a mark, which
//! the generator turns into a number (`id_2`). [`restore`] removes the mark from string literals in
//! the generated code, so the wire name is unchanged.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase as _, ToSnakeCase as _};
use proc_macro2::{Group, Literal, TokenStream, TokenTree};

/// A private-use character, which no document contains.
const MARK: char = '\u{E000}';

/// The same character as written in a literal.
const ESCAPED_MARK: &str = "\\u{e000}";

/// Names in Rust's prelude: a type with such a name would shadow it in the code around it, and a
/// trait's methods with it.
pub const PRELUDE: [&str; 38] = [
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// Returns the name of a field, a parameter or an operation in generated code.
#[must_use]
pub fn snake(name: &str) -> String {
    identifier(&words(name).to_snake_case(), "x")
}

/// Returns the name of a type or a variant in generated code.
#[must_use]
pub fn pascal(name: &str) -> String {
    identifier(&words(name).to_pascal_case(), "X")
}

/// Returns the name that the generator gives a parameter; its rule for the first character differs
/// from that for fields.
#[must_use]
pub fn parameter(name: &str) -> String {
    underscored(&words(name).to_snake_case(), "x")
}

/// Returns the name that the generator gives the builder of an operation. It is derived from the
/// method's name: `ẞ` becomes `ß` in lower case, and that becomes `SS`.
#[must_use]
pub fn builder(name: &str) -> String {
    underscored(&words(name).to_snake_case().to_pascal_case(), "X")
}

fn underscored(name: &str, empty: &str) -> String {
    match name {
        "" => empty.to_owned(),
        name => identifier(name, "_"),
    }
}

/// Returns a name that differs from `name` in Rust but not on the wire.
#[must_use]
pub fn marked(name: &str, number: usize) -> String {
    format!("{name}{MARK}{number}")
}

/// Returns the wire name of a name that may be marked.
#[must_use]
pub fn unmarked(name: &str) -> &str {
    name.split(MARK).next().unwrap_or(name)
}

/// `{name}2`, `{name}3`, ...
#[must_use]
pub fn numbered(name: &str, number: usize) -> String {
    format!("{name}{number}")
}

/// Rust names that are taken.
///
/// If thousands of names become the same one in Rust, each continues counting where the last one
/// stopped.
#[derive(Debug)]
pub struct Taken {
    in_rust: fn(&str) -> String,
    names: BTreeSet<String>,
    next: BTreeMap<String, usize>,
}

impl Taken {
    /// Starts with none; `in_rust` converts a name to Rust.
    #[must_use]
    pub fn new(in_rust: fn(&str) -> String) -> Self {
        Self {
            in_rust,
            names: BTreeSet::new(),
            next: BTreeMap::new(),
        }
    }

    /// Takes a name; returns false if it is taken already.
    pub fn insert(&mut self, name: &str) -> bool {
        self.names.insert((self.in_rust)(name))
    }

    /// Returns whether a name is taken.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(&(self.in_rust)(name))
    }

    /// Takes the name, or the first free one of `count(name, 2)`, `count(name, 3)` and so on.
    pub fn free(&mut self, name: &str, count: fn(&str, usize) -> String) -> String {
        if self.insert(name) {
            return name.to_owned();
        }
        let next = self.next.entry((self.in_rust)(name)).or_insert(2);
        loop {
            let candidate = count(name, *next);
            *next += 1;
            if self.names.insert((self.in_rust)(&candidate)) {
                return candidate;
            }
        }
    }
}

/// Removes the marks from string literals in generated code.
#[must_use]
pub fn restore(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut restored = Group::new(group.delimiter(), restore(group.stream()));
                restored.set_span(group.span());
                restored.into()
            }
            TokenTree::Literal(literal) => restored_literal(literal).into(),
            other => other,
        })
        .collect()
}

fn restored_literal(literal: Literal) -> Literal {
    let written = literal.to_string();
    // Parsing literals is slow, and hardly any has a mark.
    if !written.contains(MARK) && !written.contains(ESCAPED_MARK) {
        return literal;
    }
    let parsed = syn::parse_str::<syn::LitStr>(&written);
    match parsed.map(|text| text.value()) {
        Ok(text) if text.contains(MARK) => {
            let mut parts = text.split(MARK);
            let mut kept = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                kept.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
            }
            Literal::string(&kept)
        }
        _ => literal,
    }
}

fn words(name: &str) -> String {
    match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name
            .replace('\'', "")
            .replace(|c: char| !unicode_ident::is_xid_continue(c), "-"),
    }
}

fn identifier(name: &str, prefix: &str) -> String {
    let name = match name.chars().next() {
        None => prefix.to_owned(),
        Some(first) if unicode_ident::is_xid_start(first) => name.to_owned(),
        Some(_) => format!("{prefix}{name}"),
    };
    match syn::parse_str::<syn::Ident>(&name) {
        Ok(_) => name,
        Err(_) => format!("{name}_"),
    }
}

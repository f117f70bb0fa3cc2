//! Names as the generated code will have them, and marks that keep two of them apart.
//!
//! Two wire names can make one Rust name (`Id` and `ID`). The second one gets a mark, which the
//! generator turns into a number (`id_2`); [`restore`] takes it out of the generated text, so that
//! the wire name stays what it was.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase as _, ToSnakeCase as _};
use proc_macro2::{Group, Literal, TokenStream, TokenTree};

/// A character that no document uses: it is set aside for private use.
const MARK: char = '\u{E000}';

/// The same as a literal has it.
const ESCAPED_MARK: &str = "\\u{e000}";

/// Names that Rust has everywhere: a type of such a name hides it from the code around it, and with
/// a trait its methods.
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

/// The name of a field, a parameter or an operation in generated code.
#[must_use]
pub fn snake(name: &str) -> String {
    identifier(&words(name).to_snake_case(), "x")
}

/// The name of a type or a variant in generated code.
#[must_use]
pub fn pascal(name: &str) -> String {
    identifier(&words(name).to_pascal_case(), "X")
}

/// The name that the generator gives a parameter: for the first character it has another rule than
/// for fields.
#[must_use]
pub fn parameter(name: &str) -> String {
    underscored(&words(name).to_snake_case(), "x")
}

/// The name that the generator gives the builder of an operation, which it makes of that of the
/// method: of `ẞ`, which is `ß` in lower case, it makes `SS`.
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

/// A name that makes another Rust name than `name`, and the same name on the wire.
#[must_use]
pub fn marked(name: &str, number: usize) -> String {
    format!("{name}{MARK}{number}")
}

/// The wire name behind a name that may be marked.
#[must_use]
pub fn unmarked(name: &str) -> &str {
    name.split(MARK).next().unwrap_or(name)
}

/// `{name}2`, `{name}3`, ...
#[must_use]
pub fn numbered(name: &str, number: usize) -> String {
    format!("{name}{number}")
}

/// Names in Rust that are taken.
///
/// Of thousands of names that make one in Rust, each goes on counting where the one before it stopped.
#[derive(Debug)]
pub struct Taken {
    in_rust: fn(&str) -> String,
    names: BTreeSet<String>,
    next: BTreeMap<String, usize>,
}

impl Taken {
    /// None taken yet; `in_rust` says what Rust makes of a name.
    #[must_use]
    pub fn new(in_rust: fn(&str) -> String) -> Self {
        Self {
            in_rust,
            names: BTreeSet::new(),
            next: BTreeMap::new(),
        }
    }

    /// Takes a name; false when it was taken.
    pub fn insert(&mut self, name: &str) -> bool {
        self.names.insert((self.in_rust)(name))
    }

    /// Whether a name is taken.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(&(self.in_rust)(name))
    }

    /// Takes the name, or the first of what `count` makes of it with 2, 3, ... that is free.
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

/// Takes the marks out of the text literals of generated code.
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
    // Reading it is slow, and hardly any has a mark.
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

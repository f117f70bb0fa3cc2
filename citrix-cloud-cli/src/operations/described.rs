//! What the table says of an operation.

use citrix_cloud::operations::{Meta, Scope};

use super::schema;

/// An operation as a command.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The words behind the program's name, the verb last.
    pub(crate) words: &'static [&'static str],
    /// Whether a person wrote its command.
    pub(crate) by_hand: bool,
    /// What the SDK has to know of it.
    pub(crate) meta: Meta,
    /// Whether the first parameter of the path is the site itself.
    pub(crate) of_the_site: bool,
    /// Whether it asks before it is sent.
    pub(crate) asks: bool,
    /// The model of an item, of a list.
    pub(crate) item: &'static str,
    /// One sentence.
    pub(crate) summary: &'static str,
    /// What else there is to say.
    pub(crate) description: &'static str,
    /// What stands in path, query and headers.
    pub(crate) parameters: &'static [Parameter],
    /// The body, if it has one.
    pub(crate) body: Option<Body>,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// The form of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Integer,
    Boolean,
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) place: Place,
    /// The name on the wire.
    pub(crate) wire: &'static str,
    /// The name of the option.
    pub(crate) option: &'static str,
    /// What stands for its value in help.
    pub(crate) value_name: &'static str,
    pub(crate) required: bool,
    /// Whether nobody but the service may see its value.
    pub(crate) secret: bool,
    pub(crate) description: &'static str,
    pub(crate) form: Form,
    /// Whether several values can be given.
    pub(crate) many: bool,
    /// The values that are documented.
    pub(crate) values: &'static [&'static str],
}

/// A body of JSON.
#[derive(Debug)]
pub(crate) struct Body {
    /// The name of its model.
    pub(crate) model: &'static str,
    pub(crate) required: bool,
}

impl Operation {
    /// The words as they are typed.
    pub(crate) fn command(&self) -> String {
        self.words.join(" ")
    }

    /// Whether it can be asked for without saying anything in a body.
    pub(crate) fn needs_no_body(&self) -> bool {
        let body = self.body.as_ref();
        body.is_none_or(|it| !it.required || schema::may_be_empty(it.model))
    }

    /// The command that lists what this one is about, the noun's `list`, with what it has to be told.
    pub(crate) fn list_command(&self) -> Option<String> {
        let noun = match self.words {
            [first @ "daas", noun, ..] => vec![*first, *noun],
            [noun, ..] => vec![*noun],
            [] => return None,
        };
        let words = [noun.as_slice(), &["list"]].concat();
        let list = super::by_words(&words).filter(|it| it.meta.envelope.is_some())?;
        let needed = list.parameters.iter().filter(|it| it.required);
        let needed = needed.map(|it| match it.place {
            Place::Path => format!(" {}", it.value_name),
            Place::Query | Place::Header => format!(" --{} {}", it.option, it.value_name),
        });
        Some(list.command() + &needed.collect::<String>())
    }

    /// Whether it is sent to a site.
    pub(crate) fn is_of_a_site(&self) -> bool {
        self.meta.scope == Scope::Site
    }

    /// Method and path.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.meta.method, self.meta.path)
    }
}

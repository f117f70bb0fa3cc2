//! The table's entries: operations and their parameters.

use citrix_cloud::operations::{Meta, Scope};

use super::schema;

/// An operation as a command.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The words after the program's name; the verb is last.
    pub(crate) words: &'static [&'static str],
    /// Whether its command is hand-written.
    pub(crate) by_hand: bool,
    /// The SDK's description of it.
    pub(crate) meta: Meta,
    /// Whether the first path parameter is the site itself.
    pub(crate) of_the_site: bool,
    /// Whether it asks for confirmation.
    pub(crate) asks: bool,
    /// For a list, the model of an item.
    pub(crate) item: &'static str,
    /// A one-sentence summary.
    pub(crate) summary: &'static str,
    /// Further description.
    pub(crate) description: &'static str,
    /// The parameters in path, query and headers.
    pub(crate) parameters: &'static [Parameter],
    /// The body, if it has one.
    pub(crate) body: Option<Body>,
}

/// The place of a parameter.
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
    /// The name in the API.
    pub(crate) wire: &'static str,
    /// The name of the option.
    pub(crate) option: &'static str,
    /// The placeholder for its value in help.
    pub(crate) value_name: &'static str,
    pub(crate) required: bool,
    /// Whether only the service may see its value.
    pub(crate) secret: bool,
    pub(crate) description: &'static str,
    pub(crate) form: Form,
    /// Whether several values can be given.
    pub(crate) many: bool,
    /// The documented values.
    pub(crate) values: &'static [&'static str],
}

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body {
    /// The name of its model.
    pub(crate) model: &'static str,
    pub(crate) required: bool,
}

impl Operation {
    /// Returns the words as they are typed.
    pub(crate) fn command(&self) -> String {
        self.words.join(" ")
    }

    /// Returns whether it can be called without a body.
    pub(crate) fn needs_no_body(&self) -> bool {
        let body = self.body.as_ref();
        body.is_none_or(|it| !it.required || schema::may_be_empty(it.model))
    }

    /// Returns the command that lists its objects, which is `list` of the same noun, with required arguments.
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

    /// Returns whether it is sent to a site.
    pub(crate) fn is_of_a_site(&self) -> bool {
        self.meta.scope == Scope::Site
    }

    /// Returns its method and path.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.meta.method, self.meta.path)
    }
}

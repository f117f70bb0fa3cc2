//! Commands: the name and options of every operation on the command line.
//!
//! `words` derives their names from the handles. [`Exceptions`] corrects them, and names the
//! commands of services that have no handles. `wire` reads the options and bodies from the
//! document. `emit` writes the table, and [`page`] the page of the guide.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use quote::ToTokens as _;
use syn::Type;

use crate::pipeline::operations::described::{Envelope, Operation, Place, Reads};

mod emit;
mod exceptions;
mod page;
mod responses;
mod wire;
mod words;

pub use emit::{models, table};
pub use exceptions::Exceptions;
pub use page::page;
pub use responses::Responses;
pub use wire::{Form, Kind, Wire};
pub use words::{Placed, of_methods};

use crate::pipeline::handles;
use crate::pipeline::handles::docs::{further, one_line, sentence};
use crate::pipeline::operations::Described;

/// An operation as a command.
#[derive(Debug)]
pub struct Command {
    /// The words after the program's name; the verb is last.
    pub words: Vec<String>,
    /// Whether the command is hand-written, or deliberately missing.
    pub by_hand: bool,
    /// The operationId.
    pub id: String,
    /// The module that it belongs to, which is the service.
    pub module: String,
    /// The method of the request, in upper case.
    pub method: String,
    /// The path template, with names as on the wire.
    pub path: String,
    /// Whether the path is below a site.
    pub below_a_site: bool,
    /// Whether the first path parameter is the site itself.
    pub of_the_site: bool,
    /// Whether it only reads.
    pub safe: bool,
    /// Whether to ask for confirmation.
    pub asks: bool,
    /// Whether it can run as a job.
    pub job: bool,
    /// The format of its pages, if it is a list.
    pub pages: Option<Pages>,
    /// The model of an item, if it is a list.
    pub item: String,
    /// How the response is decoded: the name of a variant of `Reads`.
    pub reads: &'static str,
    /// One sentence.
    pub summary: String,
    /// The rest of the document's description.
    pub description: String,
    /// The parameters in the path, query and headers.
    pub parameters: Vec<Parameter>,
    /// The body, if it has one.
    pub body: Option<Body>,
}

/// The format of the pages of a list.
#[derive(Debug)]
pub struct Pages {
    /// The field with the items.
    pub items: String,
    /// The field with the continuation token.
    pub token: Option<String>,
    /// The query parameter for the token.
    pub token_parameter: Option<String>,
    /// The query parameter for the page size.
    pub limit_parameter: Option<String>,
}

/// A parameter of a command.
#[derive(Debug)]
pub struct Parameter {
    /// `Path`, `Query` or `Header`.
    pub place: &'static str,
    /// The name on the wire.
    pub wire: String,
    /// The name of the option, without leading hyphens.
    pub option: String,
    /// Whether it is required.
    pub required: bool,
    /// Whether its value is a secret.
    pub secret: bool,
    /// Its description.
    pub description: String,
    /// The values that it accepts.
    pub kind: Kind,
}

/// The body of a command.
#[derive(Debug)]
pub struct Body {
    /// The name of its model; `None` if the schema has no name.
    pub model: Option<String>,
    /// Whether it is required.
    pub required: bool,
}

/// Options that every command has; parameters cannot use their names.
const TAKEN: [&str; 4] = ["site", "query", "output", "profile"];

/// Parameters that the client sets itself, or that the program knows.
const DONE_OTHERWISE: [(&str, &str); 6] = [
    ("Query", "async"),
    ("Query", "continuationToken"),
    ("Query", "requestContinuation"),
    ("Query", "limit"),
    ("Query", "maxItemCount"),
    ("Path", "customerId"),
];

/// Returns the commands of a module.
///
/// # Errors
///
/// If an operation has no words, or two have the same; the error names them.
pub fn commands(
    module: &str,
    described: &[Described],
    handles: Option<&handles::Exceptions>,
    exceptions: &Exceptions,
    wire: &Wire,
) -> Result<Vec<Command>> {
    let methods = match handles {
        Some(handles) => handles::methods(described, handles)?,
        None => Vec::new(),
    };
    let mut by_rule = match handles {
        Some(handles) => {
            let placed = methods.iter().map(|it| Placed {
                id: it.id(),
                path: &it.operation.path,
                place: &it.place,
            });
            of_methods(&placed.collect::<Vec<_>>(), handles)
        }
        None => BTreeMap::new(),
    };
    let mut commands = Vec::new();
    for operation in described.iter().flat_map(|area| &area.operations) {
        let id = operation.id.as_str();
        let method = methods.iter().find(|it| it.id() == id);
        let words = exceptions.words(id, by_rule.remove(id).unwrap_or_default())?;
        let on_many = method.is_none_or(|it| words::is_on_many(&it.place));
        let below = exceptions.below.get(module).filter(|_| !words.is_empty());
        commands.push(Command {
            by_hand: exceptions.is_by_hand(id),
            module: module.to_owned(),
            asks: !operation.is_safe() && words::asks(operation, &words, on_many),
            words: below.cloned().into_iter().chain(words).collect(),
            of_the_site: method.is_some_and(|it| it.place.folded),
            ..command(operation, wire)
        });
    }
    Ok(commands)
}

fn command(operation: &Operation, wire: &Wire) -> Command {
    let text = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    let parameters = operation.parameters.iter();
    let parameters = parameters.filter_map(|parameter| {
        let place = match parameter.place {
            Place::Path => "Path",
            Place::Query => "Query",
            Place::Header => "Header",
            Place::Body => return None,
        };
        if DONE_OTHERWISE.contains(&(place, parameter.wire.as_str())) {
            return None;
        }
        let name = parameter.name.trim_end_matches('_').replace('_', "-");
        let name = match place {
            "Header" => name.trim_start_matches("x-").to_owned(),
            _ => name,
        };
        Some(Parameter {
            place,
            wire: parameter.wire.clone(),
            option: match TAKEN.contains(&name.as_str()) {
                true => format!("of-{name}"),
                false => name,
            },
            required: parameter.required,
            secret: parameter
                .ty
                .to_token_stream()
                .to_string()
                .contains("Secret"),
            description: text(&parameter.description),
            kind: wire.kind(&operation.id, &parameter.wire),
        })
    });
    let mut body = operation.parameters.iter();
    let body = body.find(|it| it.place == Place::Body).map(|body| Body {
        model: wire.body(&operation.id).map(str::to_owned),
        required: body.required,
    });
    Command {
        words: Vec::new(),
        by_hand: false,
        id: operation.id.clone(),
        module: String::new(),
        method: operation.method.to_uppercase(),
        path: operation.path.clone(),
        below_a_site: operation.fact.below_a_site,
        of_the_site: false,
        safe: operation.is_safe(),
        asks: false,
        job: operation.has(Place::Query, "async", "bool") && operation.envelope.is_none(),
        item: match &operation.envelope {
            Some(Envelope {
                item: Type::Path(item),
                ..
            }) => item
                .path
                .segments
                .last()
                .map_or_else(String::new, |last| last.ident.to_string()),
            _ => String::new(),
        },
        pages: operation.envelope.as_ref().map(|it| Pages {
            items: it.items.clone(),
            token: it.token.clone(),
            token_parameter: it.token_parameter.clone(),
            limit_parameter: it.limit_parameter.clone(),
        }),
        reads: match operation.reads {
            Reads::Json(_) => "Json",
            Reads::Optional(_) => "Optional",
            Reads::Empty => "Empty",
            Reads::Bytes => "Bytes",
            Reads::Exists => "Exists",
        },
        summary: match &operation.summary {
            Some(summary) => sentence(summary),
            None => sentence(&operation.id),
        },
        description: one_line(&further(
            operation.description.as_deref().unwrap_or_default(),
        )),
        parameters: parameters.collect(),
        body,
    }
}

/// Checks that every exception refers to an existing operation, that no two commands have the same
/// words, and that no command is also a group.
///
/// # Errors
///
/// If one does not; the error names the exception or the two commands.
pub fn check(commands: &[&Command], exceptions: &Exceptions) -> Result<()> {
    exceptions.check(commands.iter().map(|it| it.id.as_str()))?;
    let mut taken = BTreeMap::new();
    for command in commands.iter().filter(|it| !it.words.is_empty()) {
        if let Some(other) = taken.insert(&command.words, &command.id) {
            let (words, id) = (command.words.join(" "), &command.id);
            anyhow::bail!("`{other}` and `{id}` would both be `{words}`");
        }
    }
    for (words, id) in &taken {
        let (_, way) = words.split_last().unwrap_or((&words[0], &[]));
        let hidden = taken.get(&way.to_vec());
        ensure!(
            hidden.is_none(),
            "`{}` would be `{}`, which leads to `{id}`",
            hidden.map_or("", |it| it),
            way.join(" ")
        );
    }
    Ok(())
}

//! Every documented operation as a command, from a table that `cargo xtask regen` writes.
//!
//! [`tree`] builds commands from the table, [`call`] builds a request from the arguments, [`body`] its JSON, and
//! [`run`] sends it. [`listed`] finds the list of a parameter's objects: for completion, for names where the service
//! takes ids ([`names`]) and for suggestions ([`near_names`]).

use clap::ArgMatches;
use serde_json::Value;

use crate::errors::ErrorReport;
use crate::exit::Failure;

mod body;
mod call;
mod check;
mod described;
pub(crate) mod listed;
#[rustfmt::skip]
mod models;
mod names;
mod near_names;
mod run;
mod schema;
#[rustfmt::skip]
mod table;
mod tables;
mod tree;

pub(crate) use call::{Destination, path};
pub(crate) use check::needs_secret;
pub(crate) use described::{Form, Operation, Parameter, Place};
pub(crate) use run::{UNKNOWN_SITE, host};
pub(crate) use schema::document;
pub(crate) use tree::{add, command};

/// Returns every operation, ordered by its words.
pub(crate) fn all() -> &'static [Operation] {
    table::OPERATIONS
}

/// Returns the operation with an id in the documents.
pub(crate) fn by_id(id: &str) -> Option<&'static Operation> {
    all().iter().find(|it| it.meta.id == id)
}

/// Returns the operation of a command.
pub(crate) fn by_words(words: &[&str]) -> Option<&'static Operation> {
    below(words).first().filter(|it| it.words == words)
}

/// Returns the operations whose words start with these.
fn below(words: &[&str]) -> &'static [Operation] {
    let (_, from) = all().split_at(all().partition_point(|it| it.words < words));
    let end = from.partition_point(|it| it.words.starts_with(words));
    from.split_at(end).0
}

/// An operation from the table, with its arguments.
#[derive(Debug)]
pub(crate) struct Chosen {
    operation: &'static Operation,
    given: ArgMatches,
    /// The ids of named objects, once they are known.
    ids: names::Ids,
    /// A body that was already built.
    body: Option<Value>,
}

impl Chosen {
    /// Builds an operation of the table from the arguments of its command and a body, which must fit its model. The
    /// operation may have a hand-written command instead of a generated one.
    ///
    /// # Errors
    ///
    /// If the arguments cannot be parsed or do not fit the table.
    pub(crate) fn read(
        operation: &'static Operation,
        arguments: Vec<String>,
        body: Option<Value>,
    ) -> Result<Self, Failure> {
        let refused = |words: String| Failure::Usage(words);
        match (&operation.body, &body) {
            (None, Some(_)) => return Err(refused("this operation has no body".to_owned())),
            (Some(described), Some(body)) => {
                let problems = check::body(described.model, body);
                if let Some(problem) = problems.first() {
                    return Err(refused(problem.words("body")));
                }
            }
            _ => {}
        }
        let words = std::iter::once(operation.command()).chain(arguments);
        let given = command(operation).try_get_matches_from(words);
        Ok(Self {
            operation,
            given: given.map_err(|error| ErrorReport::of_arguments(&error).into_usage())?,
            ids: names::Ids::new(),
            body,
        })
    }

    /// Returns whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        self.operation.meta.safe && !self.operation.asks
    }
}

/// Returns the operation that the arguments name, unless a hand-written command handles it.
pub(crate) fn chosen(matches: &ArgMatches) -> Option<Chosen> {
    let (mut words, mut at) = (Vec::new(), matches);
    while let Some((word, below)) = at.subcommand() {
        words.push(word);
        at = below;
    }
    let operation = by_words(&words)?;
    (!operation.by_hand).then(|| Chosen {
        operation,
        given: at.clone(),
        ids: names::Ids::new(),
        body: None,
    })
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::*;
    use crate::options::Program;

    fn has(command: &Command, words: &[&str]) -> bool {
        match words.split_first() {
            None => true,
            Some((first, rest)) => command
                .find_subcommand(first)
                .is_some_and(|it| has(it, rest)),
        }
    }

    #[test]
    fn hand_written_commands_replace_generated_ones_and_no_others() {
        let by_hand = Program::command();
        let wrong = all()
            .iter()
            .filter(|it| has(&by_hand, it.words) != it.by_hand);
        let wrong: Vec<String> = wrong.map(Operation::command).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn no_option_is_twice_and_every_operation_has_its_command() {
        let mut whole = crate::options::command();
        whole.build();
        whole.clone().debug_assert();
        for operation in all() {
            assert!(has(&whole, operation.words), "{}", operation.command());
        }
    }

    #[test]
    fn the_table_is_in_the_order_of_its_words() {
        assert!(all().is_sorted_by_key(|it| it.words));
        for operation in all() {
            let found = below(operation.words);
            assert!(found.iter().any(|it| it.words == operation.words));
        }
        assert_eq!(below(&["daas", "xyzzy"]).len(), 0);
        assert_eq!(below(&[]).len(), all().len());
    }

    #[test]
    fn every_body_has_a_model_that_can_be_read() {
        for operation in all() {
            if let Some(body) = &operation.body {
                assert!(schema::model(body.model).is_some(), "{}", body.model);
            }
        }
    }
}

//! Builds the commands of the table.

use citrix_cloud::operations::Scope;
use clap::builder::{BoolValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, Args as _, Command, value_parser};

use super::described::{Form, Operation, Parameter, Place};
use super::{below, listed};
use crate::arguments::id_or_name;
use crate::commands::daas::Where;
use crate::completion::NameKind;
use crate::options::with_exit_codes;
use crate::source::{Source, source};

/// The word before the nouns of Citrix DaaS.
const DAAS: &str = "daas";

/// How many verbs the summary of a noun lists.
const NAMED: usize = 6;

/// The verbs that the summary of a noun lists first.
const FIRST: [&str; 5] = ["list", "get", "create", "update", "delete"];

/// Adds the commands of the table to the hand-written ones.
///
/// The commands below a noun are built only on demand.
pub(crate) fn add(program: Command) -> Command {
    let program = with_nouns(program, &[], |it| deferred(it, &[]));
    program.mut_subcommand(DAAS, |daas| {
        with_nouns(daas, &[DAAS], |it| deferred(it, &[DAAS]))
    })
}

/// Returns the words that follow some others, each once.
fn nouns(way: &[&str]) -> impl Iterator<Item = &'static str> {
    let depth = way.len();
    let mut words: Vec<&str> = below(way)
        .iter()
        .filter(|it| !it.by_hand && it.words.len() > depth + 1)
        .map(|it| it.words[depth])
        .collect();
    words.dedup();
    words.into_iter()
}

fn with_nouns(
    mut command: Command,
    way: &[&'static str],
    later: fn(Command) -> Command,
) -> Command {
    for noun in nouns(way).filter(|noun| way.contains(&DAAS) || *noun != DAAS) {
        command = match command.find_subcommand(noun).is_some() {
            true => command.mut_subcommand(noun, |it| it.defer(later)),
            false => command.subcommand(group(noun, &[way, &[noun]].concat()).defer(later)),
        };
    }
    command
}

fn deferred(noun: Command, before: &[&'static str]) -> Command {
    let mut way = before.to_vec();
    way.extend(nouns(before).find(|it| *it == noun.get_name()));
    filled(noun, &way)
}

/// Adds the commands below a command.
fn filled(mut command: Command, way: &[&'static str]) -> Command {
    let depth = way.len();
    let mut groups: Vec<&'static str> = Vec::new();
    for operation in below(way).iter().filter(|it| !it.by_hand) {
        let word = operation.words[depth];
        if operation.words.len() == depth + 1 {
            command = command.subcommand(leaf(operation, word));
        } else if !groups.contains(&word) {
            groups.push(word);
            let way: Vec<&'static str> = operation.words[..=depth].to_vec();
            command = match command.find_subcommand(word).is_some() {
                true => command.mut_subcommand(word, |it| filled(it, &way)),
                false => command.subcommand(filled(group(word, &way), &way)),
            };
        }
    }
    command
}

/// Builds a command that has subcommands.
fn group(noun: &'static str, way: &[&str]) -> Command {
    let mut verbs: Vec<&str> = below(way).iter().map(|it| it.words[way.len()]).collect();
    verbs.dedup();
    verbs.sort_by_key(|verb| {
        FIRST
            .iter()
            .position(|it| it == verb)
            .unwrap_or(FIRST.len())
    });
    let more = if verbs.len() > NAMED { ", …" } else { "" };
    verbs.truncate(NAMED);
    let command = Command::new(noun)
        .about(format!("{}: {}{more}", spoken(noun), verbs.join(", ")))
        .subcommand_required(true)
        .arg_required_else_help(true);
    with_exit_codes(command)
}

/// Products in Citrix's spelling.
const SPELLED: [(&str, &str); 3] = [
    ("app v", "App-V"),
    ("pvs", "PVS"),
    ("storefront", "StoreFront"),
];

/// Returns a noun for reading: capitalized, with spaces for hyphens.
fn spoken(noun: &str) -> String {
    let mut words = noun.replace('-', " ");
    for (plain, spelled) in SPELLED {
        if let Some(rest) = words.strip_prefix(plain) {
            return format!("{spelled}{rest}");
        }
    }
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// Builds the command of a single operation.
pub(crate) fn command(operation: &'static Operation) -> Command {
    leaf(
        operation,
        operation.words.last().copied().unwrap_or_default(),
    )
}

fn leaf(operation: &'static Operation, verb: &'static str) -> Command {
    let mut command = Command::new(verb);
    if operation.meta.scope == Scope::Site {
        command = Where::augment_args(command);
    }
    command = command.about(operation.summary).long_about(None::<&str>);
    if !operation.description.is_empty() {
        let long = format!("{}\n\n{}", operation.summary, operation.description);
        command = command.long_about(long);
    }
    let skipped = usize::from(operation.of_the_site);
    let path = operation.parameters.iter();
    let path = path.filter(|it| it.place == Place::Path).skip(skipped);
    let others = operation.parameters.iter();
    let others = others.filter(|it| it.place != Place::Path);
    for parameter in path.chain(others) {
        let arg = argument(parameter);
        command = command.arg(match kind(operation, parameter) {
            Some(kind) => arg.add(kind.completer()),
            None => arg,
        });
    }
    if let Some(body) = &operation.body {
        command = command.args(of_body(body.required));
    }
    if operation.meta.asynchronous {
        command = command.args(of_jobs());
    }
    if !operation.meta.safe {
        command = command.arg(
            Arg::new("dry-run")
                .long("dry-run")
                .help("Print the request as a curl command without sending it")
                .action(ArgAction::SetTrue),
        );
    }
    if operation.asks {
        command = command.arg(
            Arg::new("yes")
                .short('y')
                .long("yes")
                .help("Do not ask for confirmation")
                .action(ArgAction::SetTrue),
        );
    }
    let kind = match operation.meta.safe {
        true => "Read-only.",
        false => "Makes changes.",
    };
    with_exit_codes(command.after_help(format!("{}\n{kind}", operation.line())))
}

/// Returns the kind of objects that a parameter names, if their names can be completed.
fn kind(operation: &'static Operation, parameter: &'static Parameter) -> Option<NameKind> {
    match parameter.place {
        Place::Path => match listed::of(operation, parameter)? {
            path if listed::is_of_machines(path) => Some(NameKind::Machines),
            // Sessions have no names.
            "/Sessions" => None,
            path => Some(NameKind::Listed(path)),
        },
        Place::Query if parameter.form == Form::Text && parameter.values.is_empty() => {
            Some(NameKind::OfQuery(parameter.wire))
        }
        Place::Query | Place::Header => None,
    }
}

fn argument(parameter: &'static Parameter) -> Arg {
    let arg = Arg::new(parameter.option)
        .value_name(parameter.value_name)
        .required(parameter.required)
        .help(parameter.description);
    if parameter.place == Place::Path {
        return arg.value_parser(id_or_name);
    }
    let arg = arg.long(parameter.option);
    if parameter.secret {
        let help = format!(
            "{} Read from a file or from standard input (-); cannot be an argument.",
            parameter.description
        );
        return arg.value_name("FILE").help(help).value_parser(source);
    }
    let arg = match parameter.many {
        true => arg.action(ArgAction::Append),
        false => arg,
    };
    match parameter.form {
        Form::Text if parameter.values.is_empty() => arg,
        Form::Text => arg
            .value_parser(PossibleValuesParser::new(parameter.values))
            .ignore_case(true),
        Form::Integer => arg
            .value_parser(value_parser!(i64))
            .allow_negative_numbers(true),
        // `--force` without a value means true.
        Form::Boolean if !parameter.required => arg
            .value_parser(BoolValueParser::new())
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        Form::Boolean => arg.value_parser(BoolValueParser::new()),
    }
}

fn of_body(required: bool) -> [Arg; 4] {
    let words = match required {
        true => "The body as JSON, from a file or from standard input (-); or use --set",
        false => "The body as JSON, from a file or from standard input (-)",
    };
    [
        Arg::new("body")
            .long("body")
            .value_name("FILE")
            .help(words)
            .value_parser(source),
        Arg::new("set")
            .long("set")
            .value_name("NAME=VALUE")
            .help("A property of the body; --schema lists them")
            .long_help(
                "A property of the body; --schema lists them.\n\nUse A.B= for nested properties \
                 and A.0.B= for list items. Text needs no quotes. null clears a property, [] \
                 empties a list, and repeating a name adds an item to its list.",
            )
            .action(ArgAction::Append),
        Arg::new("no-validate")
            .long("no-validate")
            .help("Send the body even if it does not fit its documented schema")
            .action(ArgAction::SetTrue),
        Arg::new("schema")
            .long("schema")
            .help("Print the JSON Schema of the body with an example, and send nothing")
            .exclusive(true)
            .action(ArgAction::SetTrue),
    ]
}

fn of_jobs() -> [Arg; 2] {
    [
        Arg::new("async")
            .long("async")
            .help("Run as a job, and print the job")
            .action(ArgAction::SetTrue),
        Arg::new("wait")
            .long("wait")
            .value_name("DURATION")
            .help("Run as a job, and wait until it has finished [default: 1h]")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("1h")
            .conflicts_with("async")
            .value_parser(crate::arguments::duration),
    ]
}

/// Returns the file that an option names.
pub(super) fn file<'a>(given: &'a clap::ArgMatches, option: &str) -> Option<&'a Source> {
    given.get_one::<Source>(option)
}

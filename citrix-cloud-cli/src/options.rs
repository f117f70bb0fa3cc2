//! The whole command line: the options before and after every command.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use citrix_cloud::{ApiVersion, Region};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum as _};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use crate::commands::{self, Command};
use crate::context::Context;
use crate::credentials::process_environment;
use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::misplaced;
use crate::operations::{self, Chosen};
use crate::other_tools;
use crate::output::{Format, View};
use crate::profiles::{self, profile_name};

const AFTER_HELP: &str = "\
Signing in:
  `citrix-cloud login` asks for a customer and its API client once, and saves them in a profile.
  Each setting is taken from the first of these that has it:
  1. an option, then the profile that --profile names
  2. the environment
  3. the profile that CITRIX_CLOUD_PROFILE names, or else the default one

Environment:
  CITRIX_CLIENT_ID, or CLIENT_ID          id of the API client
  CITRIX_CLIENT_SECRET, or CLIENT_SECRET  its secret; cannot be an argument
  CITRIX_CUSTOMER_ID, or CUSTOMER_ID      the customer, unless --customer is given
  CITRIX_CLOUD_PROFILE                    the profile, unless --profile is given
  CITRIX_CLOUD_ENDPOINT                   like --endpoint, unless --region is given
  CITRIX_CLOUD_REGION                     like --region
  CITRIX_CLOUD_API_VERSION                like --api-version
  CITRIX_CLOUD_SITE                       like --site
  CITRIX_CLOUD_TOKEN_CACHE                like --token-cache
  CITRIX_CLOUD_SECRET_STORE               like --secret-store of login
  CITRIX_CLOUD_CONFIG_DIR                 the folder with the profiles
  CITRIX_CLOUD_PAGER, or PAGER            the pager for output that is longer than the
                                          screen [default: less; cat for none]
On a terminal, the program asks for missing credentials.";

/// Citrix Cloud and Citrix DaaS from the command line.
///
/// `citrix-cloud demo` shows it on a built-in emulator: no account, no credentials, no network.
#[derive(Debug, Parser)]
#[command(name = "citrix-cloud", version, after_help = AFTER_HELP)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Program {
    #[command(subcommand)]
    pub(crate) command: Command,

    #[command(flatten)]
    pub(crate) options: Options,
}

/// The requested command.
pub(crate) enum Asked {
    /// A hand-written command.
    Command(Command),
    /// An operation from the table.
    Operation(Chosen),
}

/// The whole command line: the hand-written commands, and every operation.
pub(crate) fn command() -> clap::Command {
    operations::add(with_exit_codes(Program::command()))
}

impl Asked {
    /// Returns whether it only reads, and prints rows or one report.
    pub(crate) fn reads(&self, words: &[String]) -> bool {
        match self {
            Self::Operation(chosen) => chosen.reads(),
            Self::Command(command) => !command.writes_a_file() && commands::only_reads(words),
        }
    }

    /// Runs the command.
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Command(command) => command.run(context).await,
            Self::Operation(chosen) => chosen.run(context).await,
        }
    }
}

/// Reads the arguments of this process.
pub(crate) fn parsed() -> Result<(Asked, Options, Vec<String>), clap::Error> {
    parsed_from(std::env::args_os())
}

/// Returns whether the arguments ask for errors as JSON, even if they cannot be parsed or belong to
/// a command inside another.
pub(crate) fn for_programs(arguments: impl IntoIterator<Item = OsString>) -> bool {
    let mut before = String::new();
    let mut format = None;
    for argument in arguments {
        let argument = argument.to_string_lossy().into_owned();
        if argument == "--" {
            break;
        }
        let glued = argument.strip_prefix("--output=").or_else(|| {
            let short = argument.strip_prefix("-o")?;
            Some(short.strip_prefix('=').unwrap_or(short))
        });
        if ["--output", "-o"].contains(&before.as_str()) {
            format = Some(argument.clone());
        } else if let Some(value) = glued {
            format = Some(value.to_owned());
        }
        before = argument;
    }
    let format = format.and_then(|it| Format::from_str(&it, true).ok());
    format.is_some_and(Format::is_for_programs)
}

/// Parses the arguments of a process, and the words of the command among them.
pub(crate) fn parsed_from(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<(Asked, Options, Vec<String>), clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let matches = command()
        .try_get_matches_from(&arguments)
        .map_err(|error| misplaced::advised(error, command(), &arguments))
        .map_err(other_tools::advised)?;
    let (mut words, mut at) = (Vec::new(), &matches);
    while let Some((word, below)) = at.subcommand() {
        words.push(word.to_owned());
        at = below;
    }
    if let Some(chosen) = operations::chosen(&matches) {
        let options = Options::from_arg_matches(&matches)?;
        return Ok((Asked::Operation(chosen), options, words));
    }
    let program = Program::from_arg_matches(&matches)?;
    Ok((Asked::Command(program.command), program.options, words))
}

/// Appends the table of exit codes to the help of a command and its subcommands.
pub(crate) fn with_exit_codes(command: clap::Command) -> clap::Command {
    let after = match command.get_after_help() {
        Some(before) => format!("{before}\n\n{EXIT_CODES}"),
        None => EXIT_CODES.to_owned(),
    };
    command.after_help(after).mut_subcommands(with_exit_codes)
}

/// The options that every command has.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Options {
    /// The profile to use, created by `login`; its settings take precedence over the environment.
    #[arg(long, global = true, value_name = "NAME", value_parser = profile_name)]
    #[arg(add = ArgValueCandidates::new(profile_candidates))]
    pub(crate) profile: Option<String>,

    /// Send everything to this one origin, for example an emulator; overrides --region.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,

    /// The customer's region [default: global].
    #[arg(long, global = true, value_parser = regions())]
    pub(crate) region: Option<Region>,

    /// The id of the customer.
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) customer: Option<String>,

    /// Which version of the API to use [default: auto].
    #[arg(long, global = true, value_parser = api_versions())]
    pub(crate) api_version: Option<ApiVersion>,

    /// Log each request to standard error; -vv also shows headers, with
    /// secrets masked, and -vvv everything.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Time limit for one call, and for one page of a list [default: 120].
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Time limit for all pages of a list together [default: ten times --timeout].
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) list_timeout: Option<Duration>,

    /// Send at most this many requests per second [default: as many as the service accepts].
    #[arg(long, global = true, value_name = "N", value_parser = rate)]
    pub(crate) requests_per_second: Option<f64>,

    /// Cache the token in this folder, readable only by you, for later runs of this program; `user`
    /// means your own cache folder, and `off` disables caching [default with a profile: its own
    /// folder in your cache folder].
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) token_cache: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) view: View,
}

/// Lists the existing profiles for shell completion.
fn profile_candidates() -> Vec<CompletionCandidate> {
    let names = profiles::names(process_environment);
    names.into_iter().map(CompletionCandidate::new).collect()
}

fn regions() -> impl clap::builder::TypedValueParser<Value = Region> {
    PossibleValuesParser::new(Region::ALL.map(Region::as_str)).try_map(|name| name.parse())
}

fn api_versions() -> impl clap::builder::TypedValueParser<Value = ApiVersion> {
    PossibleValuesParser::new(ApiVersion::ALL.map(ApiVersion::as_str)).try_map(|name| name.parse())
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 10_000.0 => Ok(rate),
        _ => Err("a number above 0, up to 10000, such as 15 or 0.5".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("a whole number of seconds from 1 to 86400".to_owned()),
    }
}

//! `fleet`: runs one read-only command for many customers.

use std::ffi::OsString;

use clap::Args;
use futures_util::{StreamExt as _, stream};

use crate::context::Context;
use crate::errors::ErrorReport;
use crate::exit::{Exit, Failure};
use crate::options::{Asked, Options, parsed_from};
use crate::output::Collected;
use crate::profiles::profile_name;

/// How many customers are queried concurrently; each has limits of its own.
const AT_ONCE: usize = 8;

/// The column that distinguishes the rows of different customers.
const COLUMN: &str = "profile";

/// Run a read-only command with several profiles, and print all rows together.
///
/// Each row has the profile as an additional column. Failures are reported per profile at the end,
/// with exit code 3, after the rows of the other profiles. Only commands that list, get or query,
/// `overview` and `monitor report` are allowed; of a report, the first section or the one given
/// with --section is printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud fleet --all-profiles daas machines list --output csv
  citrix-cloud fleet daas sites list --profiles work,lab
  citrix-cloud fleet overview --all-profiles
  citrix-cloud fleet monitor report failures --section byReason --profiles work,lab")]
pub(crate) struct Fleet {
    /// The profiles to use.
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = profile_name)]
    profiles: Vec<String>,
    /// Use every profile.
    #[arg(long, conflicts_with = "profiles")]
    all_profiles: bool,
    /// The command, with its options.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl Fleet {
    pub(super) async fn run(mut self, context: &Context) -> Result<Exit, Failure> {
        let arguments = self.arguments(std::env::args_os().collect())?;
        let (asked, options, words) = parse(&arguments)?;
        refuse_writes(&asked, &words)?;
        if options.profile.is_some() || options.customer.is_some() {
            return Err(Failure::Usage(
                "fleet works with profiles, each for its own customer; use --profiles instead of \
                 --profile and --customer"
                    .to_owned(),
            ));
        }
        let profiles = self.chosen(context)?;
        let runs = profiles
            .iter()
            .map(|profile| one(context, &arguments, profile));
        let ran: Vec<_> = stream::iter(runs).buffered(AT_ONCE).collect().await;
        let (mut all, mut failed) = (Collected::default(), Vec::new());
        for (profile, ran) in profiles.iter().zip(ran) {
            match ran {
                Ok(mut rows) => {
                    rows.mark(COLUMN, profile);
                    all.append(rows);
                }
                Err(failure) => {
                    let error_report = ErrorReport::of(&failure, failure.code(true));
                    failed.push(error_report.about(&format!("profile {profile}")));
                }
            }
        }
        if failed.len() < profiles.len() {
            let printing = Context::new(with_column(options));
            printing
                .out
                .print_collected(&all, ("PROFILE", "/profile"))?;
        }
        for error_report in &failed {
            context.print_error(error_report);
        }
        Ok(match failed.is_empty() {
            true => Exit::Done,
            false => Exit::SomeFailed,
        })
    }

    /// Returns the arguments of the command alone: those of this process without `fleet` and its options, which may
    /// come before or after the command's words.
    fn arguments(&mut self, all: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
        let before = all.len().saturating_sub(self.command.len());
        let mut arguments = Vec::new();
        let mut left = all.into_iter().enumerate();
        let mut fleet = false;
        while let Some((at, argument)) = left.next() {
            let ours = argument.to_str().unwrap_or_default();
            match ours {
                "fleet" if at < before && !fleet => fleet = true,
                "--all-profiles" => self.all_profiles = true,
                "--profiles" => {
                    let names = left.next().map(|(_, names)| names).unwrap_or_default();
                    if at >= before {
                        self.add(&names.to_string_lossy())?;
                    }
                }
                _ => match ours.strip_prefix("--profiles=") {
                    Some(names) if at >= before => self.add(names)?,
                    Some(_) => {}
                    None => arguments.push(argument),
                },
            }
        }
        Ok(arguments)
    }

    fn add(&mut self, names: &str) -> Result<(), Failure> {
        for name in names.split(',') {
            let name = profile_name(name);
            self.profiles
                .push(name.map_err(|words| Failure::Usage(format!("--profiles: {words}")))?);
        }
        Ok(())
    }

    /// Returns the profiles, each once, in the given order.
    fn chosen(&self, context: &Context) -> Result<Vec<String>, Failure> {
        let config = context.config_file()?.read()?;
        if self.all_profiles {
            let all: Vec<String> = config.profiles().map(|(name, _)| name.to_owned()).collect();
            return match all.is_empty() {
                true => Err(Failure::Missing(
                    "there are no profiles yet; `citrix-cloud login --profile NAME` creates one"
                        .to_owned(),
                )),
                false => Ok(all),
            };
        }
        let mut chosen: Vec<String> = Vec::new();
        for name in &self.profiles {
            if config.profile(name).is_none() {
                return Err(Failure::Missing(config.unknown(name)));
            }
            if !chosen.contains(name) {
                chosen.push(name.clone());
            }
        }
        match chosen.is_empty() {
            true => Err(Failure::Usage(
                "name the profiles with --profiles A,B, or use --all-profiles".to_owned(),
            )),
            false => Ok(chosen),
        }
    }
}

fn parse(arguments: &[OsString]) -> Result<(Asked, Options, Vec<String>), Failure> {
    parsed_from(arguments.iter().cloned())
        .map_err(|error| ErrorReport::of_arguments(&error).into_usage())
}

/// Rejects commands that do not only read.
fn refuse_writes(asked: &Asked, words: &[String]) -> Result<(), Failure> {
    match asked.reads(words) {
        true => Ok(()),
        false => Err(Failure::Usage(format!(
            "`{}` is not a command that fleet can run; nothing was sent; fleet runs commands that list, get or query, overview, and reports without --html",
            words.join(" ")
        ))),
    }
}

/// Runs the command with one profile.
async fn one(
    context: &Context,
    arguments: &[OsString],
    profile: &str,
) -> Result<Collected, Failure> {
    let (asked, mut options, _) = parse(arguments)?;
    options.profile = Some(profile.to_owned());
    let context = context.collecting(with_column(options));
    match asked.run(&context).await? {
        Exit::Done => Ok(context.out.into_collected()),
        Exit::Missing => Err(Failure::Missing("it does not exist".to_owned())),
        _ => Err(Failure::Usage("it did not succeed".to_owned())),
    }
}

/// Adds the profile's column before the selected columns.
fn with_column(mut options: Options) -> Options {
    let columns = &mut options.view.columns;
    if !columns.is_empty() && !columns.iter().any(|it| it.eq_ignore_ascii_case(COLUMN)) {
        columns.insert(0, COLUMN.to_owned());
    }
    options
}

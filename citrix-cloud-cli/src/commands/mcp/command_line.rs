//! Runs a command of this program, and returns its output as data.

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::context::Context;
use crate::errors::ErrorReport;
use crate::exit::{Exit, Failure};
use crate::options::{Asked, Options, parsed_from};
use crate::output::{Collected, Format, View};

/// A command to run.
pub(super) struct Line<'a> {
    context: &'a Context,
    asked: Asked,
}

impl<'a> Line<'a> {
    /// Parses a command line without the name of the program.
    ///
    /// # Errors
    ///
    /// If it cannot be parsed.
    pub(super) fn read(context: &'a Context, arguments: Vec<OsString>) -> Result<Self, Failure> {
        let all = std::iter::once(OsString::from("citrix-cloud")).chain(arguments);
        let (asked, ..) =
            parsed_from(all).map_err(|it| ErrorReport::of_arguments(&it).into_usage())?;
        Ok(Self { context, asked })
    }

    /// Wraps a command that was already parsed.
    pub(super) fn of(context: &'a Context, asked: Asked) -> Self {
        Self { context, asked }
    }

    /// Runs the command and returns its rows, up to a limit, with these columns only or as whole objects.
    pub(super) async fn rows(self, fields: &[String], limit: usize) -> Result<Collected, Failure> {
        let view = View {
            columns: fields.to_vec(),
            limit: limit.try_into().ok(),
            ..View::default()
        };
        let context = self.context.collecting(self.options(view));
        self.asked.run(&context).await?;
        Ok(context.out.into_collected())
    }

    /// Runs the command and returns its JSON output and its exit.
    pub(super) async fn json(self) -> Result<(Value, Exit), Failure> {
        let view = View {
            output: Format::Json,
            ..View::default()
        };
        let printed = Printed::default();
        let context = self
            .context
            .drawing(self.options(view), Box::new(printed.clone()));
        let exit = self.asked.run(&context).await?;
        Ok((printed.json()?, exit))
    }

    fn options(&self, view: View) -> Options {
        Options {
            view,
            ..self.context.options.clone()
        }
    }
}

/// The captured output.
#[derive(Debug, Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn json(&self) -> Result<Value, Failure> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match bytes.trim_ascii() {
            [] => Ok(Value::Null),
            text => Ok(serde_json::from_slice(text).map_err(io::Error::other)?),
        }
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! `mcp`: the Model Context Protocol, for programs that use a language model.
//!
//! [`server`] implements the protocol, and [`toolbox`] defines the tools. [`call`] produces a result: from a command
//! that [`command_line`] runs, from [`change`], which plans and runs changes, or from [`operation`], which covers
//! everything else.

use std::io::{self, Read as _};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use citrix_cloud_emulator::{Server as EmulatorServer, ids};
use clap::Args;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;
use tokio::io::{AsyncRead, AsyncWriteExt as _};
use tokio::sync::{RwLock, mpsc};

use super::daas::Where;
use super::demo::sandbox;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::interrupt::interrupt;

mod acting;
mod audit;
mod call;
mod change;
mod command_line;
mod operation;
mod parameter;
mod plan;
mod reading;
mod selectors;
mod server;
mod tool;
mod tool_result;
mod toolbox;
mod workbench;

use audit::Audit;
use plan::Plans;
use server::{Call, Server};
use workbench::Workbench;

/// The size of a read from standard input.
const READ: usize = 64 * 1024;

/// Serve the Model Context Protocol on standard input and output, for AI assistants.
///
/// An assistant's program starts it and sees tools that list, show and report. With --allow-writes
/// there are tools that change something too; each returns a plan, and nothing is changed before that
/// plan is confirmed. Every call has a line in the audit file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud mcp --profile work
  citrix-cloud mcp --demo --allow-writes")]
pub(crate) struct Mcp {
    /// Work with an emulator inside this program: no credentials, no network.
    #[arg(long)]
    demo: bool,
    /// Offer tools that change something, each with a plan that has to be confirmed.
    #[arg(long)]
    allow_writes: bool,
    /// Add a line for each call to this file [default: mcp-audit.jsonl in the user's state folder].
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

impl Mcp {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let audit = match &self.audit {
            Some(file) => file.clone(),
            None => context.state_folder()?.join(audit::NAME),
        };
        let audit = Audit::open(&audit)?;
        // Standard input belongs to the client.
        let context = context.collecting(context.options.clone());
        let (context, site, _emulator) = match self.demo {
            true => emulated(context).await?,
            false => {
                let client = context.client()?;
                (context.with_client(client), self.place.site, None)
            }
        };
        let workbench = Arc::new(Workbench {
            context,
            site,
            writes: self.allow_writes,
            tools: toolbox::all(self.allow_writes),
            plans: Plans::default(),
            audit,
            changes: RwLock::default(),
        });
        serve(&workbench).await?;
        Ok(Exit::Done)
    }
}

type Emulated = (Context, Option<String>, Option<EmulatorServer>);

async fn emulated(context: Context) -> Result<Emulated, Failure> {
    if sandbox::elsewhere(&context) {
        return Err(Failure::Usage(
            "--demo uses its own emulator; remove --profile, --endpoint, --region and \
             --customer, or remove --demo"
                .to_owned(),
        ));
    }
    let (server, client) = sandbox::sandbox(&context).await?;
    let site = Some(ids::SITE_ID.to_owned());
    Ok((context.with_client(client), site, Some(server)))
}

/// Serves the only client until it disconnects or this program is stopped.
///
/// A confirmed change is always completed and recorded in the audit file, even if the client has disconnected.
async fn serve(workbench: &Arc<Workbench>) -> Result<(), Failure> {
    let (sender, mut called) = mpsc::unbounded_channel();
    let server = Server {
        workbench: workbench.clone(),
        calls: sender,
    };
    let service = tokio::select! {
        biased;
        () = interrupt() => return Ok(()),
        service = server.serve((standard_input(), tokio::io::stdout())) => service,
    };
    let service = match service {
        Ok(service) => service,
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(io::Error::other(error).into()),
    };
    let stop = service.cancellation_token();
    let mut ended = pin!(service.waiting());
    let mut interrupted = pin!(interrupt());
    let mut calls = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            Some(call) = called.recv() => calls.push(respond(workbench, call)),
            Some(()) = calls.next() => {}
            ended = &mut ended => {
                ended.map_err(io::Error::other)?;
                break;
            }
            () = &mut interrupted => break,
        }
    }
    stop.cancel();
    let mut all_over = pin!(workbench.changes.write());
    loop {
        tokio::select! {
            biased;
            Some(()) = calls.next() => {}
            _ = &mut all_over => return Ok(()),
        }
    }
}

async fn respond(workbench: &Workbench, call: Call) {
    if let Some(tool) = workbench.tools.get(call.tool) {
        // The receiver may be gone.
        let _ = call.to.send(workbench.call(tool, call.given).await);
    }
}

/// Standard input, read by a thread that is not joined at the end.
fn standard_input() -> impl AsyncRead + Unpin + Send + 'static {
    let (mut inside, outside) = tokio::io::duplex(READ);
    let runtime = tokio::runtime::Handle::current();
    std::thread::spawn(move || {
        let mut bytes = vec![0; READ];
        let mut input = io::stdin().lock();
        while let Ok(number @ 1..) = input.read(&mut bytes) {
            let read = bytes.get(..number).unwrap_or_default();
            if runtime.block_on(inside.write_all(read)).is_err() {
                break;
            }
        }
    });
    outside
}

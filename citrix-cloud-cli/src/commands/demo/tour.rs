//! Shows the steps of the demo.

use citrix_cloud::{Client, RequestEvent};

use crate::context::Context;
use crate::exit::Failure;

/// The operation that gets a token. It is shown as a separate step, whichever call needs it first.
const SIGN_IN: &str = "getAccessToken";

/// A running demo.
#[derive(Debug)]
pub(super) struct Tour<'a> {
    pub(super) context: &'a Context,
    pub(super) client: Client,
    live: bool,
}

impl<'a> Tour<'a> {
    /// Starts a demo, and records the requests that it shows.
    pub(super) fn new(context: &'a Context, client: Client, live: bool) -> Self {
        context.requests.take();
        Self {
            context,
            client,
            live,
        }
    }

    /// Shows a heading and the requests since the last step.
    pub(super) fn step(&self, heading: &str) -> Result<(), Failure> {
        let (signing_in, requests): (Vec<_>, Vec<_>) = self
            .context
            .requests
            .take()
            .into_iter()
            .partition(|exchange| exchange.operation == SIGN_IN);
        if !signing_in.is_empty() {
            self.heading("Sign in")?;
            self.show(&signing_in)?;
            let customer = self.client.customer();
            self.say(&format!("\nSigned in for customer {customer}."))?;
        }
        self.heading(heading)?;
        self.show(&requests)?;
        self.say("")
    }

    /// Shows the requests since the last step.
    pub(super) fn requests(&self) -> Result<(), Failure> {
        self.show(&self.context.requests.take())
    }

    /// Shows a line below the requests.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        self.context.out.line(text)
    }

    /// Shows a heading.
    pub(super) fn heading(&self, text: &str) -> Result<(), Failure> {
        self.say(&format!("\n== {text} =="))
    }

    fn show(&self, exchanges: &[RequestEvent]) -> Result<(), Failure> {
        for exchange in exchanges {
            // The emulator's port means nothing to readers, but the real service's host does.
            let origin = if self.live { &exchange.origin } else { "" };
            self.say(&format!("{} {origin}{}", exchange.method, exchange.path))?;
        }
        Ok(())
    }
}

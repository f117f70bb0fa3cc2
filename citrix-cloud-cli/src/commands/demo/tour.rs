//! How a step of the demo is shown.

use citrix_cloud::{Client, RequestEvent};

use crate::context::Context;
use crate::exit::Failure;

/// The operation that gets a token; it is a step of its own, whichever call needs it first.
const SIGN_IN: &str = "getAccessToken";

/// A demo under way.
#[derive(Debug)]
pub(super) struct Tour<'a> {
    pub(super) context: &'a Context,
    pub(super) client: Client,
    live: bool,
}

impl<'a> Tour<'a> {
    /// Starts a demo, and with it the record of the requests that it shows.
    pub(super) fn new(context: &'a Context, client: Client, live: bool) -> Self {
        context.requests.take();
        Self {
            context,
            client,
            live,
        }
    }

    /// Shows a heading and the requests that were sent since the last step.
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

    /// Shows the requests that were sent since the last step.
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
            // The emulator's port says nothing; of the real service, the host does.
            let origin = if self.live { &exchange.origin } else { "" };
            self.say(&format!("{} {origin}{}", exchange.method, exchange.path))?;
        }
        Ok(())
    }
}

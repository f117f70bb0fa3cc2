//! Every operation in the documents, as a value that owns its parameters.
//!
//! There is one module per area. [`Site::send`](crate::daas::Site::send) and
//! [`Client::send`](crate::Client::send) turn an operation into a request,
//! [`Site::list`](crate::daas::Site::list) and [`Client::list`](crate::Client::list) into a list;
//! the handles do the same. Most areas of Citrix DaaS are behind features.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
//! # use citrix_cloud_emulator::ids;
//! # let client = citrix_cloud::Client::builder()
//! #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
//! #     .endpoint(emulator.url())
//! #     .build()?;
//! use citrix_cloud::operations::machines::CheckMachineExists;
//!
//! let site = client.daas().only_site().await?;
//! assert!(site.send(CheckMachineExists::new(r"DEMOLAB\KESTREL")).await?);
//! # Ok(())
//! # }
//! ```

pub use citrix_cloud_gen::operation::{
    Asynchronous, Envelope, HasFields, InvalidRequest, Listed, Meta, Operation, Reads,
    RequestBuilder, Scope,
};
pub use citrix_cloud_gen::ops::*;

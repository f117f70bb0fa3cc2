//! The argument that identifies a handle's object: an id, a name, or a model that has one.

use std::fmt;
use std::marker::PhantomData;

use crate::{Error, ErrorKind};

/// Identifies an object of the kind that `H` is a handle to.
///
/// Text and numbers convert into a key, and so do references to the models that the service returns
/// for such objects. If the model has no id, for example because [`fields`](crate::Request::fields)
/// left it out, the requests of the handle fail with [`ErrorKind::Input`] before anything is sent.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// # use citrix_cloud_emulator::ids;
/// # let client = citrix_cloud::Client::builder()
/// #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
/// #     .endpoint(emulator.url())
/// #     .build()?;
/// let site = client.daas().only_site().await?;
/// let mut machines = site.machines().list().items();
/// while let Some(machine) = machines.try_next().await? {
///     println!("{}", site.machine(&machine).tags().all().await?.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Key<H> {
    value: String,
    of: PhantomData<fn() -> H>,
}

impl<H> Key<H> {
    pub(crate) fn into_value(self) -> String {
        self.value
    }
}

impl<H> From<String> for Key<H> {
    fn from(value: String) -> Self {
        Self {
            value,
            of: PhantomData,
        }
    }
}

impl<H> From<&String> for Key<H> {
    fn from(value: &String) -> Self {
        value.clone().into()
    }
}

impl<H> From<&str> for Key<H> {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

impl<H> From<i64> for Key<H> {
    fn from(value: i64) -> Self {
        value.to_string().into()
    }
}

impl<H> Clone for Key<H> {
    fn clone(&self) -> Self {
        self.value.clone().into()
    }
}

impl<H> fmt::Debug for Key<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Turns the result of a lookup into whether the object exists: a 404 means that it does not.
pub(crate) fn exists<T>(response: Result<T, Error>) -> Result<bool, Error> {
    match response {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

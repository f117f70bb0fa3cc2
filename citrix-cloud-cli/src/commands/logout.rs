//! `logout`.

use citrix_cloud::FileTokenStore;
use clap::Args;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::profiles::Field;
use crate::secrets::{SecretKey, StoreKind};

/// Delete the secret and the tokens of a profile.
///
/// The other settings of the profile are kept, so `login` only needs the secret again.
#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// Remove the profile and all of its settings.
    #[arg(long)]
    forget: bool,
}

impl Logout {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let settings = context.settings()?;
        let Some((profile, _)) = settings.profile() else {
            return Err(Failure::Usage(
                "no profile is in use; name one with --profile".to_owned(),
            ));
        };
        let file = context.config_file()?;
        let config = file.read()?;
        let fields = config.profile(profile).cloned().unwrap_or_default();
        // Delete the secret first: if that fails, the profile still refers to it, and `logout` can be repeated.
        let mut had = false;
        if let (Some(client_id), Some(kind)) = (
            fields.get(&Field::ClientId),
            fields.get(&Field::SecretStore),
        ) {
            let kind: StoreKind = kind.parse().map_err(Failure::Usage)?;
            let key = SecretKey {
                profile: profile.to_owned(),
                client_id: client_id.clone(),
            };
            had = context.secret_store(kind)?.remove(&key)?;
        }
        if let Some(client_id) = fields.get(&Field::ClientId) {
            for store in tokens(context, profile)? {
                had |= store.forget(client_id)? > 0;
            }
        }
        file.change(|config| {
            match self.forget {
                true => config.remove(profile),
                false => {
                    config.unset(profile, Field::SecretStore);
                }
            }
            Ok(())
        })?;
        let words = match (self.forget, had) {
            (true, _) => format!("Removed profile {profile} with its secret and tokens"),
            (false, true) => format!("Signed out of profile {profile}: secret and tokens deleted"),
            (false, false) => format!("Profile {profile} was not signed in"),
        };
        match context.out.is_json() {
            true => Ok(Exit::Done),
            false => context.out.line(&words).map(|()| Exit::Done),
        }
    }
}

/// Returns the folders that may contain tokens of the profile.
fn tokens(context: &Context, profile: &str) -> Result<Vec<FileTokenStore>, Failure> {
    let mut stores = Vec::new();
    let named = context.named_token_store()?;
    stores.extend(named);
    stores.extend(context.token_store_of(profile));
    Ok(stores)
}

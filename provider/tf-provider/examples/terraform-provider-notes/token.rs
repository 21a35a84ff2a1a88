//! `notes_token`: a secret that is open as long as Terraform needs it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tf_provider::schema::*;
use tf_provider::*;

model! {
    /// A token.
    pub struct Token {
        /// Whom it is for.
        pub user: Attr<String> = required(),
        /// The token.
        pub value: Attr<String> = computed().sensitive(),
    }
}

/// The ephemeral resource. A file shows that the token is open.
pub struct TokenResource;

impl EphemeralResource for TokenResource {
    const NAME: &'static str = "notes_token";
    type Client = PathBuf;
    type Model = Token;

    async fn open(&self, cx: &Context<PathBuf>, mut config: Token) -> Result<Opened<Token>> {
        let user = config.user.get()?.clone();
        let file = cx.client()?.join(format!("{user}.token"));
        fs::write(&file, &user).explain("The token cannot be opened")?;
        cx.set_private(user.clone());
        config.value = format!("token-of-{user}").into();
        let renew_at = SystemTime::now() + Duration::from_secs(3600);
        Ok(Opened {
            result: config,
            renew_at: Some(renew_at),
        })
    }

    async fn close(&self, cx: &Context<PathBuf>) -> Result<()> {
        let user = String::from_utf8(cx.private())?;
        let folder = cx.client()?;
        fs::remove_file(folder.join(format!("{user}.token"))).explain("The token is not open")?;
        fs::write(folder.join(format!("{user}.closed")), "").explain("The closing cannot be noted")
    }
}

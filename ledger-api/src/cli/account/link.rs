//! `nuanxin account link` and `unlink`: which account somebody is whom the district's identity provider vouches for.

use clap::Args;
use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;

use super::password::{known, refused};
use crate::access::links::{ExternalSubject, Linked, Links};
use crate::access::session::Sessions;
use crate::cli::CliError;
use crate::configuration;

/// Who it is to the provider.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The account's id
    id: AccountId,
    /// The provider, as it names itself; that of the settings (oidc_issuer) without
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// By what the provider knows the person: the login page shows it to whoever is not linked yet
    #[arg(long, value_name = "SUBJECT", allow_hyphen_values = true)]
    subject: String,
}

impl LinkArgs {
    fn who(&self) -> Result<ExternalSubject, CliError> {
        let issuer = self.issuer.clone().or_else(|| configuration::in_file("oidc_issuer"));
        let issuer = issuer.ok_or_else(|| {
            CliError::input("no provider is named; write --issuer URL, or set oidc_issuer in nuanxin.toml")
        })?;
        ExternalSubject::new(issuer.trim(), self.subject.trim()).map_err(refused)
    }
}

/// Links somebody to an account; gives what to tell.
///
/// # Errors
/// [`CliError`] with exit code 1 where the journal knows no such account, or the link leads to another one.
pub(super) async fn link(args: &LinkArgs, url: &JournalUrl) -> Result<String, CliError> {
    let who = args.who()?;
    let account = &args.id;
    known(account, url).await?;
    match Links::open(url).await.map_err(refused)?.link(&who, account).await.map_err(refused)? {
        Linked::Now => Ok(format!("{account} is {} of {} now\n", who.subject(), who.issuer())),
        Linked::Already => Ok(format!("{account} was {} of {} already\n", who.subject(), who.issuer())),
        Linked::ToAnother(other) => Err(CliError::failed(format!(
            "{} of {} is account {other}; take that link away first: nuanxin account unlink {other}",
            who.subject(),
            who.issuer()
        ))),
    }
}

/// Takes a link away and ends the account's sessions; gives what to tell.
///
/// # Errors
/// [`CliError`] with exit code 1 where there is no such link.
pub(super) async fn unlink(args: &LinkArgs, url: &JournalUrl) -> Result<String, CliError> {
    let who = args.who()?;
    let account = &args.id;
    let links = Links::open_if_there(url).await.map_err(refused)?;
    let removed = match links {
        Some(links) => links.unlink(&who, account).await.map_err(refused)?,
        None => false,
    };
    if !removed {
        let what =
            format!("{account} is not linked to {} of {}; see nuanxin account list", who.subject(), who.issuer());
        return Err(CliError::failed(what));
    }
    Sessions::open(url).await.map_err(refused)?.end_all(account.as_str()).await.map_err(refused)?;
    Ok(format!("{account} is {} of {} no longer; its sessions are ended\n", who.subject(), who.issuer()))
}

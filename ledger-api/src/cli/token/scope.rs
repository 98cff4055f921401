//! Whether what a token's scope names is there: a token for a store that does not exist would be good for nothing, and
//! nobody would know why.

use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::{MerchantId, StoreId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::journal::url::JournalUrl;

use crate::access::Role;
use crate::app;
use crate::cli::CliError;
use crate::cli::branches::{branches, listed};
use crate::service::known::is_known;

/// Refuses a scope that names no store, merchant or worker of the journal; gives a hint for a Party branch that has no card
/// yet, since whoever issues its first card acts for it. Communities are not looked for: no event opens one.
///
/// # Errors
/// [`CliError`] with exit code 1 for what is not there.
pub(super) async fn check_known(role: Role, scope: Option<&str>, url: &JournalUrl) -> Result<Option<String>, CliError> {
    let Some(scope) = scope else { return Ok(None) };
    let (stream, code, kind, cure) = match role {
        Role::Clerk => {
            let stream = StoreId::new(scope).map(StreamId::Store);
            (stream, Code::UnknownStore, "store", "open the store first (兑换网点)")
        }
        Role::Merchant => {
            let stream = MerchantId::new(scope).map(StreamId::Merchant);
            (stream, Code::UnknownMerchant, "merchant", "register the merchant first (商户名录)")
        }
        Role::Worker => {
            let stream = WorkerId::new(scope).map(StreamId::Worker);
            (stream, Code::UnknownWorker, "worker", "register the worker first (人员名册)")
        }
        Role::Branch => return of_branch(scope, url).await,
        Role::Operator | Role::Approver | Role::Auditor | Role::Admin | Role::Machine => return Ok(None),
    };
    let stream = stream.map_err(|error| CliError::input(error.to_string()))?;
    if is_new(url) || !begun(&stream, url).await? {
        let what = format!("the journal {url} has no {kind} {scope}; {cure}");
        return Err(CliError::failed(what).coded(Some(code)));
    }
    Ok(None)
}

async fn of_branch(scope: &str, url: &JournalUrl) -> Result<Option<String>, CliError> {
    let known = if is_new(url) {
        Default::default()
    } else {
        let journal = app::open_journal_to_read(url).await?;
        let head = journal.head().await?.position;
        branches(journal.as_ref(), head).await?
    };
    let unknown = || format!("no card was ever issued in branch {scope:?}; {}\n", listed(&known));
    Ok((!known.contains(scope)).then(unknown))
}

/// Whether there is no journal yet; looking into it would make the file.
fn is_new(url: &JournalUrl) -> bool {
    matches!(url, JournalUrl::Sqlite(path) if !path.exists())
}

async fn begun(stream: &StreamId, url: &JournalUrl) -> Result<bool, CliError> {
    let journal = app::open_journal_to_read(url).await?;
    Ok(is_known(journal.as_ref(), stream).await?)
}

//! Where this machine's commands about accounts and tokens go: to the server that has the journal, or into the journal
//! itself.

use ledger_core::domain::ids::Key;
use ledger_core::domain::refusal::Code;
use ledger_core::journal::JournalError;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::handle::LedgerTask;
use ledger_core::ledger::{Command, Ledger};

use super::CliError;
use crate::access::{Access, AccessError};
use crate::app::{NewJournal, open_journal};
use crate::local_socket::Client;
use crate::memory;
use crate::service::accounts::{self, AccountError, AskedToken, IssuedToken};
use crate::service::destination::Told;
use crate::side_store::SideStoreError;
use crate::vault::Vault;

/// Whoever writes the journal now.
pub(super) enum Writer {
    /// A server, over its socket.
    Server(Client),
    /// This process.
    Own {
        /// The journal's ledger.
        ledger: Ledger,
        /// Writes what the ledger takes; waited for before the process ends.
        task: LedgerTask,
    },
}

impl Writer {
    /// Finds out who writes a journal; a journal that is not there is made.
    ///
    /// # Errors
    /// [`CliError`].
    pub(super) async fn of(url: &JournalUrl) -> Result<Writer, CliError> {
        if let Some(server) = Client::connect(url).await? {
            return Ok(Writer::Server(server));
        }
        let journal = match open_journal(url).await {
            Ok(journal) => journal,
            Err(JournalError::InUse(by)) => {
                let what = "no server takes commands beside it: an import is at work, or a server is just starting; give \
                            the same command again when that is done";
                return Err(CliError::input(format!("{by}; {what}")));
            }
            Err(error) => return Err(error.into()),
        };
        let new = NewJournal::default();
        let (ledger, task) = Ledger::open(journal, memory::ledger_settings(), &new.origin, new.suite).await?;
        Ok(Writer::Own { ledger, task })
    }

    /// Gives a command about an account, with a name for the account that it opens; tells whether a grant waits for a
    /// second administrator.
    ///
    /// # Errors
    /// [`CliError`] with exit code 1 for what is refused.
    pub(super) async fn give(
        &self,
        url: &JournalUrl,
        key: Key,
        command: Command,
        name: Option<&str>,
    ) -> Result<bool, CliError> {
        let (told, waits) = match self {
            Writer::Server(server) => server.give_account(key, command, name).await?,
            Writer::Own { ledger, .. } => {
                let vault = match name {
                    Some(_) => Some(Vault::open(url).await.map_err(|error| CliError::input(error.to_string()))?),
                    None => None,
                };
                accounts::give(ledger, vault.as_ref(), key, command, name).await?
            }
        };
        match told {
            Told::Taken { .. } => Ok(waits),
            Told::Refused { code, message } => Err(CliError::failed(message).coded(Some(code))),
            Told::Unknown => Err(AccountError::Unknown.into()),
        }
    }

    /// Issues a token.
    ///
    /// # Errors
    /// [`CliError`].
    pub(super) async fn issue(&self, url: &JournalUrl, asked: &AskedToken) -> Result<IssuedToken, CliError> {
        match self {
            Writer::Server(server) => Ok(server.issue_token(asked).await?),
            Writer::Own { ledger, .. } => {
                let access = Access::open(url).await.map_err(AccountError::Access)?;
                Ok(accounts::issue(ledger, &access, asked).await?)
            }
        }
    }

    /// Gives the journal back.
    pub(super) async fn finished(self) {
        if let Writer::Own { ledger, task } = self {
            drop(ledger);
            task.finished().await;
        }
    }
}

impl From<AccountError> for CliError {
    fn from(error: AccountError) -> CliError {
        let message = error.to_string();
        match error {
            AccountError::Refused(refusal) if refusal.code == Code::InvalidInput => CliError::input(message),
            AccountError::Refused(refusal) => CliError::failed(message).coded(Some(refusal.code)),
            AccountError::Journal(error) => error.into(),
            AccountError::Access(AccessError::Input(_) | AccessError::Store(SideStoreError::Unusable(_)))
            | AccountError::Id(_) => CliError::input(message),
            AccountError::Access(AccessError::Store(SideStoreError::Unavailable(_)))
            | AccountError::Name(_)
            | AccountError::Unnamed(_)
            | AccountError::Denied(_)
            | AccountError::Unknown => CliError::failed(message),
        }
    }
}

//! `nuanxin account password`: from standard input, never an argument, which every user of the machine can see.

use std::io::{BufRead, IsTerminal, Read};

use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;
use zeroize::Zeroizing;

use crate::access::AccessError;
use crate::access::password::Passwords;
use crate::access::session::Sessions;
use crate::app::open_journal_to_read;
use crate::cli::{CliError, passphrase};
use crate::service::accounts::is_open;
use crate::side_store::SideStoreError;

/// Longer than any password, shorter than a file sent by mistake.
const BYTES_MAX: u64 = 4_096;

/// Sets an account's password and ends its sessions; gives what to tell.
///
/// # Errors
/// [`CliError`] with exit code 1 where the journal knows no such account, 2 for a password that cannot be one.
pub(super) async fn set(
    account: &AccountId,
    url: &JournalUrl,
    read: impl FnOnce() -> std::io::Result<Zeroizing<String>>,
) -> Result<String, CliError> {
    known(account, url).await?;
    let password = read().map_err(|error| CliError::input(format!("the password: {error}")))?;
    if password.is_empty() {
        return Err(CliError::input("no password is given; write it to standard input"));
    }
    Passwords::open(url).await.map_err(refused)?.set(account, &password).await.map_err(refused)?;
    Sessions::open(url).await.map_err(refused)?.end_all(account.as_str()).await.map_err(refused)?;
    Ok(format!("the password of {account} is set\n"))
}

/// Sees to it that the journal knows an account.
///
/// # Errors
/// [`CliError`] with exit code 1 where it does not.
pub(super) async fn known(account: &AccountId, url: &JournalUrl) -> Result<(), CliError> {
    // Opening would make the file.
    let new = matches!(url, JournalUrl::Sqlite(path) if !path.exists());
    if new || !is_open(open_journal_to_read(url).await?.as_ref(), account).await? {
        let what = format!("no account {account}; open it first: nuanxin account open {account}");
        return Err(CliError::failed(what));
    }
    Ok(())
}

/// The first line of standard input; typed twice at a terminal, which does not show it.
pub(super) fn read() -> std::io::Result<Zeroizing<String>> {
    let bare = |line: &str| Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned());
    if std::io::stdin().is_terminal() {
        let first = passphrase::typed("password: ")?;
        if *passphrase::typed("the same again: ")? != *first {
            return Err(std::io::Error::other("what was typed differs"));
        }
        return Ok(bare(&first));
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().take(BYTES_MAX).read_line(&mut line)?;
    Ok(bare(&line))
}

pub(super) fn refused(error: AccessError) -> CliError {
    match &error {
        AccessError::Store(SideStoreError::Unavailable(_)) => CliError::failed(error.to_string()),
        AccessError::Store(SideStoreError::Unusable(_)) | AccessError::Input(_) => CliError::input(error.to_string()),
    }
}

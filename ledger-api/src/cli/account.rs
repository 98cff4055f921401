//! `nuanxin account`: the accounts of the people who work with a journal, also while a server runs.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::process::ExitCode;

use clap::Subcommand;
use ledger_core::domain::ids::Actor;
use ledger_core::journal::url::JournalUrl;
use zeroize::Zeroizing;

use super::passphrase;
use crate::access::password::Passwords;
use crate::access::session::Sessions;
use crate::access::{Access, AccessError};
use crate::cli::CliError;
use crate::side_store::SideStoreError;

/// Longer than any password, shorter than a file sent by mistake.
const BYTES_MAX: u64 = 4_096;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Set an account's password, which is read from standard input; whoever is logged in under it is logged out
    Password {
        /// The account's id
        id: String,
    },
}

/// Carries out `nuanxin account …`.
///
/// # Errors
/// [`CliError`].
pub async fn run(command: AccountCommand, url: &JournalUrl) -> Result<ExitCode, CliError> {
    match command {
        AccountCommand::Password { id } => set_password(id.trim(), url, read_password).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn set_password(
    id: &str,
    url: &JournalUrl,
    read: impl FnOnce() -> std::io::Result<Zeroizing<String>>,
) -> Result<(), CliError> {
    let unknown = || CliError::failed(format!("there is no account {id:?}, or it holds no role"));
    let account = Actor::new(id).map_err(|_| unknown())?;
    let access = Access::open(url).await.map_err(refused)?;
    if access.of_account(&account).await.map_err(refused)?.is_none() {
        return Err(unknown());
    }
    let password = read().map_err(|error| CliError::input(format!("the password: {error}")))?;
    if password.is_empty() {
        return Err(CliError::input("no password is given; write it to standard input"));
    }
    Passwords::open(url).await.map_err(refused)?.set(&account, &password).await.map_err(refused)?;
    Sessions::open(url).await.map_err(refused)?.end_all(id).await.map_err(refused)?;
    // A hint that nobody can read changes nothing about what was done.
    let _ = writeln!(std::io::stderr().lock(), "the password of {id} is set");
    Ok(())
}

/// The first line of standard input; typed twice at a terminal, which does not show it.
fn read_password() -> std::io::Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        let first = passphrase::typed("password: ")?;
        if *passphrase::typed("the same again: ")? != *first {
            return Err(std::io::Error::other("what was typed differs"));
        }
        return Ok(Zeroizing::new(first.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().take(BYTES_MAX).read_line(&mut line)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn refused(error: AccessError) -> CliError {
    match &error {
        AccessError::Store(SideStoreError::Unavailable(_)) => CliError::failed(error.to_string()),
        _ => CliError::input(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::journal::url::JournalUrl;
    use zeroize::Zeroizing;

    use super::set_password;
    use crate::access::password::{Passwords, Shown};
    use crate::access::session::Sessions;
    use crate::access::{Access, Role};

    #[tokio::test]
    async fn a_password_is_set_and_who_was_logged_in_is_logged_out() {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("d.db"));
        let (account, _) = Access::open(&url).await.unwrap().issue(Role::Auditor, None, "").await.unwrap();
        let sessions = Sessions::open(&url).await.unwrap();
        let (secret, _) = sessions.begin(&account).await.unwrap();
        let typed = |text: &'static str| move || Ok(Zeroizing::new(text.to_owned()));
        for easy in ["", "short"] {
            assert_eq!(set_password(account.as_str(), &url, typed(easy)).await.unwrap_err().exit, 2, "{easy}");
        }
        assert_eq!(set_password("nobody", &url, typed("a good password")).await.unwrap_err().exit, 1);
        assert!(sessions.find(&secret).await.unwrap().is_some());
        set_password(account.as_str(), &url, typed("a good password")).await.unwrap();
        assert_eq!(sessions.find(&secret).await.unwrap(), None);
        let passwords = Passwords::open(&url).await.unwrap();
        assert_eq!(passwords.check(account.as_str(), "a good password").await.unwrap(), Shown::Right);
    }
}

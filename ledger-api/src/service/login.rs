//! Logging in and out: an account's password against a session; and how a password is changed or given.

use ledger_core::domain::account::Account;
use ledger_core::domain::ids::AccountId;
use ledger_core::domain::refusal::Code;
use zeroize::Zeroizing;

use super::{ServiceError, who};
use crate::access::password::{MustWait, Shown};
use crate::access::policy::{CommandKind, Denied, Target, Who, allow};
use crate::access::session::Session;
use crate::access::{AccessError, Identity};
use crate::app::App;
use crate::security_log::Refusals;

/// Somebody who just logged in.
#[derive(Debug, Clone)]
pub struct Entered {
    /// What the browser keeps, in its cookie alone.
    pub secret: String,
    /// New with each login.
    pub session: Session,
    /// Who, and what the account may do.
    pub identity: Identity,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoginError {
    /// Account and password do not fit together; which of them is wrong is not told.
    #[error("account and password do not fit together")]
    Wrong,
    /// The password was given by an administrator: it must be exchanged for one of the owner's own first.
    #[error("this password was given by an administrator; exchange it at /password for one of your own")]
    Given,
    /// Too many were wrong before.
    #[error("too many wrong passwords; try again in {} seconds", .0.seconds)]
    TooSoon(MustWait),
    /// It cannot be told now.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<AccessError> for LoginError {
    fn from(error: AccessError) -> LoginError {
        LoginError::Service(error.into())
    }
}

/// Lets somebody in who knows an account's password. A session that the browser had before ends: nobody can have planted
/// the one that now gets an account's rights.
///
/// # Errors
/// [`LoginError`].
pub async fn login(app: &App, account: &str, password: &str, before: Option<&str>) -> Result<Entered, LoginError> {
    let account = account.trim();
    let (account, given) = known(app, account, password).await?;
    if given {
        return Err(LoginError::Given);
    }
    enter(app, &account, before).await
}

/// Tells the security log whose account a password was tried for. Of what is no account nothing is put down: somebody may
/// have typed the password there.
pub async fn concern(app: &App, refusals: &Refusals, account: &str) {
    let Ok(account) = AccountId::new(account.trim()) else { return };
    // An account may be as new as this try; where the views are away, the refusal is put down without it.
    if let Err(error) = app.views.fresh(None).await {
        tracing::debug!(%error, "whose account a password was tried for cannot be told");
    }
    let known = app.views.account_row(account.as_str()).await.ok().and_then(|row| row.value);
    if known.is_some_and(|row| row.exists()) {
        refusals.concern(account.as_str());
    }
}

/// Whose account it is by a password, and whether somebody else gave that.
async fn known(app: &App, account: &str, password: &str) -> Result<(AccountId, bool), LoginError> {
    let account = account.trim();
    let given = match app.passwords.check(account, password).await? {
        Shown::Right => false,
        Shown::Given => true,
        Shown::Wrong => {
            tracing::info!("a wrong password, or an account that is not there");
            return Err(LoginError::Wrong);
        }
        Shown::TooSoon(wait) => {
            tracing::warn!(seconds = wait.seconds, "a password came too soon after wrong ones");
            return Err(LoginError::TooSoon(wait));
        }
    };
    Ok((AccountId::new(account).map_err(|_| LoginError::Wrong)?, given))
}

/// Exchanges an account's password for another one, and lets its owner in. Every session of the account ends, and so does
/// the one that the browser had before.
///
/// # Errors
/// [`LoginError`]; `invalid_input` for a password that is too easily guessed, or the one before.
pub async fn change_password(
    app: &App,
    account: &str,
    password: &str,
    new: &str,
    before: Option<&str>,
) -> Result<Entered, LoginError> {
    let (account, _) = known(app, account, password).await?;
    if new == password {
        let sentence = "the new password is the one before; choose another one";
        return Err(ServiceError::refused(Code::InvalidInput, sentence).into());
    }
    app.passwords.set(&account, new).await.map_err(|error| match error {
        AccessError::Input(what) => LoginError::Service(ServiceError::refused(Code::InvalidInput, what)),
        error @ AccessError::Store(_) => error.into(),
    })?;
    app.sessions.end_all(account.as_str()).await?;
    tracing::info!(account = %account, "changed the own password");
    enter(app, &account, before).await
}

/// Gives an account a password that its owner exchanges at the first login, and ends its sessions. Told once.
///
/// An administrator decides nothing, and must not become somebody who does: accounts whose role needs a second
/// administrator's word get their password from whoever holds the machine.
///
/// # Errors
/// [`ServiceError::Denied`]; `unknown_account`; `not_eligible`; `same_person` for the own account.
pub async fn give_password(app: &App, who: Who<'_>, account: &AccountId) -> Result<Zeroizing<String>, ServiceError> {
    allow(who, CommandKind::OpenAccount, Target::District)?;
    let Who::Bearer(by) = who else { return Err(Denied.into()) };
    app.views.fresh(None).await?;
    let row = app.views.account_row(account.as_str()).await?.value.filter(Account::exists);
    let Some(row) = row else {
        return Err(ServiceError::refused(Code::UnknownAccount, format!("no account {account}; open it first")));
    };
    if by.id.as_str() == account.as_str() {
        return Err(ServiceError::refused(Code::SamePerson, "change the own password at /password"));
    }
    let today = app.ledger.now().date();
    if row.grants().any(|(_, held)| held.role.needs_second_word() && held.term.reaches(today)) {
        let sentence = format!(
            "account {account} decides or administers: whoever holds the machine sets its password (nuanxin account \
             password {account})"
        );
        return Err(ServiceError::refused(Code::NotEligible, sentence));
    }
    let password = app.passwords.give(account, by.id.as_str()).await?;
    app.sessions.end_all(account.as_str()).await?;
    tracing::warn!(account = %account, by = %by.id, "gave an account a password");
    Ok(password)
}

/// Begins a session of an account whose owner is known.
///
/// # Errors
/// [`LoginError::Wrong`] where the account may do nothing, or is not there.
pub async fn enter(app: &App, account: &AccountId, before: Option<&str>) -> Result<Entered, LoginError> {
    let Some(identity) = who::of_account(app, account, "session".into()).await? else { return Err(LoginError::Wrong) };
    if let Some(before) = before {
        app.sessions.end(before).await?;
    }
    let (secret, session) = app.sessions.begin(account).await?;
    tracing::info!(account = %account, "logged in");
    Ok(Entered { secret, session, identity })
}

/// Ends a session.
///
/// # Errors
/// [`AccessError`].
pub async fn logout(app: &App, secret: &str) -> Result<(), AccessError> {
    app.sessions.end(secret).await
}

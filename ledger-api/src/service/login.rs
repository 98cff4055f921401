//! Logging in and out: an account's password against a session.

use ledger_core::domain::ids::AccountId;

use super::{ServiceError, who};
use crate::access::password::{MustWait, Shown};
use crate::access::session::Session;
use crate::access::{AccessError, Identity};
use crate::app::App;

/// Somebody who just logged in.
#[derive(Debug, Clone)]
pub struct Entered {
    /// What the browser keeps, in its cookie alone.
    pub secret: String,
    /// The session.
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
    match app.passwords.check(account, password).await? {
        Shown::Right => {}
        Shown::Wrong => {
            tracing::info!("a wrong password, or an account that is not there");
            return Err(LoginError::Wrong);
        }
        Shown::TooSoon(wait) => {
            tracing::warn!(seconds = wait.seconds, "a password came too soon after wrong ones");
            return Err(LoginError::TooSoon(wait));
        }
    }
    let Ok(account) = AccountId::new(account) else { return Err(LoginError::Wrong) };
    enter(app, &account, before).await
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

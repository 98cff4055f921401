//! Logging in with the district's identity provider. The provider says who somebody is, a link that was made here which
//! account that is, and the journal what the account may do. A login opens no account and grants nothing, and what it begins
//! is the session that a password begins.

use chrono::Utc;

use super::ServiceError;
use super::login::{Entered, LoginError, enter};
use crate::access::AccessError;
use crate::access::links::ExternalSubject;
use crate::app::App;
use crate::oidc::{Attempt, Provider, ProviderError};

/// What a provider sends a browser back with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// For the provider to say whose it is.
    pub code: Option<String>,
    /// What the login was begun with.
    pub state: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// Who answers, where the provider says so (RFC 9207).
    pub issuer: Option<String>,
}

/// Where a browser goes to log in, and what it keeps meanwhile.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The provider's page.
    pub address: String,
    /// The cookie of the attempt.
    pub cookie: String,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OidcLoginError {
    /// This browser began no login that the answer belongs to, or too long ago.
    #[error("no login was begun in this browser, or it took too long")]
    NotBegun,
    /// The provider let them not through, or they turned back.
    #[error("the identity provider did not let them through")]
    Declined,
    /// The answer is not to be believed.
    #[error("the identity provider's answer is not believed")]
    Invalid,
    /// Nobody linked them to an account, or the account is not there: which of both is not told.
    #[error("they are linked to no account")]
    Unlinked(ExternalSubject),
    /// The provider cannot be asked now.
    #[error("the identity provider cannot be asked now")]
    Away,
    /// It cannot be told now.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<AccessError> for OidcLoginError {
    fn from(error: AccessError) -> OidcLoginError {
        OidcLoginError::Service(error.into())
    }
}

impl From<ProviderError> for OidcLoginError {
    fn from(error: ProviderError) -> OidcLoginError {
        match &error {
            ProviderError::Away(_) => {
                tracing::warn!(%error, "nobody can log in with the identity provider");
                OidcLoginError::Away
            }
            ProviderError::Invalid(_) => {
                tracing::warn!(%error, "a login with the identity provider was refused");
                OidcLoginError::Invalid
            }
        }
    }
}

/// Begins a login that leads on to a path.
///
/// # Errors
/// [`OidcLoginError::Away`], [`OidcLoginError::Service`].
pub async fn begin(provider: &Provider, next: &str) -> Result<Begun, OidcLoginError> {
    let attempt = Attempt::begin(next, Utc::now().timestamp()).map_err(ServiceError::Unavailable)?;
    Ok(Begun { address: provider.address(&attempt).await?, cookie: attempt.cookie() })
}

/// Lets somebody in who comes back from the provider, in the browser where they began: who it is, and where to go on. A
/// session that the browser had before ends, as with a password.
///
/// # Errors
/// [`OidcLoginError`].
pub async fn finish(
    app: &App,
    provider: &Provider,
    cookie: Option<&str>,
    answer: &Answer,
    before: Option<&str>,
) -> Result<(Entered, String), OidcLoginError> {
    let attempt = cookie.and_then(|cookie| Attempt::of_cookie(cookie, Utc::now().timestamp()));
    let attempt = attempt.ok_or(OidcLoginError::NotBegun)?;
    if !answer.state.as_deref().is_some_and(|state| attempt.is_answered_by(state)) {
        return Err(OidcLoginError::NotBegun);
    }
    if answer.issuer.as_deref().is_some_and(|issuer| issuer != provider.issuer()) {
        return Err(ProviderError::Invalid("another provider answers".to_owned()).into());
    }
    let code = match (&answer.error, &answer.code) {
        (None, Some(code)) => code,
        (Some(_), _) | (None, None) => {
            tracing::info!("the identity provider let somebody not through");
            return Err(OidcLoginError::Declined);
        }
    };
    let subject = provider.subject(&attempt, code).await?;
    let who = ExternalSubject::new(provider.issuer(), &subject).map_err(|_| {
        tracing::warn!("the identity provider names somebody by a subject that no link can hold");
        OidcLoginError::Invalid
    })?;
    let Some(account) = app.links.account_of(&who).await? else {
        tracing::info!("somebody whom the identity provider knows is linked to no account");
        return Err(OidcLoginError::Unlinked(who));
    };
    match enter(app, &account, before).await {
        Ok(entered) => Ok((entered, attempt.next().to_owned())),
        Err(LoginError::Wrong | LoginError::Given | LoginError::TooSoon(_)) => Err(OidcLoginError::Unlinked(who)),
        Err(LoginError::Service(error)) => Err(error.into()),
    }
}

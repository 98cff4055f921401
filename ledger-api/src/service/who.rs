//! Who asks: from a token or a session to an account, and to the roles that it holds today.
//!
//! It is asked anew for each request, of views that include whatever anybody was answered before: a grant that was ended,
//! or a token that was revoked, is refused with the next request, by whichever server.

use std::sync::Arc;

use chrono::NaiveDate;
use ledger_core::domain::account::Account;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::AccountId;

use super::ServiceError;
use super::stream::each_entry;
use crate::access::Identity;
use crate::app::App;

const NO_TOKEN: &str = "send a valid access token: Authorization: Bearer TOKEN";
const NO_ACCOUNT: &str =
    "the account of this access token is not in the journal; issue a token anew: nuanxin token issue";
const ENDED: &str = "this access token has ended; issue a token anew: nuanxin token issue";

/// Who shows a token.
///
/// # Errors
/// [`ServiceError::Unauthenticated`]; [`ServiceError::Unavailable`] when it cannot be told now.
pub async fn of_token(app: &App, token: &str) -> Result<Identity, ServiceError> {
    let (account, way) = shown(app, token).await?;
    of_account(app, &account, way).await?.ok_or_else(|| nobody(NO_ACCOUNT))
}

/// As [`of_token`], for a redemption: what of views it needs it waits for itself, and most need nothing, so that counters do
/// not wait for each other's figures.
///
/// # Errors
/// As [`of_token`].
pub async fn of_token_to_redeem(app: &App, token: &str) -> Result<Identity, ServiceError> {
    let (account, way) = shown(app, token).await?;
    let changed = app.views.fresh_accounts().await?;
    since_changed(app, &account, way, changed).await?.ok_or_else(|| nobody(NO_ACCOUNT))
}

/// As [`of_token`], from the journal alone: the figures of a process are told when its views are away, too.
///
/// # Errors
/// As [`of_token`].
pub async fn of_token_by_journal(app: &App, token: &str) -> Result<Identity, ServiceError> {
    let (account, way) = shown(app, token).await?;
    let mut row = Account::default();
    each_entry(app.ledger.journal().as_ref(), &StreamId::Account(account.clone()), |entry| {
        if let Event::Account(event) = entry.event()? {
            row.evolve(&event);
        }
        Ok(())
    })
    .await?;
    if !row.exists() {
        return Err(nobody(NO_ACCOUNT));
    }
    Ok(Identity::of(&account, way, &row, app.ledger.now().date()))
}

fn nobody(what: &str) -> ServiceError {
    ServiceError::Unauthenticated(what.to_owned())
}

/// The account that a token leads into, and by which way.
async fn shown(app: &App, token: &str) -> Result<(AccountId, Arc<str>), ServiceError> {
    let shown = app.access.authenticate(token).await?.ok_or_else(|| nobody(NO_TOKEN))?;
    if shown.until.is_some_and(|until| until < app.ledger.now().date()) {
        return Err(nobody(ENDED));
    }
    Ok((shown.account.ok_or_else(|| nobody(NO_ACCOUNT))?, shown.id))
}

/// Who acts with an account, as it stands now; nobody where the journal knows none of that id. Whoever reads views after
/// this reads whatever anybody was answered before it.
///
/// # Errors
/// [`ServiceError::Unavailable`] when it cannot be told now.
pub async fn of_account(app: &App, account: &AccountId, way: Arc<str>) -> Result<Option<Identity>, ServiceError> {
    let within = app.views.fresh(None).await?;
    since_changed(app, account, way, app.views.accounts_changed(within)).await
}

/// Who acts with an account, where views include the last change of any.
async fn since_changed(
    app: &App,
    account: &AccountId,
    way: Arc<str>,
    changed: u64,
) -> Result<Option<Identity>, ServiceError> {
    let day = app.ledger.now().date();
    if let Some(known) = app.identities.find(account, changed, day, &way) {
        return Ok(Some(known));
    }
    let found = as_viewed(app, account, way, day).await?;
    found.iter().for_each(|identity| app.identities.keep(account, changed, day, identity));
    Ok(found)
}

/// As [`of_account`], with what was granted on another day.
///
/// # Errors
/// As [`of_account`].
pub(super) async fn of_account_on(
    app: &App,
    account: &AccountId,
    way: Arc<str>,
    day: NaiveDate,
) -> Result<Option<Identity>, ServiceError> {
    app.views.fresh(None).await?;
    as_viewed(app, account, way, day).await
}

async fn as_viewed(
    app: &App,
    account: &AccountId,
    way: Arc<str>,
    day: NaiveDate,
) -> Result<Option<Identity>, ServiceError> {
    let row = app.views.account_row(account.as_str()).await?.value.filter(|row| row.exists());
    Ok(row.map(|row| Identity::of(account, way, &row, day)))
}

//! Holds that nobody can take any more, given back: points to the worker, goods to the shelf.

use std::collections::BTreeMap;

use ledger_core::domain::ids::{Actor, HoldId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Context, Outcome, Submission, commands};

use super::LEDGER_ACTOR;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::give;
use crate::service::keys::{CLOSING_KEYS, RELEASE_KEYS, derived_key};

/// Why a hold is given back whose site closed.
const SITE_CLOSED: &str = "站点停用";

/// Gives back the holds that ran out, and those at stores whose site is closed.
///
/// # Errors
/// [`ServiceError`]; what was not given back is due again.
pub async fn release_holds(app: &App) -> Result<(), ServiceError> {
    release_until(app, app.ledger.now()).await.map(drop)
}

/// The same, as of a time; tells how many.
pub(super) async fn release_until(app: &App, at: BusinessTime) -> Result<u64, ServiceError> {
    let (mut due, mut closed) = (Vec::new(), BTreeMap::new());
    for (id, hold) in app.views.open_holds().await? {
        if hold.is_void(at) {
            due.push((RELEASE_KEYS, id, None));
            continue;
        }
        let at_closed = match closed.get(&hold.store) {
            Some(known) => *known,
            None => app.views.is_at_closed_site(&hold.store, at.date()).await?,
        };
        closed.insert(hold.store, at_closed);
        if at_closed {
            due.push((CLOSING_KEYS, id, Some(SITE_CLOSED.to_owned())));
        }
    }
    let actor = Actor::new(LEDGER_ACTOR)?;
    let mut submissions = Vec::with_capacity(due.len());
    for (keys, hold, reason) in due {
        let context = Context { key: derived_key(keys, &hold)?, actor: actor.clone(), at };
        let command = commands::ReleaseHold { hold: HoldId::new(&hold)?, expired: reason.is_none(), reason };
        submissions.push(Submission { context, command: Command::ReleaseHold(command) });
    }
    let mut released = 0;
    for outcome in give(&app.ledger, Who::Ledger, submissions).await? {
        match outcome {
            Outcome::Committed(receipt) => released += u64::from(!receipt.repeated),
            // Somebody was quicker: the counter, or another server.
            Outcome::Refused(refusal) if matches!(refusal.code, Code::HoldExpired | Code::AlreadyDecided) => {}
            Outcome::Refused(refusal) => return Err(ServiceError::Refused(refusal)),
            Outcome::Unknown => return Err(ServiceError::Unknown),
        }
    }
    Ok(released)
}

//! What would become of a command now, decided by the very rules that would record it, by a ledger over this one that keeps
//! nothing.

use std::sync::Arc;

use ledger_core::domain::ids::{Actor, Key};
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::handle::LedgerTask;
use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Receipt, Submission};

use super::ServiceError;
use super::away;
use super::command::{judge, receipt_of};
use super::reach;
use crate::access::policy::{Who, of_command};
use crate::app::App;
use crate::overlay::OverlayJournal;

/// A ledger over this one that keeps nothing, at this one's time; it ends with the answer.
///
/// # Errors
/// [`ServiceError`] when the journal cannot be read.
pub async fn laid_over(app: &App) -> Result<(Ledger, LedgerTask), ServiceError> {
    let overlay = OverlayJournal::over(Arc::clone(app.ledger.journal())).await?;
    let now = RecordedTime::from_micros(app.ledger.now().unix_seconds().saturating_mul(1_000_000));
    // Nothing falls out of memory: read again, an aggregate would be as the journal below is by then.
    let settings = LedgerSettings {
        clock: Arc::new(move || now),
        cached_bytes_max: usize::MAX,
        read_ahead_events_max: 0,
        ..LedgerSettings::default()
    };
    Ok(Ledger::open(Arc::new(overlay), settings, "dry-run", HashSuite::Sha256).await?)
}

/// The receipt that a command would get now; nothing is written.
///
/// # Errors
/// The refusal that it would get; [`ServiceError::Denied`]; [`ServiceError`] when the journal cannot be read.
pub async fn foresee(
    app: &App,
    who: Who<'_>,
    actor: &Actor,
    key: Key,
    mut command: Command,
) -> Result<Receipt, ServiceError> {
    away::name_worker(app, &mut command).await?;
    let (kind, target) = of_command(&command);
    reach::may(app, who, kind, target).await?;
    let (over, task) = laid_over(app).await?;
    let context = Context { key, actor: actor.clone(), at: app.ledger.now() };
    let outcome = judge(&over, Submission { context, command }).await;
    drop(over);
    task.finished().await;
    receipt_of(outcome, None)
}

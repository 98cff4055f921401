//! Importing a district pack: the sheets of a district office become commands, row by row and in order (contract
//! section 4).
//!
//! Owns: the order of the sheets, what their columns mean, which row stands under which key, and the report. Does not
//! own: how a sheet is read ([`crate::sheets`]), and not one rule: whether a row is taken, repeated or refused is
//! decided by the ledger alone, for a sheet as for anybody else.
//!
//! Reading order: `pack` (what lies there), `reader` with `setup` and `records` (rows become commands;
//! 积分标准 is read by [`crate::schedule_sheet`]),
//! `submit` (commands are sent and counted, to a [`Destination`]); a dry run writes into an [`OverlayJournal`] alone. By a
//! page registers alone are brought in ([`files`]).

mod chunk;
mod district;
mod error;
pub mod files;
mod pack;
mod reader;
mod records;
mod registers;
mod report;
mod rows;
mod setup;
mod sites;
mod submit;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use ledger_core::domain::ids::Actor;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::Journal;
use ledger_core::ledger::{Ledger, LedgerSettings};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::access::policy::Who;
use crate::overlay::OverlayJournal;
use crate::service::destination::{Destination, DestinationError, OwnLedger, machine_owner};
use crate::vault::Vault;
use reader::Reader;
use submit::Submitter;

pub use error::{ImportError, Stopped};
pub use pack::Pack;
pub use report::{Report, RowError, RowWarning, SheetCounts};
pub use submit::Retry;

/// Chunks read ahead of the ledger.
const CHUNKS_AHEAD: usize = 4;

/// Told after every chunk how many rows it had.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Loads a pack into a ledger. Names of workers and witnesses go to the vault; without one they are left out.
///
/// # Errors
/// [`Stopped`], with what was done until then.
pub async fn load(
    ledger: &Ledger,
    vault: Option<&Vault>,
    pack: &Arc<Pack>,
    retry: &Retry,
    progress: Progress<'_>,
) -> Result<Report, Stopped> {
    load_into(&OwnLedger { ledger, vault, who: Who::Owner }, pack, retry, progress).await
}

/// As [`load`], into whatever takes the commands of this machine.
///
/// # Errors
/// [`Stopped`], with what was done until then.
pub async fn load_into(
    destination: &dyn Destination,
    pack: &Arc<Pack>,
    retry: &Retry,
    progress: Progress<'_>,
) -> Result<Report, Stopped> {
    let actor = machine_owner()
        .map_err(|error| Stopped { cause: DestinationError::from(error).into(), report: Report::default() })?;
    load_as(destination, pack, Run { actor, id: Uuid::now_v7() }, retry, progress).await
}

/// One giving of a pack.
struct Run {
    /// Who gives it.
    actor: Actor,
    /// Names it: rows that have no key of their own have theirs from it, so that the same one twice happens once.
    id: Uuid,
}

async fn load_as(
    destination: &dyn Destination,
    pack: &Arc<Pack>,
    run: Run,
    retry: &Retry,
    progress: Progress<'_>,
) -> Result<Report, Stopped> {
    let report = Report::default();
    let mut submitter = Submitter { destination, retry, report, roster: HashMap::new(), taken: HashMap::new() };
    match send_all(&mut submitter, pack, run, progress).await {
        Ok(()) => Ok(submitter.report),
        Err(cause) => Err(Stopped { cause, report: submitter.report }),
    }
}

async fn send_all(
    submitter: &mut Submitter<'_>,
    pack: &Arc<Pack>,
    Run { actor, id }: Run,
    progress: Progress<'_>,
) -> Result<(), ImportError> {
    let run = id.to_string();
    let (out, mut chunks) = mpsc::channel(CHUNKS_AHEAD);
    let read = {
        let pack = Arc::clone(pack);
        let today = submitter.destination.today();
        tokio::task::spawn_blocking(move || Reader::new(&pack, actor, run, today, out).run())
    };
    while let Some(chunk) = chunks.recv().await {
        let rows = submitter.take(chunk?).await?;
        progress(u64::try_from(rows).unwrap_or(u64::MAX));
    }
    // The channel also closes when the reader dies: what is missing then must not pass for the end.
    read.await.map_err(|error| ImportError::Reader(error.to_string()))
}

/// Judges a pack as [`load`] would, and writes nothing: the journal is only read.
///
/// # Errors
/// [`Stopped`], with what was judged until then.
pub async fn dry_run(below: Arc<dyn Journal>, pack: &Arc<Pack>, progress: Progress<'_>) -> Result<Report, Stopped> {
    let stopped = |cause: ImportError| Stopped { cause, report: Report::default() };
    let overlay = OverlayJournal::over(below).await.map_err(|error| stopped(error.into()))?;
    // Nothing falls out of memory, so that the journal below is read once for each aggregate and may grow meanwhile.
    // What the pack does not name is not read at all.
    let settings =
        LedgerSettings { cached_bytes_max: usize::MAX, read_ahead_events_max: 0, ..LedgerSettings::default() };
    let opened = Ledger::open(Arc::new(overlay), settings, "dry-run", HashSuite::Sha256).await;
    let (ledger, task) = opened.map_err(|error| stopped(error.into()))?;
    let report = load(&ledger, None, pack, &Retry::default(), progress).await;
    drop(ledger);
    task.finished().await;
    report
}

//! The whole history for other people's tools: one event a line, tables, a workbook, a plain-text journal.
//!
//! Read page by page and written as it is read, so that memory does not grow with the history; the order is the
//! journal's. The forms themselves are those of bundles (`ledger_core::evidence::forms`).

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

mod hledger;
mod jsonl;
mod sheet;
mod table;

use std::io::{self, Write};

use chrono::NaiveDate;
use clap::ValueEnum;
use ledger_core::evidence::forms::event_line::EventLine;
use ledger_core::evidence::hash::Hash;
use ledger_core::journal::{Entry, Journal, JournalError};

pub use table::COLUMNS;

/// Entries read at once.
const PAGE: usize = 5_000;

/// How the history is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One event a line as JSON, the payload as the very text that was hashed.
    Jsonl,
    /// One event a line for spreadsheets: UTF-8 with a byte order mark.
    Csv,
    /// A workbook: events and movements of points.
    Xlsx,
    /// The movements of points as a plain-text journal for hledger and ledger.
    Hledger,
}

/// Why a history could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The file or pipe that is written to.
    #[error("the export cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The JSON writer.
    #[error("an event cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The workbook's writer.
    #[error("the export cannot be written as a workbook: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

/// Writes the history up to a position. `as_of` is the closing date of a plain-text journal: lots that lapsed before it
/// count as expired; default is the last business day in the journal.
///
/// # Errors
/// [`ExportError`].
pub async fn write(
    journal: &dyn Journal,
    until: u64,
    format: Format,
    as_of: Option<NaiveDate>,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), ExportError> {
    match format {
        Format::Jsonl => jsonl::write(journal, until, out, progress).await,
        Format::Csv => table::write(journal, until, out, progress).await,
        Format::Xlsx => sheet::write(journal, until, out, progress).await,
        Format::Hledger => hledger::write(journal, until, as_of, out, progress).await,
    }
}

/// Reads every entry up to a position, in order.
///
/// # Errors
/// Of the journal, also [`JournalError::Damaged`] where it ends early; and whatever `each` gives.
pub async fn each_entry<E: From<JournalError>>(
    journal: &dyn Journal,
    until: u64,
    progress: &(dyn Fn(u64) + Sync),
    mut each: impl FnMut(&Entry) -> Result<(), E> + Send,
) -> Result<(), E> {
    let mut at = 0;
    while at < until {
        let wanted = usize::try_from(until - at).unwrap_or(PAGE).min(PAGE);
        let entries = journal.read(at, wanted).await?;
        let Some(last) = entries.last() else {
            let what = format!("the journal ends at {at}, but its head says {until}");
            return Err(JournalError::Damaged { position: at + 1, what }.into());
        };
        let reached = last.position;
        entries.iter().try_for_each(&mut each)?;
        at = reached;
        progress(at);
    }
    Ok(())
}

/// An entry's line in a list of events: all of it as stored, its payload as the very text that was hashed.
///
/// # Errors
/// [`JournalError::Damaged`] where the payload is no text.
pub fn event_line(entry: &Entry) -> Result<EventLine<'_>, JournalError> {
    Ok(EventLine {
        position: entry.position,
        recorded_at: entry.command.recorded_at.to_string().into(),
        key: entry.command.key.as_str().into(),
        fingerprint: entry.command.fingerprint.to_string().into(),
        actor: entry.command.actor.as_str().into(),
        event_type: entry.event_type.as_str().into(),
        payload: payload(entry)?.into(),
        leaf: Hash::from_bytes(entry.leaf).to_string().into(),
    })
}

/// The payload as text.
fn payload(entry: &Entry) -> Result<&str, JournalError> {
    str::from_utf8(&entry.payload)
        .map_err(|error| JournalError::Damaged { position: entry.position, what: error.to_string() })
}

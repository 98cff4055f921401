//! `nuanxin backup` and `restore`: a verified copy of the journal in one SQLite file, and back into any empty journal.
//!
//! The copy is made entry by entry, so it goes from SQLite to Postgres and the other way as well. Views are not copied:
//! they are folded again. Tokens and names stand in files or tables of their own with their own cycle (docs/runbooks).

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::transfer::transfer;
use ledger_core::journal::url::JournalUrl;

use super::say::say;
use super::{CliError, CliResult, progress};
use crate::app;

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    out: PathBuf,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The file that `backup` wrote
    input: PathBuf,
}

/// Runs `backup`.
///
/// # Errors
/// [`CliError`].
pub async fn backup(args: BackupArgs, url: &JournalUrl) -> CliResult {
    if args.out.exists() {
        return Err(CliError::input(format!("{} exists; a backup never overwrites", args.out.display())));
    }
    let journal = app::open_journal_to_read(url).await?;
    let mut partial = args.out.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    remove(&partial)?;
    let head = journal.head().await?.position;
    let bar = progress::bar(head, "copying");
    let copy =
        SqliteJournal::open(&partial).map_err(|error| CliError::input(format!("no copy can be made: {error}")))?;
    let size = transfer(journal.as_ref(), &copy, &mut |at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    copy.close().await?;
    std::fs::rename(&partial, &args.out).map_err(|error| unwritten(&args.out, &error))?;
    remove(&partial)?;
    say!("{size} entries in {}", args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Runs `restore`.
///
/// # Errors
/// [`CliError`].
pub async fn restore(args: RestoreArgs, url: &JournalUrl) -> CliResult {
    if !args.input.is_file() {
        return Err(CliError::input(format!(
            "there is no copy at {}; name a file that backup wrote",
            args.input.display()
        )));
    }
    let from = SqliteJournal::open_read_only(&args.input)?;
    let to: Arc<_> = app::open_journal(url).await?;
    let head = ledger_core::journal::Journal::head(&from).await?.position;
    let bar = progress::bar(head, "restoring");
    let size = transfer(&from, to.as_ref(), &mut |at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    say!("{size} entries in {url}");
    Ok(ExitCode::SUCCESS)
}

/// Removes what an interrupted backup left.
fn remove(partial: &Path) -> Result<(), CliError> {
    for suffix in
        ["", "-wal", "-shm", ".lock", ".index", ".index-wal", ".index-shm", ".index-journal", ".index.damaged"]
    {
        let mut name = partial.as_os_str().to_owned();
        name.push(suffix);
        let name = PathBuf::from(name);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unwritten(&name, &error)),
            _ => {}
        }
    }
    Ok(())
}

fn unwritten(path: &Path, error: &std::io::Error) -> CliError {
    CliError::input(format!("{} cannot be written: {error}", path.display()))
}

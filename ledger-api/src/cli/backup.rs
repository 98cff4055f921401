//! `nuanxin backup` and `restore`: a verified copy of the journal in one SQLite file, or of all in a sealed file, and back
//! into any empty journal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use ledger_core::journal::Journal;
use ledger_core::journal::sqlite::{SqliteJournal, copy, private};
use ledger_core::journal::url::JournalUrl;

use super::say::say;
use super::verify::store_of;
use super::{CliError, CliResult, passphrase, progress};
use crate::app;
use crate::backup::place::Place;
use crate::backup::sealed::{self, Contents, SealedError};
use crate::backup::{copy_into_file, signing_keys};

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    out: PathBuf,
    /// Take names, tokens, published checkpoints and all keys as well, sealed with a passphrase
    #[arg(long)]
    all: bool,
    /// With --all: the file whose first line is the passphrase; without, NUANXIN_BACKUP_PASSPHRASE or standard input
    #[arg(long, value_name = "FILE", requires = "all")]
    passphrase_file: Option<PathBuf>,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The file that `backup` wrote
    input: PathBuf,
    /// The file was sealed: bring names, tokens, checkpoints and keys back as well
    #[arg(long)]
    all: bool,
    /// With --all: the file whose first line is the passphrase; without, NUANXIN_BACKUP_PASSPHRASE or standard input
    #[arg(long, value_name = "FILE", requires = "all")]
    passphrase_file: Option<PathBuf>,
}

/// Runs `backup`.
///
/// # Errors
/// [`CliError`].
pub async fn backup(args: BackupArgs, url: &JournalUrl) -> CliResult {
    check_out(&args.out)?;
    let passphrase = match args.all {
        true => Some(passphrase::to_seal(args.passphrase_file.as_deref())?),
        false => None,
    };
    let journal = app::open_journal_to_read(url).await?;
    let keys = signing_keys(journal.as_ref(), store_of(url).await?.as_ref()).await?;
    // Whole, durable and verified before it has the name of a backup.
    let partial = private::with_suffix(&args.out, ".partial");
    if partial.exists() {
        eprintln!("nuanxin: an interrupted backup had left {}; it is removed", partial.display());
    }
    copy::remove(&sealed::unsealed_journal(&partial))?;
    copy::remove(&partial)?;
    let bar = progress::bar(journal.head().await?.position, "copying");
    let mut tell = |at| bar.set_position(at);
    let made: Result<u64, CliError> = match &passphrase {
        Some(passphrase) => {
            let sealed = sealed::seal(url, journal.as_ref(), keys, passphrase, &partial, &mut tell).await;
            sealed.map_err(CliError::from)
        }
        None => copy_into_file(journal.as_ref(), keys, &partial, &mut tell).await.map_err(CliError::from),
    };
    bar.finish_and_clear();
    let made = made.and_then(|size| put(&partial, &args.out).map(|()| size));
    // Also where it failed: half a backup is of no use to anybody.
    copy::remove(&sealed::unsealed_journal(&partial))?;
    copy::remove(&partial)?;
    let size = made?;
    match passphrase {
        Some(_) => say!("{size} entries, names, tokens, checkpoints and keys, sealed in {}", args.out.display()),
        None => say!("{size} entries in {}", args.out.display()),
    }
    Ok(ExitCode::SUCCESS)
}

/// A place that a backup can be written to is known before it is made, and no folder is made for it: a slip in its name
/// would otherwise leave the only copy where nobody looks.
fn check_out(out: &Path) -> Result<(), CliError> {
    if out.exists() {
        return Err(CliError::input(format!("{} exists; a backup never overwrites", out.display())));
    }
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let what = format!("there is no folder {}; make it first, or name another place", folder.display());
        return Err(CliError::input(what));
    }
    Ok(())
}

/// Gives a whole backup its name, durably; one that came there meanwhile stays.
fn put(partial: &Path, out: &Path) -> Result<(), CliError> {
    let unwritten = |error: std::io::Error| CliError::input(format!("{} cannot be written: {error}", out.display()));
    if out.exists() {
        return Err(CliError::input(format!("{} exists now; a backup never overwrites", out.display())));
    }
    std::fs::rename(partial, out).and_then(|()| private::sync_folder_of(out)).map_err(unwritten)
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
    let unread = |error| CliError::input(format!("{}: {error}", args.input.display()));
    match (sealed::is_sealed(&args.input).map_err(unread)?, args.all) {
        (true, true) => return restore_all(args, url).await,
        (true, false) => {
            let what = format!("{} is sealed; nuanxin restore --all asks for its passphrase", args.input.display());
            return Err(CliError::input(what));
        }
        (false, true) => {
            let what = format!("{} is not sealed: it is a journal alone; leave --all out", args.input.display());
            return Err(CliError::input(what));
        }
        (false, false) => {}
    }
    let from = SqliteJournal::open_read_only(&args.input)?;
    let head = from.head().await?.position;
    let place = take(url).await?;
    let bar = progress::bar(head, "restoring");
    let keys = from.signing_keys().await?;
    let copied = match place.begin().await {
        Ok(copy) => copy.fill(&from, keys, &mut |at| bar.set_position(at)).await,
        Err(error) => Err(error),
    };
    let size = or_give_up(copied, &place).await?;
    place.put(&[]).await?;
    bar.finish_and_clear();
    say!("{size} entries in {url}");
    Ok(ExitCode::SUCCESS)
}

/// Leaves the place as it was found where the copy failed.
async fn or_give_up<E: Into<CliError>>(result: Result<u64, E>, place: &Place) -> Result<u64, CliError> {
    match result {
        Ok(size) => Ok(size),
        Err(error) => {
            if let Err(left) = place.give_up().await {
                eprintln!("nuanxin: what was copied could not be removed: {left}; the next restore removes it");
            }
            Err(error.into())
        }
    }
}

/// Takes the place, and says what was in the way.
async fn take(url: &JournalUrl) -> Result<Place, CliError> {
    let place = Place::take(url).await?;
    if let Some(removed) = &place.removed {
        eprintln!("nuanxin: an interrupted restore had left {removed}; it is removed, and begun anew");
    }
    Ok(place)
}

async fn restore_all(args: RestoreArgs, url: &JournalUrl) -> CliResult {
    let passphrase = passphrase::to_open(args.passphrase_file.as_deref())?;
    let contents = Contents::check(&args.input, &passphrase)?;
    let place = take(url).await?;
    contents.fits(url).await?;
    let bar = progress::bar(contents.entries(), "restoring");
    let tell = &mut |at| bar.set_position(at);
    let opened = sealed::open(&args.input, &passphrase, &contents, &place, tell).await;
    let size = or_give_up(opened, &place).await?;
    // The journal last: until it is there, everybody is told of the restore.
    contents.put_keys(url)?;
    place.put(&contents.stores()).await?;
    bar.finish_and_clear();
    say!("{size} entries, names, tokens, checkpoints and keys of {} in {url}", contents.origin().unwrap_or("nobody"));
    Ok(ExitCode::SUCCESS)
}

impl From<SealedError> for CliError {
    fn from(error: SealedError) -> CliError {
        match error {
            SealedError::Journal(error) => error.into(),
            SealedError::Altered(_) => CliError::failed(error.to_string()),
            other => CliError::input(other.to_string()),
        }
    }
}

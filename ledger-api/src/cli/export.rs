//! `nuanxin export`: the whole history for other people's tools.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use ledger_core::journal::url::JournalUrl;

use super::{CliError, CliResult, progress};
use crate::app;
use crate::asked_recorded::asked_date;
use crate::export::{self, ExportError, Format};

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// How it is written
    #[arg(long, value_enum)]
    format: Format,
    /// The file to write; default: stdout
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Closing date of a plain-text journal (YYYY-MM-DD): lots that ended before it count as expired; default: the last
    /// business day in the journal
    #[arg(long, value_name = "DATE", value_parser = asked_date)]
    as_of: Option<NaiveDate>,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: ExportArgs, url: &JournalUrl) -> CliResult {
    let journal = app::open_journal_to_read(url).await?;
    let head = journal.head().await?.position;
    let bar = progress::bar(head, "exporting");
    let told = |at: u64| bar.set_position(at);
    match &args.out {
        Some(path) => {
            let mut partial = Partial::create(path)?;
            export::write(journal.as_ref(), head, args.format, args.as_of, &mut partial.out, &told).await?;
            partial.keep()?;
        }
        None => {
            let mut out = BufWriter::new(std::io::stdout());
            export::write(journal.as_ref(), head, args.format, args.as_of, &mut out, &told).await?;
        }
    }
    bar.finish_and_clear();
    Ok(ExitCode::SUCCESS)
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> CliError {
        match error {
            ExportError::Journal(error) => error.into(),
            other => CliError::failed(other.to_string()),
        }
    }
}

/// A file that appears under its name only when it is complete.
pub struct Partial {
    /// Where to write.
    pub out: BufWriter<File>,
    partial: PathBuf,
    path: PathBuf,
}

impl Partial {
    /// Begins a file.
    ///
    /// # Errors
    /// [`CliError`] of exit code 2 when it cannot be made.
    pub fn create(path: &Path) -> Result<Partial, CliError> {
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let unusable = |error| CliError::input(format!("{}: {error}", path.display()));
        let file =
            File::options().read(true).write(true).create(true).truncate(true).open(&partial).map_err(unusable)?;
        Ok(Partial { out: BufWriter::with_capacity(1 << 20, file), partial, path: path.to_owned() })
    }

    /// Puts the complete file in its place.
    ///
    /// # Errors
    /// [`CliError`].
    pub fn keep(mut self) -> Result<(), CliError> {
        let failed = |error: std::io::Error| CliError::failed(format!("{}: {error}", self.path.display()));
        self.out.flush().map_err(failed)?;
        self.out.get_ref().sync_all().map_err(failed)?;
        std::fs::rename(&self.partial, &self.path).map_err(failed)
    }
}

impl Drop for Partial {
    /// What was begun and not kept is removed.
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.partial);
    }
}

//! `nuanxin audit`: for whoever must not take a figure on trust. One file a subcommand.

pub mod report;
pub mod sample;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use ledger_core::journal::url::JournalUrl;

use super::{CliError, CliResult};
use crate::document::{Document, Form, render};

/// The audits.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Draw a sample of credits and redemptions that anybody can draw again (docs/guides/audit-sample.md)
    Sample(sample::SampleArgs),
    /// List what is worth asking about; every line names positions, none says that anybody did wrong
    Report(report::ReportArgs),
}

/// How a document is written, and where to.
#[derive(Debug, Args)]
pub struct OutArgs {
    /// text, json, csv or xlsx; default: json with --json, what the ending of --out says, else text
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write to this file instead of stdout; it must not exist
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(command: AuditCommand, url: &JournalUrl) -> CliResult {
    match command {
        AuditCommand::Sample(args) => sample::run(args, url).await,
        AuditCommand::Report(args) => report::run(args, url).await,
    }
}

impl OutArgs {
    fn form(&self) -> Form {
        let ending = || self.out.as_ref()?.extension()?.to_str().and_then(Form::parse);
        match self.format {
            Some(form) => form,
            None if self.json => Form::Json,
            None => ending().unwrap_or(Form::Text),
        }
    }

    /// That it can be written where it is asked for; told before the work, not after it.
    ///
    /// # Errors
    /// [`CliError`] of exit code 2.
    pub(super) fn check(&self) -> Result<(), CliError> {
        super::check_output_path("--out", self.out.as_deref())?;
        super::refuse_existing("--out", self.out.as_deref())
    }

    /// Writes a document.
    ///
    /// # Errors
    /// [`CliError`].
    pub(super) fn write(&self, document: &Document) -> CliResult {
        self.check()?;
        let bytes = render(document, self.form()).map_err(|error| CliError::failed(error.to_string()))?;
        let written = match &self.out {
            Some(path) => std::fs::write(path, &bytes),
            None => {
                let mut out = std::io::stdout().lock();
                out.write_all(&bytes).and_then(|()| out.flush())
            }
        };
        let place = self.out.as_ref().map_or_else(|| "stdout".to_owned(), |path| path.display().to_string());
        written.map_err(|error| CliError::failed(format!("{place} cannot be written: {error}")))?;
        Ok(ExitCode::SUCCESS)
    }
}

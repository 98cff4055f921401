//! `nuanxin appraise`: the mutual-aid points cards of a branch for a year, straight from the journal.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::is_plausible;
use ledger_core::journal::Journal;
use ledger_core::journal::url::JournalUrl;
use projections::Views;
use projections::queries::appraisal::Appraisal;
use projections::runner::Runner;
use projections::store::sqlite::SqliteViews;

use super::branches::{branches, listed};
use super::{CliError, CliResult, progress};
use crate::app;
use crate::appraisal_sheet::paper::{Names, Paper, readable, recorded_on, root_of};
use crate::appraisal_sheet::{self, Format};
use crate::vault::Vault;

/// Arguments of `appraise`.
#[derive(Debug, Args)]
pub struct AppraiseArgs {
    /// The calendar year of the service dates, in four digits
    #[arg(long, value_parser = year)]
    year: i32,
    /// The Party branch; without it, the cards of all branches
    #[arg(long)]
    branch: Option<String>,
    /// json, csv or xlsx
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// As of this position; default: the journal's head
    #[arg(long, value_name = "POSITION")]
    at: Option<u64>,
    /// Write to this file instead of stdout; it must not exist
    #[arg(long, value_name = "PATH")]
    out: Option<std::path::PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: AppraiseArgs, url: &JournalUrl) -> CliResult {
    super::check_output_path("--out", args.out.as_deref())?;
    super::refuse_existing("--out", args.out.as_deref())?;
    let journal = app::open_journal_to_read(url).await?;
    let head = journal.head().await?.position;
    let position = args.at.unwrap_or(head);
    if position > head {
        return Err(CliError::input(format!("the journal ends at position {head}; {position} does not exist yet")));
    }
    // Folded anew in a file of its own: no server is needed, and none is disturbed.
    let folder = tempfile::tempdir().map_err(|error| CliError::failed(error.to_string()))?;
    let store = Arc::new(SqliteViews::open(&folder.path().join("views.db"))?);
    let bar = progress::bar(position, "folding");
    Runner::new(Arc::clone(&journal), store.clone()).run_until(position, &mut |at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    let views = Views::as_stored(Arc::clone(&journal), store).await?;
    let appraisal = views.appraisal(args.year, args.branch.as_deref(), Some(position)).await?;
    if appraisal.cards.is_empty()
        && let Some(branch) = &args.branch
    {
        // A branch without services has an empty sheet; one that nobody knows was mistyped.
        let known = branches(journal.as_ref(), position).await?;
        if !known.contains(branch) {
            let what = format!("no card was ever issued in branch {branch:?}; {}", listed(&known));
            return Err(CliError::failed(what).coded(Some(Code::NotFound)));
        }
    }
    let paper = match args.format {
        Format::Xlsx => paper(url, journal.as_ref(), &views, &appraisal).await?,
        Format::Json | Format::Csv => Paper::default(),
    };
    let bytes = appraisal_sheet::render(&appraisal, &paper, args.format)
        .map_err(|error| CliError::failed(error.to_string()))?;
    let written = match &args.out {
        Some(path) => std::fs::write(path, &bytes),
        None => {
            let mut out = std::io::stdout().lock();
            out.write_all(&bytes).and_then(|()| out.flush())
        }
    };
    let place = args.out.as_ref().map_or_else(|| "standard output".into(), |path| path.to_string_lossy());
    written.map_err(|error| CliError::failed(format!("the cards cannot be written: {place}: {error}")))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads a year in which services can have been done: `24` is no year of anybody's service.
fn year(text: &str) -> Result<i32, String> {
    let read = text
        .parse()
        .ok()
        .filter(|year| text.len() == 4 && NaiveDate::from_ymd_opt(*year, 1, 1).is_some_and(is_plausible));
    read.ok_or_else(|| "no year; write its four digits, as in 2024".to_owned())
}

/// What the paper says besides the cards. Whoever may run this on the machine of the journal holds its names as well.
async fn paper(
    url: &JournalUrl,
    journal: &dyn Journal,
    views: &Views,
    appraisal: &Appraisal,
) -> Result<Paper, CliError> {
    let names = match Vault::open_if_there(url).await {
        Ok(Some(vault)) => Names::of(&vault, appraisal).await,
        Ok(None) => Names::none_kept(),
        Err(error) => {
            eprintln!("nuanxin: the workbook has no names: {error}");
            Names::Away
        }
    };
    Ok(Paper {
        programme: views.programme_at(appraisal.position).await?,
        day: recorded_on(journal, appraisal.position).await?,
        root: root_of(journal, appraisal.position).await?.as_ref().map(readable),
        names,
    })
}

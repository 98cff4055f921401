//! `nuanxin what-if`: what a period's credits would have come to under a schedule that is only proposed, straight from the
//! journal. Nothing is written.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::refusal::Code;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::commands::AdoptSchedule;
use projections::what_if::LIST_MAX;

use super::audit::OutArgs;
use super::{CliError, CliResult, progress};
use crate::app;
use crate::schedule_sheet::{self, ReadSchedule, RefusedRow, SCHEDULE_COLUMNS};
use crate::service::ServiceError;
use crate::service::reading::read_date;
use crate::service::what_if::{AskedWhatIf, LIST, of_journal};
use crate::sheets::{Limits, Sheet};
use crate::what_if_sheet;

/// Arguments of `what-if`.
#[derive(Debug, Args)]
pub struct WhatIfArgs {
    /// The proposed 积分标准, as a pack has it: .xlsx or .csv
    #[arg(long, value_name = "FILE")]
    schedule: PathBuf,
    /// The first service date; without --to as well: the last full calendar year before the journal's last entries
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<NaiveDate>,
    /// The last service date; default: the end of the year of --from
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Option<NaiveDate>,
    /// Read the journal up to this position; default: its end
    #[arg(long, value_name = "POSITION")]
    at: Option<u64>,
    /// Most workers named among the greatest gains, and among the losses
    #[arg(long, value_name = "N", default_value_t = LIST)]
    list: usize,
    #[command(flatten)]
    out: OutArgs,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    read_date(text).ok_or_else(|| "write YYYY-MM-DD, as in 2024-03-05".to_owned())
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`]: exit code 1 where rows of the sheet cannot be used.
pub async fn run(args: WhatIfArgs, url: &JournalUrl) -> CliResult {
    if args.list > LIST_MAX {
        return Err(CliError::input(format!("--list is a whole number up to {LIST_MAX}")));
    }
    let unusable = |error: crate::sheets::SheetError| CliError::input(error.to_string());
    let mut sheet = Sheet::open(&args.schedule, &Limits::default(), SCHEDULE_COLUMNS).map_err(unusable)?;
    // It is tried as if it had held, from whatever day on it would.
    let effective_from = args.from.unwrap_or_default();
    let ReadSchedule { activities, refused } = schedule_sheet::read(&mut sheet, effective_from).map_err(unusable)?;
    for RefusedRow { number, refusal, .. } in &refused {
        eprintln!("{} {number}: {} ({})", sheet.file_name(), refusal.message, refusal.code);
    }
    if !refused.is_empty() {
        let what = format!("{} of its rows cannot be used; mend them and try again", refused.len());
        return Err(CliError::failed(what).coded(Some(Code::InvalidInput)));
    }
    let journal = app::open_journal_to_read(url).await?;
    let head = journal.head().await?.position;
    if let Some(at) = args.at.filter(|at| *at > head) {
        return Err(CliError::input(format!("the journal ends at position {head}; {at} does not exist yet")));
    }
    let asked = AskedWhatIf {
        proposed: AdoptSchedule { activities, effective_from, settings: Settings::default(), first: false },
        from: args.from,
        to: args.to,
        at: args.at,
        list: args.list,
    };
    let bar = progress::bar(args.at.unwrap_or(head), "reading");
    let told = of_journal(journal.as_ref(), asked, &mut |at| bar.set_position(at)).await;
    bar.finish_and_clear();
    let told = told.map_err(|error| match error {
        ServiceError::Refused(refusal) => CliError::failed(refusal.message).coded(Some(refusal.code)),
        ServiceError::Unreadable(sentence) => CliError::input(sentence),
        other @ (ServiceError::Unauthenticated(_)
        | ServiceError::Denied(_)
        | ServiceError::Unknown
        | ServiceError::Committed(_)
        | ServiceError::Unavailable(_)
        | ServiceError::Fault(_)) => CliError::failed(other.to_string()),
    })?;
    args.out.write(&what_if_sheet::document(&told, None))
}

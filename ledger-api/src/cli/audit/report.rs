//! `nuanxin audit report`: what is worth asking about, each line with the positions to look up.

use clap::Args;
use ledger_core::journal::url::JournalUrl;
use projections::audit::report::{self, LIST_MAX, Thresholds};

use super::OutArgs;
use crate::access::policy::Who;
use crate::app;
use crate::asked_recorded::AskedRecorded;
use crate::audit_sheet;
use crate::cli::as_of::AsOfArgs;
use crate::cli::{CliError, CliResult, progress};
use crate::service::texts;
use crate::vault::Vault;

/// Arguments of `audit report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Read the journal up to this position; default: its end
    #[arg(long, value_name = "POSITION")]
    at: Option<u64>,
    /// Read what was recorded by this time: RFC 3339, or a date for that whole day (+08:00)
    #[arg(long, value_name = "TIME")]
    recorded_as_of: Option<AskedRecorded>,
    /// Days from the service to its entry from which an entry is listed as late
    #[arg(long, value_name = "DAYS", default_value_t = 31, value_parser = clap::value_parser!(i64).range(1..=36_500))]
    late_days: i64,
    /// Entries of one witness within one hour, or for one service date, from which they are listed
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    burst: u64,
    /// Accounts credited close together by one person from which they are listed
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..))]
    accounts: u64,
    /// The longest pause between two credits that are close together, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 5, value_parser = clap::value_parser!(i64).range(0..=10_080))]
    minutes: i64,
    /// Most lines of each list; how many there are is always said
    #[arg(long, value_name = "N", default_value_t = 100)]
    list: usize,
    #[command(flatten)]
    out: OutArgs,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: ReportArgs, url: &JournalUrl) -> CliResult {
    if args.list > LIST_MAX {
        return Err(CliError::input(format!("--list is a whole number up to {LIST_MAX}")));
    }
    args.out.check()?;
    let journal = app::open_journal_to_read(url).await?;
    let past = AsOfArgs { as_of: None, recorded_as_of: args.recorded_as_of };
    let until = past.cut(journal.as_ref(), args.at).await?.until;
    let thresholds = Thresholds {
        late_days: args.late_days,
        burst_entries: args.burst,
        neighbour_accounts: args.accounts,
        pause_minutes: args.minutes,
        list: args.list,
        // Whoever holds the journal reads it.
        objectors: true,
    };
    let bar = progress::bar(until, "reading");
    let mut report = report::report(journal.as_ref(), until, thresholds, &mut |at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    match Vault::open_if_there(url).await {
        Ok(Some(vault)) => texts::tell(&vault, Who::Owner, texts::of_report(&mut report)).await,
        Ok(None) => {}
        Err(error) => eprintln!("nuanxin: reasons are told in short: {error}"),
    }
    args.out.write(&audit_sheet::report::document(&report))
}

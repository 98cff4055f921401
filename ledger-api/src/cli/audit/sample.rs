//! `nuanxin audit sample`: credits and redemptions to look at, drawn so that anybody can draw them again.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use ledger_core::journal::url::JournalUrl;
use projections::audit::sample::{self, SIZE_MAX, SampleAsk};

use super::OutArgs;
use crate::app;
use crate::asked_recorded::{AskedRecorded, asked_date};
use crate::audit_sheet;
use crate::cli::as_of::AsOfArgs;
use crate::cli::{CliError, CliResult, progress};

/// How items are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Every point has the same chance: monetary-unit sampling with a fixed interval
    Points,
    /// Every item has the same chance
    Uniform,
    /// Every station, and every category of credits, gets its share
    Station,
}

/// What they are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Of {
    /// Credits and redemptions
    All,
    /// Credits alone
    Credits,
    /// Redemptions alone
    Redemptions,
}

impl From<By> for sample::By {
    fn from(by: By) -> sample::By {
        match by {
            By::Points => sample::By::Points,
            By::Uniform => sample::By::Uniform,
            By::Station => sample::By::Station,
        }
    }
}

impl From<Of> for sample::Of {
    fn from(of: Of) -> sample::Of {
        match of {
            Of::All => sample::Of::All,
            Of::Credits => sample::Of::Credits,
            Of::Redemptions => sample::Of::Redemptions,
        }
    }
}

/// Arguments of `audit sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Drives the draw: the same seed gives the same sample; let somebody else than the audited choose it
    #[arg(long, value_name = "N")]
    seed: u64,
    /// How many items
    #[arg(long, value_name = "N")]
    size: usize,
    /// points, uniform or station
    #[arg(long, value_enum, default_value_t = By::Uniform)]
    by: By,
    /// all, credits or redemptions
    #[arg(long, value_enum, default_value_t = Of::All)]
    of: Of,
    /// Only what happened on this business date or later
    #[arg(long, value_name = "DATE", value_parser = asked_date)]
    from: Option<NaiveDate>,
    /// Only what happened on this business date or earlier
    #[arg(long, value_name = "DATE", value_parser = asked_date)]
    to: Option<NaiveDate>,
    /// Draw from the journal up to this position; default: its end
    #[arg(long, value_name = "POSITION")]
    at: Option<u64>,
    /// Draw from what was recorded by this time: RFC 3339, or a date for that whole day (+08:00)
    #[arg(long, value_name = "TIME")]
    recorded_as_of: Option<AskedRecorded>,
    #[command(flatten)]
    out: OutArgs,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: SampleArgs, url: &JournalUrl) -> CliResult {
    if args.size == 0 || args.size > SIZE_MAX {
        return Err(CliError::input(format!("--size is a whole number from 1 to {SIZE_MAX}")));
    }
    if args.from.zip(args.to).is_some_and(|(from, to)| from > to) {
        return Err(CliError::input("--from is after --to: nothing lies between them"));
    }
    args.out.check()?;
    let journal = app::open_journal_to_read(url).await?;
    let past = AsOfArgs { as_of: None, recorded_as_of: args.recorded_as_of };
    let until = past.cut(journal.as_ref(), args.at).await?.until;
    let ask = SampleAsk {
        seed: args.seed,
        size: args.size,
        by: args.by.into(),
        of: args.of.into(),
        from: args.from,
        to: args.to,
        until,
    };
    let bar = progress::bar(until.saturating_mul(2), "drawing");
    let sample = sample::sample(journal.as_ref(), ask, &mut |at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    args.out.write(&audit_sheet::sample::document(&sample))
}

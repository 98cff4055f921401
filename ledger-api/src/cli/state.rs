//! `nuanxin state`: what the journal says, folded from events alone, in the shape of contract section 5.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use ledger_core::domain::points::Points;
use ledger_core::journal::url::JournalUrl;
use projections::state::{Figures, State, StateFold};
use serde::Serialize;

use super::{CliError, CliResult, progress};
use crate::app;
use crate::exact::Exact;

/// Entries read at once.
const PAGE: usize = 10_000;

/// Arguments of `state`.
#[derive(Debug, Args)]
pub struct StateArgs {
    /// Tell it as of this business date (YYYY-MM-DD); default: the last business day in the journal
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Fold up to this position only
    #[arg(long, value_name = "POSITION")]
    at: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct FiguresJson {
    earned: Exact<Points>,
    redeemed: Exact<Points>,
    expired: Exact<Points>,
    balance: Exact<Points>,
}

impl From<&Figures> for FiguresJson {
    fn from(figures: &Figures) -> FiguresJson {
        FiguresJson {
            earned: Exact(figures.earned),
            redeemed: Exact(figures.redeemed),
            expired: Exact(figures.expired),
            balance: Exact(figures.balance),
        }
    }
}

#[derive(Serialize)]
struct StateJson<'a> {
    as_of: Option<NaiveDate>,
    position: u64,
    totals: FiguresJson,
    workers: BTreeMap<&'a str, FiguresJson>,
    stock: &'a BTreeMap<String, i64>,
    appraisal: BTreeMap<String, BTreeMap<&'a str, BTreeMap<&'a str, Exact<Points>>>>,
}

impl<'a> From<&'a State> for StateJson<'a> {
    fn from(state: &'a State) -> StateJson<'a> {
        let categories = |card: &'a BTreeMap<String, Points>| {
            card.iter().map(|(category, points)| (category.as_str(), Exact(*points))).collect()
        };
        StateJson {
            as_of: state.as_of,
            position: state.position,
            totals: (&state.totals).into(),
            workers: state.workers.iter().map(|(worker, figures)| (worker.as_str(), figures.into())).collect(),
            stock: &state.stock,
            appraisal: state
                .appraisal
                .iter()
                .map(|(year, cards)| {
                    let cards = cards.iter().map(|(card, points)| (card.as_str(), categories(points))).collect();
                    (year.to_string(), cards)
                })
                .collect(),
        }
    }
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: StateArgs, url: &JournalUrl) -> CliResult {
    let journal = app::open_journal_to_read(url).await?;
    let head = journal.head().await?.position;
    let until = args.at.unwrap_or(head);
    if until > head {
        return Err(CliError::input(format!("the journal ends at position {head}; {until} does not exist yet")));
    }
    let bar = progress::bar(until, "folding");
    let mut fold = StateFold::new(args.as_of);
    let mut at = 0;
    while at < until {
        let wanted = usize::try_from(until - at).unwrap_or(PAGE).min(PAGE);
        let entries = journal.read(at, wanted).await?;
        let Some(last) = entries.last() else {
            return Err(CliError::failed(format!("the journal ends at {at}, but its head says {head}")));
        };
        for entry in &entries {
            fold.fold(entry.position, &entry.event()?);
        }
        at = last.position;
        bar.set_position(at);
    }
    bar.finish_and_clear();
    let state = fold.finish();
    if args.json {
        let json =
            serde_json::to_string(&StateJson::from(&state)).map_err(|error| CliError::failed(error.to_string()))?;
        println!("{json}");
    } else {
        print_summary(&state);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_summary(state: &State) {
    let as_of = state.as_of.map_or_else(|| "-".to_owned(), |day| day.to_string());
    println!("as of      {as_of}\nposition   {}", state.position);
    println!("workers    {} with points", state.workers.len());
    println!("earned     {}", state.totals.earned);
    println!("redeemed   {}", state.totals.redeemed);
    println!("expired    {}", state.totals.expired);
    println!("balance    {}", state.totals.balance);
    let cards: usize = state.appraisal.values().map(BTreeMap::len).sum();
    println!("shelves    {}\ncards      {cards} card years", state.stock.len());
}

//! `nuanxin state`: what the journal says, folded from events alone, in the shape of contract section 5.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::journal::url::JournalUrl;
use projections::programmes::{FundFigures, Owed, Programmes};
use projections::state::{self, Figures, State};
use serde::Serialize;

use super::as_of::{AsOfArgs, Cut};
use super::say::say;
use super::{CliError, CliResult, progress};
use crate::app;
use crate::exact::Exact;

/// Arguments of `state`.
#[derive(Debug, Args)]
pub struct StateArgs {
    #[command(flatten)]
    past: AsOfArgs,
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
struct RequestJson {
    claims: u64,
    credited: Exact<Points>,
}

#[derive(Serialize)]
struct BenefitJson {
    granted: u64,
    waiting: u64,
    used: u64,
}

/// In yuan.
#[derive(Serialize)]
struct FundJson {
    appropriated: Exact<Fen>,
    committed: Exact<Fen>,
    free: Exact<Fen>,
    /// Only where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<Exact<Fen>>,
}

#[derive(Serialize)]
struct OwedJson {
    points: Exact<Points>,
    yuan: Exact<Fen>,
}

impl From<&FundFigures> for FundJson {
    fn from(fund: &FundFigures) -> FundJson {
        let (appropriated, committed) = (Exact(fund.appropriated), Exact(fund.committed));
        let paid = Some(fund.paid).filter(|paid| paid.is_positive()).map(Exact);
        FundJson { appropriated, committed, free: Exact(fund.free()), paid }
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
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    requests: BTreeMap<&'a str, RequestJson>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    benefits: BTreeMap<&'a str, BenefitJson>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    funds: BTreeMap<&'a str, FundJson>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    settlement: BTreeMap<&'a str, BTreeMap<&'a str, OwedJson>>,
    /// Where a recorded time was asked for: which clocks the answer goes by, and that time. Without, the shape is the
    /// contract's to the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_as_of: Option<String>,
}

impl<'a> StateJson<'a> {
    fn new(state: &'a State, cut: &Cut) -> StateJson<'a> {
        let categories = |card: &'a BTreeMap<String, Points>| {
            card.iter().map(|(category, points)| (category.as_str(), Exact(*points))).collect()
        };
        let Programmes { requests, benefits, funds, settlement, .. } = &state.programmes;
        let touched = requests.iter().filter(|(_, request)| request.claims > 0 || !request.credited.is_zero());
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
            requests: touched
                .map(|(id, of)| (id.as_str(), RequestJson { claims: of.claims, credited: Exact(of.credited) }))
                .collect(),
            benefits: benefits
                .iter()
                .map(|(id, of)| (id.as_str(), BenefitJson { granted: of.granted, waiting: of.waiting, used: of.used }))
                .collect(),
            funds: funds.iter().map(|(id, fund)| (id.as_str(), fund.into())).collect(),
            settlement: settlement
                .iter()
                .map(|(month, merchants)| {
                    let owed = |owed: &Owed| OwedJson { points: Exact(owed.points), yuan: Exact(owed.money) };
                    (month.as_str(), merchants.iter().map(|(id, of)| (id.as_str(), owed(of))).collect())
                })
                .collect(),
            clock: cut.recorded_as_of.map(|_| cut.clock()),
            recorded_as_of: cut.recorded_as_of.map(|time| time.to_string()),
        }
    }
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: StateArgs, url: &JournalUrl) -> CliResult {
    let journal = app::open_journal_to_read(url).await?;
    let cut = args.past.cut(journal.as_ref(), args.at).await?;
    let bar = progress::bar(cut.until, "folding");
    let state = state::read(journal.as_ref(), cut.until, cut.as_of, &mut |at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    if args.json {
        let json = serde_json::to_string(&StateJson::new(&state, &cut))
            .map_err(|error| CliError::failed(error.to_string()))?;
        say!("{json}");
    } else {
        print_summary(&state, &cut);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_summary(state: &State, cut: &Cut) {
    let as_of = state.as_of.map_or_else(|| "-".to_owned(), |day| day.to_string());
    say!("as of      {as_of}\nclock      {}\nposition   {}", cut.in_words(), state.position);
    say!("workers    {} with points", state.workers.len());
    say!("earned     {}", state.totals.earned);
    say!("redeemed   {}", state.totals.redeemed);
    say!("expired    {}", state.totals.expired);
    say!("balance    {}", state.totals.balance);
    let cards: usize = state.appraisal.values().map(BTreeMap::len).sum();
    say!("shelves    {}\ncards      {cards} card years", state.stock.len());
}

//! The figures after a line, by what is traced.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::{PassNo, SiteId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::selection::state::Stage;
use ledger_core::domain::time::BusinessTime;

use crate::programmes::{BenefitFigures, FundFigures, RequestFigures};
use crate::state::{Categories, Figures};

/// The figures after a line, by what is traced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Of a worker.
    Worker(WorkerStanding),
    /// Of a card: points by year and category, as the state gives them; none while another card counts.
    Card(BTreeMap<i32, Categories>),
    /// Of a store: units on the shelf, by item. After a line only the items it touched, at the end all.
    Store(BTreeMap<String, i64>),
    /// Of a merchant.
    Merchant(MerchantStanding),
    /// Of a request, as the state gives them.
    Request(RequestFigures),
    /// Of a benefit.
    Benefit(BenefitStanding),
    /// Of a fund, as the state gives them.
    Fund(FundFigures),
    /// Of a pass.
    Pass(PassStanding),
    /// Of a pair.
    Pair(PairStanding),
    /// Of a selection.
    Selection(SelectionStanding),
    /// Of a site.
    Site(SiteStanding),
}

impl Standing {
    /// A worker's figures, where a worker is traced.
    pub const fn as_worker(&self) -> Option<&WorkerStanding> {
        match self {
            Standing::Worker(worker) => Some(worker),
            Standing::Card(_)
            | Standing::Store(_)
            | Standing::Merchant(_)
            | Standing::Request(_)
            | Standing::Benefit(_)
            | Standing::Fund(_)
            | Standing::Pass(_)
            | Standing::Pair(_)
            | Standing::Selection(_)
            | Standing::Site(_) => None,
        }
    }
}

/// A worker's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkerStanding {
    /// The four figures of the state.
    pub figures: Figures,
    /// Of the balance, what is set aside.
    pub held: Points,
    /// What credits taken back still owe.
    pub debt: Points,
}

/// A merchant's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MerchantStanding {
    /// Honoured, less what was taken back.
    pub honoured: Points,
    /// What payments came to, in exact hundredths.
    pub paid: Points,
    /// Claimed in money, for benefits used and discounts given there; fen.
    pub claimed_money: Fen,
    /// Paid of that, fen.
    pub paid_money: Fen,
}

impl MerchantStanding {
    /// What is still owed.
    pub fn owed(&self) -> Points {
        self.honoured - self.paid
    }

    /// What is still owed in money, fen.
    pub fn owed_money(&self) -> Fen {
        self.claimed_money - self.paid_money
    }

    /// Whether any money was ever claimed or paid.
    pub fn has_money(&self) -> bool {
        self.claimed_money != Fen::ZERO || self.paid_money != Fen::ZERO
    }
}

/// A benefit's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BenefitStanding {
    /// Those of the state.
    pub figures: BenefitFigures,
    /// How many there are; none for no end of them.
    pub places: Option<u32>,
}

impl BenefitStanding {
    /// How many are left; none where there is no end of them.
    pub fn places_left(&self) -> Option<u64> {
        self.places.map(|places| u64::from(places).saturating_sub(self.figures.granted))
    }
}

/// A pass's figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PassStanding {
    /// From when on it is void, where it was lost.
    pub lost: Option<BusinessTime>,
    /// Which pass took its place.
    pub replaced_by: Option<PassNo>,
    /// How many slips (小票) were honoured with it.
    pub slips: u64,
    /// What they would have cost together, fen.
    pub price: Fen,
    /// What was taken off, fen.
    pub discount: Fen,
}

/// How a pass stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassStatus {
    /// It was neither lost nor replaced.
    Valid,
    /// It was lost, and none was issued in its place.
    Lost,
    /// Another one was issued in its place.
    Replaced,
}

impl PassStatus {
    /// For programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            PassStatus::Valid => "valid",
            PassStatus::Lost => "lost",
            PassStatus::Replaced => "replaced",
        }
    }
}

impl PassStanding {
    /// How it stands.
    pub const fn status(&self) -> PassStatus {
        match (&self.replaced_by, &self.lost) {
            (Some(_), _) => PassStatus::Replaced,
            (None, Some(_)) => PassStatus::Lost,
            (None, None) => PassStatus::Valid,
        }
    }
}

/// A pair's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairStanding {
    /// Visits that wait for the other one's word.
    pub waiting: u64,
    /// Visits that were confirmed.
    pub confirmed: u64,
    /// Points credited for them, less what was taken back.
    pub credited: Points,
    /// The first day no longer, once there is one.
    pub ended: Option<NaiveDate>,
}

/// A selection's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectionStanding {
    /// How far it has come.
    pub stage: Stage,
    /// Who agreed to be a candidate and did not withdraw.
    pub candidates: u64,
    /// How many stand on the short list, once it was drawn.
    pub listed: u64,
    /// Objections that still ask for something: an answer, or the list to be revised.
    pub objections: u64,
}

/// A site's figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteStanding {
    /// Under which site it hangs, from the latest day on that is known.
    pub parent: Option<SiteId>,
    /// Its first day closed, once there is one.
    pub closed: Option<NaiveDate>,
    /// Sites that hang right below it and were not closed, as the parent is told.
    pub below: u64,
    /// Letters of appointment that name it and were not ended before their time.
    pub appointments: u64,
    /// Points credited to those who belonged to it when that was recorded, less what was taken back.
    pub credited: Points,
}

//! The figures of what the programmes keep, as JSON.

use chrono::NaiveDate;
use ledger_core::domain::money::Fen;
use ledger_core::domain::selection::state::Stage;
use projections::audit::trace::{
    BenefitStanding, MerchantStanding, PairStanding, PassStanding, SelectionStanding, SiteStanding,
};
use projections::programmes::{FundFigures, RequestFigures};
use serde::Serialize;
use utoipa::ToSchema;

use crate::exact::{Exact, PointsJson};

/// What a merchant is owed in yuan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedYuan {
    #[schema(value_type = f64)]
    claimed: Exact<Fen>,
    #[schema(value_type = f64)]
    paid: Exact<Fen>,
    #[schema(value_type = f64)]
    owed: Exact<Fen>,
}

impl From<&MerchantStanding> for TracedYuan {
    fn from(merchant: &MerchantStanding) -> TracedYuan {
        TracedYuan {
            claimed: Exact(merchant.claimed_money),
            paid: Exact(merchant.paid_money),
            owed: Exact(merchant.owed_money()),
        }
    }
}

/// What became of a request, as the state has it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedRequest {
    /// Claims that are taken: rows of work, and claims under way.
    claims: u64,
    /// Points credited for it.
    credited: PointsJson,
}

impl From<&RequestFigures> for TracedRequest {
    fn from(request: &RequestFigures) -> TracedRequest {
        TracedRequest { claims: request.claims, credited: PointsJson(request.credited) }
    }
}

/// What became of a benefit, as the state has it, and its places.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedBenefit {
    /// Given and not given back.
    granted: u64,
    waiting: u64,
    used: u64,
    /// How many there are; null for no end of them.
    places: Option<u32>,
    places_left: Option<u64>,
}

impl From<&BenefitStanding> for TracedBenefit {
    fn from(benefit: &BenefitStanding) -> TracedBenefit {
        let figures = &benefit.figures;
        TracedBenefit {
            granted: figures.granted,
            waiting: figures.waiting,
            used: figures.used,
            places: benefit.places,
            places_left: benefit.places_left(),
        }
    }
}

/// What became of a fund, as the state has it, in yuan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedFund {
    #[schema(value_type = f64)]
    appropriated: Exact<Fen>,
    /// Set aside and not paid.
    #[schema(value_type = f64)]
    committed: Exact<Fen>,
    #[schema(value_type = f64)]
    paid: Exact<Fen>,
    #[schema(value_type = f64)]
    free: Exact<Fen>,
}

impl From<&FundFigures> for TracedFund {
    fn from(fund: &FundFigures) -> TracedFund {
        TracedFund {
            appropriated: Exact(fund.appropriated),
            committed: Exact(fund.committed),
            paid: Exact(fund.paid),
            free: Exact(fund.free()),
        }
    }
}

/// How a pass stands, and what it was used for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedPass {
    /// valid, lost or replaced.
    #[schema(value_type = String)]
    status: &'static str,
    /// From when on it is void.
    lost: Option<String>,
    /// Which pass took its place.
    replaced_by: Option<String>,
    slips: u64,
    /// What the slips would have cost, in yuan.
    #[schema(value_type = f64)]
    full_price: Exact<Fen>,
    /// What was taken off, in yuan.
    #[schema(value_type = f64)]
    discount: Exact<Fen>,
}

impl From<&PassStanding> for TracedPass {
    fn from(pass: &PassStanding) -> TracedPass {
        TracedPass {
            status: pass.status().as_str(),
            lost: pass.lost.map(|lost| lost.to_string()),
            replaced_by: pass.replaced_by.as_ref().map(ToString::to_string),
            slips: pass.slips,
            full_price: Exact(pass.price),
            discount: Exact(pass.discount),
        }
    }
}

/// The visits of a pair.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedPair {
    /// Visits that wait for the other one's word.
    waiting: u64,
    /// Visits that were confirmed.
    confirmed: u64,
    /// Points credited for them.
    credited: PointsJson,
    /// The first day no longer, once there is one.
    #[schema(value_type = Option<String>, format = Date)]
    ended: Option<NaiveDate>,
}

impl From<&PairStanding> for TracedPair {
    fn from(pair: &PairStanding) -> TracedPair {
        let PairStanding { waiting, confirmed, credited, ended } = *pair;
        TracedPair { waiting, confirmed, credited: PointsJson(credited), ended }
    }
}

/// How far a selection has come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedSelection {
    /// announced, sealed, drawn or recorded.
    #[schema(value_type = String)]
    stage: Stage,
    candidates: u64,
    /// How many stand on the short list.
    listed: u64,
    /// Objections that still ask for something.
    objections: u64,
}

impl From<&SelectionStanding> for TracedSelection {
    fn from(selection: &SelectionStanding) -> TracedSelection {
        let SelectionStanding { stage, candidates, listed, objections } = *selection;
        TracedSelection { stage, candidates, listed, objections }
    }
}

/// Where a site stands, and what was earned there.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TracedSite {
    /// Under which site it hangs; null for a root.
    parent: Option<String>,
    /// The first day closed, once there is one.
    #[schema(value_type = Option<String>, format = Date)]
    closed: Option<NaiveDate>,
    /// Sites that hang right below it and were not closed.
    below: u64,
    /// Letters of appointment that name it and were not ended before their time.
    appointments: u64,
    /// Points credited to those who belonged to it.
    credited: PointsJson,
}

impl From<&SiteStanding> for TracedSite {
    fn from(site: &SiteStanding) -> TracedSite {
        let SiteStanding { parent, closed, below, appointments, credited } = site;
        TracedSite {
            parent: parent.as_ref().map(ToString::to_string),
            closed: *closed,
            below: *below,
            appointments: *appointments,
            credited: PointsJson(*credited),
        }
    }
}

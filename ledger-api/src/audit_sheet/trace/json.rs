//! The lines and the end of a trace, as JSON.

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use projections::audit::trace::{Fact, Note, Standing, TraceEnd, TraceLine};
use serde::Serialize;
use utoipa::ToSchema;

use super::things::{
    TracedBenefit, TracedFund, TracedPair, TracedPass, TracedRequest, TracedSelection, TracedSite, TracedYuan,
};
use crate::exact::{Exact, PointsJson};
use crate::vault::short;

/// A traced event.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceLineJson {
    position: u64,
    /// The event's type.
    event: &'static str,
    /// The event in Chinese.
    word: &'static str,
    /// When it happened, in business time.
    at: Option<String>,
    /// The service date, for credits.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<chrono::NaiveDate>,
    /// When the journal recorded it.
    recorded_at: String,
    /// Who entered it: the id of an access token.
    actor: String,
    /// The command's key.
    key: String,
    /// The credit, redemption, hold, card, item or month it is about.
    subject: String,
    /// The store, worker or merchant it has to do with, where that is not the subject traced.
    party: Option<String>,
    activity: Option<String>,
    /// Who witnessed it, as a pseudonym.
    witness: Option<String>,
    /// The version of the points schedule.
    schedule: Option<u32>,
    /// The lots touched, with what was put in or taken out.
    lots: Vec<TraceLotJson>,
    /// The last day of the lot that it made.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<chrono::NaiveDate>,
    /// Units put on the shelf or taken from it, by item.
    units: BTreeMap<String, i64>,
    /// What it changed: in the worker's balance, on the card, in what the merchant is owed; signed.
    points: PointsJson,
    /// The same in yuan: in what the merchant is owed, in what of the fund is free; signed, and only where it is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    yuan: Option<Exact<Fen>>,
    /// What else the event says, of programmes and of claims in money.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<TraceFactJson>,
    note: Option<TraceNoteJson>,
    /// Why, where a reason was given.
    reason: Option<String>,
    /// The figures after it.
    after: StandingJson,
}

/// A lot touched.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TraceLotJson {
    /// The lot's number within the worker's account.
    lot: u32,
    points: PointsJson,
}

/// A named value of an event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TraceFactJson {
    /// What it is, such as `claimed`, `rating` or `amount` (yuan).
    name: &'static str,
    value: String,
}

/// What is special about a line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TraceNoteJson {
    /// `proposed`, `capped` (with what it would have been), `debt_paid`, `debt_left`, `booked` (an expiry, which the
    /// figures have told already), or `proven` (the district asks who spends).
    kind: &'static str,
    points: Option<PointsJson>,
    /// By what the worker was proven to be the one who spends, where `kind` is `proven`.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
}

/// Figures, those of the subject's kind alone.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct StandingJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    earned: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemed: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<PointsJson>,
    /// Of the balance, what is set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    debt: Option<PointsJson>,
    /// Of a store: units on the shelf, by item.
    #[serde(skip_serializing_if = "Option::is_none")]
    shelf: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    honoured: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owed: Option<PointsJson>,
    /// Of a card: points by year and category, and their total.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<BTreeMap<String, BTreeMap<String, PointsJson>>>,
    /// Of a merchant that has claims in money: the same in yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    yuan: Option<TracedYuan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<TracedRequest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    benefit: Option<TracedBenefit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fund: Option<TracedFund>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pass: Option<TracedPass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pair: Option<TracedPair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selection: Option<TracedSelection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<TracedSite>,
}

/// A lot that ended with points in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EndedLotJson {
    lot: u32,
    #[schema(value_type = String, format = Date)]
    last_day: chrono::NaiveDate,
    points: PointsJson,
}

/// The end of a trace.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceEndJson {
    /// The business day it is told for.
    #[schema(value_type = Option<String>, format = Date)]
    as_of: Option<chrono::NaiveDate>,
    /// Events of the subject that happened after that day and are left out.
    left_out: u64,
    /// The first position left out.
    left_out_first: Option<u64>,
    /// The lots whose points make up what expired.
    ended: Vec<EndedLotJson>,
    /// The figures, as the state gives them.
    figures: StandingJson,
}

impl From<&TraceLine> for TraceLineJson {
    fn from(line: &TraceLine) -> TraceLineJson {
        TraceLineJson {
            position: line.position,
            event: line.event,
            word: Event::word_of(line.event),
            at: line.at.map(|at| at.to_string()),
            on: line.on,
            recorded_at: line.recorded_at.to_string(),
            actor: line.actor.clone(),
            key: line.key.clone(),
            subject: line.subject.clone(),
            party: line.party.clone(),
            activity: line.activity.clone(),
            witness: line.witness.clone(),
            schedule: line.schedule,
            lots: line.lots.iter().map(|part| TraceLotJson { lot: part.0, points: PointsJson(part.1) }).collect(),
            last_day: line.last_day,
            units: line.units.iter().fold(BTreeMap::new(), |mut units, (sku, change)| {
                *units.entry(sku.clone()).or_default() += change;
                units
            }),
            points: PointsJson(line.points),
            yuan: (line.money != Fen::ZERO).then_some(Exact(line.money)),
            facts: line.facts.iter().map(TraceFactJson::from).collect(),
            note: line.note.as_ref().map(note_json),
            reason: line.reason.as_deref().map(short),
            after: (&line.after).into(),
        }
    }
}

impl From<&Fact> for TraceFactJson {
    fn from(fact: &Fact) -> TraceFactJson {
        TraceFactJson { name: fact.name.as_str(), value: fact.value.clone() }
    }
}

fn note_json(note: &Note) -> TraceNoteJson {
    let (kind, points) = match note {
        Note::Proposed => ("proposed", None),
        Note::Capped(points) => ("capped", Some(*points)),
        Note::DebtPaid(points) => ("debt_paid", Some(*points)),
        Note::DebtLeft(points) => ("debt_left", Some(*points)),
        Note::Booked(points) => ("booked", Some(*points)),
        Note::Proven(_) => ("proven", None),
    };
    let by = if let Note::Proven(by) = note { Some(by.as_str()) } else { None };
    TraceNoteJson { kind, points: points.map(PointsJson), by }
}

impl From<&Standing> for StandingJson {
    fn from(standing: &Standing) -> StandingJson {
        let some = |points: Points| Some(PointsJson(points));
        match standing {
            Standing::Worker(worker) => StandingJson {
                earned: some(worker.figures.earned),
                redeemed: some(worker.figures.redeemed),
                expired: some(worker.figures.expired),
                balance: some(worker.figures.balance),
                held: some(worker.held),
                debt: some(worker.debt),
                ..StandingJson::default()
            },
            Standing::Card(years) => {
                let years = years.iter().map(|(year, categories)| {
                    let categories = categories.iter().map(|(name, points)| (name.clone(), PointsJson(*points)));
                    (year.to_string(), categories.collect())
                });
                StandingJson { card: Some(years.collect()), ..StandingJson::default() }
            }
            Standing::Store(shelf) => StandingJson { shelf: Some(shelf.clone()), ..StandingJson::default() },
            Standing::Merchant(merchant) => StandingJson {
                honoured: some(merchant.honoured),
                paid: some(merchant.paid),
                owed: some(merchant.owed()),
                yuan: merchant.has_money().then(|| merchant.into()),
                ..StandingJson::default()
            },
            Standing::Request(request) => StandingJson { request: Some(request.into()), ..StandingJson::default() },
            Standing::Benefit(benefit) => StandingJson { benefit: Some(benefit.into()), ..StandingJson::default() },
            Standing::Fund(fund) => StandingJson { fund: Some(fund.into()), ..StandingJson::default() },
            Standing::Pass(pass) => StandingJson { pass: Some(pass.into()), ..StandingJson::default() },
            Standing::Pair(pair) => StandingJson { pair: Some(pair.into()), ..StandingJson::default() },
            Standing::Selection(selection) => {
                StandingJson { selection: Some(selection.into()), ..StandingJson::default() }
            }
            Standing::Site(site) => StandingJson { site: Some(site.into()), ..StandingJson::default() },
        }
    }
}

impl From<&TraceEnd> for TraceEndJson {
    fn from(end: &TraceEnd) -> TraceEndJson {
        let ended = end.ended.iter().map(|lot| EndedLotJson {
            lot: lot.lot,
            last_day: lot.last_day,
            points: PointsJson(lot.points),
        });
        TraceEndJson {
            as_of: end.as_of,
            left_out: end.left_out,
            left_out_first: end.left_out_first,
            ended: ended.collect(),
            figures: (&end.figures).into(),
        }
    }
}

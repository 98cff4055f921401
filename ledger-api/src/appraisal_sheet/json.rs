//! An appraisal as one JSON object.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use projections::card_line::{CardLine, Said};
use projections::queries::appraisal::{Addition, Appraisal, CardYear, Part, Seal};
use serde::Serialize;

use super::{NOTE, SheetError};
use crate::exact::Exact;

#[derive(Serialize)]
struct AppraisalJson<'a> {
    year: i32,
    branch: Option<&'a str>,
    position: u64,
    cards: Vec<CardJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seal: Option<SealJson<'a>>,
    note: &'static str,
}

/// That the branch closed the year, and what changed since.
#[derive(Serialize)]
struct SealJson<'a> {
    on: NaiveDate,
    position: u64,
    entry: u64,
    digest: &'a str,
    addendum: Vec<AdditionJson<'a>>,
}

#[derive(Serialize)]
struct AdditionJson<'a> {
    card_no: &'a str,
    worker: &'a str,
    credit: &'a str,
    on: NaiveDate,
    category: &'a str,
    points: Exact<Points>,
    change: &'static str,
    position: u64,
}

/// What falls on days on which the card was the asked branch's own.
#[derive(Serialize)]
struct PartJson<'a> {
    categories: BTreeMap<&'a str, Exact<Points>>,
    total: Exact<Points>,
    services: u64,
}

#[derive(Serialize)]
struct CardJson<'a> {
    card_no: &'a str,
    worker: &'a str,
    branch: &'a str,
    /// 中共预备党员: takes part in the appraisal, gets no grade. Only where so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    probationary: bool,
    categories: BTreeMap<&'a str, Exact<Points>>,
    total: Exact<Points>,
    services: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<PartJson<'a>>,
    disputed: &'a [String],
    lines: Vec<LineJson<'a>>,
    decision: &'static str,
}

#[derive(Serialize)]
struct LineJson<'a> {
    credit: &'a str,
    on: NaiveDate,
    activity: &'a str,
    category: &'a str,
    quantity: Exact<&'a str>,
    points: Exact<Points>,
    witness: Option<&'a str>,
    evidence: Option<&'a str>,
    schedule: u32,
    branch: &'a str,
    /// The request (单号) or pair (结对号) that it comes from; only where it comes from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    /// What was said of it: 满意, 基本满意, 属实; 已确认 of a visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
}

pub(super) fn render(appraisal: &Appraisal) -> Result<Vec<u8>, SheetError> {
    let json = AppraisalJson {
        year: appraisal.year,
        branch: appraisal.branch.as_deref(),
        position: appraisal.position,
        cards: appraisal.cards.iter().map(|one| card(one, appraisal.branch.is_some())).collect(),
        seal: appraisal.seal.as_ref().map(seal),
        note: NOTE,
    };
    let mut bytes = serde_json::to_vec(&json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn seal(seal: &Seal) -> SealJson<'_> {
    SealJson {
        on: seal.on,
        position: seal.position,
        entry: seal.entry,
        digest: &seal.digest,
        addendum: seal.addendum.iter().map(addition).collect(),
    }
}

fn addition(addition: &Addition) -> AdditionJson<'_> {
    let Addition { card_no, worker, line, counts, position } = addition;
    AdditionJson {
        card_no,
        worker,
        credit: &line.credit,
        on: line.on,
        category: &line.category,
        points: Exact(line.points),
        change: if *counts { "counted" } else { "withdrawn" },
        position: *position,
    }
}

fn by_category(categories: &BTreeMap<String, Points>) -> BTreeMap<&str, Exact<Points>> {
    categories.iter().map(|(category, points)| (category.as_str(), Exact(*points))).collect()
}

fn own(part: &Part) -> PartJson<'_> {
    PartJson { categories: by_category(&part.categories), total: Exact(part.total), services: part.services }
}

fn card(card: &CardYear, of_branch: bool) -> CardJson<'_> {
    CardJson {
        card_no: &card.card_no,
        worker: &card.worker,
        branch: &card.branch,
        probationary: card.probationary,
        categories: by_category(&card.categories),
        total: Exact(card.total),
        services: card.services,
        own: of_branch.then(|| own(&card.own)),
        disputed: &card.disputed,
        lines: card.lines.iter().map(|(one, of_day)| line(one, of_day)).collect(),
        decision: "",
    }
}

fn line<'a>(line: &'a CardLine, of_day: &'a str) -> LineJson<'a> {
    LineJson {
        credit: &line.credit,
        on: line.on,
        activity: &line.activity,
        category: &line.category,
        quantity: Exact(&line.quantity),
        points: Exact(line.points),
        witness: line.witness.as_deref(),
        evidence: line.evidence.as_deref(),
        schedule: line.schedule,
        branch: of_day,
        number: line.number.as_deref(),
        verdict: line.said.map(Said::chinese),
    }
}

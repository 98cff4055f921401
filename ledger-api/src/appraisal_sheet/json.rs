//! An appraisal as one JSON object.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use projections::card_line::CardLine;
use projections::queries::appraisal::{Appraisal, CardYear};
use serde::Serialize;

use super::{NOTE, SheetError};
use crate::exact::Exact;

#[derive(Serialize)]
struct AppraisalJson<'a> {
    year: i32,
    branch: Option<&'a str>,
    position: u64,
    cards: Vec<CardJson<'a>>,
    note: &'static str,
}

#[derive(Serialize)]
struct CardJson<'a> {
    card_no: &'a str,
    worker: &'a str,
    branch: &'a str,
    categories: BTreeMap<&'a str, Exact<Points>>,
    total: Exact<Points>,
    services: u64,
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
}

pub(super) fn render(appraisal: &Appraisal) -> Result<Vec<u8>, SheetError> {
    let json = AppraisalJson {
        year: appraisal.year,
        branch: appraisal.branch.as_deref(),
        position: appraisal.position,
        cards: appraisal.cards.iter().map(card).collect(),
        note: NOTE,
    };
    let mut bytes = serde_json::to_vec(&json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn card(card: &CardYear) -> CardJson<'_> {
    CardJson {
        card_no: &card.card_no,
        worker: &card.worker,
        branch: &card.branch,
        categories: card.categories.iter().map(|(category, points)| (category.as_str(), Exact(*points))).collect(),
        total: Exact(card.total),
        services: card.services,
        disputed: &card.disputed,
        lines: card.lines.iter().map(line).collect(),
        decision: "",
    }
}

fn line(line: &CardLine) -> LineJson<'_> {
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
    }
}

//! The mutual-aid points card: who held which card in which branch from when on, and the evidence lines of its score.
//!
//! Rows keep the positions at which they began and ended, so that the same question at an earlier position gets the
//! same answer byte for byte. Spending and expiry touch none of these rows.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::WorkerEvent;
use serde::{Deserialize, Serialize};

use super::under;
use crate::fold::View;

/// A stay of a card in a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// The card.
    pub card_no: String,
    /// The branch.
    pub branch: String,
    /// Since this position.
    pub from: u64,
    /// Until before this position, once it ended.
    pub until: Option<u64>,
}

impl Stay {
    /// Whether it lasted at a position.
    pub fn holds_at(&self, position: u64) -> bool {
        self.from <= position && self.until.is_none_or(|until| position < until)
    }
}

/// A worker's cards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CardStays {
    /// In order.
    pub stays: Vec<Stay>,
}

/// Cards and branches, keyed by worker.
pub struct CardBranchView;

impl View for CardBranchView {
    type Row = CardStays;
    const NAME: &'static str = "card_branch";

    fn keys(event: &Event) -> Vec<String> {
        match event {
            Event::Worker(
                event @ (WorkerEvent::CardIssued(_) | WorkerEvent::CardMoved(_) | WorkerEvent::CardClosed(_)),
            ) => vec![event.worker().to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(row: &mut CardStays, _: &str, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        if let Some(stay) = row.stays.last_mut()
            && stay.until.is_none()
        {
            stay.until = Some(position);
        }
        let (card_no, branch) = match event {
            WorkerEvent::CardIssued(event) => (&event.card_no, &event.branch),
            WorkerEvent::CardMoved(event) => (&event.card_no, &event.branch),
            _ => return,
        };
        row.stays.push(Stay { card_no: card_no.to_string(), branch: branch.to_string(), from: position, until: None });
    }
}

/// A credit as evidence for a card.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CardLine {
    /// The credit.
    pub credit: String,
    /// The activity.
    pub activity: String,
    /// The category.
    pub category: String,
    /// The service date.
    pub on: NaiveDate,
    /// Units of service, as text.
    pub quantity: String,
    /// The points.
    pub points: Points,
    /// Whether the schedule counts it for cards.
    pub counts: bool,
    /// The schedule's version.
    pub schedule: u32,
    /// Who witnessed it, as a pseudonym.
    pub witness: Option<String>,
    /// Digest of its evidence.
    pub evidence: Option<String>,
    /// The position that recorded it.
    pub recorded: u64,
    /// The position from which it counts.
    pub confirmed: Option<u64>,
    /// The position from which it no longer counts.
    pub reversed: Option<u64>,
    /// Positions between which an objection was open: from, until.
    pub objections: Vec<(u64, Option<u64>)>,
}

impl CardLine {
    /// Whether it counts at a position.
    pub fn counts_at(&self, position: u64) -> bool {
        self.counts
            && self.confirmed.is_some_and(|from| from <= position)
            && self.reversed.is_none_or(|until| position < until)
    }

    /// Whether an objection is open at a position.
    pub fn objected_at(&self, position: u64) -> bool {
        self.objections.iter().any(|(from, until)| *from <= position && until.is_none_or(|until| position < until))
    }
}

/// Evidence lines, keyed by worker and lot.
pub struct CardLineView;

impl View for CardLineView {
    type Row = CardLine;
    const NAME: &'static str = "card_line";

    fn keys(event: &Event) -> Vec<String> {
        let Event::Worker(event) = event else { return Vec::new() };
        let lot = match event {
            WorkerEvent::CreditConfirmed(event)
            | WorkerEvent::CreditRejected(event)
            | WorkerEvent::CreditObjected(event) => Some(event.lot),
            WorkerEvent::ObjectionResolved(event) => Some(event.lot),
            WorkerEvent::CreditReversed(event) => Some(event.lot),
            other => other.as_service().map(|record| record.lot),
        };
        lot.map(|lot| under(event.worker().as_str(), format_args!("{lot:010}"))).into_iter().collect()
    }

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Worker(event) if event.as_service().is_some())
    }

    fn fold(row: &mut CardLine, _: &str, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        if let Some(record) = event.as_service() {
            *row = CardLine {
                credit: record.credit.to_string(),
                activity: record.activity.to_string(),
                category: record.category.clone(),
                on: record.on,
                quantity: record.quantity.to_string(),
                points: record.points,
                counts: record.card,
                schedule: record.schedule,
                witness: record.witness.clone(),
                evidence: record.evidence.clone(),
                recorded: position,
                confirmed: (!record.proposed).then_some(position),
                reversed: None,
                objections: Vec::new(),
            };
            return;
        }
        match event {
            WorkerEvent::CreditConfirmed(_) => row.confirmed = Some(position),
            WorkerEvent::CreditReversed(_) | WorkerEvent::CreditRejected(_) => row.reversed = Some(position),
            WorkerEvent::CreditObjected(_) => row.objections.push((position, None)),
            WorkerEvent::ObjectionResolved(_) => {
                if let Some(last) = row.objections.last_mut() {
                    last.1 = Some(position);
                }
            }
            _ => {}
        }
    }
}

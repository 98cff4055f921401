//! The evidence lines of a card's score: a line for each credit of its holder, folded from the holder's own stream when
//! it is asked for. Nothing of them is stored a second time: a row for each credit was most of what the views wrote.
//!
//! A line keeps the positions from which it counts and no longer counts, so that the same question at an earlier position
//! gets the same answer byte for byte. Spending and expiry touch no line.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{ServiceRecorded, Verdict};

/// A credit as evidence for a card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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

    /// The line on another card, on which it counts from a position at the earliest.
    pub(crate) fn counting_since(self, position: u64) -> CardLine {
        CardLine { confirmed: self.confirmed.map(|confirmed| confirmed.max(position)), ..self }
    }

    /// Whether an objection is open at a position.
    pub fn objected_at(&self, position: u64) -> bool {
        self.objections.iter().any(|(from, until)| *from <= position && until.is_none_or(|until| position < until))
    }
}

/// The lines of one worker, by lot.
#[derive(Debug, Default)]
pub struct CardLines(BTreeMap<u32, CardLine>);

impl CardLines {
    /// Folds the next event of the worker's stream.
    pub fn fold(&mut self, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        if let Some(record) = event.as_service() {
            self.0.insert(record.lot, CardLine::of(position, record));
            return;
        }
        let Some(judged) = event.as_judgement() else { return };
        self.change(judged.lot, |line| match judged.verdict {
            Verdict::Confirmed { .. } => line.confirmed = Some(position),
            Verdict::Rejected | Verdict::Reversed { .. } => line.reversed = Some(position),
            Verdict::Objected { .. } | Verdict::Appealed { .. } => line.objections.push((position, None)),
            Verdict::Checked | Verdict::Publicised { .. } => {}
            Verdict::Resolved { .. } => {
                if let Some(last) = line.objections.last_mut() {
                    last.1 = Some(position);
                }
            }
        });
    }

    /// The lines, in the order in which they were recorded.
    pub fn into_lines(self) -> impl Iterator<Item = CardLine> {
        self.0.into_values()
    }

    fn change(&mut self, lot: u32, change: impl FnOnce(&mut CardLine)) {
        if let Some(line) = self.0.get_mut(&lot) {
            change(line);
        }
    }
}

impl CardLine {
    fn of(position: u64, record: &ServiceRecorded) -> CardLine {
        CardLine {
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
        }
    }
}

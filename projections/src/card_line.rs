//! The evidence lines of a card's score: a line for each credit of its holder, folded from the holder's own stream when
//! it is asked for. Nothing of them is stored a second time: a row for each credit was most of what the views wrote.
//!
//! A line keeps the positions from which it counts and no longer counts, so that the same question at an earlier position
//! gets the same answer byte for byte. Spending and expiry touch no line.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::request::command::Word;
use ledger_core::domain::worker::event::{ServiceRecorded, Verdict};

/// What was said of what a credit came of, when it ripened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Of work on a request (评价, 反馈).
    Rated(Word),
    /// A visit was confirmed by the other one of the pair.
    Confirmed,
}

impl Said {
    /// The word for it, as sheets have it.
    pub const fn chinese(self) -> &'static str {
        match self {
            Said::Rated(word) => word.chinese(),
            Said::Confirmed => "已确认",
        }
    }
}

/// An objection to a credit, or an appeal against what was decided about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objection {
    /// Since this position.
    pub from: u64,
    /// Until before this position, once it was decided.
    pub until: Option<u64>,
    /// The business day on which it was made.
    pub on: NaiveDate,
    /// Whether it is an appeal.
    pub appealed: bool,
}

impl Objection {
    /// Whether it was open at a position.
    pub fn is_open_at(&self, position: u64) -> bool {
        self.from <= position && self.until.is_none_or(|until| position < until)
    }
}

/// A credit as evidence for a card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardLine {
    /// 记录号, or the key of the command that recorded it.
    pub credit: String,
    /// 活动代码.
    pub activity: String,
    /// 类别, as the schedule of that day has it.
    pub category: String,
    /// The service date.
    pub on: NaiveDate,
    /// Units of service, as text.
    pub quantity: String,
    /// In exact hundredths.
    pub points: Points,
    /// Whether the schedule counts it for cards.
    pub counts: bool,
    /// The schedule's version.
    pub schedule: u32,
    /// Who witnessed it, as a pseudonym.
    pub witness: Option<String>,
    /// Digest of its evidence.
    pub evidence: Option<String>,
    /// The request (单号) or the pair (结对号) that it comes from, where it was not recorded as a service.
    pub number: Option<String>,
    /// What was said of that. It stands in the request's or pair's stream: whoever reads the lines looks it up there.
    pub said: Option<Said>,
    /// The position that recorded it.
    pub recorded: u64,
    /// The position from which it counts.
    pub confirmed: Option<u64>,
    /// The position from which it no longer counts.
    pub reversed: Option<u64>,
    /// The objections to it and the appeals, in order.
    pub objections: Vec<Objection>,
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
        self.objection_at(position).is_some()
    }

    /// The objection that is open at a position.
    pub fn objection_at(&self, position: u64) -> Option<&Objection> {
        self.objections.iter().find(|objection| objection.is_open_at(position))
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
        let objection = |appealed| Objection { from: position, until: None, on: event.at().date(), appealed };
        self.change(judged.lot, |line| match judged.verdict {
            Verdict::Confirmed { .. } => line.confirmed = Some(position),
            Verdict::Rejected | Verdict::Reversed { .. } => line.reversed = Some(position),
            Verdict::Objected { .. } => line.objections.push(objection(false)),
            Verdict::Appealed { .. } => line.objections.push(objection(true)),
            Verdict::Checked | Verdict::Publicised { .. } => {}
            Verdict::Resolved { .. } => {
                if let Some(last) = line.objections.last_mut() {
                    last.until = Some(position);
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
            number: record.source.clone(),
            said: None,
            recorded: position,
            confirmed: (!record.proposed).then_some(position),
            reversed: None,
            objections: Vec::new(),
        }
    }
}

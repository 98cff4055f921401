//! The points on a worker's card by year and category. Confirmed credits alone: spending, expiry and debts have no say.

use std::collections::BTreeMap;

use chrono::Datelike;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{CardStep, Verdict, WorkerEvent};

use crate::state::Categories;

/// A credit that counts for a card once it is confirmed.
#[derive(Debug, Clone)]
struct Counting {
    year: i32,
    category: String,
    points: Points,
    confirmed: bool,
}

/// The fold.
#[derive(Debug, Clone, Default)]
pub(crate) struct CardPoints {
    card_no: Option<String>,
    by_lot: BTreeMap<u32, Counting>,
    /// Other ids of the same person that were given up for this one, each with the year in which it was.
    absorbed: BTreeMap<String, i32>,
}

impl CardPoints {
    /// Folds an event.
    pub(crate) fn fold(&mut self, event: &WorkerEvent) {
        if let Some(CardStep::Issued(event)) = event.as_card_step() {
            self.card_no = Some(event.card_no.to_string());
        }
        if let Some(taken) = event.as_taken_over() {
            self.absorbed.entry(taken.absorbed.to_string()).or_insert_with(|| taken.at.date().year());
        }
        if let Some(record) = event.as_service().filter(|record| record.card) {
            let (year, category) = (record.on.year(), record.category.clone());
            let counting = Counting { year, category, points: record.points, confirmed: !record.proposed };
            self.by_lot.insert(record.lot, counting);
        }
        let Some(judged) = event.as_judgement() else { return };
        match judged.verdict {
            Verdict::Confirmed { .. } => {
                if let Some(counting) = self.by_lot.get_mut(&judged.lot) {
                    counting.confirmed = true;
                }
            }
            Verdict::Rejected | Verdict::Reversed { .. } => {
                self.by_lot.remove(&judged.lot);
            }
            Verdict::Checked
            | Verdict::Publicised { .. }
            | Verdict::Objected { .. }
            | Verdict::Appealed { .. }
            | Verdict::Resolved { .. } => {}
        }
    }

    /// The last card issued.
    pub(crate) fn card_no(&self) -> Option<&str> {
        self.card_no.as_deref()
    }

    /// The points by year and category with those of other ids of the person that never held a card, from the year on in
    /// which each was given up: earlier years were appraised without them.
    pub(crate) fn years_with<'a>(&self, of: impl Fn(&str) -> Option<&'a CardPoints>) -> BTreeMap<i32, Categories> {
        let mut years = self.years();
        for (absorbed, since) in &self.absorbed {
            let Some(other) = of(absorbed).filter(|other| other.card_no.is_none()) else { continue };
            for (year, categories) in other.years().into_iter().filter(|(year, _)| year >= since) {
                let card = years.entry(year).or_default();
                categories.into_iter().for_each(|(category, points)| *card.entry(category).or_default() += points);
            }
        }
        years
    }

    /// The points by year and category, and their sum under `total`.
    pub(crate) fn years(&self) -> BTreeMap<i32, Categories> {
        let mut years: BTreeMap<i32, Categories> = BTreeMap::new();
        for Counting { year, category, points, .. } in self.by_lot.values().filter(|counting| counting.confirmed) {
            let card = years.entry(*year).or_default();
            *card.entry(category.clone()).or_default() += *points;
            *card.entry("total".to_owned()).or_default() += *points;
        }
        years
    }
}

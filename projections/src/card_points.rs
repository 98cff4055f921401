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
}

impl CardPoints {
    /// Folds an event.
    pub(crate) fn fold(&mut self, event: &WorkerEvent) {
        if let Some(CardStep::Issued(event)) = event.as_card_step() {
            self.card_no = Some(event.card_no.to_string());
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

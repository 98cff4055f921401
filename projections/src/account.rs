//! A worker's account as the events alone give it: what [`crate::state`] sums up, a trace follows line by line, and the
//! balance of a past day is read from.
//!
//! Told whole, it takes the amounts that the events carry. Told as of a past day, some events are left out, and an
//! amount that was decided in their light must be found anew: a credit taken back leaves a debt only for what was spent
//! by that day, and a debt is only paid where there is one by that day.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{LotPart, WorkerEvent};

use crate::state::{Categories, Figures};

#[derive(Debug, Clone, Default)]
struct Lot {
    last_day: Option<NaiveDate>,
    on: NaiveDate,
    points: Points,
    left: Points,
    category: String,
    counts: bool,
    confirmed: bool,
    reversed: bool,
}

/// The account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    card_no: Option<String>,
    lots: BTreeMap<u32, Lot>,
    earned: Points,
    redeemed: Points,
    held: Points,
    debt: Points,
    /// As of a past day alone: the lots of redemptions and holds, by name, for when they come back.
    away: BTreeMap<String, Vec<LotPart>>,
}

impl Account {
    /// Folds an event; `past` when others may have been left out.
    pub(crate) fn fold(&mut self, event: &WorkerEvent, past: bool) {
        if let Some(record) = event.as_service() {
            let paid = if record.proposed { Points::ZERO } else { self.pays(record.debt_paid, past) };
            let counted = if record.proposed { Points::ZERO } else { record.points - paid };
            self.debt -= paid;
            self.earned += counted;
            let lot = Lot {
                last_day: record.last_day,
                on: record.on,
                points: record.points,
                left: counted,
                category: record.category.clone(),
                counts: record.card,
                confirmed: !record.proposed,
                reversed: false,
            };
            self.lots.insert(record.lot, lot);
            return;
        }
        match event {
            WorkerEvent::CardIssued(event) => self.card_no = Some(event.card_no.to_string()),
            WorkerEvent::CreditConfirmed(event) => {
                let paid = self.pays(event.debt_paid, past);
                let counted = event.points - paid;
                self.debt -= paid;
                self.earned += counted;
                if let Some(lot) = self.lots.get_mut(&event.lot) {
                    lot.confirmed = true;
                    lot.left = counted;
                }
            }
            WorkerEvent::CreditReversed(event) => {
                let left = self.lots.get(&event.lot).map_or(Points::ZERO, |lot| lot.left);
                let taken = if past { left.max(Points::ZERO) } else { event.points - event.debt };
                self.debt += event.points - taken;
                self.earned -= taken;
                if let Some(lot) = self.lots.get_mut(&event.lot) {
                    lot.reversed = true;
                    lot.left -= taken;
                }
            }
            WorkerEvent::Redeemed(event) => {
                self.redeemed += event.points;
                self.take(event.redemption.as_str(), &event.lots, past);
            }
            WorkerEvent::RedemptionReversed(event) => {
                self.redeemed -= event.points;
                self.come_back(event.redemption.as_str(), &event.lots, event.debt_paid, past);
            }
            WorkerEvent::PointsHeld(event) => {
                self.held += event.points;
                self.take(event.hold.as_str(), &event.lots, past);
            }
            WorkerEvent::HoldCaptured(event) => {
                self.held -= event.points;
                self.redeemed += event.points;
                if let Some(parts) = self.away.remove(event.hold.as_str()) {
                    self.away.insert(event.redemption.to_string(), parts);
                }
            }
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                self.held -= event.points;
                self.come_back(event.hold.as_str(), &event.lots, event.debt_paid, past);
            }
            // Booking an expiry moves nothing here: a lot's last day tells.
            _ => {}
        }
    }

    /// What goes to a debt of what the event says went to it.
    fn pays(&self, recorded: Points, past: bool) -> Points {
        if past { recorded.min(self.debt) } else { recorded }
    }

    fn take(&mut self, name: &str, parts: &[LotPart], past: bool) {
        for part in parts {
            self.change(part.0, Points::ZERO - part.1);
        }
        if past {
            self.away.insert(name.to_owned(), parts.to_vec());
        }
    }

    /// Points return to their lots, but first to the debt that credits taken back meanwhile left.
    fn come_back(&mut self, name: &str, parts: &[LotPart], debt_paid: Points, past: bool) {
        for part in parts {
            self.change(part.0, part.1);
        }
        let paid = self.pays(debt_paid, past);
        self.debt -= paid;
        self.earned -= paid;
        // The debt of the rest was left by what is left out: as of the day those credits stand, and their lots get it.
        let mut rest = debt_paid - paid;
        for LotPart(number, points) in self.away.remove(name).unwrap_or_default() {
            let back: Points = parts.iter().filter(|part| part.0 == number).map(|part| part.1).sum();
            let part = rest.min(points - back);
            self.change(number, part);
            rest -= part;
        }
        self.earned -= rest;
    }

    fn change(&mut self, number: u32, points: Points) {
        if let Some(lot) = self.lots.get_mut(&number) {
            lot.left += points;
        }
    }

    /// Lots with something left that ended before a day: number, last day, points.
    pub(crate) fn ended(&self, as_of: Option<NaiveDate>) -> impl Iterator<Item = (u32, NaiveDate, Points)> + '_ {
        self.lots.iter().filter_map(move |(number, lot)| match (lot.last_day, as_of) {
            (Some(last), Some(as_of)) if last < as_of && !lot.left.is_zero() => Some((*number, last, lot.left)),
            _ => None,
        })
    }

    /// What can be spent of each lot on a day, with the lot's last day.
    pub(crate) fn spendable_on(&self, day: NaiveDate) -> impl Iterator<Item = (Option<NaiveDate>, Points)> + '_ {
        let begun = self.lots.values().filter(move |lot| lot.on <= day);
        begun.filter(move |lot| lot.last_day.is_none_or(|last| day <= last)).map(|lot| (lot.last_day, lot.left))
    }

    /// The four figures as of a day.
    pub(crate) fn figures(&self, as_of: Option<NaiveDate>) -> Figures {
        let left: Points = self.lots.values().map(|lot| lot.left).sum();
        let expired: Points = self.ended(as_of).map(|(_, _, points)| points).sum();
        let balance = left - expired + self.held;
        Figures { earned: self.earned, redeemed: self.redeemed, expired, balance }
    }

    /// What is set aside.
    pub(crate) const fn held(&self) -> Points {
        self.held
    }

    /// What credits taken back still owe.
    pub(crate) const fn debt(&self) -> Points {
        self.debt
    }

    /// The last card issued.
    pub(crate) fn card_no(&self) -> Option<&str> {
        self.card_no.as_deref()
    }

    /// Points for the card by year and category. Confirmed credits alone: spending, expiry and debts have no say.
    pub(crate) fn card_years(&self) -> BTreeMap<i32, Categories> {
        let mut years: BTreeMap<i32, Categories> = BTreeMap::new();
        for lot in self.lots.values().filter(|lot| lot.counts && lot.confirmed && !lot.reversed) {
            let card = years.entry(lot.on.year()).or_default();
            *card.entry(lot.category.clone()).or_default() += lot.points;
            *card.entry("total".to_owned()).or_default() += lot.points;
        }
        years
    }
}

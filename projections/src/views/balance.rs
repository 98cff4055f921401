//! One row a worker: particulars, lifetime totals, and the lots, which tell what can be spent on a day.

mod lots;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{LotPart, ServiceRecorded, WorkerEvent};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;
pub use lots::Lot;

/// A worker's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Occupation.
    pub occupation: String,
    /// Platform.
    pub platform: Option<String>,
    /// Whether known to be a Party member.
    pub party_member: Option<bool>,
    /// Whether the worker left.
    pub departed: bool,
    /// The open card and its branch.
    pub card: Option<(String, String)>,
    /// Confirmed credits, never less.
    pub earned: Points,
    /// Credits taken back.
    pub reversed: Points,
    /// Spent, less what came back.
    pub redeemed: Points,
    /// Booked as expired.
    pub expired: Points,
    /// Set aside.
    pub held: Points,
    /// Owed from credits taken back.
    pub debt: Points,
    /// Confirmed credits.
    pub services: u64,
    /// The lots by number: 1, 2, 3, …
    #[serde(with = "lots")]
    pub lots: Vec<Lot>,
    /// The latest day on which anything happened, by business time.
    pub latest: Option<NaiveDate>,
    /// The last event folded in.
    pub position: u64,
}

impl Balance {
    fn begin_lot(&mut self, record: &ServiceRecorded) {
        let remaining = if record.proposed { Points::ZERO } else { record.points - record.debt_paid };
        self.lots.push(Lot { on: record.on, last_day: record.last_day, remaining, expired: Points::ZERO });
    }

    /// A lot by its number.
    pub fn lot(&self, number: u32) -> Option<&Lot> {
        self.lots.get(index_of(number)?)
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Lot)) {
        if let Some(lot) = index_of(number).and_then(|index| self.lots.get_mut(index)) {
            change(lot);
        }
    }

    fn each(&mut self, parts: &[LotPart], change: impl Fn(&mut Lot, Points)) {
        parts.iter().for_each(|part| self.change(part.0, |lot| change(lot, part.1)));
    }

    /// Takes points out of lots.
    pub(crate) fn take(&mut self, parts: &[LotPart]) {
        self.each(parts, |lot, points| lot.remaining -= points);
    }

    /// Gives points back to lots.
    pub(crate) fn give_back(&mut self, parts: &[LotPart]) {
        self.each(parts, |lot, points| lot.remaining += points);
    }
}

fn index_of(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

/// The view.
pub struct BalanceView;

impl View for BalanceView {
    type Row = Balance;
    const NAME: &'static str = "balance";
    const TERSE: bool = true;

    fn keys(event: &Event) -> Vec<SmolStr> {
        match event {
            Event::Worker(event) => vec![event.worker().to_smol()],
            _ => Vec::new(),
        }
    }

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Worker(WorkerEvent::WorkerRegistered(_)))
    }

    fn fold(row: &mut Balance, _: &str, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        row.position = position;
        row.latest = row.latest.max(Some(event.at().date()));
        match event {
            WorkerEvent::WorkerRegistered(event) | WorkerEvent::WorkerUpdated(event) => {
                row.occupation.clone_from(&event.occupation);
                row.platform.clone_from(&event.platform);
                row.party_member = event.party_member;
            }
            WorkerEvent::WorkerDeparted(_) => row.departed = true,
            WorkerEvent::CardIssued(event) => {
                row.card = Some((event.card_no.to_string(), event.branch.to_string()));
            }
            WorkerEvent::CardMoved(event) => row.card = Some((event.card_no.to_string(), event.branch.to_string())),
            WorkerEvent::CardClosed(_) => row.card = None,
            WorkerEvent::VolunteerServiceRecorded(record)
            | WorkerEvent::CivicCreationRecorded(record)
            | WorkerEvent::CommunityServiceRecorded(record) => {
                row.begin_lot(record);
                if !record.proposed {
                    row.earned += record.points;
                    row.debt -= record.debt_paid;
                    row.services += 1;
                }
            }
            WorkerEvent::CreditConfirmed(event) => {
                row.change(event.lot, |lot| lot.remaining = event.points - event.debt_paid);
                row.earned += event.points;
                row.debt -= event.debt_paid;
                row.services += 1;
            }
            WorkerEvent::CreditReversed(event) => {
                row.change(event.lot, |lot| (lot.remaining, lot.expired) = (Points::ZERO, Points::ZERO));
                row.reversed += event.points;
                row.debt += event.debt;
                row.expired -= event.from_expired;
                row.services = row.services.saturating_sub(1);
            }
            WorkerEvent::Redeemed(event) => {
                row.take(&event.lots);
                row.redeemed += event.points;
            }
            WorkerEvent::RedemptionReversed(event) => {
                row.give_back(&event.lots);
                row.redeemed -= event.points;
                row.debt -= event.debt_paid;
            }
            WorkerEvent::PointsHeld(event) => {
                row.take(&event.lots);
                row.held += event.points;
            }
            WorkerEvent::HoldCaptured(event) => {
                row.held -= event.points;
                row.redeemed += event.points;
            }
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                row.give_back(&event.lots);
                row.held -= event.points;
                row.debt -= event.debt_paid;
            }
            WorkerEvent::PointsExpired(event) => {
                row.each(&event.lots, |lot, points| {
                    lot.remaining -= points;
                    lot.expired += points;
                });
                row.expired += event.points;
            }
            WorkerEvent::ExpiryReversed(event) => {
                row.each(&event.lots, |lot, points| {
                    lot.expired -= points;
                    lot.remaining += points;
                });
                row.expired -= event.points;
            }
            WorkerEvent::CreditRejected(_) | WorkerEvent::CreditObjected(_) | WorkerEvent::ObjectionResolved(_) => {}
        }
    }
}

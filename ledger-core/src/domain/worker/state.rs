//! A worker's state, folded from its events.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::command::WorkerDetails;
use super::event::{LotPart, RedeemedLine, ServiceRecorded, WorkerEvent};
use super::open_lots::OpenLots;
use crate::domain::ids::{ActivityCode, Actor, BranchId, CardNo, CreditId, HoldId, RedemptionId, Sku, StoreId};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

/// Where a credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditStatus {
    /// Waits for a second person.
    Proposed,
    /// Counts.
    Confirmed,
    /// Never counted.
    Rejected,
    /// Counted once and was taken back.
    Reversed,
}

/// A credit and the lot it made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// The credit's name.
    pub credit: CreditId,
    /// The activity.
    pub activity: ActivityCode,
    /// The service date.
    pub on: NaiveDate,
    /// Last day on which it can be spent.
    pub last_day: Option<NaiveDate>,
    /// What was credited.
    pub points: Points,
    /// What can still be spent, on the days that allow it.
    pub remaining: Points,
    /// What was booked as expired.
    pub expired: Points,
    /// Where the credit stands.
    pub status: CreditStatus,
    /// Whether an objection is open.
    pub objected: bool,
    /// Who objected, while it is open. Apart, for most lots have none.
    pub objector: Option<Box<Actor>>,
    /// Who recorded it.
    pub proposer: Actor,
    /// The day from which its publicity counts: on which it entered the ledger.
    pub public_from: NaiveDate,
    /// Days of its publicity, where they were recorded with it.
    pub publicity_days: Option<u32>,
}

/// A redemption made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// When.
    pub at: BusinessTime,
    /// The time whose year counts for yearly limits.
    pub limit_at: BusinessTime,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// How much.
    pub points: Points,
    /// Where.
    pub store: StoreId,
    /// Whether it was reversed.
    pub reversed: bool,
}

/// Points set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// When.
    pub at: BusinessTime,
    /// From when on it is void.
    pub expires_at: BusinessTime,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// How much.
    pub points: Points,
    /// Where.
    pub store: StoreId,
}

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HoldEnd {
    /// Spent.
    Captured,
    /// Given back on request.
    Released,
    /// Given back because it ran out.
    Expired,
}

/// An open mutual-aid points card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCard {
    /// Its number.
    pub card_no: CardNo,
    /// The Party branch.
    pub branch: BranchId,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Worker {
    pub(super) details: Option<(String, Option<bool>, Option<String>)>,
    pub(super) departed: Option<BusinessTime>,
    pub(super) card: Option<HeldCard>,
    pub(super) lots: Vec<Lot>,
    pub(super) open: OpenLots,
    pub(super) by_day: BTreeMap<(ActivityCode, NaiveDate), Points>,
    pub(super) redemptions: HashMap<RedemptionId, Redemption>,
    pub(super) units: BTreeMap<(Sku, i32), u32>,
    pub(super) holds: BTreeMap<HoldId, Hold>,
    pub(super) ended_holds: BTreeMap<HoldId, HoldEnd>,
    pub(super) debt: Points,
}

impl Worker {
    /// Whether the worker was registered.
    pub const fn exists(&self) -> bool {
        self.details.is_some()
    }

    /// When the worker left the programme.
    pub const fn departed(&self) -> Option<BusinessTime> {
        self.departed
    }

    /// Whether the particulars are already these.
    pub fn has_details(&self, wanted: &WorkerDetails) -> bool {
        self.details.as_ref().is_some_and(|(occupation, party_member, platform)| {
            (occupation, party_member, platform) == (&wanted.occupation, &wanted.party_member, &wanted.platform)
        })
    }

    /// Whether known to be a Party member.
    pub fn party_member(&self) -> Option<bool> {
        self.details.as_ref().and_then(|details| details.1)
    }

    /// The open card.
    pub const fn card(&self) -> Option<&HeldCard> {
        self.card.as_ref()
    }

    /// All lots, in order of their numbers.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// How many lots, redemptions and holds the state remembers: what its size in memory grows with.
    pub fn parts(&self) -> usize {
        self.lots.len() + self.redemptions.len() + self.holds.len() + self.ended_holds.len()
    }

    /// What earlier reversals still owe.
    pub const fn debt(&self) -> Points {
        self.debt
    }

    /// A redemption.
    pub fn redemption(&self, id: &RedemptionId) -> Option<&Redemption> {
        self.redemptions.get(id)
    }

    /// An open hold.
    pub fn hold(&self, id: &HoldId) -> Option<&Hold> {
        self.holds.get(id)
    }

    /// Open holds.
    pub fn holds(&self) -> impl Iterator<Item = (&HoldId, &Hold)> {
        self.holds.iter()
    }

    /// Points set aside.
    pub fn held(&self) -> Points {
        self.holds.values().map(|hold| hold.points).sum()
    }

    /// Units of an item that count against the limit of a calendar year, over all stores.
    pub fn units(&self, sku: &Sku, year: i32) -> u32 {
        self.units.get(&(sku.clone(), year)).copied().unwrap_or(0)
    }

    /// A lot by its number (1, 2, 3, …).
    pub fn lot(&self, number: u32) -> Option<&Lot> {
        self.lots.get(lot_index(number)?)
    }

    /// A credit's lot, with its number.
    pub fn credit(&self, credit: &CreditId) -> Option<(u32, &Lot)> {
        // Nearly always one of the last is meant, and a table beside the lots would take more memory than they need.
        let index = self.lots.iter().rposition(|lot| lot.credit == *credit)?;
        Some((u32::try_from(index).ok()?.checked_add(1)?, self.lots.get(index)?))
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &WorkerEvent) {
        match event {
            WorkerEvent::WorkerRegistered(event) | WorkerEvent::WorkerUpdated(event) => {
                self.details = Some((event.occupation.clone(), event.party_member, event.platform.clone()));
            }
            WorkerEvent::WorkerDeparted(event) => self.departed = Some(event.at),
            WorkerEvent::CardIssued(event) => {
                self.card = Some(HeldCard { card_no: event.card_no.clone(), branch: event.branch.clone() });
            }
            WorkerEvent::CardMoved(event) => {
                if let Some(card) = &mut self.card {
                    card.branch.clone_from(&event.branch);
                }
            }
            WorkerEvent::CardClosed(_) => self.card = None,
            WorkerEvent::VolunteerServiceRecorded(record)
            | WorkerEvent::CivicCreationRecorded(record)
            | WorkerEvent::CommunityServiceRecorded(record) => self.record(record),
            WorkerEvent::CreditConfirmed(event) => {
                self.debt -= event.debt_paid;
                self.change(event.lot, |lot| {
                    lot.status = CreditStatus::Confirmed;
                    lot.remaining = event.points - event.debt_paid;
                });
            }
            WorkerEvent::CreditRejected(event) => {
                self.change(event.lot, |lot| lot.status = CreditStatus::Rejected);
                self.free_cap(event.lot);
            }
            WorkerEvent::CreditObjected(event) => self.change(event.lot, |lot| {
                lot.objected = true;
                lot.objector = Some(Box::new(event.by.clone()));
            }),
            WorkerEvent::ObjectionResolved(event) => self.change(event.lot, |lot| {
                lot.objected = false;
                lot.objector = None;
            }),
            WorkerEvent::CreditReversed(event) => {
                self.debt += event.debt;
                self.change(event.lot, |lot| {
                    lot.status = CreditStatus::Reversed;
                    lot.remaining = Points::ZERO;
                    lot.expired = Points::ZERO;
                });
                self.free_cap(event.lot);
            }
            WorkerEvent::Redeemed(event) => {
                self.take(&event.lots);
                self.count_units(&event.lines, event.at, true);
                self.redeemed(
                    &event.redemption,
                    event.at,
                    event.at,
                    &event.lines,
                    &event.lots,
                    event.points,
                    &event.store,
                );
            }
            WorkerEvent::RedemptionReversed(event) => {
                self.give_back(&event.lots, event.debt_paid);
                if let Some(redemption) = self.redemptions.get_mut(&event.redemption) {
                    redemption.reversed = true;
                    let limit_at = redemption.limit_at;
                    self.count_units(&event.lines, limit_at, false);
                }
            }
            WorkerEvent::PointsHeld(event) => {
                self.take(&event.lots);
                self.count_units(&event.lines, event.at, true);
                let hold = Hold {
                    at: event.at,
                    expires_at: event.expires_at,
                    lines: event.lines.clone(),
                    lots: event.lots.clone(),
                    points: event.points,
                    store: event.store.clone(),
                };
                self.holds.insert(event.hold.clone(), hold);
            }
            WorkerEvent::HoldCaptured(event) => {
                self.holds.remove(&event.hold);
                self.ended_holds.insert(event.hold.clone(), HoldEnd::Captured);
                let (lines, lots) = (&event.lines, &event.lots);
                self.redeemed(&event.redemption, event.at, event.held_at, lines, lots, event.points, &event.store);
            }
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                self.holds.remove(&event.hold);
                self.give_back(&event.lots, event.debt_paid);
                self.count_units(&event.lines, event.held_at, false);
            }
            WorkerEvent::PointsExpired(event) => self.each(&event.lots, |lot, points| {
                lot.remaining -= points;
                lot.expired += points;
            }),
            WorkerEvent::ExpiryReversed(event) => self.each(&event.lots, |lot, points| {
                lot.expired -= points;
                lot.remaining += points;
            }),
        }
        match event {
            WorkerEvent::HoldReleased(event) => {
                self.ended_holds.insert(event.hold.clone(), HoldEnd::Released);
            }
            WorkerEvent::HoldExpired(event) => {
                self.ended_holds.insert(event.hold.clone(), HoldEnd::Expired);
            }
            _ => {}
        }
    }

    fn record(&mut self, record: &ServiceRecorded) {
        let (status, remaining) = if record.proposed {
            (CreditStatus::Proposed, Points::ZERO)
        } else {
            (CreditStatus::Confirmed, record.points - record.debt_paid)
        };
        self.debt -= record.debt_paid;
        if self.lots.len() == self.lots.capacity() {
            // A million workers are in memory: room for twice as many lots each would be a third of all they take.
            self.lots.reserve_exact(self.lots.len() / 4 + 1);
        }
        self.lots.push(Lot {
            credit: record.credit.clone(),
            activity: record.activity.clone(),
            on: record.on,
            last_day: record.last_day,
            points: record.points,
            remaining,
            expired: Points::ZERO,
            status,
            objected: false,
            objector: None,
            proposer: record.proposer.clone(),
            public_from: record.entered_on.unwrap_or_else(|| record.at.date()),
            publicity_days: record.publicity_days,
        });
        *self.by_day.entry((record.activity.clone(), record.on)).or_default() += record.points;
        self.reopen(record.lot);
    }

    fn free_cap(&mut self, number: u32) {
        let Some(lot) = self.lot(number) else { return };
        let (key, points) = ((lot.activity.clone(), lot.on), lot.points);
        if let Some(total) = self.by_day.get_mut(&key) {
            *total -= points;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "two events with the same facts under other names meet here")]
    fn redeemed(
        &mut self,
        id: &RedemptionId,
        at: BusinessTime,
        limit_at: BusinessTime,
        lines: &[RedeemedLine],
        lots: &[LotPart],
        points: Points,
        store: &StoreId,
    ) {
        let redemption = Redemption {
            at,
            limit_at,
            lines: lines.to_vec(),
            lots: lots.to_vec(),
            points,
            store: store.clone(),
            reversed: false,
        };
        self.redemptions.insert(id.clone(), redemption);
    }

    fn count_units(&mut self, lines: &[RedeemedLine], at: BusinessTime, more: bool) {
        for line in lines {
            let units = self.units.entry((line.sku.clone(), at.date().year())).or_default();
            *units = if more { units.saturating_add(line.quantity) } else { units.saturating_sub(line.quantity) };
        }
    }

    fn take(&mut self, parts: &[LotPart]) {
        self.each(parts, |lot, points| lot.remaining -= points);
    }

    fn give_back(&mut self, parts: &[LotPart], debt_paid: Points) {
        self.debt -= debt_paid;
        self.each(parts, |lot, points| lot.remaining += points);
    }

    fn each(&mut self, parts: &[LotPart], change: impl Fn(&mut Lot, Points)) {
        for LotPart(number, points) in parts {
            self.change(*number, |lot| change(lot, *points));
        }
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Lot)) {
        if let Some(lot) = lot_index(number).and_then(|index| self.lots.get_mut(index)) {
            change(lot);
        }
        self.reopen(number);
    }

    /// Keeps the order of spending in step with what a lot has left.
    fn reopen(&mut self, number: u32) {
        let Some(lot) = self.lot(number) else { return };
        let (last_day, on, left) = (lot.last_day.unwrap_or(NaiveDate::MAX), lot.on, lot.remaining + lot.expired);
        self.open.set(last_day, number, on, left);
    }
}

fn lot_index(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

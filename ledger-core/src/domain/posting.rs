//! Double entry: every event that moves points moves them between named accounts, and its postings sum to zero.

use std::fmt;

use super::event::Event;
use super::ids::{StoreId, WorkerId};
use super::points::Points;
use super::worker::event::{CreditJudged, CreditReversed, ServiceRecorded, WorkerEvent};

/// An account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Where points come from: its balance is minus all that was ever credited.
    Issuance,
    /// What a worker can spend.
    Available(WorkerId),
    /// What a worker set aside.
    Held(WorkerId),
    /// What a worker still owes from credits taken back; never above zero.
    Debt(WorkerId),
    /// What was spent at a store.
    Redeemed(StoreId),
    /// What lapsed.
    Expired(WorkerId),
    /// What was taken back.
    Reversed,
}

impl Account {
    /// The account's group, as the trial balance names it.
    pub const fn group(&self) -> &'static str {
        match self {
            Account::Issuance => "issuance",
            Account::Available(_) => "available",
            Account::Held(_) => "held",
            Account::Debt(_) => "debt",
            Account::Redeemed(_) => "redeemed",
            Account::Expired(_) => "expired",
            Account::Reversed => "reversed",
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.group())?;
        match self {
            Account::Issuance | Account::Reversed => Ok(()),
            Account::Available(worker) | Account::Held(worker) | Account::Debt(worker) | Account::Expired(worker) => {
                write!(f, ":{worker}")
            }
            Account::Redeemed(store) => write!(f, ":{store}"),
        }
    }
}

/// One side of a movement: positive adds to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Which account.
    pub account: Account,
    /// How much, hundredths.
    pub points: Points,
}

/// The postings of an event; none for events that move no points. They sum to zero.
pub fn postings(event: &Event) -> Vec<Posting> {
    let Event::Worker(event) = event else { return Vec::new() };
    let worker = event.worker();
    let mut moves = Moves::default();
    let available = || Account::Available(worker.clone());
    let held = || Account::Held(worker.clone());
    let debt = || Account::Debt(worker.clone());
    let expired = || Account::Expired(worker.clone());
    match event {
        WorkerEvent::VolunteerServiceRecorded(record)
        | WorkerEvent::CivicCreationRecorded(record)
        | WorkerEvent::CommunityServiceRecorded(record) => {
            let ServiceRecorded { points, debt_paid, proposed, .. } = record;
            if !proposed {
                moves.add(Account::Issuance, available(), *points);
                moves.add(available(), debt(), *debt_paid);
            }
        }
        WorkerEvent::CreditConfirmed(CreditJudged { points, debt_paid, .. }) => {
            moves.add(Account::Issuance, available(), *points);
            moves.add(available(), debt(), *debt_paid);
        }
        WorkerEvent::CreditReversed(CreditReversed { points, debt: owed, from_expired, .. }) => {
            moves.add(available(), Account::Reversed, *points - *owed - *from_expired);
            moves.add(expired(), Account::Reversed, *from_expired);
            moves.add(debt(), Account::Reversed, *owed);
        }
        WorkerEvent::Redeemed(event) => moves.add(available(), Account::Redeemed(event.store.clone()), event.points),
        WorkerEvent::RedemptionReversed(event) => {
            let spent = || Account::Redeemed(event.store.clone());
            moves.add(spent(), available(), event.points - event.debt_paid);
            moves.add(spent(), debt(), event.debt_paid);
        }
        WorkerEvent::PointsHeld(event) => moves.add(available(), held(), event.points),
        WorkerEvent::HoldCaptured(event) => moves.add(held(), Account::Redeemed(event.store.clone()), event.points),
        WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
            moves.add(held(), available(), event.points - event.debt_paid);
            moves.add(held(), debt(), event.debt_paid);
        }
        WorkerEvent::PointsExpired(event) => moves.add(available(), expired(), event.points),
        WorkerEvent::ExpiryReversed(event) => moves.add(expired(), available(), event.points),
        WorkerEvent::WorkerRegistered(_)
        | WorkerEvent::WorkerUpdated(_)
        | WorkerEvent::WorkerDeparted(_)
        | WorkerEvent::CardIssued(_)
        | WorkerEvent::CardMoved(_)
        | WorkerEvent::CardClosed(_)
        | WorkerEvent::CreditRejected(_)
        | WorkerEvent::CreditObjected(_)
        | WorkerEvent::ObjectionResolved(_) => {}
    }
    moves.0
}

#[derive(Default)]
struct Moves(Vec<Posting>);

impl Moves {
    fn add(&mut self, from: Account, to: Account, points: Points) {
        if !points.is_zero() {
            self.0.push(Posting { account: from, points: Points::ZERO - points });
            self.0.push(Posting { account: to, points });
        }
    }
}

#[cfg(test)]
#[path = "posting_tests.rs"]
mod tests;

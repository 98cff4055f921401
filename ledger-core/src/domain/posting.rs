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
        self.side().group()
    }

    /// The account seen from the worker it belongs to, if it belongs to one.
    const fn side(&self) -> Side<'_> {
        match self {
            Account::Issuance => Side::Issuance,
            Account::Available(_) => Side::Available,
            Account::Held(_) => Side::Held,
            Account::Debt(_) => Side::Debt,
            Account::Redeemed(store) => Side::Redeemed(store),
            Account::Expired(_) => Side::Expired,
            Account::Reversed => Side::Reversed,
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

/// Where a worker's points come from or go to: an [`Account`] without the worker's name, which the event has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side<'a> {
    /// Where points come from.
    Issuance,
    /// What the worker can spend.
    Available,
    /// What the worker set aside.
    Held,
    /// What the worker still owes.
    Debt,
    /// What was spent at a store.
    Redeemed(&'a StoreId),
    /// What lapsed.
    Expired,
    /// What was taken back.
    Reversed,
}

impl Side<'_> {
    /// The account's group, as the trial balance names it.
    pub const fn group(self) -> &'static str {
        match self {
            Side::Issuance => "issuance",
            Side::Available => "available",
            Side::Held => "held",
            Side::Debt => "debt",
            Side::Redeemed(_) => "redeemed",
            Side::Expired => "expired",
            Side::Reversed => "reversed",
        }
    }

    /// The account of a worker.
    pub fn account(self, worker: &WorkerId) -> Account {
        match self {
            Side::Issuance => Account::Issuance,
            Side::Available => Account::Available(worker.clone()),
            Side::Held => Account::Held(worker.clone()),
            Side::Debt => Account::Debt(worker.clone()),
            Side::Redeemed(store) => Account::Redeemed(store.clone()),
            Side::Expired => Account::Expired(worker.clone()),
            Side::Reversed => Account::Reversed,
        }
    }
}

/// Points that go from one account to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement<'a> {
    /// Where they leave.
    pub from: Side<'a>,
    /// Where they come to.
    pub to: Side<'a>,
    /// How many.
    pub points: Points,
}

/// The movements of one event, without memory of their own: events are read by the million.
#[derive(Debug, Clone, Copy, Default)]
pub struct Movements<'a>([Option<Movement<'a>>; 3]);

impl<'a> Movements<'a> {
    /// One by one, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Movement<'a>> {
        self.0.into_iter().flatten()
    }

    /// Each account and what it gets, those that lose points with a minus.
    pub fn sides(&self) -> impl Iterator<Item = (Side<'a>, Points)> {
        self.iter().flat_map(|moved| [(moved.from, Points::ZERO - moved.points), (moved.to, moved.points)])
    }

    fn one(from: Side<'a>, to: Side<'a>, points: Points) -> Movements<'a> {
        Movements::of([(from, to, points), (from, to, Points::ZERO), (from, to, Points::ZERO)])
    }

    fn two(first: (Side<'a>, Side<'a>, Points), second: (Side<'a>, Side<'a>, Points)) -> Movements<'a> {
        Movements::of([first, second, (Side::Issuance, Side::Issuance, Points::ZERO)])
    }

    fn of(moves: [(Side<'a>, Side<'a>, Points); 3]) -> Movements<'a> {
        let moved = |(from, to, points): (_, _, Points)| (!points.is_zero()).then_some(Movement { from, to, points });
        Movements(moves.map(moved))
    }
}

/// What an event moves; nothing for events that move no points.
pub fn movements(event: &WorkerEvent) -> Movements<'_> {
    use Side::{Available, Debt, Expired, Held, Issuance, Reversed};
    match event {
        WorkerEvent::VolunteerServiceRecorded(record)
        | WorkerEvent::CivicCreationRecorded(record)
        | WorkerEvent::CommunityServiceRecorded(record) => {
            let ServiceRecorded { points, debt_paid, proposed, .. } = record;
            if *proposed {
                return Movements::default();
            }
            Movements::two((Issuance, Available, *points), (Available, Debt, *debt_paid))
        }
        WorkerEvent::CreditConfirmed(CreditJudged { points, debt_paid, .. }) => {
            Movements::two((Issuance, Available, *points), (Available, Debt, *debt_paid))
        }
        WorkerEvent::CreditReversed(CreditReversed { points, debt, from_expired, .. }) => Movements::of([
            (Available, Reversed, *points - *debt - *from_expired),
            (Expired, Reversed, *from_expired),
            (Debt, Reversed, *debt),
        ]),
        WorkerEvent::Redeemed(event) => Movements::one(Available, Side::Redeemed(&event.store), event.points),
        WorkerEvent::RedemptionReversed(event) => {
            let spent = Side::Redeemed(&event.store);
            Movements::two((spent, Available, event.points - event.debt_paid), (spent, Debt, event.debt_paid))
        }
        WorkerEvent::PointsHeld(event) => Movements::one(Available, Held, event.points),
        WorkerEvent::HoldCaptured(event) => Movements::one(Held, Side::Redeemed(&event.store), event.points),
        WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
            Movements::two((Held, Available, event.points - event.debt_paid), (Held, Debt, event.debt_paid))
        }
        WorkerEvent::PointsExpired(event) => Movements::one(Available, Expired, event.points),
        WorkerEvent::ExpiryReversed(event) => Movements::one(Expired, Available, event.points),
        WorkerEvent::WorkerRegistered(_)
        | WorkerEvent::WorkerUpdated(_)
        | WorkerEvent::WorkerDeparted(_)
        | WorkerEvent::CardIssued(_)
        | WorkerEvent::CardMoved(_)
        | WorkerEvent::CardClosed(_)
        | WorkerEvent::CreditRejected(_)
        | WorkerEvent::CreditObjected(_)
        | WorkerEvent::ObjectionResolved(_) => Movements::default(),
    }
}

/// The postings of an event; none for events that move no points. They sum to zero.
pub fn postings(event: &Event) -> Vec<Posting> {
    let Event::Worker(event) = event else { return Vec::new() };
    let named = |(side, points): (Side<'_>, Points)| Posting { account: side.account(event.worker()), points };
    movements(event).sides().map(named).collect()
}

#[cfg(test)]
#[path = "posting_tests.rs"]
mod tests;

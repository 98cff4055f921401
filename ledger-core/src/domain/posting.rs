//! Double entry: every event that moves points moves them between named accounts, and its postings sum to zero.

use std::fmt;

use super::event::Event;
use super::ids::{BenefitId, StoreId, WorkerId};
use super::points::Points;

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
    /// What was spent on a benefit.
    Benefit(BenefitId),
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
            Account::Benefit(benefit) => Side::Benefit(benefit),
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
            Account::Benefit(benefit) => write!(f, ":{benefit}"),
            Account::Redeemed(store) => write!(f, ":{store}"),
        }
    }
}

/// One side of a movement: positive adds to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Whose they are, or what became of them.
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
    /// What was spent on a benefit.
    Benefit(&'a BenefitId),
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
            Side::Benefit(_) => "benefit",
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
            Side::Benefit(benefit) => Account::Benefit(benefit.clone()),
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
    /// Points, exact hundredths.
    pub points: Points,
}

/// The movements of one event, without memory of their own: events are read by the million.
#[derive(Debug, Clone, Copy, Default)]
pub struct Movements<'a> {
    word: &'static str,
    moved: [Option<Movement<'a>>; 3],
}

/// From where, to where, how many.
type Move<'a> = (Side<'a>, Side<'a>, Points);

impl<'a> Movements<'a> {
    /// What they are called in a journal for people; blank where nothing moves.
    pub const fn word(&self) -> &'static str {
        self.word
    }

    /// One by one, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Movement<'a>> {
        self.moved.into_iter().flatten()
    }

    /// Each account and what it gets, those that lose points with a minus.
    pub fn sides(&self) -> impl Iterator<Item = (Side<'a>, Points)> {
        self.iter().flat_map(|moved| [(moved.from, Points::ZERO - moved.points), (moved.to, moved.points)])
    }

    pub(super) fn none() -> Movements<'a> {
        Movements::default()
    }

    pub(super) fn one(word: &'static str, only: Move<'a>) -> Movements<'a> {
        Movements { word, moved: [movement(only), None, None] }
    }

    pub(super) fn two(word: &'static str, first: Move<'a>, second: Move<'a>) -> Movements<'a> {
        Movements { word, moved: [movement(first), movement(second), None] }
    }

    pub(super) fn three(word: &'static str, first: Move<'a>, second: Move<'a>, third: Move<'a>) -> Movements<'a> {
        Movements { word, moved: [first, second, third].map(movement) }
    }
}

fn movement<'a>((from, to, points): Move<'a>) -> Option<Movement<'a>> {
    (!points.is_zero()).then_some(Movement { from, to, points })
}

/// The postings of an event; none for events that move no points. They sum to zero.
pub fn postings(event: &Event) -> Vec<Posting> {
    let Event::Worker(event) = event else { return Vec::new() };
    let named = |(side, points): (Side<'_>, Points)| Posting { account: side.account(event.worker()), points };
    event.movements().sides().map(named).collect()
}

#[cfg(test)]
#[path = "posting_tests.rs"]
mod tests;

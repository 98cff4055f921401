//! An account told whole, or as of a past day.
//!
//! Told whole, it takes the amounts that the events carry. Told as of a past day, some events are left out, and an
//! amount that was decided in their light must be found anew: a credit taken back leaves a debt only for what was spent
//! by that day, and a debt is only paid where there is one by that day.

use std::collections::BTreeMap;

use ledger_core::domain::event::Subject;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{LotPart, Lots, WorkerEvent};

use super::Account;

/// The account, and what it takes to tell it as of a past day.
#[derive(Debug, Clone, Default)]
pub(crate) struct AsOf {
    account: Account,
    /// As of a past day alone: the lots of redemptions, holds and benefits, by name, for when they come back.
    away: Option<BTreeMap<String, Vec<LotPart>>>,
}

impl AsOf {
    /// Nothing folded yet; `past` when events may be left out.
    pub(crate) fn new(past: bool) -> AsOf {
        AsOf { account: Account::default(), away: past.then(BTreeMap::new) }
    }

    /// The account.
    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    /// Leaves an event out: of a credit that is not there, the lot keeps its number, with nothing in it.
    pub(crate) fn leave_out(&mut self, event: &WorkerEvent) {
        self.account.make_lot(event);
    }

    /// Folds an event.
    pub(crate) fn fold(&mut self, event: &WorkerEvent) {
        self.account.fold(event);
        let AsOf { account, away: Some(away) } = self else { return };
        match event.lots() {
            Lots::Credited(LotPart(number, _)) => {
                let unowed = account.unowed();
                account.change(number, |lot| lot.remaining += unowed);
            }
            Lots::TakenBack { lot, left, expired } => account.take_back_what_was_there(lot, left + expired),
            Lots::Taken(parts) => {
                if let Some(name) = named(event.begins(), event) {
                    away.insert(name, parts.to_vec());
                }
            }
            Lots::Spent(_) => {
                let parts = event.follows().and_then(|hold| away.remove(&hold.to_string()));
                if let (Some(redemption), Some(parts)) = (event.begins(), parts) {
                    away.insert(redemption.to_string(), parts);
                }
            }
            Lots::Returned(parts) => {
                let taken = named(event.follows(), event).and_then(|name| away.remove(&name));
                account.return_unowed(&taken.unwrap_or_default(), parts);
            }
            Lots::Expired(_) | Lots::Unexpired(_) | Lots::Moved(_) | Lots::About(_) | Lots::None => {}
        }
    }
}

/// Under which name points are away: that of the redemption or hold, or of the application for a benefit.
fn named(subject: Option<Subject<'_>>, event: &WorkerEvent) -> Option<String> {
    subject.map(|name| name.to_string()).or_else(|| event.application().map(ToString::to_string))
}

impl Account {
    /// What went to a debt that is not there, because what left it is left out. It is paid to nobody.
    fn unowed(&mut self) -> Points {
        let unowed = (Points::ZERO - self.debt).max(Points::ZERO);
        self.debt += unowed;
        unowed
    }

    /// A credit was taken back, with so much that its lot had when that was recorded: as of the day it goes with what its
    /// lot has by then, and the rest is owed.
    fn take_back_what_was_there(&mut self, number: u32, recorded: Points) {
        let there = self.lot(number).map_or(Points::ZERO, |lot| lot.left() + recorded).max(Points::ZERO);
        let too_much = recorded - there;
        self.change(number, |lot| lot.remaining += too_much);
        self.debt += too_much;
    }

    /// Points returned, of which what went to a debt that is not there goes to the lots they were taken from: as of the
    /// day, the credits that left it stand.
    fn return_unowed(&mut self, taken: &[LotPart], returned: &[LotPart]) {
        let mut rest = self.unowed();
        for LotPart(number, points) in taken {
            let back: Points = returned.iter().filter(|part| part.0 == *number).map(|part| part.1).sum();
            let part = rest.min(*points - back);
            self.change(*number, |lot| lot.remaining += part);
            rest -= part;
        }
        self.reversed += rest;
    }
}

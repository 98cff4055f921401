//! The way of a credit from proposal to points: who checked it, until when it is public, what was objected and how that
//! was decided. Credits that count at once have none, nor have proposals of journals from before it was recorded.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Worker;
use super::purse::{CreditStatus, Lot};
use crate::domain::ids::Actor;
use crate::domain::worker::event::{CreditJudged, CreditPublicised, ObjectionResolved};

/// How far a credit went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// How many people must check it.
    pub checks: u32,
    /// Who did, in order.
    pub checkers: Vec<Actor>,
    /// The last day of its publicity, once that began.
    pub public_until: Option<NaiveDate>,
    /// The objections to it, in order.
    pub disputes: Vec<Dispute>,
}

/// An objection, until it is decided for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Who objected.
    pub objector: Actor,
    /// Days of publicity that were left when the clock was stopped.
    pub days_left: u32,
    /// Whether it waits for a decision.
    pub open: bool,
    /// Who decided, in order.
    pub resolvers: Vec<Actor>,
    /// Whether it was right, by the last decision.
    pub upheld: bool,
    /// The last day on which the last decision can be appealed; none where that is final.
    pub appeal_until: Option<NaiveDate>,
    /// Who appealed.
    pub appellant: Option<Actor>,
}

/// Objections to a credit that were no part of its way: it counted already, or was proposed before ways were recorded. Each
/// is decided at once and for good; who had a part in one has none in the next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BesideWay {
    /// Who objected, in order.
    pub objectors: Vec<Actor>,
    /// Who decided, in order.
    pub resolvers: Vec<Actor>,
}

/// Where a credit stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A check is due.
    Proposed,
    /// It is public.
    Publicised,
    /// An objection waits for a decision.
    Objected,
    /// The decision about an objection was appealed, and waits for the last one.
    Appealed,
    /// An objection was right; the worker may still appeal.
    Upheld,
}

/// What comes of a credit by itself, once a day is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It counts after this day.
    Confirmed(NaiveDate),
    /// It is rejected for good after this day.
    Rejected(NaiveDate),
}

impl Way {
    /// A way that begins.
    pub(super) const fn new(checks: u32, public_until: Option<NaiveDate>) -> Way {
        Way { checks, checkers: Vec::new(), public_until, disputes: Vec::new() }
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        match self.disputes.iter().find(|dispute| dispute.open).or(self.disputes.last()) {
            Some(dispute) if dispute.open && dispute.appellant.is_some() => Stage::Appealed,
            Some(dispute) if dispute.open => Stage::Objected,
            Some(dispute) if dispute.upheld => Stage::Upheld,
            _ if self.public_until.is_some() => Stage::Publicised,
            _ => Stage::Proposed,
        }
    }

    /// The objection that waits for a decision, with its number.
    pub fn open_dispute(&self) -> Option<(u32, &Dispute)> {
        (1..).zip(&self.disputes).find(|(_, dispute)| dispute.open)
    }

    /// The last day on which the decision about any objection can still be appealed.
    pub fn appeal_until(&self) -> Option<NaiveDate> {
        self.disputes.iter().filter(|dispute| !dispute.open).filter_map(|dispute| dispute.appeal_until).max()
    }

    /// What comes of it by itself, where nothing else is waited for.
    pub fn due(&self) -> Option<Due> {
        match self.stage() {
            Stage::Publicised => Some(Due::Confirmed(self.public_until.max(self.appeal_until())?)),
            Stage::Upheld => self.appeal_until().map(Due::Rejected),
            Stage::Proposed | Stage::Objected | Stage::Appealed => None,
        }
    }

    fn parts(&self) -> impl Iterator<Item = &Actor> {
        self.checkers.iter().chain(self.disputes.iter().flat_map(Dispute::parts))
    }

    fn close(&mut self, event: &ObjectionResolved) {
        if let Some(dispute) = self.disputes.iter_mut().find(|dispute| dispute.open) {
            dispute.open = false;
            dispute.upheld = event.upheld;
            dispute.appeal_until = event.appeal_until;
            dispute.resolvers.push(event.by.clone());
        }
        if event.public_until.is_some() {
            self.public_until = event.public_until;
        }
    }
}

impl Dispute {
    fn parts(&self) -> impl Iterator<Item = &Actor> {
        std::iter::once(&self.objector).chain(&self.resolvers).chain(&self.appellant)
    }
}

impl Lot {
    /// Where it stands on its way, while it is on one.
    pub fn on_the_way(&self) -> Option<&Way> {
        self.way.as_deref().filter(|_| self.status == CreditStatus::Proposed)
    }

    /// Everybody who had a part in it so far: who proposed, checked, objected, decided or appealed, also after it counted.
    pub fn parts(&self) -> impl Iterator<Item = &Actor> {
        let on_the_way = self.way.iter().flat_map(|way| way.parts());
        let beside = self.beside_way.iter().flat_map(|beside| beside.objectors.iter().chain(&beside.resolvers));
        std::iter::once(&self.proposer).chain(on_the_way).chain(beside)
    }

    /// Everybody who objected to it so far.
    pub fn objectors(&self) -> impl Iterator<Item = &Actor> {
        let on_the_way = self.way.iter().flat_map(|way| &way.disputes).map(|dispute| &dispute.objector);
        on_the_way.chain(self.beside_way.iter().flat_map(|beside| &beside.objectors))
    }
}

impl Worker {
    /// Somebody checked a credit.
    pub(super) fn check(&mut self, event: &CreditJudged) {
        self.on_way(event.lot, |way| way.checkers.push(event.by.clone()));
    }

    /// A credit is public from now on.
    pub(super) fn publicise(&mut self, event: &CreditPublicised) {
        self.on_way(event.lot, |way| {
            way.checkers.push(event.by.clone());
            way.public_until = Some(event.public_until);
        });
    }

    /// Somebody objected to a credit.
    pub(super) fn object(&mut self, event: &CreditJudged) {
        self.change(event.lot, |lot| match &mut lot.way {
            Some(way) if lot.status == CreditStatus::Proposed => way.disputes.push(Dispute {
                objector: event.by.clone(),
                days_left: event.days_left.unwrap_or_default(),
                open: true,
                resolvers: Vec::new(),
                upheld: false,
                appeal_until: None,
                appellant: None,
            }),
            _ => {
                lot.objected = true;
                lot.beside_way.get_or_insert_default().objectors.push(event.by.clone());
            }
        });
    }

    /// The decision about an objection was appealed.
    pub(super) fn appeal(&mut self, event: &CreditJudged) {
        let index = event.objection.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
        self.on_way(event.lot, |way| {
            if let Some(dispute) = index.and_then(|index| way.disputes.get_mut(index)) {
                dispute.open = true;
                dispute.appellant = Some(event.by.clone());
                dispute.days_left = event.days_left.unwrap_or(dispute.days_left);
            }
        });
    }

    /// An objection was decided.
    pub(super) fn resolve(&mut self, event: &ObjectionResolved) {
        self.change(event.lot, |lot| match &mut lot.way {
            Some(way) if lot.status == CreditStatus::Proposed => way.close(event),
            _ => {
                lot.objected = false;
                lot.beside_way.get_or_insert_default().resolvers.push(event.by.clone());
            }
        });
    }

    fn on_way(&mut self, number: u32, change: impl FnOnce(&mut Way)) {
        self.change(number, |lot| {
            if let Some(way) = &mut lot.way {
                change(way);
            }
        });
    }
}

//! The same rules without any of the ledger's machinery: one state of everything, folded entry by entry, that says what
//! a command would be told here.

use std::collections::HashMap;

use ledger_core::domain::card::Card;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{CardNo, Key, MerchantId, StoreId, WorkerId};
use ledger_core::domain::merchant::Merchant;
use ledger_core::domain::programme::Programme;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::store::RedemptionStore;
use ledger_core::domain::worker::Worker;
use ledger_core::ledger::Submission;
use ledger_core::ledger::fingerprint::Fingerprint;
use ledger_core::ledger::process::{self, Clock, NotLoaded, States, named_by};

use crate::servers::START;

/// The state of everything at one position.
#[derive(Clone, Default)]
pub(crate) struct Sequential {
    programme: Programme,
    workers: HashMap<WorkerId, Worker>,
    merchants: HashMap<MerchantId, Merchant>,
    stores: HashMap<StoreId, RedemptionStore>,
    cards: HashMap<CardNo, Card>,
    owners: HashMap<Key, WorkerId>,
    taken: HashMap<Key, Fingerprint>,
    nothing: Nothing,
}

/// What was never recorded.
#[derive(Clone, Default)]
struct Nothing {
    worker: Worker,
    merchant: Merchant,
    store: RedemptionStore,
    card: Card,
}

/// What a command would be told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    /// It is done, with these events; none where nothing has to change.
    Done(Vec<Event>),
    /// It was done before.
    Repeated,
    /// It is refused.
    Refused(Code),
}

impl Sequential {
    /// What a command would be told here.
    pub(crate) fn told(&self, submission: &Submission) -> Told {
        match self.taken.get(&submission.context.key) {
            Some(taken) if *taken == Fingerprint::of(&submission.command) => return Told::Repeated,
            Some(_) => return Told::Refused(Code::DuplicateConflict),
            None => {}
        }
        match process::decide(self, Clock::new(START, START), &submission.context, &submission.command) {
            Ok(events) => Told::Done(events),
            Err(refusal) => Told::Refused(refusal.code),
        }
    }

    /// What a group that stands or falls together would be told here.
    pub(crate) fn told_together(&self, submissions: &[Submission]) -> Vec<Told> {
        let mut after = self.clone();
        let mut told = Vec::new();
        for (index, submission) in submissions.iter().enumerate() {
            let one = after.told(submission);
            if let Told::Refused(code) = one {
                let of = |other| Told::Refused(if other == index { code } else { Code::InvalidInput });
                return (0..submissions.len()).map(of).collect();
            }
            if let Told::Done(events) = &one {
                after.fold(submission, events);
            }
            told.push(one);
        }
        told
    }

    /// Records a command's events.
    pub(crate) fn fold(&mut self, submission: &Submission, events: &[Event]) {
        events.iter().for_each(|event| self.evolve(event));
        if !events.is_empty() {
            self.taken.insert(submission.context.key.clone(), Fingerprint::of(&submission.command));
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Programme(event) => self.programme.evolve(event),
            Event::Merchant(event) => self.merchants.entry(event.merchant().clone()).or_default().evolve(event),
            Event::Store(event) => self.stores.entry(event.store().clone()).or_default().evolve(event),
            Event::Card(event) => self.cards.entry(event.card_no().clone()).or_default().evolve(event),
            Event::Worker(event) => {
                if let Some(key) = named_by(event) {
                    self.owners.insert(key, event.worker().clone());
                }
                self.workers.entry(event.worker().clone()).or_default().evolve(event);
            }
        }
    }
}

impl States for Sequential {
    fn programme(&self) -> Result<&Programme, NotLoaded> {
        Ok(&self.programme)
    }

    fn worker(&self, id: &WorkerId) -> Result<&Worker, NotLoaded> {
        Ok(self.workers.get(id).unwrap_or(&self.nothing.worker))
    }

    fn merchant(&self, id: &MerchantId) -> Result<&Merchant, NotLoaded> {
        Ok(self.merchants.get(id).unwrap_or(&self.nothing.merchant))
    }

    fn store(&self, id: &StoreId) -> Result<&RedemptionStore, NotLoaded> {
        Ok(self.stores.get(id).unwrap_or(&self.nothing.store))
    }

    fn card(&self, id: &CardNo) -> Result<&Card, NotLoaded> {
        Ok(self.cards.get(id).unwrap_or(&self.nothing.card))
    }

    fn owner(&self, key: &Key) -> Option<&WorkerId> {
        self.owners.get(key)
    }
}
